"""What is done at night: silences are noted, and the detector learns from the clinic's own past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.detecting import Detector
from alliance.analysis.fitted import Fitted
from alliance.analysis.fitting import fit_prior
from alliance.storage import audit, priors, responses, sessions


@dataclass(frozen=True, slots=True)
class Night:
    """What one night brought: how many silences were noted, and what the past teaches now."""

    silences: int
    fitted: Fitted


def nightly(clinic: Clinic, now: datetime) -> Night:
    """Note forms that ended unanswered, then learn. Safe to repeat: what is done is not done again."""
    return Night(note_silences(clinic, now), learn(clinic, now))


def note_silences(clinic: Clinic, now: datetime) -> int:
    """Read every last session whose form has ended unanswered; the next session would do it otherwise."""
    with clinic.db.read() as conn:
        silent = sessions.gone_silent(conn, now)
    for dyad_id, number in silent:
        with clinic.db.write() as conn:
            Detector(clinic.library).catch_up(conn, dyad_id, number, now)
    return len(silent)


def learn(clinic: Clinic, now: datetime) -> Fitted:
    """Fit the prior to all dyads so far and keep it. It counts from now on; what was alerted stays."""
    with clinic.db.read() as conn:
        past = [
            responses.held(conn, dyad_id, 1, last, full=True)
            for dyad_id, last in sessions.dyads_with_sessions(conn)
        ]
    fitted = fit_prior(past)
    with clinic.db.write() as conn:
        prior_id = priors.add(conn, fitted, now)
        audit.record(
            conn,
            at=now,
            actor="system",
            actor_id=None,
            action="learn prior",
            subject="prior",
            subject_id=prior_id,
            detail={"dyads": fitted.dyads_used, "answers": fitted.answers_used},
        )
    return fitted

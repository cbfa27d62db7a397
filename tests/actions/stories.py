"""More patients for the cast, changes that no act makes yet, and what the trail says of it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from alliance.actions import administering, caseload
from alliance.actions.clinic import Clinic
from alliance.actions.ledger import Said, answer_alert
from alliance.domain.people import Role, Viewer
from alliance.storage import audit
from alliance.storage.alerts import FIRST_APART
from tests.cast import NOW, Cast, answer, hold

Line = tuple[str, int | None, str, str | None, int | None]


@dataclass(frozen=True)
class Patient:
    """A patient of a test's own: ids of the patient and of the sessions, and the links' tokens, oldest first."""

    id: int
    dyad_id: int
    sessions: list[int]
    tokens: list[str]


def course(
    cast: Cast,
    code: str,
    levels: Sequence[int | None],
    *,
    who: str = "jonas",
    end: datetime = NOW,
    last: dict[str, str] | None = None,
) -> Patient:
    """A new patient with a session a week up to `end`, each worth so much of 10; None sends no form.

    `last` is what the newest answer says besides: who may see it, a comment, a wish for help.
    """
    viewer, start = cast.viewer(who), end - timedelta(weeks=len(levels) - 1)
    dyad = caseload.add_patient(
        cast.clinic, viewer, code=code, language="en", instrument="after-session",
        starts_on=start.date(), now=start,
    )  # fmt: skip
    told = Patient(dyad.patient.id, dyad.id, [], [])
    for week, level in enumerate(levels):
        at = start + timedelta(weeks=week)
        session_id, token = hold(cast, viewer, dyad.patient.id, at)
        told.sessions.append(session_id)
        told.tokens.append(token)
        if level is not None:
            more = last if last and week == len(levels) - 1 else {}
            answer(cast.clinic, token, at + timedelta(minutes=30), level, **more)
    return told


def end_supervision(cast: Cast, supervisor: str, on: date) -> None:
    """By hand, as no act ends a supervision yet. `on` is the first day on which it no longer holds."""
    with cast.clinic.db.write() as conn:
        conn.execute(
            "UPDATE supervision SET ends_on = ? WHERE supervisor_id = ?",
            (on.isoformat(), cast.ids[supervisor]),
        )


def end_dyad(cast: Cast, dyad_id: int, on: date) -> None:
    """By hand too."""
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE dyad SET ends_on = ? WHERE id = ?", (on.isoformat(), dyad_id))


def set_up(cast: Cast, **changed: Any) -> None:
    """Change some of the clinic's settings."""
    settings = replace(cast.clinic.settings(), **changed)
    administering.save_settings(cast.clinic, cast.viewer("tomasz"), settings, NOW)


def in_both_roles(cast: Cast, who: str) -> Viewer:
    """Somebody who treats and supervises."""
    return replace(cast.viewer(who), roles=frozenset({Role.THERAPIST, Role.SUPERVISOR}))


def trail(clinic: Clinic, since: int = 0) -> list[Line]:
    """The lines of the trail after the first so many, oldest first, without their times."""
    with clinic.db.read() as conn:
        lines = audit.latest(conn, 10_000)[::-1]
    return [(line.actor, line.actor_id, line.action, line.subject, line.subject_id) for line in lines[since:]]


def noted(
    clinic: Clinic,
    viewer: Viewer,
    alert_id: int,
    outcome: str,
    now: datetime,
    *,
    talked_number: int | None = None,
    note: str = "",
) -> None:
    """Somebody says what came of a question, with all that has to go with it."""
    reason = {"ordinary": "ordinary", "close": "left"}.get(outcome)
    said = Said(outcome, how="asked", talked_number=talked_number, reason=reason, note=note)
    answer_alert(clinic, viewer, alert_id, said, now, kept=alert_id > FIRST_APART)

"""What is done at night: silences are noted, and the detector learns from the clinic's own past."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.detecting import Detector
from alliance.analysis.fitted import Fitted
from alliance.analysis.fitting import fit_prior
from alliance.analysis.scale_figures import scale_report
from alliance.domain.scale_figures import ScaleFigures
from alliance.storage import audit, item_answers, priors, responses, sessions, settings
from surveys.definition import Instrument, Scale


@dataclass(frozen=True, slots=True)
class Night:
    """What one night brought: how many silences were noted, and what the past teaches now."""

    silences: int
    fitted: Fitted


def nightly(clinic: Clinic, now: datetime) -> Night:
    """Note forms that ended unanswered, then learn. Safe to repeat: what is done is not done again."""
    night = Night(note_silences(clinic, now), learn(clinic, now))
    reliability(clinic)
    return night


def note_silences(clinic: Clinic, now: datetime) -> int:
    """Read every last session whose form has ended unanswered; the next session would do it otherwise."""
    with clinic.db.read() as conn:
        silent = sessions.gone_silent(conn, now)
    for dyad_id, number in silent:
        with clinic.db.write() as conn:
            Detector(clinic.library).catch_up(conn, dyad_id, number, now)
    return len(silent)


def learn(clinic: Clinic, now: datetime) -> Fitted:
    """Fit the prior to all dyads so far and keep it. It counts from now on; what was alerted stays.

    It is fitted to what therapists may know: every usual range drawn with it is theirs to see, and what was held
    back must not move one.
    """
    with clinic.db.read() as conn:
        past = [
            responses.held(conn, dyad_id, 1, last, full=False)
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


def reliability(clinic: Clinic) -> list[ScaleFigures]:
    """Work out how reliably each scale measures here, per language, and keep it. It names nobody."""
    figures: list[ScaleFigures] = []
    with clinic.db.read() as conn:
        for form in item_answers.forms(conn):
            try:
                instrument = clinic.library.get(*form)
            except LookupError:
                continue  # a questionnaire that this clinic no longer has
            people, rows = [], []
            for patient_id, answers in item_answers.of_form(conn, *form):
                people.append(patient_id)
                rows.append(_row(instrument, answers))
            figures += [_figures(instrument, scale, people, rows) for scale in instrument.scales]
    with clinic.db.write() as conn:
        settings.save_reliability(conn, figures)
    return figures


def _row(instrument: Instrument, answers: Mapping[str, int]) -> list[float]:
    """One response, its items in order, all turned so that higher is better; NaN for what was left out."""
    worse = {scale.id for scale in instrument.scales if scale.higher_is == "worse"}
    both = instrument.minimum + instrument.maximum
    return [
        math.nan
        if item.id not in answers
        else float(both - answers[item.id] if item.reversed != (item.scale in worse) else answers[item.id])
        for item in instrument.items
    ]


def _figures(
    instrument: Instrument, scale: Scale, people: Sequence[int], rows: Sequence[Sequence[float]]
) -> ScaleFigures:
    columns = [place for place, item in enumerate(instrument.items) if item.id in scale.items]
    name, low, high = f"{instrument.name} {instrument.version}", instrument.minimum, instrument.maximum
    items = [[row[column] for column in columns] for row in rows]
    if not any(all(map(math.isfinite, row)) for row in items):
        return ScaleFigures(name, instrument.language, scale.name, len(columns), people=0)
    report = scale_report(people, items, lowest=low, highest=high)
    return ScaleFigures(
        questionnaire=name,
        language=instrument.language,
        scale=scale.name,
        items=report.items,
        people=report.respondents,
        alpha=(report.alpha.value, report.alpha.low, report.alpha.high) if report.alpha else None,
        change=report.change.change if report.change else None,
        sem=None if report.sem is None else 100.0 * report.sem / (high - low),
        at_best=report.ceiling,
        missing=sum(math.isnan(answer) for row in items for answer in row) / (len(items) * len(columns)),
    )

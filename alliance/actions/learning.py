"""What is done at night: silences are noted, and the detector learns from the clinic's own past."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from alliance.actions.clinic import Clinic
from alliance.actions.detecting import Detector
from alliance.actions.settling import settle
from alliance.actions.trail import record_by
from alliance.analysis.fitted import Fitted
from alliance.analysis.fitting import fit_prior
from alliance.analysis.past import PastCourses
from alliance.analysis.scale_figures import scale_report
from alliance.domain.scale_figures import ScaleFigures
from alliance.storage import item_answers, priors, responses, sessions, settings
from surveys.definition import Instrument, Scale


@dataclass(frozen=True, slots=True)
class Night:
    """What one night brought: how many silences were noted, what the past teaches now, how well scales measure,
    which months were settled.
    """

    silences: int
    fitted: Fitted
    scales: list[ScaleFigures]
    settled: list[date]


def nightly(clinic: Clinic, now: datetime) -> Night:
    """Note forms that ended unanswered, learn, settle months. Safe to repeat: what is done is not done again."""
    return Night(note_silences(clinic, now), learn(clinic, now), reliability(clinic), settle(clinic, now))


def note_silences(clinic: Clinic, now: datetime) -> int:
    """Read every last session whose form has ended unanswered; the next session would do it otherwise."""
    with clinic.db.read() as conn:
        silent = sessions.gone_silent(conn, now, settings.clinic_settings(conn).today(now))
    for dyad_id, number in silent:
        with clinic.db.write() as conn:
            Detector(clinic.library).catch_up(conn, dyad_id, number, now)
    return len(silent)


def learn(clinic: Clinic, now: datetime) -> Fitted:
    """Fit the prior to all dyads so far and keep it. It counts from now on; what was alerted stays.

    It is fitted to what therapists may know: every usual range drawn with it is theirs to see, and what was held
    back must not move one. What was rated before teaches it where it was rated on a questionnaire like this one.
    """
    past = PastCourses()
    with clinic.db.read() as conn:
        for dyad_id, last in sessions.dyads_with_sessions(conn):
            course = responses.held(conn, dyad_id, 1, last, full=False)
            past.add([held for held in course if held.past != "other"])
    fitted = fit_prior(past)
    with clinic.db.write() as conn:
        prior_id = priors.add(conn, fitted, now)
        detail = {"dyads": fitted.dyads_used, "answers": fitted.answers_used}
        record_by(conn, "system", "learn prior", "prior", prior_id, now, detail)
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
            answered = _Answered.to(instrument)
            for patient_id, answers in item_answers.of_form(conn, *form):
                answered.take(patient_id, answers)
            figures += [_figures(instrument, scale, answered) for scale in instrument.scales]
    with clinic.db.write() as conn:
        settings.save_reliability(conn, figures)
    return figures


@dataclass(frozen=True, slots=True)
class _Answered:
    """Every response on one form, a few bytes each: whose it is, and per scale its items one after the other."""

    turned: Mapping[str, tuple[tuple[str, int | None], ...]]
    """Items of each scale, each with what its answer is taken from; None where high is better as it is."""
    people: array[int] = field(default_factory=lambda: array("q"))
    items: dict[str, array[float]] = field(default_factory=dict)

    @classmethod
    def to(cls, instrument: Instrument) -> _Answered:
        both = instrument.minimum + instrument.maximum
        turned = {
            scale.id: tuple(
                (item.id, both if item.reversed != (scale.higher_is == "worse") else None)
                for item in instrument.items
                if item.id in scale.items
            )
            for scale in instrument.scales
        }
        return cls(turned, items={scale: array("f") for scale in turned})

    def take(self, patient_id: int, answers: Mapping[str, int]) -> None:
        """One response, turned so that higher is better; NaN for what was left out."""
        self.people.append(patient_id)
        for scale, items in self.turned.items():
            self.items[scale].extend([_turned(answers.get(item), both) for item, both in items])


def _turned(answer: int | None, both: int | None) -> float:
    if answer is None:
        return math.nan
    return answer if both is None else both - answer


def _figures(instrument: Instrument, scale: Scale, answered: _Answered) -> ScaleFigures:
    name, low, high = f"{instrument.name} {instrument.version}", instrument.minimum, instrument.maximum
    values, count = answered.items[scale.id], len(answered.turned[scale.id])
    gaps = [math.isnan(value) for value in values]
    if all(any(gaps[place : place + count]) for place in range(0, len(gaps), count)):
        return ScaleFigures(name, instrument.language, scale.name, count, people=0)
    table = memoryview(values).cast("B").cast("f", (len(answered.people), count))
    report = scale_report(answered.people, table, lowest=low, highest=high)
    return ScaleFigures(
        questionnaire=name,
        language=instrument.language,
        scale=scale.name,
        items=report.items,
        people=report.respondents,
        alpha=(report.alpha.value, report.alpha.low, report.alpha.high) if report.alpha else None,
        omega=report.omega.value if report.omega and report.omega.proper else None,
        change=report.change.change if report.change else None,
        sem=None if report.sem is None else 100.0 * report.sem / (high - low),
        at_best=report.ceiling,
        missing=sum(gaps) / len(gaps),
    )

"""What is printed for supervision: one patient, or the open questions of a caseload, as the viewer may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alliance.actions import cards
from alliance.actions.caseload import overview
from alliance.actions.clinic import Clinic
from alliance.actions.reading import PatientPage, open_patient
from alliance.actions.scope import courses_of
from alliance.domain.alerts import Alert
from alliance.domain.caseload import Caseload, Order
from alliance.domain.people import Viewer
from alliance.domain.support import Card
from alliance.domain.support_fit import fitting
from alliance.domain.trend import Trend
from alliance.storage import people, priors, readings, settings


@dataclass(frozen=True, slots=True)
class PatientSheet:
    """One patient for one page of paper.

    `card` fits the newest question, if there was one. `learned_on` is the day of the clinic prior that the newest
    session was read with, None for the one that comes with the product. `words` are what the patient wrote, there
    only if the therapist wants them on paper.
    """

    page: PatientPage
    card: Card | None
    learned_on: date | None
    words: Sequence[tuple[int, str]]


def patient_sheet(
    clinic: Clinic,
    viewer: Viewer,
    patient_id: int,
    now: datetime,
    therapist_id: int | None = None,
    *,
    with_words: bool = False,
) -> PatientSheet:
    """A patient's sheet. It counts as opening the patient. Raises NotFound outside the viewer's scope."""
    page = open_patient(clinic, viewer, patient_id, now, therapist_id)
    newest = page.trend.alerts[-1] if page.trend.alerts else None
    return PatientSheet(
        page,
        _card(clinic, newest, page.trend),
        _learned_on(clinic, page),
        page.comments if with_words and page.own else (),
    )


def _card(clinic: Clinic, alert: Alert | None, trend: Trend) -> Card | None:
    return cards.current(clinic)[fitting(alert, trend)[0]] if alert else None


def _learned_on(clinic: Clinic, page: PatientPage) -> date | None:
    """By the state that the therapist's pages come from: a state of its own would tell of what was held back."""
    with clinic.db.read() as conn:
        told = readings.priors(conn, page.dyad.id, "shared")
        known = [number for number in told if page.trend.tells_of(number)]
        learned = priors.by_id(conn, told[max(known)]) if known else priors.NOT_YET
        return settings.clinic_settings(conn).local(learned.fitted_at).date() if learned.fitted_at else None


@dataclass(frozen=True, slots=True)
class Question:
    """One open question of a caseload, with one to think about together."""

    trend: Trend
    mark: str
    state: str
    sentence: str
    together: str


@dataclass(frozen=True, slots=True)
class CaseloadSheet:
    """The open questions of one's caseload, in the order in which one meets these patients."""

    load: Caseload
    questions: Sequence[Question]
    supervisors: tuple[str, ...]
    today: date


def caseload_sheet(clinic: Clinic, viewer: Viewer, now: datetime) -> CaseloadSheet:
    """What is open on the viewer's own caseload."""
    load = overview(clinic, viewer, Order.NEXT, now)
    every = cards.current(clinic)
    rows = [*load.asks, *load.keeps]
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        supervisors = people.supervisors_of(conn, viewer.staff_id, today)
        whole = courses_of(clinic.library, conn, viewer, [row.trend.dyad for row in rows], today, detail=True)
    questions = [
        Question(
            row.trend,
            row.mark,
            row.state,
            row.sentence,
            every[fitting(row.alert, trend)[0]].together[0] if row.alert else "",
        )
        for row, trend in zip(rows, whole, strict=True)
    ]
    return CaseloadSheet(load, questions, supervisors, today)

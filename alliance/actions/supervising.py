"""A supervisor's view: what is open over all supervisees, each one's trends, and who opened what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alliance.actions.clinic import Clinic
from alliance.actions.scope import courses_of, record, require
from alliance.domain.access import NotFound, Permission
from alliance.domain.audit import Entry
from alliance.domain.caseload import Row, row_of
from alliance.domain.people import Dyad, Viewer
from alliance.domain.wording import capital, count
from alliance.storage import audit, people, responses, settings


@dataclass(frozen=True, slots=True)
class Supervisee:
    """A therapist, with numbers that say nothing about how good anybody is."""

    id: int
    name: str
    patients: int
    open_questions: int
    forms_back: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Request:
    """A patient's wish for help with bringing something up; the therapist does not see it."""

    patient_id: int
    code: str
    therapist_id: int
    therapist_name: str
    session_number: int
    held_on: date


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything open, longest open first, the patients' requests, and the therapists by name."""

    open: Sequence[Row]
    requests: Sequence[Request]
    therapists: Sequence[Supervisee]
    today: date

    def lead(self) -> str:
        """The one sentence at the top."""
        things, asks = len(self.open), len({request.patient_id for request in self.requests})
        over = f" over {count(len(self.therapists), 'therapist')}" if self.therapists else ""
        if things:
            first = f"{capital(count(things, 'thing'))} {'is' if things == 1 else 'are'} open{over}."
        else:
            first = f"Nothing {'else ' if asks else ''}is open{over}."
        if not asks:
            return first
        wanted = f"{capital(count(asks, 'patient'))} {'asks' if asks == 1 else 'ask'} for your help."
        return f"{first} {wanted}" if things else f"{wanted} {first}"


@dataclass(frozen=True, slots=True)
class TherapistView:
    """One supervisee's patients by code, each with the trend."""

    id: int
    name: str
    rows: Sequence[Row]
    today: date


def overview(clinic: Clinic, viewer: Viewer, now: datetime) -> Overview:
    """What is open over all whom the viewer supervises today."""
    require(viewer, Permission.SEE_SUPERVISION)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        therapists = people.supervised_therapists(conn, viewer, today)
        trends = courses_of(
            clinic.library, conn, viewer, _present(people.supervised_dyads(conn, viewer, today), today)
        )
        wishes = responses.wishes_for_help(conn, [trend.dyad.id for trend in trends])
    rows = [row_of(trend, you=trend.dyad.therapist_name) for trend in trends]
    by_dyad = {trend.dyad.id: trend for trend in trends}
    return Overview(
        open=sorted((row for row in rows if row.mark), key=_since),
        requests=[
            Request(
                by_dyad[dyad_id].dyad.patient.id,
                by_dyad[dyad_id].dyad.patient.code,
                by_dyad[dyad_id].dyad.therapist_id,
                by_dyad[dyad_id].dyad.therapist_name,
                number,
                held_on,
            )
            for dyad_id, number, held_on in wishes
        ],
        therapists=[_supervisee(id_, name, rows) for id_, name in therapists],
        today=today,
    )


def _present(dyads: Sequence[Dyad], today: date) -> list[Dyad]:
    """Those that meet still: what was open when a therapy ended waits for nobody."""
    return [dyad for dyad in dyads if dyad.ends_on is None or dyad.ends_on > today]


def _since(row: Row) -> tuple[date, str]:
    return (row.since or date.max, row.trend.dyad.patient.code.casefold())


def _supervisee(therapist_id: int, name: str, rows: Sequence[Row]) -> Supervisee:
    own = [row for row in rows if row.trend.dyad.therapist_id == therapist_id]
    points = [point for row in own for point in row.trend.points]
    return Supervisee(
        id=therapist_id,
        name=name,
        patients=len(own),
        open_questions=sum(1 for row in own if row.mark),
        forms_back=sum(point.answered for point in points),
        sessions=len(points),
    )


def therapist(
    clinic: Clinic, viewer: Viewer, therapist_id: int, now: datetime, *, noted: bool = False
) -> TherapistView:
    """One supervisee's patients and trends. Raises NotFound for anybody else.

    `noted`: the opening is in the trail already, as for the picture that a page asks for after itself.
    """
    require(viewer, Permission.SEE_SUPERVISION)
    with clinic.db.read() if noted else clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        names = dict(people.supervised_therapists(conn, viewer, today))
        if therapist_id not in names:
            raise NotFound
        dyads = _present(people.supervised_dyads(conn, viewer, today), today)
        trends = courses_of(
            clinic.library, conn, viewer, [dyad for dyad in dyads if dyad.therapist_id == therapist_id]
        )
        if not noted:
            record(conn, viewer, "open therapist", "staff", therapist_id, now)
    name = names[therapist_id]
    return TherapistView(therapist_id, name, [row_of(trend, you=name) for trend in trends], today)


def trail(clinic: Clinic, viewer: Viewer, now: datetime, limit: int = 200) -> list[tuple[Entry, str, str]]:
    """Who opened which patient among the viewer's supervisees: the entry, who it was, the patient's code."""
    require(viewer, Permission.SEE_TRAIL)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyads = people.supervised_dyads(conn, viewer, today)
        return audit.on_patients(conn, viewer, sorted({dyad.patient.id for dyad in dyads}), limit)

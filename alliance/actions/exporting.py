"""A copy for a patient of what is kept about them, made at their request by the therapist or by a supervisor.

A therapist's copy is of their own therapy and holds nothing that was kept from them, nor a sign of it. A supervisor's
copy holds all answers of the therapies that they supervise, and of words those that were written to the supervisor.
Each holds what its maker noted.
The two together are complete, and neither shows its maker more than their own pages may.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from alliance.actions import copied_notes
from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.scope import courses_of, is_own, newly_shown, record, require
from alliance.actions.taking_out import new_number
from alliance.domain.access import NotFound, Permission
from alliance.domain.clinic import ClinicSettings
from alliance.domain.copies import Answer, Copy, Form, Raised, Rated, Session, Taken, Therapy, came_of
from alliance.domain.people import Dyad, Role, Viewer
from alliance.domain.therapy import Audience
from alliance.domain.trend import Trend
from alliance.storage import contacts, copies, imports, own_views, people, research, settings
from alliance.storage.copies import After, Sent
from alliance.storage.database import Connection
from alliance.storage.imports import TakenOver
from surveys.definition import Instrument
from surveys.library import Library


def make_copy(
    clinic: Clinic, viewer: Viewer, patient_id: int, *, whole: bool, kind: str, now: datetime
) -> Copy:
    """Make the copy; the trail keeps who made it, its number and its `kind`.

    `whole` is the supervisor's. Answers that waited for the therapist's own view count as shown by this. Raises
    NotFresh, and NotFound where nothing of the patient is in the viewer's scope in this role.
    """
    require(viewer, Permission.EXPORT_PATIENT)
    with clinic.db.read() as conn:
        _dyads(conn, viewer, patient_id, whole, settings.clinic_settings(conn).today(now))
    require_fresh(viewer, now)
    number = new_number()
    with clinic.db.write() as conn:
        told = settings.clinic_settings(conn)
        today = told.today(now)
        dyads = _dyads(conn, viewer, patient_id, whole, today)
        if not whole:
            _uncover(conn, viewer, dyads, now)
        trends = courses_of(clinic.library, conn, viewer, dyads, today)
        own_views.note_shown(conn, newly_shown(conn, viewer, trends), now)
        copy = _copy(clinic, conn, viewer, told, trends, number, whole, now)
        detail: dict[str, object] = {
            "number": number,
            "as": "supervisor" if whole else "therapist",
            "kind": kind,
        }
        record(conn, viewer, "export patient", "patient", patient_id, now, detail)
    return copy


def _dyads(conn: Connection, viewer: Viewer, patient_id: int, whole: bool, today: date) -> list[Dyad]:
    if not viewer.has(Role.SUPERVISOR if whole else Role.THERAPIST):
        raise NotFound
    found = people.dyads_of_patient(conn, viewer, patient_id, today)
    dyads = [dyad for dyad in found if is_own(viewer, dyad) != whole]
    if not dyads:
        raise NotFound
    return sorted(dyads, key=lambda dyad: (dyad.starts_on, dyad.id))


def _uncover(conn: Connection, viewer: Viewer, dyads: list[Dyad], now: datetime) -> None:
    waiting = own_views.covered(conn, viewer.staff_id, [dyad.id for dyad in dyads])
    for covered in waiting.values():
        for one in covered:
            own_views.show_uncovered(conn, one.session_id, viewer.staff_id, now)


def _copy(
    clinic: Clinic,
    conn: Connection,
    viewer: Viewer,
    told: ClinicSettings,
    trends: list[Trend],
    number: str,
    whole: bool,
    now: datetime,
) -> Copy:
    patient = trends[0].dyad.patient
    added_at, paused_at = copies.about(conn, patient.id)
    consent = research.of_patient(conn, patient.id)
    contact = None if whole else contacts.of_dyad(conn, clinic.keyring, trends[0].dyad.id)
    return Copy(
        number=number,
        made_at=told.local(now),
        made_by=viewer.name,
        clinic=told.name,
        whole=whole,
        code=patient.code,
        language=patient.language,
        added_on=told.local(added_at).date(),
        paused_since=told.local(paused_at).date() if paused_at else None,
        email=contact.address if contact else None,
        research_since=consent.said_on if consent and consent.agreed else None,
        therapies=[_therapy(clinic, conn, viewer, told, trend, whole) for trend in trends],
        restricted=told.restricted,
    )


def _therapy(
    clinic: Clinic, conn: Connection, viewer: Viewer, told: ClinicSettings, trend: Trend, whole: bool
) -> Therapy:
    dyad = trend.dyad
    kept = copies.sessions(conn, clinic.keyring, dyad.id, whole=whole)
    taken = {number: _taken(one) for number, one in imports.of_dyad(conn, dyad.id)}
    after = copies.after(conn, [sent.id for _, _, sent in kept if sent])
    writer = _Writer(clinic.library, dyad.therapist_name, whole)
    return Therapy(
        therapist=dyad.therapist_name,
        since=dyad.starts_on,
        until=dyad.ends_on - timedelta(days=1) if dyad.ends_on else None,
        sessions=[
            Session(
                number,
                held_on,
                writer.form(sent, after, told.local(sent.received_at)) if sent else None,
                taken.get(number),
            )
            for number, held_on, sent in kept
        ],
        raised=[
            Raised(
                alert.session_number,
                "the supervisor" if alert.audience is Audience.SUPERVISOR else "your therapist",
                came_of(alert),
            )
            for alert in trend.alerts
        ],
        noted=copied_notes.noted(clinic, conn, viewer, trend, told.zone, whole=whole),
        own_views=() if whole else copied_notes.own_views(conn, viewer, trend, _rated),
    )


def _taken(one: TakenOver) -> Taken:
    scores = [(name, score) for name, score in one.scores.items() if score is not None]
    return Taken(one.imported.questionnaire, scores, list(one.items.items()))


class _Writer:
    """Puts what is kept back into the words that stood on the page."""

    def __init__(self, library: Library, therapist: str, whole: bool) -> None:
        self._library = library
        self._names = {"{therapist}": therapist, "{supervisor}": "the supervisor"}
        self._whole = whole

    def form(self, sent: Sent, after: Mapping[tuple[int, str], After], received_at: datetime) -> Form:
        """One response with what came after it."""
        instrument = self._library.get(sent.instrument, sent.version, sent.language)
        ticks, heading = self._ticks(after.get((sent.id, "checklist")), sent.language)
        monthly = after.get((sent.id, "monthly"))
        around = self._library.get(monthly.instrument, monthly.version, sent.language) if monthly else None
        both = sent.audience is Audience.BOTH
        return Form(
            received_at=received_at,
            came_by=sent.came_by,
            readers="your therapist, and who supervises the therapy" if both else "the supervisor alone",
            rated=_rated(instrument, sent.answers),
            said=list(self._said(instrument, sent)),
            ticks=ticks,
            ticks_heading=heading,
            monthly=_rated(around, monthly.answers) if around and monthly and monthly.answers else None,
            asked_for_help=sent.wants_help if self._whole else None,
            disputed=sent.disputed,
        )

    def _said(self, instrument: Instrument, sent: Sent) -> list[tuple[str, str]]:
        said = []
        for question in instrument.questions:
            if question.id == "talked" and sent.talked is not None:
                words = {option.value: option.text for option in question.options}
                said.append((self._named(question.text), self._named(words.get(sent.talked, sent.talked))))
            if question.id == "comment" and sent.comment is not None:
                said.append((self._named(question.text), sent.comment))
        return said

    def _ticks(self, after: After | None, language: str) -> tuple[list[str], str]:
        if after is None or not after.ticks:
            return [], ""
        checklist = self._library.checklist(after.instrument, after.version, language)
        groups = {tick: group.heading for group in checklist.groups for tick in group.ticks}
        ticked = [tick for tick in checklist.ticks if tick.id in after.ticks]
        return [f"{groups[tick.id]} {tick.text}".strip() for tick in ticked], checklist.heading

    def _named(self, text: str) -> str:
        for place, name in self._names.items():
            text = text.replace(place, name)
        return text


def _rated(instrument: Instrument, answers: Mapping[str, int]) -> Rated:
    return Rated(
        questionnaire=instrument.key,
        name=instrument.name,
        language=instrument.language,
        lowest=instrument.minimum,
        highest=instrument.maximum,
        low_end=instrument.low_end,
        high_end=instrument.high_end,
        answers=[Answer(item.id, item.text, answers.get(item.id)) for item in instrument.items],
    )

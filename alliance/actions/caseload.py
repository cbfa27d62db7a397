"""A therapist's own work: who needs a conversation, new patients, new sessions, links to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.holding import hold
from alliance.actions.inviting import invite
from alliance.actions.own_view import standing_of
from alliance.actions.scope import (
    courses_of,
    is_own,
    newly_shown,
    own_dyad,
    record,
    require,
    session_in_scope,
)
from alliance.domain.access import Forbidden, Permission
from alliance.domain.appointments import Appointment
from alliance.domain.caseload import Caseload, Order, Show, arrange
from alliance.domain.clinic import ClinicSettings
from alliance.domain.imported import Imported
from alliance.domain.own_view import Standing
from alliance.domain.people import LONGEST_CODE, Dyad, Patient, Viewer, is_code
from alliance.domain.therapy import Channel, TherapySession
from alliance.domain.trend import Trend
from alliance.storage import appointments, imports, own_views, people, sessions, settings, unread

FAR_AHEAD = timedelta(days=366)


def overview(clinic: Clinic, viewer: Viewer, order: Order, now: datetime, show: Show = Show.ALL) -> Caseload:
    """The viewer's caseload, questions first."""
    trends = own_trends(clinic, viewer, now, recent=True)
    with clinic.db.read() as conn:
        waiting = unread.of_dyads(conn, [trend.dyad.id for trend in trends])
    return arrange(trends, order, waiting).only(show)


def own_trends(
    clinic: Clinic, viewer: Viewer, now: datetime, *, recent: bool = False, answers: bool = True
) -> list[Trend]:
    """The trends of all the viewer's own patients, without what was held back, by patient code.

    `recent`: of long courses only what a list tells of. Without `answers` it is for a page on which none stand, and
    nothing counts as shown by it.
    """
    require(viewer, Permission.SEE_CASELOAD)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        trends = courses_of(
            clinic.library, conn, viewer, people.own_dyads(conn, viewer, today), today, recent=recent
        )
        new = newly_shown(conn, viewer, trends) if answers else {}
    if new:
        with clinic.db.write() as conn:
            own_views.note_shown(conn, new, now)
    return trends


def add_patient(
    clinic: Clinic,
    viewer: Viewer,
    *,
    code: str,
    language: str,
    instrument: str,
    starts_on: date,
    now: datetime,
) -> Dyad:
    """Take a new patient onto one's own caseload.

    Raises Fault for a code that is taken or empty, and for a first day far ahead, before which no session could
    be noted.
    """
    require(viewer, Permission.ADD_PATIENT)
    code = " ".join(code.split())
    if not is_code(code):
        raise Fault(f"Enter a code of 1 to {LONGEST_CODE} letters and figures. Use no name", "code")
    told = clinic.settings()
    _check_form(clinic, told, instrument, language, told.today(now))
    if starts_on > now.date() + FAR_AHEAD:
        raise Fault("Look at the year: this is more than a year ahead", "starts_on")
    with clinic.db.write() as conn:
        if people.code_taken(conn, code):
            raise Fault("This code is in use here. Choose another", "code")
        patient_id = people.add_patient(conn, code=code, language=language, instrument=instrument, now=now)
        dyad_id = people.add_dyad(
            conn, patient_id=patient_id, therapist_id=viewer.staff_id, starts_on=starts_on
        )
        record(conn, viewer, "add patient", "patient", patient_id, now)
        dyad = people.dyad_in_scope(conn, viewer, dyad_id, max(starts_on, now.date()))
    if dyad is None:
        raise Forbidden
    return dyad


def choose_form(
    clinic: Clinic, viewer: Viewer, patient_id: int, *, instrument: str, language: str, now: datetime
) -> None:
    """Let one's own patient be asked with another questionnaire, or in another language, from the next link on.

    Raises NotFound or Forbidden, and Fault for a questionnaire that is not there in that language.
    """
    require(viewer, Permission.CHOOSE_FORM)
    with clinic.db.write() as conn:
        told = settings.clinic_settings(conn)
        dyad = own_dyad(conn, viewer, patient_id, told.today(now))
        _check_form(clinic, told, instrument, language, told.today(now), dyad.patient)
        people.choose_form(conn, dyad.patient.id, language=language, instrument=instrument)
        detail: dict[str, object] = {"instrument": instrument, "language": language}
        record(conn, viewer, "choose form", "patient", patient_id, now, detail)


def _check_form(
    clinic: Clinic,
    told: ClinicSettings,
    instrument: str,
    language: str,
    today: date,
    patient: Patient | None = None,
) -> None:
    """What a patient has already stays possible, whatever the clinic offers by now."""
    there = clinic.library.askable(today)
    had = (patient.instrument, patient.language) if patient else ()
    if instrument not in there or instrument not in (*(told.offered or there), *had):
        raise Fault("Choose one of the questionnaires", "instrument")
    if language not in clinic.library.languages(instrument) or not (told.offers(language) or language in had):
        raise Fault("This questionnaire is not there in that language. Choose another", "language")


def own_dyad_of(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> Dyad:
    """The viewer's own dyad with this patient, to add a session to. Raises NotFound or Forbidden."""
    require(viewer, Permission.ADD_SESSION)
    with clinic.db.read() as conn:
        return own_dyad(conn, viewer, patient_id, settings.clinic_settings(conn).today(now))


def add_session(
    clinic: Clinic,
    viewer: Viewer,
    patient_id: int,
    *,
    held_on: date,
    next_on: date | None,
    now: datetime,
    form_id: str = "",
) -> TherapySession:
    """Note that a session was held. The one before it, if no form came back, now counts as silent.

    `form_id` is random and made with the page: the same page sent twice, by a double click, adds one session. Gone
    back to and sent with another day, it adds another.
    Raises Fault for a day in the future, or a next session that is not after this one.
    """
    require(viewer, Permission.ADD_SESSION)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        _check_days(dyad, held_on, next_on, today)
        added = sessions.by_form(conn, form_id, dyad.id) if form_id else None
        if added is not None and added.held_on == held_on:
            return added
        session = hold(clinic, conn, dyad.id, held_on, now)
        if form_id:
            sessions.keep_form(conn, form_id, session.id)
        people.set_next_session(conn, dyad.id, next_on)
        record(conn, viewer, "add session", "session", session.id, now)
    return session


def _check_days(dyad: Dyad, held_on: date, next_on: date | None, today: date) -> None:
    if held_on > today:
        raise Fault("Enter a day that is not in the future", "held_on")
    if held_on < dyad.starts_on - FAR_AHEAD:
        raise Fault("Look at the year: this is long before you met this patient", "held_on")
    if next_on is not None and next_on <= held_on:
        raise Fault("Enter a day after this session, or leave it out", "next_on")
    if next_on is not None and next_on > held_on + FAR_AHEAD:
        raise Fault("Look at the year: this is more than a year ahead", "next_on")


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A session, for the page where a link to answer about it is made.

    `answered` is what the viewer may know. How many links still work is not told: it would tell of an answer
    that was held back. `view` is where the therapist’s own view stands, for the therapist alone. What was
    `imported` was rated before this clinic asked, so no form is offered for it. `appointment` is the entry of a
    calendar that it came from.
    """

    session: TherapySession
    dyad: Dyad
    answered: bool
    own: bool
    view: Standing | None = None
    imported: Imported | None = None
    appointment: Appointment | None = None


def open_session(clinic: Clinic, viewer: Viewer, session_id: int, now: datetime) -> SessionPage:
    """A session in the viewer's scope. Raises NotFound outside it."""
    require(viewer, Permission.SEE_PATIENT)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        session, dyad = session_in_scope(conn, viewer, session_id, today)
        imported = imports.of_session(conn, session_id)
        if imported is not None:
            return SessionPage(session, dyad, True, own=is_own(viewer, dyad), imported=imported)
        came_from = appointments.of_session(conn, session_id)
        if is_own(viewer, dyad):
            view, answered = standing_of(conn, viewer.staff_id, session_id)
            return SessionPage(session, dyad, answered, own=True, view=view, appointment=came_from)
        trend = courses_of(clinic.library, conn, viewer, [dyad], today)[0]
        answered = any(point.answered for point in trend.points if point.session_id == session_id)
        return SessionPage(session, dyad, answered, own=False, appointment=came_from)


def issue_link(clinic: Clinic, viewer: Viewer, session_id: int, *, channel: Channel, now: datetime) -> str:
    """Make a link for one session and answer with its token, which is shown once and kept nowhere.

    Other links of the session go on working; only one answer counts.
    """
    with clinic.db.write() as conn:
        return invite(clinic, conn, viewer, session_id, channel, now).token

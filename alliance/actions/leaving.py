"""A therapist ends a therapy or hands a patient over to a colleague, and may take that back within a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alliance.actions import reassigning
from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.faults import Fault
from alliance.actions.scope import own_dyad, record, require
from alliance.domain.access import NotFound, Permission
from alliance.domain.caseload_changes import Reason
from alliance.domain.people import Dyad, Viewer
from alliance.domain.therapy import TherapySession
from alliance.storage import leavings, sessions, settings
from alliance.storage.leavings import Leaving

TAKEN_BACK_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LeavingPage:
    """What the own therapist sees before a patient goes: the last session, and whether its form was offered."""

    dyad: Dyad
    today: date
    last: TherapySession | None
    form_offered: bool
    colleagues: Sequence[tuple[int, str]]


def open_leaving(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> LeavingPage:
    """For one's own patient who has no end set. Raises NotFound or Forbidden."""
    require(viewer, Permission.HAND_OVER)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        if dyad.ends_on is not None:
            raise NotFound
        last = sessions.newest(conn, dyad.id)
        offered = last is not None and leavings.form_offered(conn, last.id)
    colleagues = [one for one in reassigning.therapists(clinic, viewer) if one[0] != viewer.staff_id]
    return LeavingPage(dyad, today, last, offered, colleagues)


def end_therapy(
    clinic: Clinic,
    viewer: Viewer,
    patient_id: int,
    *,
    last_day: date,
    reason: Reason,
    now: datetime,
) -> None:
    """Let the therapy end; `last_day` is the last on which the therapist sees the patient. Raises Fault."""
    page = open_leaving(clinic, viewer, patient_id, now)
    _check(page, last_day)
    require_fresh(viewer, now)
    _move(clinic, viewer, page.dyad, None, last_day, reason, now)


def hand_over(
    clinic: Clinic,
    viewer: Viewer,
    patient_id: int,
    *,
    to: int,
    last_day: date,
    reason: Reason,
    agreed: bool,
    now: datetime,
) -> None:
    """Let the patient go on with a colleague, if the patient agrees to it. Raises Fault."""
    page = open_leaving(clinic, viewer, patient_id, now)
    if to not in {staff_id for staff_id, _ in page.colleagues}:
        raise Fault("Choose a colleague who works here as a therapist", "to")
    _check(page, last_day)
    if not agreed:
        raise Fault("Ask the patient first. Nobody is handed over without having agreed", "agreed")
    require_fresh(viewer, now)
    _move(clinic, viewer, page.dyad, to, last_day, reason, now)


def _check(page: LeavingPage, last_day: date) -> None:
    if last_day < page.today:
        raise Fault("Enter today or a later day", "last_day")


def _move(
    clinic: Clinic, viewer: Viewer, dyad: Dyad, to: int | None, last_day: date, reason: Reason, now: datetime
) -> None:
    try:
        on = last_day + timedelta(days=1)
    except OverflowError:
        raise Fault("Enter a day within the next three months", "last_day") from None
    try:
        reassigning.move(clinic, viewer, dyad.id, to=to, on=on, reason=reason, now=now)
    except Fault as fault:
        raise Fault(fault.sentence, "last_day" if fault.field == "on" else fault.field) from fault


def to_take_back(clinic: Clinic, viewer: Viewer, now: datetime) -> Sequence[Leaving]:
    """What the viewer noted within the last day of a patient of their own, and nothing has come of yet."""
    require(viewer, Permission.HAND_OVER)
    with clinic.db.read() as conn:
        return leavings.to_take_back(conn, viewer.staff_id, now - TAKEN_BACK_WITHIN)


def take_back(clinic: Clinic, viewer: Viewer, change_id: int, now: datetime) -> int:
    """Let the patient stay after all; the patient's id. Raises NotFound where there is nothing to take back."""
    require(viewer, Permission.HAND_OVER)
    with clinic.db.write() as conn:
        found = leavings.to_take_back(conn, viewer.staff_id, now - TAKEN_BACK_WITHIN)
        for leaving in found:
            if leaving.id == change_id:
                leavings.take_back(conn, leaving)
                record(conn, viewer, "take back leaving", "patient", leaving.patient_id, now)
                return leaving.patient_id
    raise NotFound

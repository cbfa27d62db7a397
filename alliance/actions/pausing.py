"""Let a patient's forms rest, look at it again, and offer them again. The own therapist decides, with the patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import own_dyad, record, require
from alliance.domain.access import Permission
from alliance.domain.pausing import Pause, Reason, fault_in
from alliance.domain.people import Viewer
from alliance.storage import pauses, people, settings


def pause(
    clinic: Clinic, viewer: Viewer, patient_id: int, *, reason: Reason, look_on: date, now: datetime
) -> None:
    """Let forms rest until they are offered again; where they rest already, look at it again on another day.

    Nothing is sent, and no session of that time is read as silent, nor the one before it whose form is still out.
    Raises Fault, NotFound, Forbidden.
    """
    require(viewer, Permission.PAUSE_FORMS)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        if wrong := fault_in(look_on, today):
            raise Fault(wrong, "look_on")
        standing = pauses.of_patient(conn, patient_id)
        if standing is not None:
            pauses.look_again(conn, standing.id, reason=reason, look_on=look_on)
        else:
            pauses.begin(
                conn,
                patient_id,
                reason=reason,
                from_on=pauses.first_not_read(conn, dyad.id, today),
                look_on=look_on,
                by=viewer.staff_id,
                at=now,
            )
        detail: dict[str, object] = {"reason": reason.value, "look_on": look_on.isoformat()}
        record(conn, viewer, "pause forms", "patient", patient_id, now, detail)


def resume(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> None:
    """Offer forms again from today on. Where nothing rests, nothing happens."""
    require(viewer, Permission.PAUSE_FORMS)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        own_dyad(conn, viewer, patient_id, today)
        if pauses.end(conn, patient_id, on=today, by=viewer.staff_id, at=now):
            record(conn, viewer, "end pause", "patient", patient_id, now)


def of_own(clinic: Clinic, viewer: Viewer, now: datetime) -> Sequence[Pause]:
    """Pauses of the viewer's own patients, those first that it is time to look at again."""
    require(viewer, Permission.SEE_CASELOAD)
    with clinic.db.read() as conn:
        return pauses.of_therapist(conn, viewer.staff_id, settings.clinic_settings(conn).today(now))


def standing(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> Pause | None:
    """The patient's pause, for whoever has the patient in scope."""
    require(viewer, Permission.SEE_PATIENT)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        if not people.dyads_of_patient(conn, viewer, patient_id, today):
            return None
        return pauses.of_patient(conn, patient_id)

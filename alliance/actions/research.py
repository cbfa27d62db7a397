"""What patients say to research: noted by their own therapist, and no unless it was noted otherwise."""

from __future__ import annotations

from datetime import date, datetime

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import own_dyad, record, require
from alliance.domain.access import Permission
from alliance.domain.consent import Consent, fault_in
from alliance.domain.people import Viewer
from alliance.storage import people, research, settings


def agree(
    clinic: Clinic, viewer: Viewer, patient_id: int, *, said_on: date, said_so: bool, now: datetime
) -> None:
    """Note that the patient agreed, on that day. Raises Fault, NotFound, Forbidden."""
    require(viewer, Permission.NOTE_RESEARCH)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        own_dyad(conn, viewer, patient_id, today)
        if wrong := fault_in(said_on, today):
            raise Fault(wrong, "said_on")
        if not said_so:
            raise Fault(
                "Tick this only when the patient has said yes; without it nothing is noted", "said_so"
            )
        research.add(conn, patient_id, agreed=True, said_on=said_on, by=viewer.staff_id, at=now)
        detail: dict[str, object] = {"on": said_on.isoformat()}
        record(conn, viewer, "note research consent", "patient", patient_id, now, detail)


def take_back(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> None:
    """Note that the patient no longer agrees, from today on. Where nothing was agreed to, nothing happens."""
    require(viewer, Permission.NOTE_RESEARCH)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        own_dyad(conn, viewer, patient_id, today)
        said = research.of_patient(conn, patient_id)
        if said is None or not said.agreed:
            return
        research.add(conn, patient_id, agreed=False, said_on=today, by=viewer.staff_id, at=now)
        record(conn, viewer, "take back research consent", "patient", patient_id, now)


def standing(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> Consent | None:
    """What the patient said last, for whoever has the patient in scope; None where nobody has asked."""
    require(viewer, Permission.SEE_PATIENT)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        if not people.dyads_of_patient(conn, viewer, patient_id, today):
            return None
        return research.of_patient(conn, patient_id)

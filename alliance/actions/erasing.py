"""Everything about a patient is to go: ask, confirm, stop, and at night, after the hold, carry it out.

The rules of it are in alliance.domain.erasure. What the trail keeps afterwards are numbers of records and moments:
no code, no words, no answers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.faults import Fault
from alliance.actions.scope import dyad_of_patient, record, require
from alliance.actions.spooling import is_of
from alliance.actions.trail import record_by
from alliance.domain.access import NotFound, Permission, may
from alliance.domain.erasure import Reason, Refused, Request, Shown, State
from alliance.domain.people import Role, Viewer
from alliance.storage import erased, erasing, erasures, people, safekeeping, settings, spool
from alliance.storage.database import Connection
from alliance.storage.erased import Patient
from alliance.storage.keyring import KeyringFault

log = logging.getLogger(__name__)


def ask(
    clinic: Clinic,
    viewer: Viewer,
    patient_id: int,
    *,
    reason: Reason,
    said_so: bool,
    now: datetime,
) -> int:
    """Ask, on the patient's word, that everything about them be erased; the request's id.

    Raises Fault, and NotFound outside the viewer's scope.
    """
    require(viewer, Permission.ASK_ERASURE)
    with clinic.db.read() as conn:
        dyad_of_patient(conn, viewer, patient_id, settings.clinic_settings(conn).today(now))
    if not said_so:
        raise Fault("Tick this only if the patient has told you so. Without it nothing is erased", "said_so")
    require_fresh(viewer, now)
    with clinic.db.write() as conn:
        dyad_of_patient(conn, viewer, patient_id, settings.clinic_settings(conn).today(now))
        if erasures.open_of_patient(conn, patient_id) is not None:
            raise Fault("This has been asked for already", "reason")
        erasure_id = erasures.add(conn, patient_id, reason=reason, by=viewer.staff_id, at=now)
        detail: dict[str, object] = {"reason": reason.value, "request": erasure_id}
        record(conn, viewer, "ask for erasure", "patient", patient_id, now, detail)
    return erasure_id


def confirm(clinic: Clinic, viewer: Viewer, erasure_id: int, now: datetime) -> None:
    """Be the second who wants it: seven days from now it is carried out. Never the one who asked.

    A supervisor in whose scope the patient is, or an administrator. Raises Fault and NotFound.
    """
    require(viewer, Permission.CONFIRM_ERASURE)
    with clinic.db.read() as conn:
        _confirmable(conn, viewer, erasure_id, now)
    require_fresh(viewer, now)
    _step(
        clinic,
        viewer,
        erasure_id,
        "confirm erasure",
        _confirmable,
        lambda request: request.confirm(viewer.staff_id, now),
        now,
    )


def stop(clinic: Clinic, viewer: Viewer, erasure_id: int, now: datetime) -> None:
    """Let it not happen. Everybody whom it concerns may, until it is carried out. Raises Fault and NotFound."""
    require(viewer, Permission.STOP_ERASURE)
    _step(
        clinic,
        viewer,
        erasure_id,
        "stop erasure",
        _concerned,
        lambda request: request.stop(viewer.staff_id, now),
        now,
    )


def _step(
    clinic: Clinic,
    viewer: Viewer,
    erasure_id: int,
    action: str,
    reach: Callable[[Connection, Viewer, int, datetime], Request],
    change: Callable[[Request], Request],
    now: datetime,
) -> None:
    with clinic.db.write() as conn:
        request = reach(conn, viewer, erasure_id, now)
        try:
            erasures.keep(conn, change(request))
        except Refused as refused:
            raise Fault(str(refused)) from refused
        record(conn, viewer, action, "patient", request.patient_id, now, {"request": erasure_id})


def _concerned(conn: Connection, viewer: Viewer, erasure_id: int, now: datetime) -> Request:
    request = erasures.get(conn, erasure_id)
    if request is None:
        raise NotFound
    if not may(viewer, Permission.SEE_ERASURES):
        dyad_of_patient(conn, viewer, request.patient_id, settings.clinic_settings(conn).today(now))
    return request


def _confirmable(conn: Connection, viewer: Viewer, erasure_id: int, now: datetime) -> Request:
    """A therapist who supervises others confirms nothing about a patient of their own alone."""
    request = _concerned(conn, viewer, erasure_id, now)
    if not may(viewer, Permission.SEE_ERASURES):
        today = settings.clinic_settings(conn).today(now)
        found = people.dyads_of_patient(conn, viewer, request.patient_id, today)
        if not viewer.has(Role.SUPERVISOR) or all(d.therapist_id == viewer.staff_id for d in found):
            raise NotFound
    return request


def about(clinic: Clinic, viewer: Viewer, erasure_id: int, now: datetime) -> int:
    """The patient whom this request is about, for those whom it concerns. Raises NotFound."""
    with clinic.db.read() as conn:
        return _concerned(conn, viewer, erasure_id, now).patient_id


def may_confirm(clinic: Clinic, viewer: Viewer, request: Request, now: datetime) -> bool:
    """Whether the viewer can be the second person for this request as it stands."""
    if request.state is not State.ASKED or request.asked_by == viewer.staff_id:
        return False
    if not may(viewer, Permission.CONFIRM_ERASURE):
        return False
    with clinic.db.read() as conn:
        try:
            _confirmable(conn, viewer, request.id, now)
        except NotFound:
            return False
    return True


def of_patient(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> Shown | None:
    """The request about this patient that may still be stopped, for those who have the patient in scope."""
    require(viewer, Permission.SEE_PATIENT)
    with clinic.db.read() as conn:
        dyad_of_patient(conn, viewer, patient_id, settings.clinic_settings(conn).today(now))
        return erasures.open_of_patient(conn, patient_id)


def concerning(clinic: Clinic, viewer: Viewer, now: datetime) -> Sequence[Shown]:
    """What waits about patients in the viewer's scope, to be told where their work begins."""
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        waiting = [erasures.open_of_patient(conn, one.patient_id) for one in erasures.open_now(conn)]
        return [
            one
            for one in waiting
            if one is not None and people.dyads_of_patient(conn, viewer, one.request.patient_id, today)
        ]


def every(clinic: Clinic, viewer: Viewer) -> Sequence[Shown]:
    """All requests, for an administrator, who sees of them the code and the dates."""
    require(viewer, Permission.SEE_ERASURES)
    with clinic.db.read() as conn:
        return erasures.every(conn)


def carry_out_due(clinic: Clinic, now: datetime) -> int:
    """Erase everybody whose seven days are over, and whoever came back with an old backup; how many that were.

    Each goes in a transaction of their own, with the line that says so. Then the file itself is made anew, so that
    it holds nothing of them between its rows either; what that has to wait for, the next night does.
    """
    with clinic.db.read() as conn:
        due = [request.id for request in erasures.open_now(conn) if request.is_due(now)]
        back = erasures.came_back(conn)
    gone = sum(_carry_out(clinic, erasure_id, now) for erasure_id in due)
    note_outside(clinic, now)
    for patient_id in back:
        with clinic.db.write() as conn:
            _erase(conn, patient_id, now, {"again": True})
    with clinic.db.read() as conn:
        wipe = bool(back) or erasures.not_wiped(conn)
    if wipe and clinic.db.wipe():
        with clinic.db.write() as conn:
            erasures.note_wiped(conn, now)
    return gone + len(back)


def erase_again(clinic: Clinic, gone: Collection[Patient], now: datetime) -> int:
    """Erase everybody who was erased once and is here again, as in an old backup; how many that were."""
    with clinic.db.write() as conn:
        back = erased.here(conn, gone)
        for patient_id in back:
            _erase(conn, patient_id, now, {"again": True})
    return len(back)


def note_outside(clinic: Clinic, now: datetime) -> None:
    """Note outside the database who was erased, and take what they sent out of the spool.

    What cannot be done raises an alarm, and is done the next night.
    """
    folders = [clinic.config.folder, clinic.config.spool_folder]
    try:
        with clinic.db.read() as conn:
            for folder in folders:
                erased.note(folder, conn)
        if gone := erased.read(folders):
            spool.rewrite(clinic.config.spool_folder, clinic.keyring, lambda record: not is_of(record, gone))
    except (OSError, KeyringFault) as error:
        log.exception("what was erased could not be taken out of the spool")
        safekeeping.spool_failed(clinic.config.folder, now, str(error))


def _carry_out(clinic: Clinic, erasure_id: int, now: datetime) -> bool:
    with clinic.db.write() as conn:
        request = erasures.get(conn, erasure_id)
        if request is None or not request.is_due(now):
            return False  # somebody stopped it this very moment
        erasures.keep(conn, request.carry_out(now))
        _erase(conn, request.patient_id, now, {"request": request.id})
    return True


def _erase(conn: Connection, patient_id: int, now: datetime, detail: dict[str, object]) -> None:
    rows = erasing.erase_patient(conn, patient_id)
    record_by(conn, "system", "erase patient", "patient", patient_id, now, detail | {"rows": rows})

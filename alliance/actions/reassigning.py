"""A patient goes from one therapist to another from a day on, or a therapy ends. One act, whoever decides it.

The earlier therapist sees the patient until the day before and nothing after it: what was shared in that dyad was
shared in that dyad. The new dyad begins with no session and no baseline, because alliance is always that of two.
"""

from __future__ import annotations

from datetime import date, datetime

from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.domain.access import Forbidden, NotFound, Permission, may
from alliance.domain.caseload_changes import FOR_END, FOR_MOVE, LONGEST_AHEAD, Change, Reason
from alliance.domain.people import Role, Viewer
from alliance.storage import caseload_changes, people, settings, staff
from alliance.storage.caseload_changes import Standing
from alliance.storage.database import Connection


def move(
    clinic: Clinic,
    viewer: Viewer,
    dyad_id: int,
    *,
    to: int | None,
    on: date,
    reason: Reason,
    now: datetime,
) -> int | None:
    """End a dyad, and begin a new one with the therapist `to` where there is one; the new dyad's id.

    `on` is the first day on which the earlier dyad no longer holds. An administrator may move any dyad, a
    therapist may hand over or end one's own. Raises Fault for what can be put right, NotFound for a dyad out of
    the viewer's reach or that has an end.
    """
    with clinic.db.write() as conn:
        return _move(conn, viewer, _in_reach(conn, viewer, dyad_id), to, on, reason, now)


def move_by_code(
    clinic: Clinic,
    viewer: Viewer,
    code: str,
    away_from: int,
    *,
    to: int,
    on: date,
    reason: Reason,
    now: datetime,
) -> int | None:
    """The same for who knows a patient by code and nothing else: the administrator."""
    require(viewer, Permission.MOVE_PATIENT)
    require_fresh(viewer, now)
    with clinic.db.write() as conn:
        found = caseload_changes.standing_by_code(conn, " ".join(code.split()), away_from)
        if found is None:
            raise Fault("No patient with this code is with this therapist, or the end is set already", "code")
        return _move(conn, viewer, found, to, on, reason, now)


def _in_reach(conn: Connection, viewer: Viewer, dyad_id: int) -> Standing:
    any_dyad = may(viewer, Permission.MOVE_PATIENT)
    if not any_dyad:
        require(viewer, Permission.HAND_OVER)
    found = caseload_changes.standing(conn, dyad_id)
    if found is None or not (any_dyad or found.therapist_id == viewer.staff_id):
        raise NotFound
    return found


def _move(
    conn: Connection,
    viewer: Viewer,
    dyad: Standing,
    to: int | None,
    on: date,
    reason: Reason,
    now: datetime,
) -> int | None:
    told = settings.clinic_settings(conn)
    _check_day(dyad, on, told.today(now))
    if reason not in (FOR_END if to is None else FOR_MOVE):
        raise Fault("Choose one of the reasons", "reason")
    new = _begin(conn, dyad, to, on, told.today(now)) if to is not None else None
    caseload_changes.end(conn, dyad.id, on, max(told.begin_of(on), now))
    caseload_changes.add(
        conn,
        from_dyad=dyad.id,
        to_dyad=new,
        moves_on=on,
        reason=reason,
        made_by=viewer.staff_id,
        made_at=now,
    )
    detail: dict[str, object] = {
        "from": dyad.therapist_id,
        "to": to,
        "on": on.isoformat(),
        "reason": reason.value,
    }
    record(
        conn, viewer, "end therapy" if to is None else "move patient", "patient", dyad.patient_id, now, detail
    )
    return new


def _check_day(dyad: Standing, on: date, today: date) -> None:
    if on < today:
        raise Fault("Enter today or a later day", "on")
    if on > today + LONGEST_AHEAD:
        raise Fault("Enter a day within the next three months", "on")
    if on <= dyad.starts_on:
        raise Fault("Enter a day after the two have begun", "on")
    if dyad.last_held_on is not None and on <= dyad.last_held_on:
        raise Fault("A session was held on that day. Enter a day after the last session", "on")


def _begin(conn: Connection, dyad: Standing, to: int, on: date, today: date) -> int:
    person = staff.get(conn, to)
    if person is None or person.disabled or Role.THERAPIST not in person.roles:
        raise Fault("Choose somebody who works here as a therapist", "to")
    if to == dyad.therapist_id:
        raise Fault("Choose another therapist than the one before", "to")
    if caseload_changes.between(conn, dyad.patient_id, to, today):
        raise Fault("The patient is with this therapist already. Choose another", "to")
    return people.add_dyad(conn, patient_id=dyad.patient_id, therapist_id=to, starts_on=on)


def therapists(clinic: Clinic, viewer: Viewer) -> list[tuple[int, str]]:
    """Id and name of everybody to whom a patient can go, by name."""
    if not (may(viewer, Permission.MOVE_PATIENT) or may(viewer, Permission.HAND_OVER)):
        raise Forbidden
    with clinic.db.read() as conn:
        return [
            (person.id, person.name)
            for person in staff.everyone(conn)
            if Role.THERAPIST in person.roles and not person.disabled
        ]


def news(clinic: Clinic, viewer: Viewer) -> list[Change]:
    """What this therapist has not put away yet of patients who come or go."""
    require(viewer, Permission.SEE_CASELOAD)
    with clinic.db.read() as conn:
        return caseload_changes.unread(conn, viewer.staff_id)


def put_away(clinic: Clinic, viewer: Viewer, change_id: int, now: datetime) -> None:
    """Let the note stand on this therapist's caseload no longer. The trail keeps the act itself."""
    require(viewer, Permission.SEE_CASELOAD)
    with clinic.db.write() as conn:
        if not caseload_changes.put_away(conn, change_id, viewer.staff_id, now):
            raise NotFound

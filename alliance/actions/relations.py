"""Who supervises whom: begun and ended by an administrator, kept with its days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.domain.access import NotFound, Permission
from alliance.domain.people import Role, Supervision, Viewer
from alliance.storage import settings, staff, supervisions
from alliance.storage.database import Connection

FAR = timedelta(days=366)


def every(clinic: Clinic, viewer: Viewer) -> list[Supervision]:
    """All there is and was, by therapist, the newest first."""
    require(viewer, Permission.SEE_PEOPLE)
    with clinic.db.read() as conn:
        return supervisions.every(conn)


def begin(
    clinic: Clinic,
    viewer: Viewer,
    *,
    supervisor_id: int,
    therapist_id: int,
    starts_on: date,
    last_day: date | None,
    now: datetime,
) -> None:
    """Let one supervise the other from a day on, up to and with another. Raises Fault for what cannot be.

    What the supervisor sees follows these days at once.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    with clinic.db.write() as conn:
        _need_role(conn, supervisor_id, Role.SUPERVISOR, "supervisor", "Choose somebody who supervises here")
        _need_role(
            conn, therapist_id, Role.THERAPIST, "therapist", "Choose somebody who treats patients here"
        )
        if supervisor_id == therapist_id:
            raise Fault("Nobody supervises themselves. Choose somebody else", "supervisor")
        _check_days(starts_on, last_day, settings.clinic_settings(conn).today(now))
        ends_on = last_day + timedelta(days=1) if last_day else None
        for one in supervisions.of(conn, therapist_id):
            if one.supervisor_id == supervisor_id and _overlap(one, starts_on, ends_on):
                raise Fault(_overlapping(one), "starts_on")
        new = supervisions.add(
            conn, supervisor_id=supervisor_id, therapist_id=therapist_id, starts_on=starts_on, ends_on=ends_on
        )
        detail: dict[str, object] = {
            "supervisor": supervisor_id,
            "therapist": therapist_id,
            "from": starts_on.isoformat(),
            "until": last_day.isoformat() if last_day else None,
        }
        record(conn, viewer, "begin supervision", "supervision", new, now, detail)


def end(clinic: Clinic, viewer: Viewer, supervision_id: int, now: datetime) -> Supervision:
    """End it now: the supervisor's next page shows nothing of this therapist. What is over stays as it is."""
    require(viewer, Permission.MANAGE_PEOPLE)
    with clinic.db.write() as conn:
        found = supervisions.get(conn, supervision_id)
        if found is None:
            raise NotFound
        today = settings.clinic_settings(conn).today(now)
        if not found.is_over(today):
            supervisions.end(conn, supervision_id, max(today, found.starts_on))
            detail: dict[str, object] = {"supervisor": found.supervisor_id, "therapist": found.therapist_id}
            record(conn, viewer, "end supervision", "supervision", supervision_id, now, detail)
        return found


def _need_role(conn: Connection, staff_id: int, role: Role, field: str, sentence: str) -> None:
    person = staff.get(conn, staff_id)
    if person is None or person.disabled or role not in person.roles:
        raise Fault(sentence, field)


def _check_days(starts_on: date, last_day: date | None, today: date) -> None:
    if not today - FAR <= starts_on <= today + FAR:
        raise Fault("Look at the year: this is more than a year away", "starts_on")
    if last_day is not None and last_day < max(starts_on, today):
        raise Fault("Enter a last day that is still to come, or leave it out", "last_day")
    if last_day is not None and last_day > today + 10 * FAR:
        raise Fault("Look at the year: this is more than ten years ahead", "last_day")


def _overlap(one: Supervision, starts_on: date, ends_on: date | None) -> bool:
    """Whether the two share a day, or begin on the same one."""
    begins_before_the_end = one.ends_on is None or starts_on < one.ends_on
    return one.starts_on == starts_on or (
        begins_before_the_end and (ends_on is None or one.starts_on < ends_on)
    )


def _overlapping(one: Supervision) -> str:
    if one.last_day is None:
        days = f"since {one.starts_on:%d.%m.%Y}"
    elif one.last_day < one.starts_on:
        return "An entry of these two that begins on that day was ended. Begin a day later"
    else:
        days = f"from {one.starts_on:%d.%m.%Y} to {one.last_day:%d.%m.%Y}"
    return f"{one.supervisor} supervises {one.therapist} {days} already. Choose days that do not overlap"

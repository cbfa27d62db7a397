"""The administrator's side: who works here, and what the clinic tells its patients."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.domain.access import Permission
from alliance.domain.clinic import ClinicSettings
from alliance.domain.people import Viewer
from alliance.storage import settings

LONGEST_LINK = 14 * 24  # hours


def save_settings(clinic: Clinic, viewer: Viewer, changed: ClinicSettings, now: datetime) -> None:
    """Keep new settings; patients see them from now on. Raises Fault with the field that needs a look."""
    require(viewer, Permission.CHANGE_SETTINGS)
    check_settings(changed)
    with clinic.db.write() as conn:
        before = settings.clinic_settings(conn)
        settings.save_clinic_settings(conn, changed)
        names = [name for name in ClinicSettings.__slots__ if getattr(before, name) != getattr(changed, name)]
        record(conn, viewer, "change settings", "setting", 0, now, {"changed": names})


def check_settings(changed: ClinicSettings) -> None:
    """Raise Fault for what patients could not use."""
    if not changed.name.strip():
        raise Fault("Enter the name that patients know the clinic by", "name")
    for line in changed.crisis_lines:
        if not line.name or not line.dial:
            raise Fault("Enter a name and a number that can be dialled for each help line", "crisis_lines")
    if changed.time_zone not in available_timezones():
        raise Fault("Enter a time zone by its name, such as Europe/London", "time_zone")
    if not 1 <= changed.link_hours <= LONGEST_LINK:
        raise Fault(f"Enter a number of hours from 1 to {LONGEST_LINK}", "link_hours")

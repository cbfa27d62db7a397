"""Ask for the password once more before an act that cannot simply be taken back."""

from __future__ import annotations

from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.passwords import LONGEST
from alliance.actions.scope import record
from alliance.domain.people import Viewer
from alliance.storage import staff


def confirm(clinic: Clinic, viewer: Viewer, password: str, now: datetime) -> None:
    """Make sure that whoever acts is whoever signed in. Raises Fault, and the trail keeps that it was refused."""
    with clinic.db.read() as conn:
        kept = staff.password_hash(conn, viewer.staff_id)
    if len(password) > LONGEST or not clinic.passwords.matches(kept, password):
        with clinic.db.write() as conn:
            record(conn, viewer, "refuse confirmation", "staff", viewer.staff_id, now)
        raise Fault("Enter the password with which you signed in", "password")

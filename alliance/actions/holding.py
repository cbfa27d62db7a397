"""How a session comes to be: noted by hand, or read from a calendar, it is held in one way."""

from __future__ import annotations

from datetime import date, datetime

from alliance.actions.clinic import Clinic
from alliance.actions.detecting import Detector
from alliance.domain.people import Viewer
from alliance.domain.therapy import TherapySession
from alliance.storage import sessions, staff
from alliance.storage.database import Connection


def has_calendar(clinic: Clinic, viewer: Viewer) -> bool:
    """Whether the viewer's sessions are read from a calendar."""
    if not clinic.config.appointments:
        return False
    with clinic.db.read() as conn:
        known = staff.get(conn, viewer.staff_id)
    return known is not None and known.email.casefold() in map(str.casefold, clinic.config.appointments)


def hold(clinic: Clinic, conn: Connection, dyad_id: int, held_on: date, now: datetime) -> TherapySession:
    """Keep a dyad's next session. The one before it, if no form came back, now counts as silent."""
    session = sessions.add(conn, dyad_id, held_on, now)
    if session.number > 1:
        Detector(clinic.library).catch_up(conn, dyad_id, session.number - 1, now)
    return session

"""A patient asked a supervisor for help with bringing something up: who took it up, and when it was done.

Nothing of this is in any trail that a therapist can be shown: its lines name the response, and no patient.
"""

from __future__ import annotations

from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.scope import is_own, record, require, session_in_scope
from alliance.domain.access import NotFound, Permission
from alliance.domain.people import Dyad, Viewer
from alliance.storage import settings, supervision
from alliance.storage.database import Connection
from alliance.storage.supervision import Wish

STEPS = {"taken-up": "take up help", "done": "see help through", "open-again": "open help again"}


def step(clinic: Clinic, viewer: Viewer, session_id: int, what: str, now: datetime) -> Dyad:
    """Note a step with the wish said after this session: one of STEPS. What is done was taken up by whoever did it.

    Raises NotFound where no patient of the viewer's supervisees asked for help.
    """
    require(viewer, Permission.TAKE_UP_WISH)
    if what not in STEPS:
        raise NotFound
    with clinic.db.write() as conn:
        wish, dyad = _wish(conn, viewer, session_id, now)
        if what == "open-again":
            supervision.take_step_back(conn, wish.response_id)
        else:
            supervision.note_step(conn, wish.response_id, "taken up", viewer.staff_id, now)
            if what == "done":
                supervision.note_step(conn, wish.response_id, "done", viewer.staff_id, now)
        record(conn, viewer, STEPS[what], "response", wish.response_id, now)
    return dyad


def _wish(conn: Connection, viewer: Viewer, session_id: int, now: datetime) -> tuple[Wish, Dyad]:
    """The wish and its dyad. One's own patient's is not there: who treats may not know of it."""
    today = settings.clinic_settings(conn).today(now)
    session, dyad = session_in_scope(conn, viewer, session_id, today)
    found = supervision.wishes(conn, [dyad.id])
    for wish in found:
        if wish.session_id == session.id and not is_own(viewer, dyad):
            return wish, dyad
    raise NotFound

"""A patient held an answer back and now says that the therapist may see it: the supervisor lets it be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.detecting import Detector
from alliance.actions.faults import Fault
from alliance.actions.scope import is_own, record, require, session_in_scope
from alliance.domain.access import NotFound, Permission
from alliance.domain.people import Dyad, Viewer
from alliance.domain.therapy import TherapySession
from alliance.storage import releases, responses, settings
from alliance.storage.database import Connection


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A response that its therapist may not see. `written`: the patient wrote something with it."""

    session: TherapySession
    dyad: Dyad
    written: bool


def held_back(clinic: Clinic, viewer: Viewer, session_id: int, now: datetime) -> HeldBack:
    """What would be released. Raises NotFound for every session that a supervisor sees no such response of."""
    require(viewer, Permission.RELEASE_ANSWER)
    with clinic.db.read() as conn:
        found, response_id = _held_back(conn, viewer, session_id, now)
        return HeldBack(*found, written=releases.has_comment(conn, response_id))


def release(clinic: Clinic, viewer: Viewer, session_id: int, now: datetime, *, said_so: bool) -> HeldBack:
    """Let the therapist see a response that was held back, because the patient said so.

    What the therapist may know of the course is read anew from the session on, and questions follow: nothing that
    anybody acknowledged disappears. Raises Fault without the patient's word.
    """
    require(viewer, Permission.RELEASE_ANSWER)
    with clinic.db.write() as conn:
        (session, dyad), response_id = _held_back(conn, viewer, session_id, now)
        if not said_so:
            raise Fault("Tick this only if the patient told you so. Otherwise leave it as it is", "said_so")
        written = releases.has_comment(conn, response_id)
        releases.release(conn, clinic.keyring, response_id, viewer.staff_id, now)
        news = responses.held(conn, dyad.id, session.number, session.number, full=False)
        Detector(clinic.library).note(conn, dyad.id, news[0], now)
        record(conn, viewer, "release answers", "session", session.id, now)
    return HeldBack(session, dyad, written)


def _held_back(
    conn: Connection, viewer: Viewer, session_id: int, now: datetime
) -> tuple[tuple[TherapySession, Dyad], int]:
    """The session and its response. One's own patient's is not there: who treats may not know of it."""
    today = settings.clinic_settings(conn).today(now)
    session, dyad = session_in_scope(conn, viewer, session_id, today)
    response_id = None if is_own(viewer, dyad) else releases.held_back(conn, session.id)
    if response_id is None:
        raise NotFound
    return (session, dyad), response_id

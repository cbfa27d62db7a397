"""Who is signed in, for the administrator: in which browsers since when, and ending it. No address is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.scope import record, require
from alliance.actions.tokens import token_hash
from alliance.domain.access import NotFound, Permission
from alliance.domain.people import Viewer
from alliance.domain.signing_in import WebSession
from alliance.storage import staff, web_sessions


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser in which somebody is signed in. `key` names it; it opens nothing."""

    key: str
    name: str
    session: WebSession
    own: bool


def every(clinic: Clinic, viewer: Viewer, raw_id: str | None, now: datetime) -> list[SignedIn]:
    """All sessions that stand, by person. `raw_id` is that of the viewer's own browser."""
    require(viewer, Permission.END_SESSIONS)
    own = token_hash(raw_id) if raw_id else None
    with clinic.db.read() as conn:
        return [
            SignedIn(id_hash.hex(), name, one, id_hash == own)
            for id_hash, name, one in web_sessions.every(conn)
            if one.is_of_somebody(now)
        ]


def end(clinic: Clinic, viewer: Viewer, key: str, now: datetime) -> str:
    """End one session, from its next page on; the name of whose it was. Raises NotFound."""
    require(viewer, Permission.END_SESSIONS)
    with clinic.db.write() as conn:
        for id_hash, name, one in web_sessions.every(conn):
            if id_hash.hex() == key:
                web_sessions.end(conn, id_hash)
                record(conn, viewer, "end session", "staff", one.staff_id, now)
                return name
    raise NotFound


def end_all(clinic: Clinic, viewer: Viewer, staff_id: int, now: datetime) -> int:
    """End every session of one person and answer how many there were. Raises NotFound."""
    require(viewer, Permission.END_SESSIONS)
    with clinic.db.write() as conn:
        if staff.get(conn, staff_id) is None:
            raise NotFound
        ended = web_sessions.end_all(conn, staff_id)
        record(conn, viewer, "end all sessions", "staff", staff_id, now, {"sessions_ended": ended})
    return ended

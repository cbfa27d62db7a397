"""Who is signed in, in which browser. Only the hash of a session's id is kept."""

from __future__ import annotations

from datetime import datetime

from alliance.domain.signing_in import WebSession
from alliance.storage.database import Connection, Row
from alliance.storage.times import moment, stamp

COLUMNS = "w.staff_id, w.created_at, w.last_seen_at, w.half, w.locked_at, w.confirmed_at, w.browser"


def _session(row: Row) -> WebSession:
    return WebSession(
        row["staff_id"],
        moment(row["created_at"]),
        moment(row["last_seen_at"]),
        bool(row["half"]),
        moment(row["locked_at"]) if row["locked_at"] else None,
        moment(row["confirmed_at"]) if row["confirmed_at"] else None,
        row["browser"],
    )


def add(
    conn: Connection,
    id_hash: bytes,
    staff_id: int,
    at: datetime,
    *,
    half: bool,
    browser: str = "",
    since: datetime | None = None,
) -> None:
    """Keep a new session. `since` is when it began, for one that goes on under a new id."""
    conn.execute(
        "INSERT INTO web_session (id_hash, staff_id, created_at, last_seen_at, half, confirmed_at, browser)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (id_hash, staff_id, stamp(since or at), stamp(at), half, None if half else stamp(at), browser),
    )


def get(conn: Connection, id_hash: bytes) -> WebSession | None:
    """A session as it is kept. Callers ask whether it still stands."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM web_session AS w WHERE w.id_hash = ?",  # noqa: S608 (constants only)
        (id_hash,),
    ).fetchone()
    return _session(row) if row else None


def every(conn: Connection) -> list[tuple[bytes, str, WebSession]]:
    """Each session's hash, the name of the person, and its times; those of one person together, the newest first."""
    rows = conn.execute(
        f"SELECT w.id_hash, s.name, {COLUMNS} FROM web_session AS w"  # noqa: S608 (constants only)
        " JOIN staff AS s ON s.id = w.staff_id ORDER BY s.name COLLATE NOCASE, s.id, w.created_at DESC"
    )
    return [(row["id_hash"], row["name"], _session(row)) for row in rows]


def of(conn: Connection, staff_id: int) -> list[tuple[bytes, WebSession]]:
    """One person's sessions by their hashes, the newest first."""
    rows = conn.execute(
        f"SELECT w.id_hash, {COLUMNS} FROM web_session AS w"  # noqa: S608 (constants only)
        " WHERE w.staff_id = ? ORDER BY w.created_at DESC, w.id_hash",
        (staff_id,),
    )
    return [(row["id_hash"], _session(row)) for row in rows]


def lock(conn: Connection, id_hash: bytes, at: datetime) -> None:
    """Let the session open nothing until the password was given once more."""
    conn.execute(
        "UPDATE web_session SET locked_at = ? WHERE id_hash = ? AND locked_at IS NULL", (stamp(at), id_hash)
    )


def confirm(conn: Connection, id_hash: bytes, at: datetime) -> bool:
    """Note that the password was given once more, now. False if the session has ended meanwhile."""
    cursor = conn.execute(
        "UPDATE web_session SET confirmed_at = :at, last_seen_at = :at, locked_at = NULL WHERE id_hash = :id",
        {"at": stamp(at), "id": id_hash},
    )
    return cursor.rowcount == 1


def touch(conn: Connection, id_hash: bytes, at: datetime) -> None:
    """Note that the session is in use."""
    conn.execute("UPDATE web_session SET last_seen_at = ? WHERE id_hash = ?", (stamp(at), id_hash))


def end(conn: Connection, id_hash: bytes) -> None:
    """Delete one session."""
    conn.execute("DELETE FROM web_session WHERE id_hash = ?", (id_hash,))


def end_all(conn: Connection, staff_id: int, but: bytes | None = None) -> int:
    """Delete every session of one person, `but` one if it is given, and answer how many there were."""
    return conn.execute(
        "DELETE FROM web_session WHERE staff_id = ? AND id_hash IS NOT ?", (staff_id, but)
    ).rowcount


def sweep(conn: Connection, *, created_before: datetime, half_before: datetime) -> None:
    """Delete the sessions that ran out without being signed out, and those never completed."""
    conn.execute(
        "DELETE FROM web_session WHERE created_at < ? OR (half = 1 AND created_at < ?)",
        (stamp(created_before), stamp(half_before)),
    )

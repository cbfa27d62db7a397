"""Who is signed in, in which browser. Only the hash of a session's id is kept."""

from __future__ import annotations

from datetime import datetime

from alliance.domain.signing_in import WebSession
from alliance.storage.database import Connection
from alliance.storage.times import moment, stamp


def add(conn: Connection, id_hash: bytes, staff_id: int, at: datetime) -> None:
    """Keep a new session."""
    conn.execute(
        "INSERT INTO web_session (id_hash, staff_id, created_at, last_seen_at) VALUES (?, ?, ?, ?)",
        (id_hash, staff_id, stamp(at), stamp(at)),
    )


def get(conn: Connection, id_hash: bytes) -> WebSession | None:
    """A session as it is kept. Callers ask whether it still stands."""
    row = conn.execute(
        "SELECT staff_id, created_at, last_seen_at FROM web_session WHERE id_hash = ?", (id_hash,)
    ).fetchone()
    return (
        WebSession(row["staff_id"], moment(row["created_at"]), moment(row["last_seen_at"])) if row else None
    )


def every(conn: Connection) -> list[tuple[bytes, str, WebSession]]:
    """Each session's hash, the name of the person, and its times; those of one person together, the newest first."""
    rows = conn.execute(
        "SELECT w.id_hash, s.name, w.staff_id, w.created_at, w.last_seen_at FROM web_session AS w"
        " JOIN staff AS s ON s.id = w.staff_id ORDER BY s.name COLLATE NOCASE, s.id, w.created_at DESC"
    )
    return [
        (
            row["id_hash"],
            row["name"],
            WebSession(row["staff_id"], moment(row["created_at"]), moment(row["last_seen_at"])),
        )
        for row in rows
    ]


def touch(conn: Connection, id_hash: bytes, at: datetime) -> None:
    """Note that the session is in use."""
    conn.execute("UPDATE web_session SET last_seen_at = ? WHERE id_hash = ?", (stamp(at), id_hash))


def end(conn: Connection, id_hash: bytes) -> None:
    """Delete one session."""
    conn.execute("DELETE FROM web_session WHERE id_hash = ?", (id_hash,))


def end_all(conn: Connection, staff_id: int) -> int:
    """Delete every session of one person and answer how many there were."""
    return conn.execute("DELETE FROM web_session WHERE staff_id = ?", (staff_id,)).rowcount


def sweep(conn: Connection, *, created_before: datetime, seen_before: datetime) -> None:
    """Delete the sessions that ran out without being signed out."""
    conn.execute(
        "DELETE FROM web_session WHERE created_at < ? OR last_seen_at < ?",
        (stamp(created_before), stamp(seen_before)),
    )

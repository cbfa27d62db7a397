"""Responses that were held back from the therapist until the patient said that they may be seen."""

from __future__ import annotations

from datetime import datetime

from alliance.storage import digests
from alliance.storage.database import Connection
from alliance.storage.keyring import Keyring
from alliance.storage.times import stamp


def held_back(conn: Connection, session_id: int) -> int | None:
    """The response of this session, if there is one and the therapist may not see it."""
    row = conn.execute(
        "SELECT id FROM response WHERE session_id = ? AND audience = 'supervisor'", (session_id,)
    ).fetchone()
    return int(row["id"]) if row else None


def has_comment(conn: Connection, response_id: int) -> bool:
    """Whether words of the patient's own would become the therapist's to read."""
    row = conn.execute("SELECT comment IS NOT NULL AS written FROM response WHERE id = ?", (response_id,))
    return bool(row.fetchone()["written"])


def release(conn: Connection, keyring: Keyring, response_id: int, staff_id: int, now: datetime) -> None:
    """Let the therapist see this response from now on, and keep who let it be seen, and when."""
    with digests.changing(conn, keyring, "response", response_id):
        conn.execute("UPDATE response SET audience = 'both' WHERE id = ?", (response_id,))
        conn.execute(
            "INSERT INTO released_response (response_id, released_by, released_at) VALUES (?, ?, ?)",
            (response_id, staff_id, stamp(now)),
        )

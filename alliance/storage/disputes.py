"""Responses of which somebody with a link says that they are not theirs. The responses stay as they are."""

from __future__ import annotations

from datetime import datetime

from alliance.storage.database import Connection
from alliance.storage.times import stamp


def add(conn: Connection, session_id: int, invitation_id: int, now: datetime) -> int | None:
    """Note what was said, through this link, of the session's response: its id the first time, else None."""
    row = conn.execute("SELECT id FROM response WHERE session_id = ?", (session_id,)).fetchone()
    if row is None:
        return None
    cursor = conn.execute(
        "INSERT INTO dispute (response_id, invitation_id, said_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (row["id"], invitation_id, stamp(now)),
    )
    return int(row["id"]) if cursor.rowcount == 1 else None

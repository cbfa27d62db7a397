"""Browsers in which somebody has come in before, by the hash of a token that opens nothing."""

from __future__ import annotations

from datetime import datetime

from alliance.storage.database import Connection
from alliance.storage.times import stamp

MOST = 20  # of one person


def knows(conn: Connection, token_hash: bytes, staff_id: int) -> bool:
    """Whether this person has come in with this browser."""
    row = conn.execute(
        "SELECT 1 FROM known_browser WHERE token_hash = ? AND staff_id = ?", (token_hash, staff_id)
    ).fetchone()
    return row is not None


def note(conn: Connection, token_hash: bytes, staff_id: int, at: datetime) -> None:
    """Keep that this person came in with this browser; of many, the ones used last."""
    conn.execute(
        "INSERT INTO known_browser (token_hash, staff_id, last_at) VALUES (?, ?, ?)"
        " ON CONFLICT (token_hash, staff_id) DO UPDATE SET last_at = excluded.last_at",
        (token_hash, staff_id, stamp(at)),
    )
    conn.execute(
        "DELETE FROM known_browser WHERE staff_id = :staff AND token_hash NOT IN (SELECT token_hash"
        " FROM known_browser WHERE staff_id = :staff ORDER BY last_at DESC, token_hash LIMIT :most)",
        {"staff": staff_id, "most": MOST},
    )


def forget(conn: Connection, staff_id: int) -> None:
    """Know none of this person's browsers any longer."""
    conn.execute("DELETE FROM known_browser WHERE staff_id = ?", (staff_id,))

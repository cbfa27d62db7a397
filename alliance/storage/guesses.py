"""Wrong passwords and codes in a row, by a keyed hash of what they are counted for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from alliance.domain.signing_in import MOST_IN_A_ROW, Guesses
from alliance.storage.database import Connection
from alliance.storage.times import moment, stamp


def get(conn: Connection, bucket: bytes) -> Guesses | None:
    """What is counted there, if anything."""
    row = conn.execute("SELECT in_row, last_at FROM wrong_guess WHERE bucket = ?", (bucket,)).fetchone()
    return Guesses(row["in_row"], moment(row["last_at"])) if row else None


def put(conn: Connection, bucket: bytes, kind: str, guesses: Guesses) -> None:
    """Keep a count. There is none above a hundred."""
    conn.execute(
        "INSERT INTO wrong_guess (bucket, kind, in_row, last_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (bucket) DO UPDATE SET in_row = excluded.in_row, last_at = excluded.last_at",
        (bucket, kind, min(guesses.in_row, MOST_IN_A_ROW), stamp(guesses.last_at)),
    )


def forget(conn: Connection, buckets: Iterable[bytes]) -> None:
    """Begin anew there."""
    conn.executemany("DELETE FROM wrong_guess WHERE bucket = ?", [(bucket,) for bucket in buckets])


def sweep(conn: Connection, before: datetime) -> None:
    """Delete what is too old to count; what counts over all unknown browsers has no age."""
    conn.execute(
        "DELETE FROM wrong_guess WHERE kind IN ('address', 'browser') AND last_at < ?", (stamp(before),)
    )

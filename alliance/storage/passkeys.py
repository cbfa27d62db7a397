"""Passkeys: public keys by the ids that browsers know them by, and challenges that were answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alliance.storage.database import Connection, Row
from alliance.storage.times import moment, stamp

COLUMNS = "id, staff_id, credential_id, public_key, sign_count, name, added_at, last_used_at"


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey. Of the key only the public half is here."""

    id: int
    staff_id: int
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    added_at: datetime
    last_used_at: datetime | None


def _passkey(row: Row) -> Passkey:
    return Passkey(
        row["id"],
        row["staff_id"],
        row["credential_id"],
        row["public_key"],
        row["sign_count"],
        row["name"],
        moment(row["added_at"]),
        moment(row["last_used_at"]) if row["last_used_at"] else None,
    )


def of(conn: Connection, staff_id: int) -> list[Passkey]:
    """This person's passkeys, the oldest first."""
    rows = conn.execute(f"SELECT {COLUMNS} FROM passkey WHERE staff_id = ? ORDER BY id", (staff_id,))  # noqa: S608
    return [_passkey(row) for row in rows]


def by_credential(conn: Connection, credential_id: bytes) -> Passkey | None:
    """The passkey that a browser names."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM passkey WHERE credential_id = ?",  # noqa: S608 (constants only)
        (credential_id,),
    ).fetchone()
    return _passkey(row) if row else None


def add(
    conn: Connection,
    staff_id: int,
    *,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    name: str,
    at: datetime,
) -> int:
    """Keep a new passkey and answer with its id."""
    cursor = conn.execute(
        "INSERT INTO passkey (staff_id, credential_id, public_key, sign_count, name, added_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (staff_id, credential_id, public_key, sign_count, name, stamp(at)),
    )
    return int(cursor.lastrowid or 0)


def used(conn: Connection, passkey_id: int, sign_count: int, at: datetime) -> None:
    """Note that it was used, and how far its own count has come."""
    conn.execute(
        "UPDATE passkey SET sign_count = ?, last_used_at = ? WHERE id = ?",
        (sign_count, stamp(at), passkey_id),
    )


def rename(conn: Connection, staff_id: int, passkey_id: int, name: str) -> bool:
    """Call one's own passkey something else. False if there is none such."""
    cursor = conn.execute(
        "UPDATE passkey SET name = ? WHERE id = ? AND staff_id = ?", (name, passkey_id, staff_id)
    )
    return cursor.rowcount == 1


def remove(conn: Connection, staff_id: int, passkey_id: int) -> bool:
    """Let one's own passkey work no more. False if there is none such."""
    return (
        conn.execute("DELETE FROM passkey WHERE id = ? AND staff_id = ?", (passkey_id, staff_id)).rowcount
        == 1
    )


def remove_all(conn: Connection, staff_id: int) -> int:
    """Let no passkey of this person work any longer, and answer how many there were."""
    return conn.execute("DELETE FROM passkey WHERE staff_id = ?", (staff_id,)).rowcount


def answer_once(conn: Connection, challenge_hash: bytes, *, expires_at: datetime, now: datetime) -> bool:
    """Note that this challenge was answered. False if it was answered before."""
    conn.execute("DELETE FROM answered_challenge WHERE expires_at < ?", (stamp(now),))
    cursor = conn.execute(
        "INSERT INTO answered_challenge (challenge_hash, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (challenge_hash, stamp(expires_at)),
    )
    return cursor.rowcount == 1

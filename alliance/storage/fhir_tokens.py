"""Tokens with which another system reads over FHIR. Only the hash of a token is kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from alliance.domain.fhir_access import Scope, Token
from alliance.storage import audit
from alliance.storage.database import Connection, Row
from alliance.storage.times import moment, stamp

COLUMNS = "k.id, k.staff_id, k.name, k.scopes, k.made_at, k.expires_at, k.last_used_at, k.ended_at"


def _token(row: Row) -> Token:
    return Token(
        id=row["id"],
        staff_id=row["staff_id"],
        name=row["name"],
        scopes=frozenset(Scope(name) for name in row["scopes"].split()),
        made_at=moment(row["made_at"]),
        expires_at=moment(row["expires_at"]),
        last_used_at=moment(row["last_used_at"]) if row["last_used_at"] else None,
        ended_at=moment(row["ended_at"]) if row["ended_at"] else None,
    )


def add(
    conn: Connection,
    *,
    staff_id: int,
    name: str,
    token_hash: bytes,
    scopes: Collection[Scope],
    now: datetime,
    expires_at: datetime,
) -> int:
    """Keep a new token and answer with its id."""
    cursor = conn.execute(
        "INSERT INTO fhir_token (staff_id, name, token_hash, scopes, made_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        (staff_id, name, token_hash, " ".join(sorted(scopes)), stamp(now), stamp(expires_at)),
    )
    return int(cursor.lastrowid or 0)


def by_hash(conn: Connection, token_hash: bytes) -> Token | None:
    """The token of that hash, whether it still works or not."""
    row = conn.execute(
        f"SELECT {COLUMNS} FROM fhir_token AS k WHERE k.token_hash = ?",  # noqa: S608 (constants only)
        (token_hash,),
    ).fetchone()
    return _token(row) if row else None


def outlived(conn: Connection, token: Token) -> bool:
    """Whether its day had come already, before somebody put the clock back."""
    return audit.reached(conn, token.made_at, token.expires_at) is not None


def of(conn: Connection, staff_id: int) -> list[Token]:
    """One person's tokens, the newest first."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM fhir_token AS k WHERE k.staff_id = ? ORDER BY k.id DESC",  # noqa: S608 (the same)
        (staff_id,),
    )
    return [_token(row) for row in rows]


def every(conn: Connection) -> list[tuple[str, Token]]:
    """The name of the person, and the token: all of them, one person's together."""
    rows = conn.execute(
        f"SELECT s.name AS person, {COLUMNS} FROM fhir_token AS k"  # noqa: S608 (the same)
        " JOIN staff AS s ON s.id = k.staff_id ORDER BY s.name COLLATE NOCASE, s.id, k.id DESC"
    )
    return [(row["person"], _token(row)) for row in rows]


def end(conn: Connection, token_id: int, now: datetime) -> bool:
    """Let it open nothing from now on. False if that was so already."""
    cursor = conn.execute(
        "UPDATE fhir_token SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (stamp(now), token_id)
    )
    return cursor.rowcount == 1


def end_all(conn: Connection, staff_id: int, now: datetime) -> int:
    """Let none of this person's tokens open anything from now on, and answer how many still might have."""
    cursor = conn.execute(
        "UPDATE fhir_token SET ended_at = :at WHERE staff_id = :staff AND ended_at IS NULL AND expires_at > :at",
        {"at": stamp(now), "staff": staff_id},
    )
    return cursor.rowcount


def note_used(conn: Connection, token_id: int, now: datetime) -> None:
    """Keep when it was last used."""
    conn.execute("UPDATE fhir_token SET last_used_at = ? WHERE id = ?", (stamp(now), token_id))


def note_refused(conn: Connection, token_id: int, now: datetime) -> bool:
    """Keep that it was tried after its end. False if it had been before: the trail needs one line of it."""
    cursor = conn.execute(
        "UPDATE fhir_token SET refused_at = ? WHERE id = ? AND refused_at IS NULL", (stamp(now), token_id)
    )
    return cursor.rowcount == 1

"""When questions about a dyad rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from alliance.domain.muting import Mute
from alliance.storage.database import Connection, Row
from alliance.storage.keyring import Keyring
from alliance.storage.times import day, stamp


def where_words(mute_id: int) -> str:
    return f"mute|{mute_id}|words"


def _mute(row: Row) -> Mute:
    return Mute(row["dyad_id"], day(row["since"][:10]), day(row["until"]), row["reason"])


def standing(conn: Connection, dyad_ids: Sequence[int], today: date) -> dict[int, Mute]:
    """The mutes that hold today, by dyad; the newest where there are several."""
    rows = conn.execute(
        "SELECT dyad_id, since, until, reason FROM mute WHERE ended_at IS NULL AND until > ?"
        " AND dyad_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (today.isoformat(), json.dumps(list(dyad_ids))),
    )
    return {row["dyad_id"]: _mute(row) for row in rows}


def words(conn: Connection, keyring: Keyring, dyad_id: int, today: date) -> str:
    """What was written with the mute that holds today. For its writer alone."""
    row = conn.execute(
        "SELECT id, words FROM mute WHERE ended_at IS NULL AND until > ? AND dyad_id = ? ORDER BY id DESC LIMIT 1",
        (today.isoformat(), dyad_id),
    ).fetchone()
    return keyring.open(row["words"], where_words(row["id"])).decode() if row and row["words"] else ""


def of_dyad(conn: Connection, keyring: Keyring, dyad_id: int, *, words: bool) -> list[tuple[Mute, str]]:
    """Every mute there was, in order, each with what was written with it where `words` are wanted."""
    rows = conn.execute(
        "SELECT id, dyad_id, since, until, reason, words FROM mute WHERE dyad_id = ? ORDER BY id", (dyad_id,)
    )
    return [
        (
            _mute(row),
            keyring.open(row["words"], where_words(row["id"])).decode() if words and row["words"] else "",
        )
        for row in rows
    ]


def add(
    conn: Connection,
    keyring: Keyring,
    dyad_id: int,
    staff_id: int,
    *,
    until: date,
    reason: str,
    words: str,
    now: datetime,
) -> None:
    """Keep a new mute; it takes the place of one that holds."""
    end(conn, dyad_id, now)
    mute_id = conn.execute("SELECT coalesce(max(id), 0) + 1 FROM mute").fetchone()[0]
    sealed = keyring.seal(words, where_words(mute_id)) if words else None
    conn.execute(
        "INSERT INTO mute (id, dyad_id, staff_id, since, until, reason, words) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (mute_id, dyad_id, staff_id, stamp(now), until.isoformat(), reason, sealed),
    )


def end(conn: Connection, dyad_id: int, now: datetime) -> None:
    """Let questions be asked again."""
    conn.execute("UPDATE mute SET ended_at = ? WHERE dyad_id = ? AND ended_at IS NULL", (stamp(now), dyad_id))

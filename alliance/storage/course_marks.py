"""Marks on courses. What a mark of an event says is sealed; who may read it is for the act to decide."""

from __future__ import annotations

import json
from datetime import date, datetime

from alliance.domain.marks import Kind, Mark
from alliance.domain.people import Dyad
from alliance.storage.database import Connection, Row
from alliance.storage.keyring import Keyring
from alliance.storage.times import day, moment, stamp


def where_told(mark_id: int) -> str:
    return f"course_mark|{mark_id}|told"


def add(conn: Connection, keyring: Keyring, dyad_id: int, mark: Mark, staff_id: int, now: datetime) -> int:
    """Keep a mark and answer with its id."""
    known = conn.execute("SELECT coalesce(max(id), 0) + 1 AS next FROM course_mark").fetchone()
    mark_id = int(known["next"])
    told = None
    if mark.kind is Kind.EVENT:
        written = json.dumps({"what": mark.what, "words": mark.words}, ensure_ascii=False)
        told = keyring.seal(written, where_told(mark_id))
    conn.execute(
        "INSERT INTO course_mark (id, dyad_id, kind, starts_on, ends_on, told, made_by, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            mark_id,
            dyad_id,
            mark.kind.value,
            mark.starts_on.isoformat(),
            mark.ends_on.isoformat() if mark.ends_on else None,
            told,
            staff_id,
            stamp(now),
        ),
    )
    return mark_id


def of_dyad(conn: Connection, keyring: Keyring, dyad_id: int, *, words: bool, removed: bool) -> list[Mark]:
    """The marks of a course in order of their days, with the therapist's own `words`, with the `removed` ones."""
    rows = conn.execute(
        "SELECT id, kind, starts_on, ends_on, told, removed_at FROM course_mark"
        " WHERE dyad_id = ? AND (? OR removed_at IS NULL) ORDER BY starts_on, id",
        (dyad_id, removed),
    )
    return [_mark(keyring, row, words=words) for row in rows]


def _mark(keyring: Keyring, row: Row, *, words: bool) -> Mark:
    told = {"what": "", "words": ""}
    if row["told"] is not None:
        told = json.loads(keyring.open(row["told"], where_told(row["id"])))
    return Mark(
        id=row["id"],
        kind=Kind(row["kind"]),
        starts_on=day(row["starts_on"]),
        ends_on=day(row["ends_on"]) if row["ends_on"] else None,
        what=told["what"],
        words=told["words"] if words else "",
        removed_at=moment(row["removed_at"]) if row["removed_at"] else None,
    )


def dyad_of(conn: Connection, mark_id: int) -> int | None:
    """The dyad whose course carries this mark."""
    row = conn.execute("SELECT dyad_id FROM course_mark WHERE id = ?", (mark_id,)).fetchone()
    return int(row["dyad_id"]) if row else None


def remove(conn: Connection, mark_id: int, now: datetime) -> bool:
    """Take a mark off the course. The row stays; False if it was off already."""
    cursor = conn.execute(
        "UPDATE course_mark SET removed_at = ? WHERE id = ? AND removed_at IS NULL", (stamp(now), mark_id)
    )
    return bool(cursor.rowcount)


def earlier_end(conn: Connection, dyad: Dyad) -> date | None:
    """When the patient's therapy with somebody else ended, the last one that had begun before this; else None."""
    row = conn.execute(
        "SELECT max(e.ends_on) AS ended FROM dyad AS e WHERE e.patient_id = ? AND e.id <> ?"
        " AND e.therapist_id <> ? AND e.starts_on < ? AND e.ends_on IS NOT NULL",
        (dyad.patient.id, dyad.id, dyad.therapist_id, dyad.starts_on.isoformat()),
    ).fetchone()
    return day(row["ended"]) if row["ended"] else None

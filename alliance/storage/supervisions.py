"""Who supervises whom, and from when to when."""

from __future__ import annotations

from datetime import date

from alliance.domain.people import Supervision
from alliance.storage.database import Connection, Row
from alliance.storage.times import day

COLUMNS = """s.id, s.supervisor_id, v.name AS supervisor, s.therapist_id, t.name AS therapist, s.starts_on, s.ends_on
  FROM supervision AS s JOIN staff AS v ON v.id = s.supervisor_id JOIN staff AS t ON t.id = s.therapist_id"""


def every(conn: Connection) -> list[Supervision]:
    """All there is and was, by therapist, the newest first."""
    sql = f"SELECT {COLUMNS} ORDER BY t.name COLLATE NOCASE, t.id, s.starts_on DESC, s.id DESC"
    return [_supervision(row) for row in conn.execute(sql)]


def of(conn: Connection, staff_id: int) -> list[Supervision]:
    """Those in which this person supervises or is supervised, the newest first."""
    sql = f"SELECT {COLUMNS} WHERE s.therapist_id = :staff OR s.supervisor_id = :staff ORDER BY s.starts_on DESC, s.id"
    return [_supervision(row) for row in conn.execute(sql, {"staff": staff_id})]


def get(conn: Connection, supervision_id: int) -> Supervision | None:
    """One of them."""
    row = conn.execute(f"SELECT {COLUMNS} WHERE s.id = ?", (supervision_id,)).fetchone()
    return _supervision(row) if row else None


def add(
    conn: Connection, *, supervisor_id: int, therapist_id: int, starts_on: date, ends_on: date | None
) -> int:
    """Keep that one supervises the other from this day on, and answer with its id."""
    cursor = conn.execute(
        "INSERT INTO supervision (supervisor_id, therapist_id, starts_on, ends_on) VALUES (?, ?, ?, ?)",
        (supervisor_id, therapist_id, starts_on.isoformat(), ends_on.isoformat() if ends_on else None),
    )
    return int(cursor.lastrowid or 0)


def end(conn: Connection, supervision_id: int, on: date) -> None:
    """Let it hold no longer from this day on."""
    conn.execute("UPDATE supervision SET ends_on = ? WHERE id = ?", (on.isoformat(), supervision_id))


def _supervision(row: Row) -> Supervision:
    return Supervision(
        id=row["id"],
        supervisor_id=row["supervisor_id"],
        supervisor=row["supervisor"],
        therapist_id=row["therapist_id"],
        therapist=row["therapist"],
        starts_on=day(row["starts_on"]),
        ends_on=day(row["ends_on"]) if row["ends_on"] else None,
    )

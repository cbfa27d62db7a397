"""Pauses of patients’ forms."""

from __future__ import annotations

from datetime import date, datetime

from alliance.domain.pausing import Pause, Reason
from alliance.storage.database import Connection, Row
from alliance.storage.times import day, stamp

COLUMNS = """u.id, u.patient_id, p.code, u.reason, u.from_on, u.look_on, t.name AS paused_by
  FROM pause AS u JOIN patient AS p ON p.id = u.patient_id JOIN staff AS t ON t.id = u.paused_by
  WHERE u.ended_on IS NULL"""


def _pause(row: Row) -> Pause:
    return Pause(
        id=row["id"],
        patient_id=row["patient_id"],
        code=row["code"],
        reason=Reason(row["reason"]),
        from_on=day(row["from_on"]),
        look_on=day(row["look_on"]),
        paused_by=row["paused_by"],
    )


def of_patient(conn: Connection, patient_id: int) -> Pause | None:
    """The pause that stands, if one does. Callers check the scope."""
    row = conn.execute(f"SELECT {COLUMNS} AND u.patient_id = ?", (patient_id,)).fetchone()
    return _pause(row) if row else None


def of_therapist(conn: Connection, therapist_id: int, today: date) -> list[Pause]:
    """Pauses of this therapist’s present patients, those first that it is time to look at again."""
    rows = conn.execute(
        f"SELECT {COLUMNS} AND EXISTS (SELECT 1 FROM dyad AS d"  # noqa: S608 (constants only)
        "   WHERE d.patient_id = p.id AND d.therapist_id = :therapist"
        "   AND (d.ends_on IS NULL OR d.ends_on > :today)) ORDER BY u.look_on, p.code COLLATE NOCASE",
        {"therapist": therapist_id, "today": today.isoformat()},
    )
    return [_pause(row) for row in rows]


def first_not_read(conn: Connection, dyad_id: int, today: date) -> date:
    """The day from which sessions are not to be read as silent: of the last one, where that is not read yet.

    What was held back counts as not read, as it does to the therapist.
    """
    row = conn.execute(
        "SELECT s.held_on FROM therapy_session AS s WHERE s.dyad_id = :dyad"
        " AND s.number = (SELECT max(n.number) FROM therapy_session AS n WHERE n.dyad_id = :dyad)"
        " AND NOT EXISTS (SELECT 1 FROM baseline AS b WHERE b.dyad_id = :dyad AND b.track = 'shared'"
        "   AND b.last_number >= s.number)",
        {"dyad": dyad_id},
    ).fetchone()
    return min(day(row["held_on"]), today) if row else today


def begin(
    conn: Connection,
    patient_id: int,
    *,
    reason: Reason,
    from_on: date,
    look_on: date,
    by: int,
    at: datetime,
) -> int:
    """Let forms rest from now on, and answer with the pause’s id."""
    cursor = conn.execute(
        "INSERT INTO pause (patient_id, reason, from_on, look_on, paused_by, paused_at) VALUES (?, ?, ?, ?, ?, ?)",
        (patient_id, reason.value, from_on.isoformat(), look_on.isoformat(), by, stamp(at)),
    )
    conn.execute("UPDATE patient SET paused_at = ? WHERE id = ?", (stamp(at), patient_id))
    return int(cursor.lastrowid or 0)


def look_again(conn: Connection, pause_id: int, *, reason: Reason, look_on: date) -> None:
    """Let the pause last, until another day on which to look again."""
    conn.execute(
        "UPDATE pause SET reason = ?, look_on = ? WHERE id = ?", (reason.value, look_on.isoformat(), pause_id)
    )


def end(conn: Connection, patient_id: int, *, on: date, by: int, at: datetime) -> bool:
    """Offer forms again from this day on. False where nothing rested."""
    cursor = conn.execute(
        "UPDATE pause SET ended_on = ?, ended_by = ?, ended_at = ? WHERE patient_id = ? AND ended_on IS NULL",
        (on.isoformat(), by, stamp(at), patient_id),
    )
    conn.execute("UPDATE patient SET paused_at = NULL WHERE id = ?", (patient_id,))
    return cursor.rowcount > 0

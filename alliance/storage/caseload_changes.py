"""Patients going from one therapist to another: the dyads that stand, what changed, and who was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alliance.domain.caseload_changes import Change, Reason
from alliance.storage.database import Connection
from alliance.storage.times import day, stamp


@dataclass(frozen=True, slots=True)
class Standing:
    """A dyad without an end: no more of it than handing it over takes."""

    id: int
    patient_id: int
    therapist_id: int
    starts_on: date
    last_held_on: date | None


STANDING = """SELECT d.id, d.patient_id, d.therapist_id, d.starts_on,
    (SELECT max(s.held_on) FROM therapy_session AS s WHERE s.dyad_id = d.id) AS last_held_on
  FROM dyad AS d JOIN patient AS p ON p.id = d.patient_id WHERE d.ends_on IS NULL"""


def standing(conn: Connection, dyad_id: int) -> Standing | None:
    """This dyad, if it has no end yet."""
    return _one(conn, f"{STANDING} AND d.id = ?", (dyad_id,))


def standing_by_code(conn: Connection, code: str, therapist_id: int) -> Standing | None:
    """The dyad without an end of this therapist with the patient of this code."""
    return _one(conn, f"{STANDING} AND p.code = ? AND d.therapist_id = ?", (code, therapist_id))


def between(conn: Connection, patient_id: int, therapist_id: int, today: date) -> bool:
    """Whether the two are a dyad, today or later."""
    row = conn.execute(
        "SELECT 1 FROM dyad WHERE patient_id = ? AND therapist_id = ? AND (ends_on IS NULL OR ends_on > ?)",
        (patient_id, therapist_id, today.isoformat()),
    ).fetchone()
    return row is not None


def patients_of(conn: Connection, therapist_id: int, today: date) -> int:
    """How many patients this therapist has, today or from a later day on."""
    row = conn.execute(
        "SELECT count(*) AS n FROM dyad WHERE therapist_id = ? AND (ends_on IS NULL OR ends_on > ?)",
        (therapist_id, today.isoformat()),
    ).fetchone()
    return int(row["n"])


def end(conn: Connection, dyad_id: int, on: date, links_until: datetime) -> None:
    """Let the dyad hold no longer from this day on, and its links work until that day begins at the latest."""
    conn.execute(
        "UPDATE dyad SET ends_on = :on, next_on = CASE WHEN next_on < :on THEN next_on END WHERE id = :dyad",
        {"on": on.isoformat(), "dyad": dyad_id},
    )
    conn.execute(
        "UPDATE invitation SET expires_at = :until WHERE claimed_at IS NULL AND expires_at > :until"
        " AND session_id IN (SELECT id FROM therapy_session WHERE dyad_id = :dyad)",
        {"until": stamp(links_until), "dyad": dyad_id},
    )


def add(
    conn: Connection,
    *,
    from_dyad: int,
    to_dyad: int | None,
    moves_on: date,
    reason: Reason,
    made_by: int,
    made_at: datetime,
) -> int:
    """Keep what both therapists are to be told, and answer with its id."""
    cursor = conn.execute(
        "INSERT INTO caseload_change (from_dyad, to_dyad, moves_on, reason, made_by, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (from_dyad, to_dyad, moves_on.isoformat(), reason.value, made_by, stamp(made_at)),
    )
    return int(cursor.lastrowid or 0)


TOLD = """SELECT c.id, p.code, p.id AS patient_id, c.moves_on, c.reason, m.name AS made_by,
    t.therapist_id IS :staff AS coming, CASE WHEN t.therapist_id IS :staff THEN g.name ELSE n.name END AS other
  FROM caseload_change AS c JOIN dyad AS f ON f.id = c.from_dyad JOIN patient AS p ON p.id = f.patient_id
    JOIN staff AS m ON m.id = c.made_by JOIN staff AS g ON g.id = f.therapist_id
    LEFT JOIN dyad AS t ON t.id = c.to_dyad LEFT JOIN staff AS n ON n.id = t.therapist_id
  WHERE (f.therapist_id = :staff OR t.therapist_id = :staff)
    AND NOT EXISTS (SELECT 1 FROM caseload_change_read AS r WHERE r.change_id = c.id AND r.staff_id = :staff)"""


def unread(conn: Connection, staff_id: int) -> list[Change]:
    """What this therapist has not put away yet, the first day first."""
    rows = conn.execute(f"{TOLD} ORDER BY c.moves_on, c.id", {"staff": staff_id})
    return [
        Change(
            id=row["id"],
            code=row["code"],
            patient_id=row["patient_id"],
            moves_on=day(row["moves_on"]),
            reason=Reason(row["reason"]),
            coming=bool(row["coming"]),
            other=row["other"],
            made_by=row["made_by"],
        )
        for row in rows
    ]


def put_away(conn: Connection, change_id: int, staff_id: int, at: datetime) -> bool:
    """Note that this therapist knows. False where there is nothing of that kind to put away."""
    if all(change.id != change_id for change in unread(conn, staff_id)):
        return False
    conn.execute(
        "INSERT INTO caseload_change_read (change_id, staff_id, read_at) VALUES (?, ?, ?)",
        (change_id, staff_id, stamp(at)),
    )
    return True


def _one(conn: Connection, sql: str, values: tuple[object, ...]) -> Standing | None:
    row = conn.execute(sql, values).fetchone()
    if row is None:
        return None
    return Standing(
        id=row["id"],
        patient_id=row["patient_id"],
        therapist_id=row["therapist_id"],
        starts_on=day(row["starts_on"]),
        last_held_on=day(row["last_held_on"]) if row["last_held_on"] else None,
    )

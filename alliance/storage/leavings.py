"""Patients who go from a therapist, as far as it can still be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alliance.storage import erasing
from alliance.storage.database import Connection, Row
from alliance.storage.times import day, moment, stamp


@dataclass(frozen=True, slots=True)
class Leaving:
    """One change of a caseload. `to_dyad` is None where the therapy ends."""

    id: int
    patient_id: int
    from_dyad: int
    to_dyad: int | None
    to_name: str | None
    moves_on: date
    made_at: datetime


# What this therapist noted about a dyad of their own, lately enough, and nothing has come of it yet: where the patient
# goes to somebody else, the two have not begun.
TAKEN_BACK = """SELECT c.id, f.patient_id, c.from_dyad, c.to_dyad, n.name AS to_name, c.moves_on, c.made_at
  FROM caseload_change AS c JOIN dyad AS f ON f.id = c.from_dyad LEFT JOIN dyad AS t ON t.id = c.to_dyad
    LEFT JOIN staff AS n ON n.id = t.therapist_id
  WHERE c.made_by = :therapist AND f.therapist_id = :therapist AND c.made_at > :since
    AND NOT EXISTS (SELECT 1 FROM therapy_session AS s WHERE s.dyad_id = c.to_dyad)
    AND NOT EXISTS (SELECT 1 FROM dyad AS d WHERE d.patient_id = f.patient_id AND d.therapist_id = f.therapist_id
      AND d.id <> f.id AND (d.ends_on IS NULL OR d.ends_on > f.starts_on))"""


def _leaving(row: Row) -> Leaving:
    return Leaving(
        id=row["id"],
        patient_id=row["patient_id"],
        from_dyad=row["from_dyad"],
        to_dyad=row["to_dyad"],
        to_name=row["to_name"],
        moves_on=day(row["moves_on"]),
        made_at=moment(row["made_at"]),
    )


def to_take_back(conn: Connection, therapist_id: int, since: datetime) -> list[Leaving]:
    """What this therapist noted after `since` and can take back, newest first."""
    rows = conn.execute(
        f"{TAKEN_BACK} ORDER BY c.id DESC", {"therapist": therapist_id, "since": stamp(since)}
    )
    return [_leaving(row) for row in rows]


def take_back(conn: Connection, leaving: Leaving) -> None:
    """Let it be as if it had never been noted. Links that it ended stay ended."""
    conn.execute("DELETE FROM caseload_change_read WHERE change_id = ?", (leaving.id,))
    conn.execute("DELETE FROM caseload_change WHERE id = ?", (leaving.id,))
    if leaving.to_dyad is not None:
        erasing.erase_dyad(conn, leaving.to_dyad)
    conn.execute("UPDATE dyad SET ends_on = NULL WHERE id = ?", (leaving.from_dyad,))


def form_offered(conn: Connection, session_id: int) -> bool:
    """Whether a form was offered by hand. Mails go to who has not answered alone, so of them nothing is told."""
    row = conn.execute(
        "SELECT 1 FROM invitation WHERE session_id = ? AND channel <> 'mail'", (session_id,)
    ).fetchone()
    return row is not None

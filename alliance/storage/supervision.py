"""What patients brought to the supervisors alone: wishes for help, and answers that the therapist may not see.

Callers name the dyads, which they have from the viewer's scope.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alliance.storage.database import Connection
from alliance.storage.times import day, moment, stamp


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for help with bringing something up, said after this session, and what came of it."""

    response_id: int
    session_id: int
    dyad_id: int
    session_number: int
    held_on: date
    received_at: datetime
    taken_at: datetime | None = None
    taken_by: str | None = None
    done_at: datetime | None = None
    done_by: str | None = None


WISHES = """SELECT r.id, s.id AS session_id, s.dyad_id, s.number, s.held_on, r.received_at,
  up.at AS taken_at, by_up.name AS taken_by, done.at AS done_at, by_done.name AS done_by
  FROM response AS r JOIN therapy_session AS s ON s.id = r.session_id
  LEFT JOIN help_step AS up ON up.response_id = r.id AND up.step = 'taken up'
  LEFT JOIN staff AS by_up ON by_up.id = up.staff_id
  LEFT JOIN help_step AS done ON done.response_id = r.id AND done.step = 'done'
  LEFT JOIN staff AS by_done ON by_done.id = done.staff_id
  WHERE r.wants_help = 1"""


def wishes(conn: Connection, dyad_ids: Sequence[int]) -> list[Wish]:
    """Every wish for help in these dyads, newest session first."""
    rows = conn.execute(
        f"{WISHES} AND s.dyad_id IN (SELECT value FROM json_each(?))"  # noqa: S608 (constants only)
        " ORDER BY s.held_on DESC, s.id DESC",
        (json.dumps(list(dyad_ids)),),
    )
    return [
        Wish(
            response_id=row["id"],
            session_id=row["session_id"],
            dyad_id=row["dyad_id"],
            session_number=row["number"],
            held_on=day(row["held_on"]),
            received_at=moment(row["received_at"]),
            taken_at=moment(row["taken_at"]) if row["taken_at"] else None,
            taken_by=row["taken_by"],
            done_at=moment(row["done_at"]) if row["done_at"] else None,
            done_by=row["done_by"],
        )
        for row in rows
    ]


def open_wishes(conn: Connection, dyad_id: int) -> list[int]:
    """The numbers of the sessions after which this patient asked for help that is not done yet, newest first."""
    return [wish.session_number for wish in wishes(conn, [dyad_id]) if wish.done_at is None]


def note_step(conn: Connection, response_id: int, step: str, staff_id: int, now: datetime) -> None:
    """Keep that somebody took a wish up (`taken up`) or saw it through (`done`). Who was first stays."""
    conn.execute(
        "INSERT INTO help_step (response_id, step, staff_id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (response_id, step, staff_id, stamp(now)),
    )


def take_step_back(conn: Connection, response_id: int) -> None:
    """What was done is open again."""
    conn.execute("DELETE FROM help_step WHERE response_id = ? AND step = 'done'", (response_id,))


@dataclass(frozen=True, slots=True)
class Kept:
    """Answers kept from the therapist that a supervisor has not looked at. `written`: with words to read."""

    session_id: int
    dyad_id: int
    session_number: int
    received_at: datetime
    written: bool


def not_looked_at(conn: Connection, staff_id: int, dyad_ids: Sequence[int]) -> list[Kept]:
    """Those that this supervisor has not had before the eyes, oldest first."""
    rows = conn.execute(
        "SELECT s.id, s.dyad_id, s.number, r.received_at, r.comment IS NOT NULL AS written"
        " FROM response AS r JOIN therapy_session AS s ON s.id = r.session_id"
        " WHERE r.audience = 'supervisor' AND s.dyad_id IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM looked_at AS l WHERE l.response_id = r.id AND l.staff_id = ?)"
        " ORDER BY r.received_at, s.id",
        (json.dumps(list(dyad_ids)), staff_id),
    )
    return [
        Kept(row["id"], row["dyad_id"], row["number"], moment(row["received_at"]), row["written"] == 1)
        for row in rows
    ]


def note_looked_at(conn: Connection, staff_id: int, dyad_id: int, now: datetime) -> None:
    """This supervisor has everything that the dyad's patient kept from the therapist before the eyes."""
    conn.execute(
        "INSERT INTO looked_at (response_id, staff_id, at) SELECT r.id, ?, ? FROM response AS r"
        " JOIN therapy_session AS s ON s.id = r.session_id WHERE s.dyad_id = ? AND r.audience = 'supervisor'"
        " ON CONFLICT DO NOTHING",
        (staff_id, stamp(now), dyad_id),
    )

"""Therapists' own views, and how far the answers to their sessions have been shown to them.

An answer counts from when the therapist may know of it: when it came, or when it was released. One that is held
back is not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alliance.domain.own_view import OwnView
from alliance.domain.trend import Covered
from alliance.storage.database import Connection
from alliance.storage.times import moment, stamp

# Every session of whose answers its therapist may know, with the moment from which that is so.
ARRIVED = """SELECT s.id AS session_id, s.dyad_id, s.number, d.therapist_id,
  coalesce(w.released_at, r.received_at) AS arrived
  FROM therapy_session AS s JOIN dyad AS d ON d.id = s.dyad_id
  JOIN response AS r ON r.session_id = s.id AND r.audience = 'both'
  LEFT JOIN released_response AS w ON w.response_id = r.id"""


def add(
    conn: Connection,
    session_id: int,
    therapist_id: int,
    *,
    instrument: str,
    version: str,
    ratings: Mapping[str, int],
    noticed: str | None,
    now: datetime,
) -> None:
    """Keep an own view. There is one a session and therapist, and it stays as it is."""
    conn.execute(
        "INSERT INTO own_view (session_id, therapist_id, instrument, version, given_at, ratings, noticed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (session_id, therapist_id, instrument, version, stamp(now), json.dumps(ratings), noticed),
    )


def of_dyad(conn: Connection, dyad_id: int, therapist_id: int) -> list[OwnView]:
    """This therapist's own views of this dyad's sessions, in order. Nobody else is ever given them."""
    rows = conn.execute(
        "SELECT s.number, v.ratings, v.noticed FROM own_view AS v JOIN therapy_session AS s ON s.id = v.session_id"
        " WHERE s.dyad_id = ? AND v.therapist_id = ? ORDER BY s.number",
        (dyad_id, therapist_id),
    )
    return [OwnView(row["number"], json.loads(row["ratings"]), row["noticed"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether an own view of a session can be given.

    `arrived` is when its answers came, `shown_at` when the therapist last opened the course, None for neither.
    `asked`: the therapist wanted to see the answers without an own view.
    """

    arrived: datetime | None
    shown_at: datetime | None
    given: bool
    asked: bool


def facts(conn: Connection, session_id: int, therapist_id: int) -> Facts:
    """How far this session's answers and this therapist have come."""
    row = conn.execute(
        f"SELECT (SELECT arrived FROM ({ARRIVED} WHERE s.id = :session)) AS arrived,"  # noqa: S608 (constants only)
        " (SELECT c.shown_at FROM course_shown AS c JOIN therapy_session AS s ON s.dyad_id = c.dyad_id"
        "   WHERE s.id = :session) AS shown_at,"
        " EXISTS (SELECT 1 FROM own_view WHERE session_id = :session AND therapist_id = :therapist) AS given,"
        " EXISTS (SELECT 1 FROM shown_uncovered WHERE session_id = :session AND therapist_id = :therapist) AS asked",
        {"session": session_id, "therapist": therapist_id},
    ).fetchone()
    arrived, shown = (moment(row[name]) if row[name] else None for name in ("arrived", "shown_at"))
    return Facts(arrived, shown, bool(row["given"]), bool(row["asked"]))


def covered(conn: Connection, therapist_id: int, dyad_ids: Sequence[int]) -> dict[int, list[Covered]]:
    """By dyad, the sessions whose answers wait for this therapist's own view, in order. Empty without the wish."""
    since = first_since(conn, therapist_id)
    if since is None:
        return {}
    rows = conn.execute(
        f"SELECT a.session_id, a.dyad_id, a.number, a.arrived FROM ({ARRIVED}) AS a"  # noqa: S608 (constants only)
        " WHERE a.therapist_id = :therapist AND a.arrived >= :since"
        " AND a.dyad_id IN (SELECT value FROM json_each(:dyads))"
        " AND NOT EXISTS (SELECT 1 FROM own_view AS v"
        "   WHERE v.session_id = a.session_id AND v.therapist_id = :therapist)"
        " AND NOT EXISTS (SELECT 1 FROM shown_uncovered AS u"
        "   WHERE u.session_id = a.session_id AND u.therapist_id = :therapist)"
        " ORDER BY a.number",
        {"therapist": therapist_id, "since": stamp(since), "dyads": json.dumps(list(dyad_ids))},
    )
    found: dict[int, list[Covered]] = {}
    for row in rows:
        waiting = Covered(row["session_id"], row["number"], moment(row["arrived"]))
        found.setdefault(row["dyad_id"], []).append(waiting)
    return found


def show_uncovered(conn: Connection, session_id: int, therapist_id: int, now: datetime) -> None:
    """Keep that the therapist asked to see covered answers as they are."""
    conn.execute(
        "INSERT INTO shown_uncovered (session_id, therapist_id, shown_at) VALUES (?, ?, ?)",
        (session_id, therapist_id, stamp(now)),
    )


def first_since(conn: Connection, staff_id: int) -> datetime | None:
    """Since when this person wants to be asked for the own view first; None for who does not."""
    row = conn.execute("SELECT since FROM own_view_first WHERE staff_id = ?", (staff_id,)).fetchone()
    return moment(row["since"]) if row else None


def set_first(conn: Connection, staff_id: int, since: datetime | None) -> None:
    """Keep the wish, or that it is no more. A wish that is there stays as old as it is."""
    if since is None:
        conn.execute("DELETE FROM own_view_first WHERE staff_id = ?", (staff_id,))
        return
    conn.execute(
        "INSERT INTO own_view_first (staff_id, since) VALUES (?, ?) ON CONFLICT (staff_id) DO NOTHING",
        (staff_id, stamp(since)),
    )


def shown(conn: Connection, dyad_ids: Sequence[int]) -> dict[int, int]:
    """How many answers of each dyad have been on pages that the therapist opened."""
    rows = conn.execute(
        "SELECT dyad_id, answers FROM course_shown WHERE dyad_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(dyad_ids)),),
    )
    return {row["dyad_id"]: row["answers"] for row in rows}


def note_shown(conn: Connection, answers: Mapping[int, int], now: datetime) -> None:
    """Keep that so many answers of these dyads are on a page that the therapist opens now."""
    conn.executemany(
        "INSERT INTO course_shown (dyad_id, shown_at, answers) VALUES (?, ?, ?)"
        " ON CONFLICT (dyad_id) DO UPDATE SET shown_at = excluded.shown_at, answers = excluded.answers",
        [(dyad_id, stamp(now), count) for dyad_id, count in answers.items()],
    )

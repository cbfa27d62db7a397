"""The summary that overviews read instead of every answer, and the figures of months that are closed.

The triggers of the schema keep the summary, by dyad and by therapist, in the transaction that changes an answer, a
session or a question.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import NamedTuple

from alliance.domain.figures import Counts
from alliance.domain.people import Role, Viewer
from alliance.domain.suppression import Cell
from alliance.storage.alerts import OPEN
from alliance.storage.database import Connection
from alliance.storage.people import SUPERVISED
from alliance.storage.rows import plain
from alliance.storage.times import stamp

MONTH = "%Y-%m"
HUNDREDTHS = 100.0
COUNTED = ", ".join(f"sum(m.{field.name})" for field in fields(Counts))


class SettledRow(NamedTuple):
    """A figure that may be shown: the mean in points, the variance of its error, and what they rest on."""

    therapist: int
    patients: int
    answers: int
    mean: float
    variance: float


def month(of: date) -> str:
    """`2026-11`"""
    return of.strftime(MONTH)


def first_day(name: str) -> date:
    """The first day of a month that is kept as `2026-11`."""
    return date.fromisoformat(f"{name}-01")


def out_of_step(conn: Connection) -> list[tuple[str, int, str]]:
    """Table, dyad or therapist, and month of everything in the summary that the answers do not lead to."""
    wrong: list[tuple[str, int, str]] = []
    for table, whose in (("course_month", "dyad_id"), ("therapist_month", "therapist_id")):
        rows = conn.execute(
            f"SELECT DISTINCT {whose} AS id, month FROM (SELECT * FROM (SELECT * FROM {table} WHERE sessions > 0"  # noqa: S608 (constants only)
            f" OR back > 0 OR offered > 0 OR asked > 0 EXCEPT SELECT * FROM {table}_anew) UNION ALL"
            f" SELECT * FROM (SELECT * FROM {table}_anew EXCEPT SELECT * FROM {table})) ORDER BY month, id"
        )
        wrong += [(table, row["id"], row["month"]) for row in rows]
    return wrong


def cells(conn: Connection, first: str, last: str) -> Iterator[Cell]:
    """What each patient’s answers came to in each month from `first` to `last`, held back or not; scores in points."""
    rows = plain(
        conn,
        "SELECT d.therapist_id, d.patient_id, m.month, m.answers, m.points, m.squares FROM course_month AS m"
        " JOIN dyad AS d ON d.id = m.dyad_id WHERE m.month BETWEEN ? AND ? AND m.answers > 0",
        (first, last),
    )
    for therapist, patient, name, answers, points, squares in rows:
        yield Cell(therapist, patient, name, answers, points / HUNDREDTHS, squares / HUNDREDTHS**2)


def oldest_month(conn: Connection) -> str | None:
    """The first month in which a session was held."""
    row = conn.execute("SELECT min(month) AS month FROM therapist_month").fetchone()
    return row["month"] if row["month"] is None else str(row["month"])


def counts(conn: Connection, therapist_ids: Sequence[int], first: str) -> dict[int, Counts]:
    """By therapist, what happened from month `first` on."""
    rows = plain(
        conn,
        f"SELECT m.therapist_id, {COUNTED} FROM therapist_month AS m"  # noqa: S608 (constants only)
        " WHERE m.therapist_id IN (SELECT value FROM json_each(?)) AND m.month >= ? GROUP BY m.therapist_id",
        (json.dumps(list(therapist_ids)), first),
    )
    return {therapist: Counts(*told) for therapist, *told in rows}


def caseloads(conn: Connection, therapist_ids: Sequence[int], today: date) -> dict[int, int]:
    """By therapist, how many patients there are today."""
    rows = conn.execute(
        "SELECT therapist_id, count(DISTINCT patient_id) AS patients FROM dyad"
        " WHERE therapist_id IN (SELECT value FROM json_each(?)) AND (ends_on IS NULL OR ends_on > ?)"
        " GROUP BY therapist_id",
        (json.dumps(list(therapist_ids)), today.isoformat()),
    )
    return {row["therapist_id"]: row["patients"] for row in rows}


def newest_settled(conn: Connection) -> str | None:
    """The last month that has been settled."""
    row = conn.execute("SELECT max(month) AS month FROM settled").fetchone()
    return row["month"] if row["month"] is None else str(row["month"])


def settle(
    conn: Connection, name: str, parts: tuple[float, float], rows: Iterable[SettledRow], now: datetime
) -> bool:
    """Keep a month’s figures for good. False if that had been done."""
    done = conn.execute(
        "INSERT INTO settled (month, settled_at, patient_variance, session_variance) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (month) DO NOTHING",
        (name, stamp(now), *parts),
    )
    if done.rowcount != 1:
        return False
    conn.executemany(
        "INSERT INTO settled_month (month, therapist_id, patients, answers, mean, variance) VALUES (?, ?, ?, ?, ?, ?)",
        [(name, *row) for row in rows],
    )
    return True


def settle_year(conn: Connection, upto: str, rows: Iterable[SettledRow]) -> None:
    """Keep the figures of the months up to one that has just been settled, taken together."""
    conn.executemany(
        "INSERT INTO settled_year (upto, therapist_id, patients, answers, mean, variance) VALUES (?, ?, ?, ?, ?, ?)",
        [(upto, *row) for row in rows],
    )


def settled_months(
    conn: Connection, first: str, therapist_id: int | None = None
) -> dict[tuple[int, str], SettledRow]:
    """By therapist and month, what may be shown from month `first` on; of all therapists, or of one."""
    rows = conn.execute(
        "SELECT therapist_id, month, patients, answers, mean, variance FROM settled_month"
        " WHERE month >= :first AND (:one IS NULL OR therapist_id = :one) ORDER BY therapist_id, month",
        {"first": first, "one": therapist_id},
    )
    return {
        (row["therapist_id"], row["month"]): SettledRow(
            row["therapist_id"], row["patients"], row["answers"], row["mean"], row["variance"]
        )
        for row in rows
    }


def settled_year(conn: Connection, upto: str) -> list[SettledRow]:
    """The year up to a month that has been settled, by therapist’s name: there is no other order."""
    rows = plain(
        conn,
        "SELECT y.therapist_id, y.patients, y.answers, y.mean, y.variance FROM settled_year AS y"
        " JOIN staff AS t ON t.id = y.therapist_id WHERE y.upto = ? ORDER BY t.name, t.id",
        (upto,),
    )
    return [SettledRow(*row) for row in rows]


def with_something_open(conn: Connection, viewer: Viewer, today: date) -> list[int]:
    """The dyads of the viewer’s supervisees in which a question is open, a wish for help was said, an answer is
    held back, or that a therapist shows; the longest open question first.

    Their number grows with the work at hand, not with the answers of all years.
    """
    rows = conn.execute(
        "SELECT d.id FROM dyad AS d WHERE d.id IN ("  # noqa: S608 (constants only)
        f" SELECT dyad_id FROM alert WHERE status IN {OPEN}"
        " UNION SELECT h.dyad_id FROM response AS r JOIN therapy_session AS h ON h.id = r.session_id"
        "   WHERE r.wants_help = 1"
        " UNION SELECT h.dyad_id FROM response AS r JOIN therapy_session AS h ON h.id = r.session_id"
        "   WHERE r.audience = 'supervisor'"
        " UNION SELECT dyad_id FROM share WHERE supervisor_id = :viewer AND ended_at IS NULL AND until >= :today)"
        f" AND (d.ends_on IS NULL OR d.ends_on > :today) AND {SUPERVISED}"
        " ORDER BY (SELECT min(a.raised_at) FROM alert AS a WHERE a.dyad_id = d.id"
        f"   AND a.status IN {OPEN}) NULLS LAST, d.id",
        {
            "viewer": viewer.staff_id,
            "today": today.isoformat(),
            "as_supervisor": viewer.has(Role.SUPERVISOR),
        },
    )
    return [row["id"] for row in rows]

"""The trail as an administrator reads it: filtered, page by page, and examined as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alliance.domain.audit import Filter, Line, TrailFacts
from alliance.storage.audit import COLUMNS, entry
from alliance.storage.database import Connection
from alliance.storage.times import moment, stamp

# Lines that tell of no patient's doing: all that somebody may read here who treats patients too.
ABOUT_THE_HOUSE = """a.actor <> 'patient' AND (a.subject IS NULL OR a.subject IN
  ('staff', 'supervision', 'setting', 'tablet', 'audit'))"""

WHERE = f"""(:actor IS NULL OR a.actor = :actor) AND (:actor_id IS NULL OR a.actor_id = :actor_id)
  AND (:action IS NULL OR a.action = :action) AND (:since IS NULL OR a.at >= :since)
  AND (:until IS NULL OR a.at < :until) AND (:all_of_it OR ({ABOUT_THE_HOUSE}))"""


def count(conn: Connection, wanted: Filter) -> int:
    """How many lines fit."""
    row = conn.execute(f"SELECT count(*) AS n FROM audit AS a WHERE {WHERE}", _values(wanted)).fetchone()  # noqa: S608
    return int(row["n"])


def lines(conn: Connection, wanted: Filter, *, first: int = 0, most: int = -1) -> Iterator[Line]:
    """The lines that fit, the newest first, with the name of whoever did it."""
    rows = conn.execute(
        f"SELECT {_columns()}, s.name FROM audit AS a LEFT JOIN staff AS s ON s.id = a.actor_id"  # noqa: S608
        f" WHERE {WHERE} ORDER BY a.id DESC LIMIT :most OFFSET :first",
        _values(wanted) | {"most": most, "first": first},
    )
    for row in rows:
        yield Line(entry(row), row["name"])


def _columns() -> str:
    return ", ".join(f"a.{name.strip()}" for name in COLUMNS.split(","))


def actions(conn: Connection) -> list[str]:
    """Everything that was ever done, by name."""
    return [row["action"] for row in conn.execute("SELECT DISTINCT action FROM audit ORDER BY action")]


def facts(conn: Connection) -> TrailFacts:
    """The trail as a whole: how long, from when to when, and whether anything in it looks wrong."""
    row = conn.execute("SELECT count(*) AS n, min(id) AS first, max(id) AS last FROM audit").fetchone()
    if not row["n"]:
        return TrailFacts(0, None, None, 0, 0, _guarded(conn))
    ends = conn.execute(
        "SELECT at FROM audit WHERE id IN (?, ?) ORDER BY id", (row["first"], row["last"])
    ).fetchall()
    back = conn.execute(
        "SELECT count(*) AS n FROM (SELECT at, lag(at) OVER (ORDER BY id) AS before FROM audit) WHERE at < before"
    ).fetchone()
    return TrailFacts(
        lines=row["n"],
        first_at=moment(ends[0]["at"]),
        last_at=moment(ends[-1]["at"]),
        missing=row["last"] - row["n"],
        out_of_order=back["n"],
        guarded=_guarded(conn),
    )


def last_time(conn: Connection, action: str) -> datetime | None:
    """When this was last done."""
    row = conn.execute("SELECT at FROM audit WHERE action = ? ORDER BY id DESC LIMIT 1", (action,)).fetchone()
    return moment(row["at"]) if row else None


def oldest(conn: Connection) -> datetime | None:
    """When the first line was written."""
    row = conn.execute("SELECT at FROM audit ORDER BY id LIMIT 1").fetchone()
    return moment(row["at"]) if row else None


def _guarded(conn: Connection) -> bool:
    """Whether the database itself still refuses to change or delete a line."""
    row = conn.execute(
        "SELECT count(*) AS n FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        " AND name IN ('audit_no_update', 'audit_no_delete', 'audit_no_replace')"
    ).fetchone()
    return bool(row["n"] == 3)


def _values(wanted: Filter) -> dict[str, object]:
    return {
        "actor": wanted.actor,
        "actor_id": wanted.actor_id,
        "action": wanted.action,
        "since": stamp(wanted.since) if wanted.since else None,
        "until": stamp(wanted.until) if wanted.until else None,
        "all_of_it": wanted.all_of_it,
    }

"""Alerts and where each stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from alliance.analysis.track import Level, Reading
from alliance.domain.alerts import Alert
from alliance.domain.certainty import Experience
from alliance.domain.ledger import AlertStatus, Step
from alliance.domain.therapy import Audience
from alliance.storage import ledger
from alliance.storage.database import Connection, Row
from alliance.storage.times import day, moment, stamp

COLUMNS = """a.id, a.dyad_id, a.session_id, s.number, s.held_on, a.audience, a.level, a.rules, a.factors, a.sentence,
  a.status, a.raised_at
  FROM alert AS a JOIN therapy_session AS s ON s.id = a.session_id"""
OPEN = "('new', 'seen', 'later', 'talked', 'recovering', 'unresolved')"
"""The statuses of what is open, as the index on what is open names them, so that it is used."""

# Alerts for supervisors alone are numbered apart, from here on: a number that is missing among the others would
# tell a therapist that somebody held an answer back.
FIRST_APART, LAST_ID = 2**40, 2**63 - 1


def _alert(row: Row, steps: tuple[Step, ...]) -> Alert:
    return Alert(
        id=row["id"],
        dyad_id=row["dyad_id"],
        session_id=row["session_id"],
        session_number=row["number"],
        held_on=day(row["held_on"]),
        audience=Audience(row["audience"]),
        level=Level(row["level"]),
        rules=tuple(json.loads(row["rules"])),
        factors=tuple((name, factor) for name, factor in json.loads(row["factors"])),
        sentence=row["sentence"],
        status=AlertStatus(row["status"]),
        raised_at=moment(row["raised_at"]),
        steps=steps,
    )


def of_dyads(conn: Connection, dyad_ids: Sequence[int], *, full: bool) -> dict[int, list[Alert]]:
    """Alerts by dyad, in order of session; those withdrawn before anybody saw them are left out.

    Without `full`, alerts that only a held-back response raised are not there.
    """
    ids = json.dumps(list(dyad_ids))
    steps = ledger.of_dyads(conn, ids)
    rows = conn.execute(
        f"SELECT {COLUMNS} WHERE a.dyad_id IN (SELECT value FROM json_each(?))"  # noqa: S608 (constants only)
        " AND (? OR a.audience = 'both') AND a.status <> 'withdrawn' ORDER BY s.number, a.id",
        (ids, full),
    )
    found: dict[int, list[Alert]] = {}
    for row in rows:
        found.setdefault(row["dyad_id"], []).append(_alert(row, steps.get(row["id"], ())))
    return found


def get(conn: Connection, alert_id: int) -> Alert | None:
    """One alert by id, unless it was withdrawn. Callers check the dyad's scope and the audience."""
    row = conn.execute(
        f"SELECT {COLUMNS} WHERE a.id = ? AND a.status <> 'withdrawn'",
        (alert_id,),
    ).fetchone()
    return _alert(row, ledger.of(conn, alert_id)) if row else None


def all_of_dyad(conn: Connection, dyad_id: int, audience: Audience) -> dict[int, Alert]:
    """Every alert of a dyad for one audience by session number, the withdrawn ones too."""
    steps = ledger.of_dyads(conn, json.dumps([dyad_id]))
    rows = conn.execute(
        f"SELECT {COLUMNS} WHERE a.dyad_id = ? AND a.audience = ?",
        (dyad_id, audience.value),
    )
    return {row["number"]: _alert(row, steps.get(row["id"], ())) for row in rows}


def add(
    conn: Connection,
    *,
    dyad_id: int,
    session_id: int,
    audience: Audience,
    level: Level,
    reading: Reading,
    sentence: str,
    now: datetime,
) -> int:
    """Keep a new alert and answer with its id."""
    first, last = (0, FIRST_APART) if audience is Audience.BOTH else (FIRST_APART, LAST_ID)
    cursor = conn.execute(
        "INSERT INTO alert (id, dyad_id, session_id, audience, level, rules, factors, sentence, status, raised_at)"
        " VALUES ((SELECT coalesce(max(id), ?) + 1 FROM alert WHERE id > ? AND id <= ?),"
        " ?, ?, ?, ?, ?, ?, ?, 'new', ?)",
        (
            first,
            first,
            last,
            dyad_id,
            session_id,
            audience.value,
            level.value,
            json.dumps(reading.rules),
            json.dumps(reading.factors),
            sentence,
            stamp(now),
        ),
    )
    return int(cursor.lastrowid or 0)


def reword(conn: Connection, alert_id: int, *, level: Level, reading: Reading, sentence: str) -> None:
    """Give an alert that nobody has seen yet the reason that a late answer changed."""
    conn.execute(
        "UPDATE alert SET level = ?, rules = ?, factors = ?, sentence = ? WHERE id = ?",
        (level.value, json.dumps(reading.rules), json.dumps(reading.factors), sentence, alert_id),
    )


def experience(conn: Connection) -> Experience:
    """What came of the questions that therapists may know of, over all the sessions this clinic has held."""
    row = conn.execute(
        "SELECT (SELECT count(*) FROM alert AS a WHERE a.audience = 'both' AND a.status <> 'ordinary' AND 'between' ="
        "   (SELECT t.found FROM alert_talk AS t WHERE t.alert_id = a.id ORDER BY t.turn DESC LIMIT 1)) AS confirmed,"
        " (SELECT count(*) FROM alert WHERE audience = 'both' AND status = 'ordinary') AS refused,"
        " (SELECT count(*) FROM therapy_session) AS sessions"
    ).fetchone()
    return Experience(row["confirmed"], row["refused"], row["sessions"])

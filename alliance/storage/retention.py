"""What goes by itself, rule by rule, and patients whose therapies ended long ago."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from alliance.domain.retention import LongClosed, Name
from alliance.storage import digests
from alliance.storage.database import Connection
from alliance.storage.times import day, stamp

# Each is told the moment and the day before which something has served its end.
STATEMENTS: Mapping[Name, tuple[str, ...]] = {
    "web sessions": ("DELETE FROM web_session WHERE created_at < :moment",),
    "welcome links": (
        "DELETE FROM staff_invitation WHERE coalesce(used_at, expires_at) < :moment"
        " AND id < (SELECT max(n.id) FROM staff_invitation AS n WHERE n.staff_id = staff_invitation.staff_id)",
    ),
    "tablet codes": ("DELETE FROM kiosk_code WHERE expires_at < :moment",),
    "wrong codes": ("DELETE FROM kiosk_wrong WHERE since < :moment",),
    "page marks": (
        "DELETE FROM session_form WHERE EXISTS"
        " (SELECT 1 FROM therapy_session AS s WHERE s.id = session_form.session_id AND s.created_at < :moment)",
    ),
    "half typed": ("UPDATE paper_entry SET body = NULL WHERE body IS NOT NULL AND typed_at < :moment",),
    "shown cases": (
        "UPDATE share SET question = NULL WHERE question IS NOT NULL AND (until < :day OR ended_at < :moment)",
    ),
    "mails": ("DELETE FROM mail WHERE last_at < :moment",),
    "old addresses": (
        "DELETE FROM contact WHERE ended_at < :moment"
        " AND NOT EXISTS (SELECT 1 FROM mail AS m WHERE m.contact_id = contact.id)",
    ),
    "moves": (
        "DELETE FROM caseload_change_read WHERE change_id IN"
        " (SELECT id FROM caseload_change WHERE made_at < :moment AND moves_on < :day)",
        "DELETE FROM caseload_change WHERE made_at < :moment AND moves_on < :day",
    ),
}


def sweep(conn: Connection, name: Name, before: datetime) -> int:
    """Let go what has served its end before this moment; how many rows that concerned."""
    if name == "set aside":
        return _sweep_set_aside(conn, stamp(before))
    values = {"moment": stamp(before), "day": before.date().isoformat()}
    return sum(conn.execute(statement, values).rowcount for statement in STATEMENTS[name])


def _sweep_set_aside(conn: Connection, before: str) -> int:
    """Second answers, those of a link together, with the proofs that they were kept."""
    links = [
        row["invitation_id"]
        for row in conn.execute(
            "SELECT invitation_id FROM attempt WHERE counted = 0 GROUP BY invitation_id HAVING max(received_at) < ?",
            (before,),
        )
    ]
    after = [
        row["id"]
        for row in conn.execute("SELECT id FROM follow_up WHERE counted = 0 AND received_at < ?", (before,))
    ]
    gone = 0
    for statement, numbers in (
        (
            "DELETE FROM attempt WHERE counted = 0 AND invitation_id IN (SELECT value FROM json_each(?))",
            links,
        ),
        ("DELETE FROM follow_up WHERE id IN (SELECT value FROM json_each(?))", after),
    ):
        gone += conn.execute(statement, (json.dumps(numbers),)).rowcount
    digests.bury(conn, "aside", links)
    digests.bury(conn, "follow_up", after)
    return gone


def closed_before(conn: Connection, before: date, limit: int = 200) -> list[LongClosed]:
    """Patients all of whose therapies have ended on that day or before, and for whom no erasure is asked for; the
    longest ended first.
    """
    rows = conn.execute(
        "SELECT p.id, p.code, max(coalesce(d.ends_on, '9999-12-31')) AS ended_on"
        " FROM patient AS p JOIN dyad AS d ON d.patient_id = p.id"
        " WHERE NOT EXISTS (SELECT 1 FROM erasure AS e WHERE e.patient_id = p.id"
        "   AND e.stopped_at IS NULL AND e.erased_at IS NULL)"
        " GROUP BY p.id HAVING ended_on <= ? ORDER BY ended_on, p.id LIMIT ?",
        (before.isoformat(), limit),
    )
    return [LongClosed(row["id"], row["code"], day(row["ended_on"])) for row in rows]

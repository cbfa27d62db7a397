"""The clinic's own versions of the support cards: every change is kept, with who made it and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alliance.domain.support import Content, Kind
from alliance.domain.support_lines import from_json, to_json
from alliance.storage.database import Connection
from alliance.storage.times import moment, stamp


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a card: the text somebody wrote, `version` counted from 1, or None for back to the shipped one."""

    id: int
    kind: Kind
    content: Content | None
    version: int
    by: str
    at: datetime


def changes(conn: Connection, kind: Kind | None = None) -> Sequence[Change]:
    """Every change of this card, or of all cards, oldest first."""
    rows = conn.execute(
        "SELECT c.id, c.kind, c.content, c.changed_at, s.name, count(c.content) OVER"
        "   (PARTITION BY c.kind ORDER BY c.id) AS version"
        " FROM support_card AS c JOIN staff AS s ON s.id = c.changed_by"
        " WHERE :kind IS NULL OR c.kind = :kind ORDER BY c.id",
        {"kind": kind.value if kind else None},
    )
    return [
        Change(
            id=row["id"],
            kind=Kind(row["kind"]),
            content=from_json(row["content"]) if row["content"] is not None else None,
            version=row["version"],
            by=row["name"],
            at=moment(row["changed_at"]),
        )
        for row in rows
    ]


def add(conn: Connection, kind: Kind, content: Content | None, staff_id: int, now: datetime) -> int:
    """Keep a change and answer with its id. None: the card is the shipped one from now on."""
    cursor = conn.execute(
        "INSERT INTO support_card (kind, content, changed_by, changed_at) VALUES (?, ?, ?, ?)",
        (kind.value, to_json(content) if content else None, staff_id, stamp(now)),
    )
    return int(cursor.lastrowid or 0)

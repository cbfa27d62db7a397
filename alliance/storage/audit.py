"""The audit trail: written in the transaction of the act itself, and never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alliance.domain.audit import Actor, Entry
from alliance.storage.database import Connection, Row
from alliance.storage.times import moment, stamp

COLUMNS = "id, at, actor, actor_id, action, subject, subject_id, detail"


def record(
    conn: Connection,
    *,
    at: datetime,
    actor: Actor,
    actor_id: int | None,
    action: str,
    subject: str | None = None,
    subject_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one line. `action` is a verb and its object, as in “open patient”; `subject` is the record's name."""
    conn.execute(
        "INSERT INTO audit (at, actor, actor_id, action, subject, subject_id, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            stamp(at),
            actor,
            actor_id,
            action,
            subject,
            subject_id,
            json.dumps(detail, ensure_ascii=False, sort_keys=True) if detail else None,
        ),
    )


def latest(conn: Connection, limit: int = 100) -> list[Entry]:
    """The newest lines of the whole trail, newest first."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM audit ORDER BY id DESC LIMIT ?",  # noqa: S608 (constants only)
        (limit,),
    )
    return [_entry(row) for row in rows]


def about(conn: Connection, subject: str, subject_id: int) -> list[Entry]:
    """Everything that was done with one record, oldest first."""
    rows = conn.execute(
        f"SELECT {COLUMNS} FROM audit WHERE subject = ? AND subject_id = ? ORDER BY id",  # noqa: S608 (the same)
        (subject, subject_id),
    )
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    return Entry(
        id=row["id"],
        at=moment(row["at"]),
        actor=row["actor"],
        actor_id=row["actor_id"],
        action=row["action"],
        subject=row["subject"],
        subject_id=row["subject_id"],
        detail=json.loads(row["detail"]) if row["detail"] else {},
    )

"""The ledger of each question. The one place that writes a step, and with it where the question stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alliance.domain.alerts import Alert
from alliance.domain.ledger import Kind, Step, check
from alliance.storage.database import Connection, Row
from alliance.storage.keyring import Keyring
from alliance.storage.times import day, moment, stamp

COLUMNS = (
    "SELECT t.alert_id, t.kind, t.at, t.staff_id, t.number, t.happened_on, t.how, t.found, t.reason,"
    " t.words IS NOT NULL AS written FROM alert_step AS t"
)


def where_words(alert_id: int, turn: int) -> str:
    return f"alert_step|{alert_id}.{turn}|words"


def _step(row: Row) -> Step:
    return Step(
        kind=Kind(row["kind"]),
        at=moment(row["at"]),
        by=row["staff_id"],
        number=row["number"],
        on=day(row["happened_on"]) if row["happened_on"] else None,
        how=row["how"],
        found=row["found"],
        reason=row["reason"],
        written=bool(row["written"]),
    )


def of(conn: Connection, alert_id: int) -> tuple[Step, ...]:
    """The steps of one question, in order."""
    rows = conn.execute(f"{COLUMNS} WHERE t.alert_id = ? ORDER BY t.turn", (alert_id,))
    return tuple(_step(row) for row in rows)


def of_dyads(conn: Connection, ids: str) -> dict[int, tuple[Step, ...]]:
    """The steps of every question about these dyads (JSON), in order, by question."""
    rows = conn.execute(
        f"{COLUMNS} WHERE t.alert_id IN"  # noqa: S608 (constants only)
        " (SELECT id FROM alert WHERE dyad_id IN (SELECT value FROM json_each(?))) ORDER BY t.alert_id, t.turn",
        (ids,),
    )
    found: dict[int, list[Step]] = {}
    for row in rows:
        found.setdefault(row["alert_id"], []).append(_step(row))
    return {alert_id: tuple(steps) for alert_id, steps in found.items()}


def take(
    conn: Connection, alert: Alert, step: Step, keyring: Keyring | None = None, words: str = ""
) -> Alert:
    """Write one more step, with the words that go with it, and answer with the question as it stands then.

    Words take the key ring that seals them.

    A clock that was set back moves no step before another. Raises `Refusal` where this step may not follow.
    """
    at = max([step.at, *(before.at for before in alert.steps[-1:])])
    step = replace(step, at=at, written=bool(keyring and words))
    check(alert.steps, step)
    turn = len(alert.steps) + 1
    conn.execute(
        "INSERT INTO alert_step (alert_id, turn, kind, at, staff_id, number, happened_on, how, found, reason, words)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            alert.id,
            turn,
            step.kind.value,
            stamp(at),
            step.by,
            step.number,
            step.on.isoformat() if step.on else None,
            step.how,
            step.found,
            step.reason,
            keyring.seal(words, where_words(alert.id, turn)) if keyring and words else None,
        ),
    )
    taken = alert.with_step(step)
    conn.execute("UPDATE alert SET status = ? WHERE id = ?", (taken.status.value, alert.id))
    return taken


def decide(conn: Connection, alert: Alert, kind: Kind, number: int, now: datetime) -> Alert:
    """A step that the answers to a session decided."""
    row = conn.execute(
        "SELECT held_on FROM therapy_session WHERE dyad_id = ? AND number = ?", (alert.dyad_id, number)
    ).fetchone()
    on = day(row["held_on"]) if row else None
    return take(conn, alert, Step(kind, now, number=number if row else None, on=on))


def words_of(conn: Connection, keyring: Keyring, alert_ids: Sequence[int]) -> dict[tuple[int, int], str]:
    """What was written with these questions’ steps, by question and turn; who may read it is for others to say."""
    rows = conn.execute(
        "SELECT alert_id, turn, words FROM alert_step WHERE words IS NOT NULL"
        " AND alert_id IN (SELECT value FROM json_each(?)) ORDER BY alert_id, turn",
        (json.dumps(list(alert_ids)),),
    )
    return {
        (row["alert_id"], row["turn"]): keyring.open(
            row["words"], where_words(row["alert_id"], row["turn"])
        ).decode()
        for row in rows
    }

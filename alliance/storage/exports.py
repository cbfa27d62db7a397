"""What is kept of a whole clinic, dyad by dyad, for tables that leave the house. Rows are plain tuples.

Without `full`, what was held back from therapists is not there. Callers say who may have it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alliance.storage import checks, snapshots, sqlite
from alliance.storage.database import Connection
from alliance.storage.responses import where_comment
from alliance.storage.rows import plain

Line = tuple[Any, ...]
Opens = Callable[[bytes, str], bytes]


@contextmanager
def standing(source: Path, copy: Path) -> Iterator[Connection]:
    """A reader of the database as it stands now, on a copy: however long it reads, it keeps nobody from writing.

    Raises DatabaseFault.
    """
    snapshots.take(source, copy)
    try:
        with closing(sqlite.connect(copy, "read")) as conn:
            yield conn
    except sqlite.Error as error:
        raise checks.fault(copy, error) from error


def dyad_ids(conn: Connection) -> list[int]:
    """The numbers of all dyads."""
    return [row["id"] for row in conn.execute("SELECT id FROM dyad ORDER BY id")]


def patients(conn: Connection) -> Iterator[Line]:
    """Every patient: number, code, language, questionnaire, when added, since when forms rest."""
    return plain(
        conn, "SELECT id, code, language, instrument, created_at, paused_at FROM patient ORDER BY id"
    )


@dataclass(slots=True)
class Sent:
    """One response. `answers` by item, `scores` by scale with the reason where there is none."""

    session_id: int
    dyad_id: int
    instrument: str
    version: str
    language: str
    received_at: str
    channel: str
    audience: str
    talked: str | None
    wants_help: bool
    disputed: bool
    comment: str | None = None
    answers: dict[str, int] = field(default_factory=dict)
    scores: list[tuple[str, float | None, str | None]] = field(default_factory=list)
    after: list[After] = field(default_factory=list)


@dataclass(slots=True)
class After:
    """What came after a response and counts: ticks of a checklist, or answers to a monthly questionnaire."""

    kind: str
    instrument: str
    version: str
    ticks: list[str]
    answers: dict[str, int]
    scores: list[tuple[str, float | None, str | None]]


OF_DYADS = (
    "json_each(?) AS w CROSS JOIN therapy_session AS s ON s.dyad_id = w.value"
    " CROSS JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
)
RESPONSES = f"""
  SELECT r.id, r.comment, s.id, s.dyad_id, r.instrument, r.version, r.language, r.received_at, i.channel, r.audience,
    r.talked, r.wants_help, EXISTS (SELECT 1 FROM dispute AS x WHERE x.response_id = r.id)
  FROM {OF_DYADS} JOIN invitation AS i ON i.id = r.invitation_id ORDER BY s.dyad_id, s.number"""  # noqa: S608
ANSWERS = f"SELECT s.id, a.item, a.value FROM {OF_DYADS} JOIN answer AS a ON a.response_id = r.id"  # noqa: S608
SCORES = f"SELECT s.id, c.scale, c.value, c.reason FROM {OF_DYADS} JOIN score AS c ON c.response_id = r.id"  # noqa: S608
AFTER = f"""
  SELECT s.id, f.kind, o.instrument, o.version,
    (SELECT json_group_array(t.tick) FROM follow_up_tick AS t WHERE t.follow_up_id = f.id),
    (SELECT json_group_object(a.item, a.value) FROM follow_up_answer AS a WHERE a.follow_up_id = f.id),
    (SELECT json_group_array(json_array(c.scale, c.value, c.reason)) FROM follow_up_score AS c
      WHERE c.follow_up_id = f.id)
  FROM {OF_DYADS} JOIN follow_up AS f ON f.response_id = r.id AND f.counted = 1
  JOIN offer AS o ON o.response_id = f.response_id AND o.kind = f.kind ORDER BY s.id, f.kind"""  # noqa: S608


def sent(
    conn: Connection, opens: Opens, ids: Sequence[int], *, full: bool, comments: bool = False
) -> dict[int, Sent]:
    """What came back in these dyads, by session. Words only with `comments`, opened by `opens`."""
    wanted = (json.dumps(list(ids)), full)
    found: dict[int, Sent] = {}
    for response_id, blob, session, *told in plain(conn, RESPONSES, wanted):
        found[session] = Sent(session, *told)
        if comments and blob:
            found[session].comment = opens(blob, where_comment(response_id)).decode("utf-8")
    for session, item, value in plain(conn, ANSWERS, wanted):
        found[session].answers[item] = value
    for session, scale, score, reason in plain(conn, SCORES, wanted):
        found[session].scores.append((scale, score, reason))
    for session, kind, instrument, version, ticks, answers, scores in plain(conn, AFTER, wanted):
        rated = [(scale, score, reason) for scale, score, reason in json.loads(scores)]
        after = After(kind, instrument, version, sorted(json.loads(ticks)), json.loads(answers), rated)
        found[session].after.append(after)
    return found

"""Words to therapists that nobody has read yet. That there are some is told; the words are not touched here."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from alliance.domain.unread import Unread
from alliance.storage.database import Connection
from alliance.storage.times import moment, stamp

UNREAD = """SELECT u.dyad_id, s.id AS session_id, s.number, u.since FROM unread_words AS u
  JOIN response AS r ON r.id = u.response_id JOIN therapy_session AS s ON s.id = r.session_id"""


def of_dyads(conn: Connection, dyad_ids: Sequence[int]) -> list[Unread]:
    """Those in these dyads, oldest first."""
    rows = conn.execute(
        f"{UNREAD} WHERE u.dyad_id IN (SELECT value FROM json_each(?)) ORDER BY u.since, s.id",  # noqa: S608 (constants)
        (json.dumps(list(dyad_ids)),),
    )
    return [Unread(row["dyad_id"], row["session_id"], row["number"], moment(row["since"])) for row in rows]


def dyads_before(conn: Connection, before: datetime) -> list[int]:
    """The dyads, of the whole clinic, in which words have waited since before this moment."""
    rows = conn.execute("SELECT DISTINCT dyad_id FROM unread_words WHERE since < ?", (stamp(before),))
    return [row["dyad_id"] for row in rows]


def note_read(conn: Connection, dyad_id: int, numbers: Collection[int]) -> None:
    """The therapist has what came with these sessions before the eyes."""
    conn.execute(
        "DELETE FROM unread_words WHERE dyad_id = ? AND response_id IN (SELECT r.id FROM response AS r"
        " JOIN therapy_session AS s ON s.id = r.session_id WHERE s.dyad_id = ?"
        " AND s.number IN (SELECT value FROM json_each(?)))",
        (dyad_id, dyad_id, json.dumps(sorted(numbers))),
    )

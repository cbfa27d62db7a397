"""Everything that one patient sent in during one therapy, for the copy that is made for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from alliance.domain.therapy import Audience, Channel
from alliance.storage.database import Connection
from alliance.storage.keyring import Keyring
from alliance.storage.responses import where_comment
from alliance.storage.times import day, moment


@dataclass(frozen=True, slots=True)
class Sent:
    """One response as it is kept. `comment` is None where nothing was written, or not to whom the copy is made by."""

    id: int
    instrument: str
    version: str
    language: str
    received_at: datetime
    came_by: Channel
    audience: Audience
    talked: str | None
    wants_help: bool
    disputed: bool
    comment: str | None
    answers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class After:
    """What came after a response: ticks, or ratings of life around therapy."""

    instrument: str
    version: str
    ticks: tuple[str, ...]
    answers: Mapping[str, int]


def sessions(
    conn: Connection, keyring: Keyring, dyad_id: int, *, whole: bool
) -> list[tuple[int, date, Sent | None]]:
    """Number, day and response of every session, in order.

    Without `whole`, a response that was held back from the therapist is not there, and neither is a sign of it. With
    it, words are there only where they were written to the supervisor.
    """
    answers = _answers(conn, dyad_id)
    rows = conn.execute(
        "SELECT s.number, s.held_on, r.*, i.channel,"
        " EXISTS (SELECT 1 FROM dispute AS x WHERE x.response_id = r.id) AS disputed,"
        " r.audience = 'supervisor' OR EXISTS (SELECT 1 FROM released_response AS w WHERE w.response_id = r.id)"
        "   AS to_supervisor"
        " FROM therapy_session AS s LEFT JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " LEFT JOIN invitation AS i ON i.id = r.invitation_id WHERE s.dyad_id = ? ORDER BY s.number",
        (whole, dyad_id),
    )
    found: list[tuple[int, date, Sent | None]] = []
    for row in rows:
        sent = None
        if row["id"] is not None:
            readable = row["comment"] is not None and (row["to_supervisor"] or not whole)
            opened = keyring.open(row["comment"], where_comment(row["id"])) if readable else None
            sent = Sent(
                id=row["id"],
                instrument=row["instrument"],
                version=row["version"],
                language=row["language"],
                received_at=moment(row["received_at"]),
                came_by=Channel(row["channel"]),
                audience=Audience(row["audience"]),
                talked=row["talked"],
                wants_help=bool(row["wants_help"]),
                disputed=bool(row["disputed"]),
                comment=opened.decode("utf-8") if opened is not None else None,
                answers=answers.get(row["id"], {}),
            )
        found.append((row["number"], day(row["held_on"]), sent))
    return found


def _answers(conn: Connection, dyad_id: int) -> dict[int, dict[str, int]]:
    rows = conn.execute(
        "SELECT r.id, a.item, a.value FROM therapy_session AS s JOIN response AS r ON r.session_id = s.id"
        " JOIN answer AS a ON a.response_id = r.id WHERE s.dyad_id = ?",
        (dyad_id,),
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["id"], {})[row["item"]] = row["value"]
    return found


def after(conn: Connection, response_ids: Iterable[int]) -> dict[tuple[int, str], After]:
    """What came after these responses and counts, by response and kind."""
    rows = conn.execute(
        "SELECT f.response_id, f.kind, o.instrument, o.version,"
        " (SELECT json_group_array(t.tick) FROM follow_up_tick AS t WHERE t.follow_up_id = f.id) AS ticks,"
        " (SELECT json_group_object(a.item, a.value) FROM follow_up_answer AS a WHERE a.follow_up_id = f.id) AS rated"
        " FROM follow_up AS f JOIN offer AS o ON o.response_id = f.response_id AND o.kind = f.kind"
        " WHERE f.counted = 1 AND f.response_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(response_ids)),),
    )
    return {
        (row["response_id"], row["kind"]): After(
            row["instrument"], row["version"], tuple(json.loads(row["ticks"])), json.loads(row["rated"])
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class OwnViewGiven:
    """A therapist's own view of a session, with the questionnaire it was given on."""

    number: int
    instrument: str
    version: str
    ratings: Mapping[str, int]
    noticed: str | None


def own_views(conn: Connection, dyad_id: int, therapist_id: int) -> list[OwnViewGiven]:
    """This therapist's own views of this dyad's sessions, in order. For a copy that the therapist makes."""
    rows = conn.execute(
        "SELECT s.number, v.instrument, v.version, v.ratings, v.noticed FROM own_view AS v"
        " JOIN therapy_session AS s ON s.id = v.session_id"
        " WHERE s.dyad_id = ? AND v.therapist_id = ? ORDER BY s.number",
        (dyad_id, therapist_id),
    )
    return [
        OwnViewGiven(
            row["number"], row["instrument"], row["version"], json.loads(row["ratings"]), row["noticed"]
        )
        for row in rows
    ]


def about(conn: Connection, patient_id: int) -> tuple[datetime, datetime | None]:
    """When the patient was added, and since when forms rest, if they do."""
    row = conn.execute("SELECT created_at, paused_at FROM patient WHERE id = ?", (patient_id,)).fetchone()
    return moment(row["created_at"]), moment(row["paused_at"]) if row["paused_at"] else None

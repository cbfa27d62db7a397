"""What was offered after an answer, and what came back: ticks of what happened, and the monthly sentences."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from alliance.domain.follow_up import After, Happened, Kind, Offer, Taken
from alliance.domain.therapy import Audience, Channel
from alliance.storage import digests
from alliance.storage.alerts import OPEN
from alliance.storage.database import Connection
from alliance.storage.keyring import Keyring
from alliance.storage.people import supervisors_of
from alliance.storage.responses import score_rows
from alliance.storage.times import day, moment, stamp
from surveys.scoring import NoScore, Score

MOST_KEPT = 4  # what counts and three more, so that nobody fills the disk with one ticket


def where_body(attempt_id: str) -> str:
    return f"follow_up|{attempt_id}|body"


def offer(
    conn: Connection, response_id: int, kind: Kind, *, instrument: str, version: str, now: datetime
) -> None:
    """Note that this is offered with an answer."""
    conn.execute(
        "INSERT INTO offer (response_id, kind, instrument, version, offered_at) VALUES (?, ?, ?, ?, ?)",
        (response_id, kind.value, instrument, version, stamp(now)),
    )


def monthly_asked(conn: Connection, dyad_id: int, *, held_back: bool) -> tuple[int, datetime | None]:
    """How many answers a dyad has, and when its patient was last asked about life around therapy.

    For an answer that the therapist may see, only such answers count: else that it is asked, or not, could tell
    of one that was held back.
    """
    answers = conn.execute(
        "SELECT count(*) AS n FROM response AS r JOIN therapy_session AS s ON s.id = r.session_id"
        " WHERE s.dyad_id = ? AND (? OR r.audience = 'both')",
        (dyad_id, held_back),
    ).fetchone()
    last = conn.execute(
        "SELECT max(o.offered_at) AS at FROM dyad AS own JOIN dyad AS d ON d.patient_id = own.patient_id"
        " JOIN therapy_session AS s ON s.dyad_id = d.id JOIN response AS r ON r.session_id = s.id"
        " JOIN offer AS o ON o.response_id = r.id AND o.kind = 'monthly'"
        " WHERE own.id = ? AND (? OR r.audience = 'both')",
        (dyad_id, held_back),
    ).fetchone()
    return answers["n"], moment(last["at"]) if last["at"] else None


def response_of(conn: Connection, attempt_id: str) -> int | None:
    """The response that this very attempt became, if it is one that counted."""
    row = conn.execute("SELECT id FROM response WHERE attempt_id = ?", (attempt_id,)).fetchone()
    return row["id"] if row else None


def attempt_of(conn: Connection, response_id: int) -> str:
    """The attempt that became this response."""
    row = conn.execute("SELECT attempt_id FROM response WHERE id = ?", (response_id,)).fetchone()
    return str(row["attempt_id"])


def after(conn: Connection, response_id: int, today: date) -> After | None:
    """An answer with what was offered with it, or None where there is no such answer."""
    row = conn.execute(
        "SELECT r.id, r.invitation_id, r.received_at, r.language, r.audience, i.channel, d.next_on,"
        " d.therapist_id, t.name AS therapist_name FROM response AS r"
        " JOIN invitation AS i ON i.id = r.invitation_id JOIN therapy_session AS s ON s.id = r.session_id"
        " JOIN dyad AS d ON d.id = s.dyad_id JOIN staff AS t ON t.id = d.therapist_id WHERE r.id = ?",
        (response_id,),
    ).fetchone()
    if row is None:
        return None
    offers = conn.execute(
        "SELECT kind, instrument, version, EXISTS (SELECT 1 FROM follow_up AS f"
        "   WHERE f.response_id = o.response_id AND f.kind = o.kind AND f.counted = 1) AS answered"
        " FROM offer AS o WHERE o.response_id = ?",
        (response_id,),
    )
    return After(
        response_id=row["id"],
        invitation_id=row["invitation_id"],
        received_at=moment(row["received_at"]),
        language=row["language"],
        channel=Channel(row["channel"]),
        audience=Audience(row["audience"]),
        therapist_name=row["therapist_name"],
        supervisor_names=supervisors_of(conn, row["therapist_id"], today),
        next_on=day(row["next_on"]) if row["next_on"] else None,
        offers={
            Kind(one["kind"]): Offer(one["instrument"], one["version"], bool(one["answered"]))
            for one in offers
        },
    )


def invitation_of(conn: Connection, token_hash: bytes) -> int | None:
    """The invitation behind a link, by its id."""
    row = conn.execute("SELECT id FROM invitation WHERE token_hash = ?", (token_hash,)).fetchone()
    return row["id"] if row else None


def body(conn: Connection, keyring: Keyring, attempt_id: str) -> bytes | None:
    """What arrived under this attempt id, or None if nothing did."""
    row = conn.execute("SELECT body FROM follow_up WHERE attempt_id = ?", (attempt_id,)).fetchone()
    return keyring.open(row["body"], where_body(attempt_id)) if row else None


def kept(conn: Connection, response_id: int, kind: Kind) -> int:
    """How much has come in for this offer."""
    row = conn.execute(
        "SELECT count(*) AS n FROM follow_up WHERE response_id = ? AND kind = ?", (response_id, kind.value)
    ).fetchone()
    return int(row["n"])


def keep(
    conn: Connection,
    keyring: Keyring,
    response_id: int,
    kind: Kind,
    *,
    attempt_id: str,
    sent: bytes,
    counted: bool,
    now: datetime,
) -> int:
    """Keep what arrived, sealed, exactly as it arrived, and answer with its id."""
    cursor = conn.execute(
        "INSERT INTO follow_up (response_id, kind, attempt_id, received_at, body, counted)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            response_id,
            kind.value,
            attempt_id,
            stamp(now),
            keyring.seal(sent, where_body(attempt_id)),
            int(counted),
        ),
    )
    follow_up_id = int(cursor.lastrowid or 0)
    digests.keep(conn, keyring, "follow_up", follow_up_id)
    return follow_up_id


def add_ticks(conn: Connection, keyring: Keyring, follow_up_id: int, ticks: Iterable[str]) -> None:
    """Keep what was ticked."""
    conn.executemany(
        "INSERT INTO follow_up_tick (follow_up_id, tick) VALUES (?, ?)",
        [(follow_up_id, tick) for tick in ticks],
    )
    digests.keep(conn, keyring, "follow_up", follow_up_id)


def add_answers(
    conn: Connection,
    keyring: Keyring,
    follow_up_id: int,
    answers: Mapping[str, int],
    scores: Mapping[str, Score | NoScore],
) -> None:
    """Keep what was rated, and its scores."""
    conn.executemany(
        "INSERT INTO follow_up_answer (follow_up_id, item, value) VALUES (?, ?, ?)",
        [(follow_up_id, item, value) for item, value in answers.items()],
    )
    conn.executemany(
        "INSERT INTO follow_up_score (follow_up_id, scale, value, reason) VALUES (?, ?, ?, ?)",
        score_rows(follow_up_id, scores),
    )
    digests.keep(conn, keyring, "follow_up", follow_up_id)


def happened(conn: Connection, dyad_ids: str, *, full: bool, asked_only: bool) -> dict[int, Happened]:
    """What was ticked, by session. `dyad_ids` are JSON; `asked_only` leaves out dyads without an open alert.

    Without `full`, what came with a response held back from the therapist is not there.
    """
    rows = conn.execute(
        "SELECT s.id, o.instrument, o.version, json_group_array(t.tick) AS ticks FROM therapy_session AS s"  # noqa: S608
        " JOIN response AS r ON r.session_id = s.id AND (:full OR r.audience = 'both')"
        " JOIN follow_up AS f ON f.response_id = r.id AND f.kind = 'checklist' AND f.counted = 1"
        " JOIN offer AS o ON o.response_id = f.response_id AND o.kind = f.kind"
        " JOIN follow_up_tick AS t ON t.follow_up_id = f.id"
        " WHERE s.dyad_id IN (SELECT d.value FROM json_each(:dyads) AS d WHERE NOT :asked_only OR EXISTS ("
        "   SELECT 1 FROM alert AS a WHERE a.dyad_id = d.value"
        f"   AND a.status IN {OPEN}))"
        " GROUP BY s.id",
        {"full": full, "dyads": dyad_ids, "asked_only": asked_only},
    )
    return {
        row["id"]: Happened(row["instrument"], row["version"], tuple(json.loads(row["ticks"])))
        for row in rows
    }


def around(conn: Connection, dyad_id: int, *, full: bool) -> tuple[str | None, list[Taken]]:
    """The monthly sentences of a dyad, oldest first, and the id of what was asked last; with `full` all of them."""
    rows = conn.execute(
        "SELECT f.id, o.instrument, s.number, s.held_on, r.audience, c.scale, c.value FROM therapy_session AS s"
        " JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " JOIN follow_up AS f ON f.response_id = r.id AND f.kind = 'monthly' AND f.counted = 1"
        " JOIN offer AS o ON o.response_id = f.response_id AND o.kind = f.kind"
        " JOIN follow_up_score AS c ON c.follow_up_id = f.id WHERE s.dyad_id = ? ORDER BY s.number",
        (full, dyad_id),
    )
    instrument, found = None, {}
    scores: dict[int, dict[str, float | None]] = {}
    for row in rows:
        instrument = row["instrument"]
        scores.setdefault(row["id"], {})[row["scale"]] = row["value"]
        held_back = row["audience"] == Audience.SUPERVISOR.value
        found[row["id"]] = Taken(row["number"], day(row["held_on"]), scores[row["id"]], held_back)
    return instrument, list(found.values())

"""What patients sent: the attempt as it arrived, the response that counts, its answers and scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from alliance.analysis.state import Held, HeldBefore, HeldElsewhere
from alliance.domain.therapy import Answers, Audience, Invitation
from alliance.storage import digests
from alliance.storage.database import Connection
from alliance.storage.keyring import Keyring
from alliance.storage.readings import TrackName
from alliance.storage.rows import plain
from alliance.storage.times import stamp
from surveys.scoring import NoScore, Score

MOST_ATTEMPTS = 6
"""A link keeps one counted answer and five more, so that nobody fills the disk with one link."""


def where_attempt(attempt_id: str) -> str:
    return f"attempt|{attempt_id}|body"


def where_comment(response_id: int) -> str:
    return f"response|{response_id}|comment"


def attempt_body(conn: Connection, keyring: Keyring, attempt_id: str) -> bytes | None:
    """What arrived under this attempt id, or None if nothing did."""
    row = conn.execute("SELECT body FROM attempt WHERE id = ?", (attempt_id,)).fetchone()
    return keyring.open(row["body"], where_attempt(attempt_id)) if row else None


def attempt_came_over(conn: Connection, attempt_id: str) -> int | None:
    """The link over which something arrived under this attempt id, or None if nothing did."""
    row = conn.execute("SELECT invitation_id FROM attempt WHERE id = ?", (attempt_id,)).fetchone()
    return row["invitation_id"] if row else None


def attempts_kept(conn: Connection, invitation_id: int) -> int:
    """How many attempts came in over this link."""
    row = conn.execute(
        "SELECT count(*) AS n FROM attempt WHERE invitation_id = ?", (invitation_id,)
    ).fetchone()
    return int(row["n"])


def keep_attempt(
    conn: Connection,
    keyring: Keyring,
    invitation_id: int,
    *,
    attempt_id: str,
    body: bytes,
    counted: bool,
    now: datetime,
) -> None:
    """Keep what arrived, sealed, exactly as it arrived."""
    conn.execute(
        "INSERT INTO attempt (id, invitation_id, received_at, body, counted) VALUES (?, ?, ?, ?, ?)",
        (attempt_id, invitation_id, stamp(now), keyring.seal(body, where_attempt(attempt_id)), int(counted)),
    )
    if not counted:
        digests.keep_aside(conn, keyring, invitation_id)


def add(
    conn: Connection,
    keyring: Keyring,
    invitation: Invitation,
    *,
    attempt_id: str,
    answers: Answers,
    scores: Mapping[str, Score | NoScore],
    now: datetime,
) -> int:
    """Keep the response that counts for its session, and answer with its id."""
    # The id is taken first, inside the write transaction, because it is part of what seals the comment.
    row = conn.execute("SELECT coalesce(max(id), 0) + 1 AS next FROM response").fetchone()
    response_id = int(row["next"])
    comment = keyring.seal(answers.comment, where_comment(response_id)) if answers.comment else None
    conn.execute(
        "INSERT INTO response (id, session_id, invitation_id, attempt_id, instrument, version, language, received_at,"
        " audience, talked, wants_help, comment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            response_id,
            invitation.session_id,
            invitation.id,
            attempt_id,
            invitation.instrument,
            invitation.version,
            invitation.language,
            stamp(now),
            answers.audience.value,
            answers.talked,
            int(answers.wants_help),
            comment,
        ),
    )
    conn.executemany(
        "INSERT INTO answer (response_id, item, value) VALUES (?, ?, ?)",
        [(response_id, item, value) for item, value in answers.items.items()],
    )
    conn.executemany(
        "INSERT INTO score (response_id, scale, value, reason) VALUES (?, ?, ?, ?)",
        score_rows(response_id, scores),
    )
    digests.keep(conn, keyring, "response", response_id)
    return response_id


def score_rows(
    record: int, scores: Mapping[str, Score | NoScore]
) -> list[tuple[int, str, float | None, str | None]]:
    """The scores of a record, each with its value or why there is none."""
    return [
        (record, scale, score.value, None)
        if isinstance(score, Score)
        else (record, scale, None, score.reason)
        for scale, score in scores.items()
    ]


def comments(conn: Connection, keyring: Keyring, dyad_id: int, audience: Audience) -> list[tuple[int, str]]:
    """Session number and comment of everything that the patient wrote to this audience, newest first.

    What was written to the supervisor and released since then is there for both.
    """
    rows = conn.execute(
        "SELECT r.id, s.number, r.comment FROM response AS r JOIN therapy_session AS s ON s.id = r.session_id"
        " WHERE s.dyad_id = ? AND r.comment IS NOT NULL AND (r.audience = ? OR (?"
        "   AND EXISTS (SELECT 1 FROM released_response AS w WHERE w.response_id = r.id)))"
        " ORDER BY s.number DESC",
        (dyad_id, audience.value, audience is Audience.SUPERVISOR),
    )
    return [
        (row["number"], keyring.open(row["comment"], where_comment(row["id"])).decode("utf-8"))
        for row in rows
    ]


SCALES = ("safety", "attunement", "collaboration", "rupture")
HELD = (
    "CASE WHEN r.id IS NULL AND m.answered = 1 THEN m.form END, s.number, r.id IS NOT NULL OR m.answered IS 1,"
    " coalesce(safety.value, m.safety), coalesce(attunement.value, m.attunement),"
    " coalesce(collaboration.value, m.collaboration), coalesce(rupture.value, m.rupture), m.alliance"
    " FROM therapy_session AS s"
    " LEFT JOIN imported_session AS m ON m.session_id = s.id"
    " LEFT JOIN response AS r ON r.session_id = s.id AND (:full OR r.audience = 'both')"
    " LEFT JOIN score AS safety ON safety.response_id = r.id AND safety.scale = 'safety'"
    " LEFT JOIN score AS attunement ON attunement.response_id = r.id AND attunement.scale = 'attunement'"
    " LEFT JOIN score AS collaboration ON collaboration.response_id = r.id AND collaboration.scale = 'collaboration'"
    " LEFT JOIN score AS rupture ON rupture.response_id = r.id AND rupture.scale = 'rupture'"
)
"""Sessions as the detector wants them, one a row; those of before with the form on which they were rated."""


# Forms rested: nobody who does not answer then is silent.
RESTED = """EXISTS (SELECT 1 FROM pause AS u JOIN dyad AS rested ON rested.patient_id = u.patient_id
  WHERE rested.id = s.dyad_id AND s.held_on >= u.from_on AND (u.ended_on IS NULL OR s.held_on < u.ended_on))"""


def held(conn: Connection, dyad_id: int, first: int, last: int, *, full: bool) -> list[Held]:
    """Sessions `first` to `last` as the detector wants them. Where no form that it knows was offered, or forms
    rested, nobody was silent.

    Without `full`, a response held back from the therapist reads as no response: the therapist's view of
    the patient's usual range must not know of it either.
    """
    rows = plain(
        conn,
        f"SELECT {HELD} WHERE s.dyad_id = :dyad AND s.number BETWEEN :first AND :last"  # noqa: S608 (constants only)
        " AND (m.answered IS 1 OR EXISTS (SELECT 1 FROM invitation AS i WHERE i.session_id = s.id AND i.watched))"
        f" AND (r.id IS NOT NULL OR m.answered IS 1 OR NOT {RESTED}) ORDER BY s.number",
        {"full": full, "dyad": dyad_id, "first": first, "last": last},
    )
    return [_held(*row) for row in rows]


def read_so_far(conn: Connection, track: TrackName) -> Iterator[tuple[int, int | None, Held]]:
    """Every session that the detector has read on this track, as it would read it now.

    With the dyad and the id of the clinic prior it was read with; one dyad after the other, each in order of
    number, in one pass.
    """
    rows = plain(
        conn,
        f"SELECT b.dyad_id, b.prior_id, {HELD}"
        " JOIN reading AS b ON b.dyad_id = s.dyad_id AND b.track = :track AND b.number = s.number"
        " ORDER BY b.dyad_id, b.number",
        {"full": track == "full", "track": track},
    )
    for dyad_id, prior_id, *held in rows:
        yield dyad_id, prior_id, _held(*held)


BEFORE: Mapping[str | None, type[Held]] = {None: Held, "same": HeldBefore, "other": HeldElsewhere}


def _held(
    before: str | None,
    number: int,
    answered: int,
    safety: float | None,
    attunement: float | None,
    collaboration: float | None,
    rupture: float | None,
    total: float | None,
) -> Held:
    # The tables' own checks have looked at every number and score.
    scales = (safety, attunement, collaboration)
    return BEFORE[before]._make((number, answered == 1, scales, rupture, total))


def as_held(number: int, scores: Mapping[str, Score | NoScore]) -> Held:
    """A response that has just been scored, as the detector wants it."""
    known = {scale: score.value for scale, score in scores.items() if isinstance(score, Score)}
    safety, attunement, collaboration, rupture = (known.get(scale) for scale in SCALES)
    return Held(number, answered=True, scales=(safety, attunement, collaboration), rupture=rupture)


@dataclass(frozen=True, slots=True)
class Told:
    """What one session's response told, for the sentence of an alert; empty if no response is to be known."""

    session_id: int
    instrument: str | None
    version: str | None
    language: str | None
    scores: Mapping[str, float]
    items: Mapping[str, int]


def told(conn: Connection, dyad_id: int, number: int, *, full: bool) -> Told:
    """The session's form, scores and answers, as far as therapist (or, with `full`, supervisor) may know them."""
    row = conn.execute(
        "SELECT s.id AS session_id, r.id, r.instrument, r.version, r.language FROM therapy_session AS s"
        " LEFT JOIN response AS r ON r.session_id = s.id AND (? OR r.audience = 'both')"
        " WHERE s.dyad_id = ? AND s.number = ?",
        (full, dyad_id, number),
    ).fetchone()
    scores = conn.execute(
        "SELECT scale, value FROM score WHERE response_id = ? AND value IS NOT NULL", (row["id"],)
    )
    items = conn.execute("SELECT item, value FROM answer WHERE response_id = ?", (row["id"],))
    return Told(
        session_id=row["session_id"],
        instrument=row["instrument"],
        version=row["version"],
        language=row["language"],
        scores={score["scale"]: score["value"] for score in scores},
        items={answer["item"]: answer["value"] for answer in items},
    )

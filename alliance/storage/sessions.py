"""Therapy sessions and the invitations to answer about them."""

from __future__ import annotations

from datetime import date, datetime

from alliance.domain.therapy import Channel, Invitation, TherapySession
from alliance.storage.database import Connection, Row
from alliance.storage.people import supervisors_of
from alliance.storage.responses import RESTED
from alliance.storage.times import day, moment, stamp


def session_of(row: Row) -> TherapySession:
    """A session from a row that has its id, dyad, number and day."""
    return TherapySession(row["id"], row["dyad_id"], row["number"], day(row["held_on"]))


def add(conn: Connection, dyad_id: int, held_on: date, now: datetime) -> TherapySession:
    """Keep the dyad's next session; numbers run from 1 without gaps."""
    last = conn.execute(
        "SELECT max(number) AS last FROM therapy_session WHERE dyad_id = ?", (dyad_id,)
    ).fetchone()
    number = (last["last"] or 0) + 1
    cursor = conn.execute(
        "INSERT INTO therapy_session (dyad_id, number, held_on, created_at) VALUES (?, ?, ?, ?)",
        (dyad_id, number, held_on.isoformat(), stamp(now)),
    )
    return TherapySession(int(cursor.lastrowid or 0), dyad_id, number, held_on)


def get(conn: Connection, session_id: int) -> TherapySession | None:
    """One session by id. Callers check the dyad's scope."""
    row = conn.execute(
        "SELECT id, dyad_id, number, held_on FROM therapy_session WHERE id = ?", (session_id,)
    ).fetchone()
    return session_of(row) if row else None


def by_form(conn: Connection, form_id: str, dyad_id: int) -> TherapySession | None:
    """The session of this dyad that this very form added, if it was sent before."""
    row = conn.execute(
        "SELECT s.id, s.dyad_id, s.number, s.held_on FROM session_form AS f"
        " JOIN therapy_session AS s ON s.id = f.session_id WHERE f.id = ? AND s.dyad_id = ?",
        (form_id, dyad_id),
    ).fetchone()
    return session_of(row) if row else None


def keep_form(conn: Connection, form_id: str, session_id: int) -> None:
    """Keep which form added a session. A form that added another one before stays with that."""
    conn.execute(
        "INSERT INTO session_form (id, session_id) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
        (form_id, session_id),
    )


def of_dyad(conn: Connection, dyad_id: int) -> list[TherapySession]:
    """All sessions of a dyad in order."""
    rows = conn.execute(
        "SELECT id, dyad_id, number, held_on FROM therapy_session WHERE dyad_id = ? ORDER BY number",
        (dyad_id,),
    )
    return [session_of(row) for row in rows]


def newest(conn: Connection, dyad_id: int) -> TherapySession | None:
    """The last session of a dyad, if the two have met."""
    row = conn.execute(
        "SELECT id, dyad_id, number, held_on FROM therapy_session WHERE dyad_id = ? ORDER BY number DESC LIMIT 1",
        (dyad_id,),
    ).fetchone()
    return session_of(row) if row else None


def last_day(conn: Connection, dyad_id: int) -> date | None:
    """The day of the dyad's newest session."""
    last = newest(conn, dyad_id)
    return last.held_on if last else None


def invite(
    conn: Connection,
    session_id: int,
    *,
    instrument: str,
    version: str,
    language: str,
    channel: Channel,
    token_hash: bytes,
    now: datetime,
    expires_at: datetime,
    watched: bool = True,
) -> int:
    """Keep an invitation, by the hash of its token only, and answer with its id.

    `watched`: the detector reads what comes back. Where something has come back already, it was decided then.
    """
    cursor = conn.execute(
        "INSERT INTO invitation (session_id, instrument, version, language, channel, token_hash, created_at,"
        " expires_at, watched) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
        " ? AND NOT EXISTS (SELECT 1 FROM response WHERE session_id = ?))",
        (
            *(session_id, instrument, version, language, channel, token_hash, stamp(now), stamp(expires_at)),
            *(watched, session_id),
        ),
    )
    return int(cursor.lastrowid or 0)


def invitation_by_token(conn: Connection, token_hash: bytes, today: date) -> Invitation | None:
    """The invitation behind a link, with what its page has to say."""
    row = conn.execute(
        "SELECT i.id, i.session_id, s.number, s.dyad_id, i.instrument, i.version, i.language, i.channel,"
        " i.created_at, i.expires_at, d.therapist_id, t.name AS therapist_name, d.next_on,"
        " EXISTS (SELECT 1 FROM response AS r WHERE r.session_id = i.session_id) AS answered,"
        " EXISTS (SELECT 1 FROM response AS r WHERE r.session_id = i.session_id AND r.audience = 'both') AS known"
        " FROM invitation AS i JOIN therapy_session AS s ON s.id = i.session_id"
        " JOIN dyad AS d ON d.id = s.dyad_id JOIN staff AS t ON t.id = d.therapist_id"
        " WHERE i.token_hash = ?",
        (token_hash,),
    ).fetchone()
    if row is None:
        return None
    return Invitation(
        id=row["id"],
        session_id=row["session_id"],
        session_number=row["number"],
        dyad_id=row["dyad_id"],
        instrument=row["instrument"],
        version=row["version"],
        language=row["language"],
        channel=Channel(row["channel"]),
        made_at=moment(row["created_at"]),
        expires_at=moment(row["expires_at"]),
        therapist_name=row["therapist_name"],
        supervisor_names=supervisors_of(conn, row["therapist_id"], today),
        next_on=day(row["next_on"]) if row["next_on"] else None,
        answered=bool(row["answered"]),
        says_answered=bool(row["known"]),
    )


def hash_of(conn: Connection, invitation_id: int) -> bytes:
    """The fingerprint of the token that opens this invitation now. A code on a tablet gives it another."""
    row = conn.execute("SELECT token_hash FROM invitation WHERE id = ?", (invitation_id,)).fetchone()
    return bytes(row["token_hash"])


def has_forms(conn: Connection, session_id: int) -> bool:
    """Whether any form was offered for a session."""
    row = conn.execute("SELECT 1 FROM invitation WHERE session_id = ?", (session_id,)).fetchone()
    return row is not None


def watched(conn: Connection, session_id: int) -> bool:
    """Whether the detector reads this session: some form of it is one that it knows."""
    row = conn.execute("SELECT 1 FROM invitation WHERE session_id = ? AND watched", (session_id,)).fetchone()
    return row is not None


def claim(conn: Connection, invitation_id: int, now: datetime) -> bool:
    """Use the link up. True for the one who did it, False if it was used before."""
    cursor = conn.execute(
        "UPDATE invitation SET claimed_at = ? WHERE id = ? AND claimed_at IS NULL",
        (stamp(now), invitation_id),
    )
    return cursor.rowcount == 1


def offered(conn: Connection, dyad_id: int, number: int) -> bool:
    """Whether a form that the detector knows was offered for this session, and forms did not rest: only then can no
    answer be a silence.
    """
    row = conn.execute(
        "SELECT 1 FROM therapy_session AS s JOIN invitation AS i ON i.session_id = s.id AND i.watched"  # noqa: S608
        f" WHERE s.dyad_id = ? AND s.number = ? AND NOT {RESTED}",
        (dyad_id, number),
    ).fetchone()
    return row is not None


def gone_silent(conn: Connection, now: datetime, today: date) -> list[tuple[int, int]]:
    """Dyad and number of each last session whose forms have all ended unanswered and that was not read yet.

    A response that was held back counts as none: what its therapist reads must come at the same time as silence.
    So links in later mails do not put that time off, as they go to who has not answered alone. A dyad that has
    ended is read no more.
    """
    rows = conn.execute(
        "SELECT s.dyad_id, s.number FROM therapy_session AS s JOIN invitation AS i ON i.session_id = s.id"  # noqa: S608
        " JOIN dyad AS d ON d.id = s.dyad_id AND (d.ends_on IS NULL OR d.ends_on > ?)"
        " WHERE s.number = (SELECT max(n.number) FROM therapy_session AS n WHERE n.dyad_id = s.dyad_id)"
        " AND NOT EXISTS (SELECT 1 FROM response AS r WHERE r.session_id = s.id AND r.audience = 'both')"
        " AND EXISTS (SELECT 1 FROM invitation AS w WHERE w.session_id = s.id AND w.watched)"
        " AND NOT EXISTS (SELECT 1 FROM baseline AS b WHERE b.dyad_id = s.dyad_id AND b.track = 'shared'"
        "   AND b.last_number >= s.number)"
        f" AND NOT {RESTED}"
        " GROUP BY s.dyad_id, s.number "
        " HAVING coalesce(max(i.expires_at) FILTER (WHERE i.channel <> 'mail'), min(i.expires_at)) <= ?"
        " ORDER BY s.dyad_id",
        (today.isoformat(), stamp(now)),
    )
    return [(row["dyad_id"], row["number"]) for row in rows]


def dyads_with_sessions(conn: Connection) -> list[tuple[int, int]]:
    """Every dyad that has met, and the number of its last session."""
    rows = conn.execute(
        "SELECT dyad_id, max(number) AS last FROM therapy_session GROUP BY dyad_id ORDER BY dyad_id"
    )
    return [(row["dyad_id"], row["last"]) for row in rows]

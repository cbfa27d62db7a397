"""The mails: who is to get one, the row that stands before each, and what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from alliance.domain.contact import ASKED_ABOUT, ASKED_AGAIN, GOES_STALE, REMINDED_AFTER, MailState
from alliance.storage import settings
from alliance.storage.database import Connection
from alliance.storage.times import moment, stamp

Kind = Literal["invitation", "reminder"]
RUN = "mail"  # the setting that tells how the mail server was reached last

# A session to write about: the newest of a dyad that goes on, lately held and truly unanswered, with a patient who
# is not paused, a therapist who still works here, and an answer to the safe-contact question that still holds.
WRITABLE = """
  FROM contact AS c JOIN dyad AS d ON d.id = c.dyad_id JOIN patient AS p ON p.id = d.patient_id
    JOIN staff AS t ON t.id = d.therapist_id JOIN therapy_session AS s ON s.dyad_id = d.id
  WHERE c.ended_at IS NULL AND c.failed_at IS NULL AND c.asked_on > :asked_after AND c.asked_on <= :today
    AND (d.ends_on IS NULL OR d.ends_on > :today) AND p.paused_at IS NULL AND t.disabled_at IS NULL
    AND s.held_on BETWEEN :held_from AND :today
    AND s.number = (SELECT max(n.number) FROM therapy_session AS n WHERE n.dyad_id = s.dyad_id)
    AND NOT EXISTS (SELECT 1 FROM response AS r WHERE r.session_id = s.id)
    AND NOT EXISTS (SELECT 1 FROM imported_session AS x WHERE x.session_id = s.id)
    AND (:session IS NULL OR s.id = :session)"""
INVITATION = """'invitation' AS kind
  FROM writable AS w LEFT JOIN mail AS m ON m.session_id = w.session_id AND m.kind = 'invitation'
  WHERE m.id IS NULL OR m.state = 'later'"""
REMINDER = """'reminder' AS kind
  FROM writable AS w JOIN mail AS f ON f.session_id = w.session_id AND f.kind = 'invitation'
    AND f.state IN ('sent', 'unknown') AND f.last_at <= :invited_before
  LEFT JOIN mail AS m ON m.session_id = w.session_id AND m.kind = 'reminder'
  WHERE w.reminders = 1 AND (m.id IS NULL OR m.state = 'later')"""
OF_WRITABLE = "w.contact_id, w.session_id, w.instrument, w.language, m.id AS mail_id, m.first_at"
DUE = f"""
WITH writable AS (
  SELECT c.id AS contact_id, c.reminders, s.id AS session_id, p.instrument, p.language {WRITABLE})
SELECT {OF_WRITABLE}, {INVITATION} UNION ALL SELECT {OF_WRITABLE}, {REMINDER} ORDER BY 2, 7"""


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that is to be sent. `mail_id` is there if it was tried before, and could not be taken then."""

    contact_id: int
    session_id: int
    instrument: str
    language: str
    mail_id: int | None
    first_at: datetime | None
    kind: Kind


def due(conn: Connection, today: date, now: datetime, session_id: int | None = None) -> list[Due]:
    """Every mail that is to be sent now, or this session's. An answer that was held back is an answer."""
    rows = conn.execute(
        DUE,
        {
            "today": today.isoformat(),
            "asked_after": (today - ASKED_AGAIN).isoformat(),
            "held_from": (today - ASKED_ABOUT).isoformat(),
            "invited_before": stamp(now - REMINDED_AFTER),
            "session": session_id,
        },
    )
    return [
        Due(
            row["contact_id"],
            row["session_id"],
            row["instrument"],
            row["language"],
            row["mail_id"],
            moment(row["first_at"]) if row["first_at"] else None,
            row["kind"],
        )
        for row in rows
    ]


def begin(
    conn: Connection, due: Due, *, invitation_id: int, message_id: str, stop_hash: bytes, now: datetime
) -> int:
    """Write down that this mail is about to be sent, and answer with its id.

    To be committed before the mail leaves: whoever comes next finds it taken.
    """
    if due.mail_id is not None:
        conn.execute(
            "UPDATE mail SET contact_id = ?, invitation_id = ?, message_id = ?, stop_hash = ?, state = 'sending',"
            " last_at = ?, failure = NULL WHERE id = ? AND state = 'later'",
            (due.contact_id, invitation_id, message_id, stop_hash, stamp(now), due.mail_id),
        )
        return due.mail_id
    cursor = conn.execute(
        "INSERT INTO mail (contact_id, session_id, kind, invitation_id, message_id, stop_hash, state, first_at,"
        " last_at) VALUES (?, ?, ?, ?, ?, ?, 'sending', ?, ?)",
        (
            due.contact_id,
            due.session_id,
            due.kind,
            invitation_id,
            message_id,
            stop_hash,
            stamp(now),
            stamp(now),
        ),
    )
    return int(cursor.lastrowid or 0)


def finish(conn: Connection, mail_id: int, state: str, failure: str, now: datetime) -> None:
    """Note what came of a mail that was being sent."""
    conn.execute(
        "UPDATE mail SET state = ?, failure = ?, last_at = ? WHERE id = ? AND state IN ('sending', 'unknown')",
        (state, failure or None, stamp(now), mail_id),
    )


def withdraw_link(conn: Connection, mail_id: int) -> None:
    """Take back the link of a mail that reached nobody, so that its silence is not taken for the patient's."""
    row = conn.execute("SELECT invitation_id FROM mail WHERE id = ?", (mail_id,)).fetchone()
    conn.execute("UPDATE mail SET invitation_id = NULL WHERE id = ?", (mail_id,))
    conn.execute(
        "DELETE FROM invitation WHERE id = ? AND claimed_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM attempt AS a WHERE a.invitation_id = invitation.id)",
        (row["invitation_id"],),
    )


def note_stale(conn: Connection, now: datetime) -> None:
    """What was being sent when its process ended: nobody knows whether it went, and it is not sent again."""
    conn.execute(
        "UPDATE mail SET state = 'unknown' WHERE state = 'sending' AND last_at <= ?",
        (stamp(now - GOES_STALE),),
    )


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, as far as a report about it or a stop link needs to know."""

    id: int
    contact_id: int
    dyad_id: int
    kind: Kind
    language: str


MAIL = """SELECT m.id, m.contact_id, s.dyad_id, m.kind, p.language FROM mail AS m
  JOIN therapy_session AS s ON s.id = m.session_id JOIN dyad AS d ON d.id = s.dyad_id
  JOIN patient AS p ON p.id = d.patient_id"""


def by_message_id(conn: Connection, message_id: str) -> Mail | None:
    """The mail that went out under this id, unless it is known already not to have arrived."""
    row = conn.execute(
        f"{MAIL} WHERE m.message_id = ? AND m.state IN ('sending', 'sent', 'unknown')", (message_id,)
    ).fetchone()
    return Mail(**dict(row)) if row else None


def by_stop(conn: Connection, stop_hash: bytes) -> Mail | None:
    """The mail that carried this stop link, however long ago."""
    row = conn.execute(f"{MAIL} WHERE m.stop_hash = ?", (stop_hash,)).fetchone()
    return Mail(**dict(row)) if row else None


def bounce(conn: Connection, mail_id: int, failure: str, now: datetime) -> None:
    """Note that a mail came back."""
    conn.execute(
        "UPDATE mail SET state = 'bounced', failure = ?, last_at = ? WHERE id = ?",
        (failure, stamp(now), mail_id),
    )


def note_run(conn: Connection, at: datetime, unreachable: str) -> None:
    """Keep when the mail server was last spoken to, and the code of why it could not be."""
    value = json.dumps({"at": stamp(at), "unreachable": unreachable})
    settings.keep(conn, RUN, value)


def state(conn: Connection, now: datetime) -> MailState:
    """Counts and codes for an administrator. Of reminders nothing: they would tell who has not answered."""
    row = conn.execute("SELECT value FROM setting WHERE name = ?", (RUN,)).fetchone()
    told = json.loads(row["value"]) if row else None
    failing = conn.execute(
        "SELECT count(*) AS n FROM contact WHERE ended_at IS NULL AND failed_at IS NOT NULL"
    ).fetchone()
    last = conn.execute(
        "SELECT failure FROM mail WHERE kind = 'invitation' AND failure IS NOT NULL ORDER BY last_at DESC LIMIT 1"
    ).fetchone()
    unknown = conn.execute(
        "SELECT count(*) AS n FROM mail WHERE state = 'unknown' OR (state = 'sending' AND last_at <= ?)",
        (stamp(now - GOES_STALE),),
    ).fetchone()
    return MailState(
        tried_at=moment(told["at"]) if told else None,
        unreachable=told["unreachable"] if told else "",
        undelivered=failing["n"],
        last_failure=last["failure"] if last else "",
        unknown=unknown["n"],
    )

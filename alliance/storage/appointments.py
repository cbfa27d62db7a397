"""Which session came from which entry of a calendar. The entry is known by a fingerprint; its words are not kept."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

from alliance.domain.appointments import Appointment, Told
from alliance.domain.therapy import TherapySession
from alliance.storage.database import Connection
from alliance.storage.erasing import references
from alliance.storage.sessions import session_of
from alliance.storage.times import day, moment, stamp

OWN = {"appointment", "session_form"}  # what goes with a session that nothing else hangs on


def entry_of(therapist_id: int, key: str) -> bytes:
    """The fingerprint of an entry in this therapist's calendar."""
    return sha256(f"{therapist_id}\n{key}".encode()).digest()


def session_from(conn: Connection, entry: bytes) -> TherapySession | None:
    """The session that came from this entry, wherever it stands now."""
    row = conn.execute(
        "SELECT s.id, s.dyad_id, s.number, s.held_on FROM appointment AS a"
        " JOIN therapy_session AS s ON s.id = a.session_id WHERE a.entry = ?",
        (entry,),
    ).fetchone()
    return session_of(row) if row else None


def of_session(conn: Connection, session_id: int) -> Appointment | None:
    """The entry that a session came from, if it came from a calendar."""
    row = conn.execute(
        "SELECT session_id, starts_at, told, told_day FROM appointment WHERE session_id = ?", (session_id,)
    ).fetchone()
    if row is None:
        return None
    return Appointment(
        session_id=row["session_id"],
        starts=moment(row["starts_at"]),
        told=Told(row["told"]) if row["told"] else None,
        told_day=day(row["told_day"]) if row["told_day"] else None,
    )


def on_day(conn: Connection, dyad_id: int, on: date) -> TherapySession | None:
    """The first session noted for this day that came from no calendar."""
    row = conn.execute(
        "SELECT s.id, s.dyad_id, s.number, s.held_on FROM therapy_session AS s WHERE s.dyad_id = ? AND s.held_on = ?"
        " AND NOT EXISTS (SELECT 1 FROM appointment AS a WHERE a.session_id = s.id) ORDER BY s.number",
        (dyad_id, on.isoformat()),
    ).fetchone()
    return session_of(row) if row else None


def keep(conn: Connection, session_id: int, entry: bytes, starts: datetime) -> None:
    """Keep which entry a session came from, and when that begins by now. What was told of it before is settled."""
    conn.execute(
        "INSERT INTO appointment (session_id, entry, starts_at) VALUES (?, ?, ?) ON CONFLICT (session_id)"
        " DO UPDATE SET starts_at = excluded.starts_at, told = NULL, told_day = NULL",
        (session_id, entry, stamp(starts)),
    )


def tell(conn: Connection, session_id: int, told: Told, told_day: date | None) -> bool:
    """Note what the calendar says of a session that stays as it is. False if that stood there before."""
    cursor = conn.execute(
        "UPDATE appointment SET told = :told, told_day = :on WHERE session_id = :session"
        " AND (told, told_day) IS NOT (:told, :on)",
        {"told": told.value, "on": told_day.isoformat() if told_day else None, "session": session_id},
    )
    return cursor.rowcount == 1


def is_bare(conn: Connection, session_id: int) -> bool:
    """Whether nothing hangs on a session: no form was offered, nothing noted or sent."""
    return not any(
        conn.execute(
            f"SELECT 1 FROM {one.child} WHERE {one.columns[0]} = ? LIMIT 1",  # noqa: S608 (of the schema)
            (session_id,),
        ).fetchone()
        for one in references(conn)
        if one.parent == "therapy_session" and one.child not in OWN
    )


def move(conn: Connection, session: TherapySession, on: date) -> bool:
    """Let a session have been held on another day. False where it would then change places with another one."""
    around = conn.execute(
        "SELECT max(held_on) FILTER (WHERE number < :number) AS before, min(held_on) FILTER (WHERE number > :number)"
        " AS after FROM therapy_session WHERE dyad_id = :dyad",
        {"dyad": session.dyad_id, "number": session.number},
    ).fetchone()
    text = on.isoformat()
    if (around["before"] or "") > text or (around["after"] or text) < text:
        return False
    conn.execute("UPDATE therapy_session SET held_on = ? WHERE id = ?", (text, session.id))
    return True


def remove(conn: Connection, session: TherapySession) -> bool:
    """Take away a session on which nothing hangs. False where others come after it: their numbers stay."""
    last = conn.execute(
        "SELECT max(number) AS last FROM therapy_session WHERE dyad_id = ?", (session.dyad_id,)
    ).fetchone()["last"]
    if session.number != last:
        return False
    for table, column in (
        ("appointment", "session_id"),
        ("session_form", "session_id"),
        ("therapy_session", "id"),
    ):
        conn.execute(f"DELETE FROM {table} WHERE {column} = ?", (session.id,))  # noqa: S608 (constants only)
    return True

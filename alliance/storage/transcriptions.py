"""Forms on paper, and what was typed in from them until two entries agree."""

from __future__ import annotations

from datetime import date, datetime

from alliance.domain.paper import Entry, PaperForm, Unfinished
from alliance.domain.people import Role, Viewer
from alliance.storage import sessions
from alliance.storage.database import Connection
from alliance.storage.keyring import Keyring
from alliance.storage.people import SUPERVISED
from alliance.storage.times import day, moment, stamp

# Whoever looks after accounts types in any form, a supervisor those of supervisees; nobody a form of a patient
# whose therapist they are or were.
MAY_TYPE = f"""(:as_admin OR ({SUPERVISED})) AND NOT EXISTS (
  SELECT 1 FROM dyad AS o WHERE o.patient_id = d.patient_id AND o.therapist_id = :viewer)"""  # noqa: S608 (constants only, here and below)

FORMS = """FROM paper_form AS f JOIN invitation AS i ON i.id = f.invitation_id
  JOIN therapy_session AS held ON held.id = i.session_id JOIN dyad AS d ON d.id = held.dyad_id"""


def where_entry(invitation_id: int, turn: int) -> str:
    return f"paper_entry|{invitation_id}.{turn}|body"


def _scope(viewer: Viewer, today: date) -> dict[str, object]:
    return {
        "viewer": viewer.staff_id,
        "today": today.isoformat(),
        "as_admin": viewer.has(Role.ADMIN),
        "as_supervisor": viewer.has(Role.SUPERVISOR),
    }


def number_taken(conn: Connection, number: str) -> bool:
    """Whether a form with this number was printed before."""
    return conn.execute("SELECT 1 FROM paper_form WHERE number = ?", (number,)).fetchone() is not None


def add_form(conn: Connection, invitation_id: int, number: str) -> None:
    """Keep the number that is printed on the form of this invitation."""
    conn.execute("INSERT INTO paper_form (invitation_id, number) VALUES (?, ?)", (invitation_id, number))


def form(conn: Connection, keyring: Keyring, viewer: Viewer, number: str, today: date) -> PaperForm | None:
    """The form with this number, if the viewer may type it in."""
    row = conn.execute(
        f"SELECT f.number, f.closed_at, i.token_hash, held.held_on {FORMS}"
        f" WHERE f.number = :number AND {MAY_TYPE}",
        _scope(viewer, today) | {"number": number},
    ).fetchone()
    if row is None:
        return None
    invitation = sessions.invitation_by_token(conn, row["token_hash"], today)
    if invitation is None:
        raise LookupError("a paper form without its invitation")
    entries = conn.execute(
        "SELECT e.turn, e.staff_id, t.name, e.typed_at, e.attempt_id, e.body FROM paper_entry AS e"
        " JOIN staff AS t ON t.id = e.staff_id WHERE e.invitation_id = ? ORDER BY e.turn",
        (invitation.id,),
    )
    return PaperForm(
        number=row["number"],
        invitation=invitation,
        held_on=day(row["held_on"]),
        closed=row["closed_at"] is not None,
        entries=[
            Entry(
                turn=entry["turn"],
                staff_id=entry["staff_id"],
                by=entry["name"],
                typed_at=moment(entry["typed_at"]),
                attempt_id=entry["attempt_id"],
                body=keyring.open(entry["body"], where_entry(invitation.id, entry["turn"]))
                if entry["body"] is not None
                else None,
            )
            for entry in entries
        ],
    )


def is_of_own_patient(conn: Connection, viewer: Viewer, number: str) -> bool:
    """Whether this number stands on a form of a patient whose therapist the viewer is or was."""
    row = conn.execute(
        f"SELECT 1 {FORMS} JOIN dyad AS o ON o.patient_id = d.patient_id"
        " WHERE f.number = ? AND o.therapist_id = ?",
        (number, viewer.staff_id),
    ).fetchone()
    return row is not None


def add_entry(
    conn: Connection,
    keyring: Keyring,
    invitation_id: int,
    *,
    turn: int,
    staff_id: int,
    attempt_id: str,
    body: bytes,
    now: datetime,
) -> None:
    """Keep what somebody typed in, sealed."""
    sealed = keyring.seal(body, where_entry(invitation_id, turn))
    conn.execute(
        "INSERT INTO paper_entry (invitation_id, turn, staff_id, typed_at, attempt_id, body)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (invitation_id, turn, staff_id, stamp(now), attempt_id, sealed),
    )


def close(conn: Connection, invitation_id: int, now: datetime) -> None:
    """Let go of what was typed in, which is among the attempts by now, and keep who did it."""
    conn.execute("UPDATE paper_form SET closed_at = ? WHERE invitation_id = ?", (stamp(now), invitation_id))
    conn.execute("UPDATE paper_entry SET body = NULL WHERE invitation_id = ?", (invitation_id,))


def unfinished(conn: Connection, viewer: Viewer, today: date) -> list[Unfinished]:
    """The forms that somebody has begun to type in and that this viewer may go on with, oldest first."""
    rows = conn.execute(
        "SELECT f.number, t.name, e.typed_at, EXISTS (SELECT 1 FROM paper_entry AS n"  # noqa: S608 (constants only)
        f" WHERE n.invitation_id = f.invitation_id AND n.turn = 2) AS twice {FORMS}"
        " JOIN paper_entry AS e ON e.invitation_id = f.invitation_id AND e.turn = 1"
        f" JOIN staff AS t ON t.id = e.staff_id WHERE f.closed_at IS NULL AND {MAY_TYPE}"
        " ORDER BY e.typed_at, f.number",
        _scope(viewer, today),
    )
    return [
        Unfinished(row["number"], bool(row["twice"]), row["name"], moment(row["typed_at"])) for row in rows
    ]

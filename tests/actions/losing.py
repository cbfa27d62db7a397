"""A clinic that is lost, and the copy of it from before: what patients told one, and what the other has of it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from alliance.actions import clinic as clinics
from alliance.actions.clinic import Clinic
from alliance.actions.passwords import Passwords
from alliance.actions.replaying import Replayed, replay
from alliance.storage import responses, sqlite
from alliance.storage.database import Connection
from alliance.storage.erased import read as read_erased
from alliance.storage.follow_ups import where_body
from alliance.storage.keyring import Keyring
from tests.cast import NOW, Cast

TOLD = {
    # What was typed in from paper is kept beside the answer under a new name of its own.
    "response": "SELECT session_id, invitation_id, instrument, version, language, received_at, audience,"
    " talked, wants_help FROM response ORDER BY session_id",
    "answer": "SELECT r.session_id, a.item, a.value FROM answer AS a JOIN response AS r ON r.id = a.response_id"
    " ORDER BY 1, 2",
    "score": "SELECT r.session_id, c.scale, c.value, c.reason FROM score AS c JOIN response AS r"
    " ON r.id = c.response_id ORDER BY 1, 2",
    "follow_up": "SELECT r.session_id, f.kind, f.attempt_id, f.received_at, f.counted FROM follow_up AS f"
    " JOIN response AS r ON r.id = f.response_id ORDER BY 3",
    "tick": "SELECT f.attempt_id, t.tick FROM follow_up_tick AS t JOIN follow_up AS f ON f.id = t.follow_up_id"
    " ORDER BY 1, 2",
    "month": "SELECT f.attempt_id, a.item, a.value FROM follow_up_answer AS a JOIN follow_up AS f"
    " ON f.id = a.follow_up_id ORDER BY 1, 2",
    "dispute": "SELECT r.session_id, d.invitation_id, d.said_at FROM dispute AS d JOIN response AS r"
    " ON r.id = d.response_id ORDER BY 1",
    "entry": "SELECT invitation_id, turn, staff_id, typed_at, attempt_id FROM paper_entry ORDER BY 1, 2",
    "paper": "SELECT invitation_id, number, closed_at FROM paper_form ORDER BY 1",
    "baseline": "SELECT dyad_id, track, last_number, state FROM baseline ORDER BY 1, 2",
    "reading": "SELECT * FROM reading ORDER BY dyad_id, track, number",
    "alert": "SELECT * FROM alert ORDER BY dyad_id, id",
    "month of a course": "SELECT * FROM course_month ORDER BY 1, 2",
}


def copied(cast: Cast, to: Path) -> Path:
    """The clinic’s folder as it is at this moment, without its spool; the clinic stays open."""
    folder = cast.clinic.config.folder
    to.mkdir(mode=0o700)
    for name in ("clinic.toml", "keyring.json"):
        shutil.copy2(folder / name, to / name)
    source = sqlite.connect(cast.clinic.config.database, "schema")
    with closing(source), closing(sqlite.sqlite3.connect(to / "clinic.db")) as target:
        source.backup(target)
    (to / "clinic.db").chmod(0o600)
    return to


def told(conn: Connection, keyring: Keyring, *, but: tuple[str, ...] = ()) -> dict[str, object]:
    """Everything that patients told, whatever numbers its rows have."""
    found: dict[str, object] = {
        name: [tuple(row) for row in conn.execute(query)] for name, query in TOLD.items() if name not in but
    }
    found["comments"] = [
        keyring.open(row["comment"], responses.where_comment(row["id"]))
        for row in conn.execute(
            "SELECT id, comment FROM response WHERE comment IS NOT NULL ORDER BY session_id"
        )
    ]
    found["bodies"] = sorted(
        (keyring.open(row["body"], responses.where_attempt(row["id"])), row["counted"], row["received_at"])
        for row in conn.execute("SELECT id, body, counted, received_at FROM attempt")
    )
    found["more"] = sorted(
        keyring.open(row["body"], where_body(row["attempt_id"]))
        for row in conn.execute("SELECT attempt_id, body FROM follow_up")
    )
    return found


def told_in(clinic: Clinic, *, but: tuple[str, ...] = ()) -> dict[str, object]:
    with clinic.db.read() as conn:
        return told(conn, clinic.keyring, but=but)


def put_back(
    folder: Path, spool: Path, passwords: Passwords, but: tuple[str, ...] = ()
) -> tuple[Replayed, dict]:
    """Replay a spool into the clinic in this folder: what came of it, and what patients told by then."""
    with clinics.open_clinic(folder, passwords=passwords) as clinic:
        done = replay(clinic, spool, read_erased([folder, spool]), NOW)
        return done, told_in(clinic, but=but)

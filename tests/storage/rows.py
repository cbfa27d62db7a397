"""One row for every table of the schema, and small ways to write and count rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alliance.storage.database import Connection, Database

ROOT = Path(__file__).parents[2]
NOW = "2026-03-02T09:00:00+00:00"
LASTS = {"made_at": NOW, "expires_at": "2027-03-02T09:00:00+00:00"}
HASH = bytes(range(32))

ONE_OF_EACH: dict[str, dict[str, object]] = {
    "staff": {"id": 1, "email": "mara@clinic.example", "name": "Mara Lind", "created_at": NOW},
    "staff_role": {"staff_id": 1, "role": "therapist"},
    "staff_invitation": {"id": 1, "staff_id": 1, "token_hash": HASH, "created_at": NOW, "expires_at": NOW},
    "web_session": {"id_hash": HASH, "staff_id": 1, "created_at": NOW, "last_seen_at": NOW},
    "wrong_guess": {"bucket": HASH, "kind": "address", "in_row": 1, "last_at": NOW},
    "known_browser": {"token_hash": HASH, "staff_id": 1, "last_at": NOW},
    "totp": {"id": 1, "secret": b"sealed", "last_step": 59142000, "since": NOW},
    "recovery_code": {"code_hash": HASH, "staff_id": 1, "made_at": NOW},
    "fhir_token": {"id": 1, "staff_id": 1, "name": "X", "token_hash": HASH, "scopes": "patients", **LASTS},
    "passkey": {
        "id": 1,
        "staff_id": 1,
        "credential_id": b"credential",
        "public_key": b"key",
        "sign_count": 0,
        "name": "Phone",
        "added_at": NOW,
    },
    "answered_challenge": {"challenge_hash": HASH, "expires_at": NOW},
    "patient": {"id": 1, "code": "P-001", "language": "en", "instrument": "after-session", "created_at": NOW},
    "research_consent": {
        "id": 1,
        "patient_id": 1,
        "agreed": 1,
        "said_on": "2026-03-01",
        "noted_by": 1,
        "noted_at": NOW,
    },
    "dyad": {"id": 1, "patient_id": 1, "therapist_id": 1, "starts_on": "2026-03-01"},
    "therapy_session": {"id": 1, "dyad_id": 1, "number": 1, "held_on": "2026-03-02", "created_at": NOW},
    "invitation": {
        "id": 1,
        "session_id": 1,
        "instrument": "after-session",
        "version": "1.0",
        "language": "en",
        "channel": "link",
        "token_hash": HASH,
        "created_at": NOW,
        "expires_at": NOW,
    },
    "attempt": {"id": "a" * 22, "invitation_id": 1, "received_at": NOW, "body": b"sealed", "counted": 1},
    "response": {
        "id": 1,
        "session_id": 1,
        "invitation_id": 1,
        "attempt_id": "a" * 22,
        "instrument": "after-session",
        "version": "1.0",
        "language": "en",
        "received_at": NOW,
        "audience": "both",
        "wants_help": 0,
    },
    "appointment": {
        "session_id": 1,
        "entry": b"e" * 32,
        "starts_at": NOW,
        "told": "moved",
        "told_day": "2026-11-25",
    },
    "unread_words": {"response_id": 1, "dyad_id": 1, "since": NOW},
    "answer": {"response_id": 1, "item": "safe", "value": 7},
    "score": {"response_id": 1, "scale": "safety", "value": 70.5},
    "baseline": {"dyad_id": 1, "track": "shared", "last_number": 1, "state": "{}", "updated_at": NOW},
    "reading": {
        "dyad_id": 1,
        "track": "shared",
        "number": 1,
        "answered": 1,
        "expected": 82.0,
        "give_or_take": 9.5,
        "low": 63.1,
        "high": 100.0,
        "usual_tension": 4.0,
        "odds": 0.12,
        "level": "none",
        "alert": 0,
        "own_word": 0,
        "rules": "[]",
        "factors": "[]",
        "silent_run": 0,
        "episode": "none",
    },
    "alert": {
        "id": 1,
        "dyad_id": 1,
        "session_id": 1,
        "audience": "both",
        "level": "ask",
        "rules": "[]",
        "factors": "[]",
        "sentence": "Lower than usual.",
        "status": "new",
        "raised_at": NOW,
    },
    "alert_step": {"alert_id": 1, "turn": 1, "kind": "seen", "at": NOW, "staff_id": 1},
    "mute": {
        "id": 1,
        "dyad_id": 1,
        "staff_id": 1,
        "since": NOW,
        "until": "2026-03-20",
        "reason": "break",
    },
    "offer": {
        "response_id": 1,
        "kind": "checklist",
        "instrument": "what-happened",
        "version": "1.0",
        "offered_at": NOW,
    },
    "follow_up": {
        "id": 1,
        "response_id": 1,
        "kind": "checklist",
        "attempt_id": "f" * 22,
        "received_at": NOW,
        "body": b"sealed",
        "counted": 1,
    },
    "follow_up_tick": {"follow_up_id": 1, "tick": "judged"},
    "follow_up_answer": {"follow_up_id": 1, "item": "home", "value": 7},
    "follow_up_score": {"follow_up_id": 1, "scale": "stability", "value": 70.5},
    "own_view": {
        "session_id": 1,
        "therapist_id": 1,
        "instrument": "therapist-view",
        "version": "1.0",
        "given_at": NOW,
        "ratings": '{"safe": 7}',
    },
    "course_shown": {"dyad_id": 1, "shown_at": NOW, "answers": 1},
    "shown_uncovered": {"session_id": 1, "therapist_id": 1, "shown_at": NOW},
    "own_view_first": {"staff_id": 1, "since": NOW},
    "released_response": {"response_id": 1, "released_by": 1, "released_at": NOW},
    "paper_form": {"invitation_id": 1, "number": "K7Q2M9XD"},
    "paper_entry": {
        "invitation_id": 1,
        "turn": 1,
        "staff_id": 1,
        "typed_at": NOW,
        "attempt_id": "a" * 22,
        "body": b"sealed",
    },
    "dispute": {"response_id": 1, "invitation_id": 1, "said_at": NOW},
    "contact": {"id": 1, "dyad_id": 1, "address": b"sealed", "reminders": 1, "asked_on": "2026-03-02"},
    "mail": {
        "id": 1,
        "contact_id": 1,
        "session_id": 1,
        "kind": "invitation",
        "invitation_id": 1,
        "message_id": "<a@clinic.example>",
        "stop_hash": HASH,
        "state": "sent",
        "first_at": NOW,
        "last_at": NOW,
    },
    "caseload_change": {
        "id": 1,
        "from_dyad": 1,
        "moves_on": "2026-04-01",
        "reason": "planned",
        "made_by": 1,
        "made_at": NOW,
    },
    "caseload_change_read": {"change_id": 1, "staff_id": 1, "read_at": NOW},
    "pause": {
        "id": 1,
        "patient_id": 1,
        "reason": "wish",
        "from_on": "2026-03-02",
        "look_on": "2026-04-01",
        "paused_by": 1,
        "paused_at": NOW,
    },
    "erasure": {
        "id": 1,
        "patient_id": 1,
        "patient_added_at": NOW,
        "reason": "withdrawn",
        "asked_by": 1,
        "asked_at": NOW,
    },
    "kiosk_device": {"id": 1, "name": "Front desk", "pin_hash": "argon2", "added_at": NOW},
    "kiosk_wrong": {"device_id": 1, "what": "code", "count": 1, "since": NOW},
    "kiosk_code": {
        "id": 1,
        "device_id": 1,
        "invitation_id": 1,
        "code_hash": HASH,
        "made_at": NOW,
        "expires_at": NOW,
    },
    "course_mark": {
        "id": 1,
        "dyad_id": 1,
        "kind": "event",
        "starts_on": "2026-03-02",
        "told": b"sealed",
        "made_by": 1,
        "made_at": NOW,
    },
    "share": {
        "id": 1,
        "dyad_id": 1,
        "supervisor_id": 1,
        "question": b"sealed",
        "shared_on": "2026-03-02",
        "until": "2026-04-01",
    },
    "help_step": {"response_id": 1, "step": "taken up", "staff_id": 1, "at": NOW},
    "looked_at": {"response_id": 1, "staff_id": 1, "at": NOW},
    "support_card": {"id": 1, "kind": "pace", "changed_by": 1, "changed_at": NOW},
    "session_form": {"id": "s" * 22, "session_id": 1},
    "course_month": {"dyad_id": 1, "month": "2025-01", "sessions": 1},
    "therapist_month": {"therapist_id": 1, "month": "2025-02", "sessions": 1},
    "settled": {"month": "2025-01", "settled_at": NOW, "patient_variance": 140.0, "session_variance": 45.0},
    "settled_month": {
        "therapist_id": 1,
        "month": "2025-01",
        "patients": 5,
        "answers": 10,
        "mean": 81.5,
        "variance": 29.0,
    },
    "settled_year": {
        "upto": "2025-01",
        "therapist_id": 1,
        "patients": 5,
        "answers": 10,
        "mean": 81.5,
        "variance": 29.0,
    },
    "audit": {"id": 1, "at": NOW, "actor": "staff", "actor_id": 1, "action": "opened", "subject_id": 1},
    "audit_chain": {"line": 1, "proof": HASH},
    "digest": {"kind": "response", "record": 1, "proof": HASH},
    "audit_head": {"one": 1, "line": 1, "proof": HASH},
    "import": {"id": 1, "kind": "ratings", "made_at": NOW, "file_hash": HASH},
    "imported_patient": {"patient_id": 1, "import_id": 1},
    "imported_dyad": {"dyad_id": 1, "import_id": 1},
    "imported_session": {
        "id": 1,
        "session_id": 1,
        "import_id": 1,
        "form": "same",
        "answered": 1,
        "safety": 70.5,
    },
}
SECOND_THERAPIST = {"id": 2, "email": "ole@clinic.example", "name": "Ole Brandt", "created_at": NOW}
SUPERVISION = {"id": 1, "supervisor_id": 2, "therapist_id": 1, "starts_on": "2026-01-01"}


def insert(conn: Connection, table: str, row: dict[str, object]) -> None:
    marks = ", ".join("?" * len(row))
    conn.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def insert_one_of_each(conn: Connection) -> None:
    """A row in each table that there is: an older schema has fewer of them."""
    there = {row["name"] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for table, row in ONE_OF_EACH.items():
        if table in there:
            insert(conn, table, row)
    insert(conn, "staff", SECOND_THERAPIST)
    insert(conn, "supervision", SUPERVISION)


def contents(conn: Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but for the record of migrations."""
    tables = conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%sqlite%'")
    names = [row["name"] for row in tables.fetchall()]
    return {name: sorted(map(tuple, conn.execute(f"SELECT * FROM {name}")), key=repr) for name in names}


def count(db: Database, table: str) -> int:
    with db.read() as conn:
        return int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def python(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process of this Python, with ours to import, running a script."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(*processes: subprocess.Popen[str]) -> list[str]:
    """What the processes print. Fails with what a failing one says."""
    spoken = [process.communicate(timeout=60) for process in processes]
    for process, (_, errors) in zip(processes, spoken, strict=True):
        assert process.returncode == 0, errors
    return [out for out, _ in spoken]

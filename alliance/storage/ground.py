"""What an answer stands on: the link, its session, the dyad, the patient, the therapist.

A session may be held, its form answered and the database lost within the hour, before any backup knew of the
session. So what is kept of an answer elsewhere holds these few rows too, to be put back where they are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance.storage.database import Connection, Row

Ground = Mapping[str, Mapping[str, Any]]

# Parents first. Each with the column of the row before it that leads to it.
PATH = (
    ("staff", "SELECT id, email, name, created_at FROM staff WHERE id = ?", "dyad", "therapist_id"),
    ("patient", "SELECT * FROM patient WHERE id = ?", "dyad", "patient_id"),
    ("dyad", "SELECT * FROM dyad WHERE id = ?", "therapy_session", "dyad_id"),
    ("therapy_session", "SELECT * FROM therapy_session WHERE id = ?", "invitation", "session_id"),
    ("invitation", "SELECT * FROM invitation WHERE id = ?", "", ""),
)
LEFT_OUT = {"contact", "claimed_at", "paused_at"}  # not needed to stand on; and a claim is made by the answer
SAME = {
    "staff": ("id", "created_at"),
    "patient": ("id", "created_at"),
    "dyad": ("id", "patient_id", "therapist_id", "starts_on"),
    "therapy_session": ("id", "dyad_id", "number", "created_at"),
    "invitation": ("id", "session_id", "created_at"),
}
"""By which columns a row is known to be the one that was meant, not another that was given the same number."""


class Elsewhere(Exception):
    """Another row stands where one of these stood. Nothing can be put there."""


def under(conn: Connection, invitation_id: int) -> dict[str, dict[str, Any]]:
    """The rows that everything about this invitation stands on, by table, as JSON can carry them."""
    found: dict[str, dict[str, Any]] = {}
    for table, query, below, column in reversed(PATH):
        wanted = found[below][column] if below else invitation_id
        found[table] = _plain(conn.execute(query, (wanted,)).fetchone())
    return found


def person(conn: Connection, staff_id: int) -> dict[str, Any]:
    """Somebody of the staff, as `under` has the therapist."""
    return _plain(conn.execute(PATH[0][1], (staff_id,)).fetchone())


def paper(conn: Connection, invitation_id: int) -> dict[str, Any]:
    """The form on paper that belongs to this invitation."""
    row = conn.execute(
        "SELECT invitation_id, number FROM paper_form WHERE invitation_id = ?", (invitation_id,)
    )
    return _plain(row.fetchone())


def _plain(row: Row) -> dict[str, Any]:
    return {
        name: {"hex": row[name].hex()} if isinstance(row[name], bytes) else row[name]
        for name in row.keys()  # noqa: SIM118 (a row is no mapping)
        if name not in LEFT_OUT
    }


def lay(conn: Connection, rows: Ground) -> frozenset[str]:
    """Put back what is missing of these rows; of which tables that were. Raises Elsewhere."""
    return frozenset(table for table, *_ in PATH if _lay(conn, table, rows[table]))


def lay_person(conn: Connection, row: Mapping[str, Any]) -> None:
    """Put back somebody of the staff, who then needs a new invitation to sign in. Raises Elsewhere."""
    _lay(conn, "staff", row)


def lay_paper(conn: Connection, row: Mapping[str, Any]) -> None:
    """Put back a form on paper."""
    conn.execute(
        "INSERT INTO paper_form (invitation_id, number) VALUES (:invitation_id, :number) ON CONFLICT DO NOTHING",
        dict(row),
    )


def _lay(conn: Connection, table: str, row: Mapping[str, Any]) -> bool:
    there = conn.execute(f"SELECT * FROM {table} WHERE id = ?", (row["id"],)).fetchone()  # noqa: S608 (constants only)
    if there is not None:
        if any(there[column] != row[column] for column in SAME[table]):
            raise Elsewhere(f"another {table.replace('_', ' ')} has the number {row['id']}")
        return False
    known = {column["name"] for column in conn.execute(f"PRAGMA table_info({table})")}
    values = {
        name: bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
        for name, value in row.items()
        if name in known
    }
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    conn.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608 (of the schema)
    return True

"""Requests for erasure: who asked, who confirmed, what came of it. A row outlives the patient."""

from __future__ import annotations

from datetime import datetime

from alliance.domain.erasure import Reason, Request, Shown
from alliance.storage.database import Connection, Row
from alliance.storage.times import moment, stamp

COLUMNS = """e.id, e.patient_id, e.reason, e.asked_by, e.asked_at, e.confirmed_by, e.confirmed_at, e.stopped_by,
  e.stopped_at, e.erased_at, p.code, a.name AS asked_name, c.name AS confirmed_name
  FROM erasure AS e JOIN staff AS a ON a.id = e.asked_by LEFT JOIN staff AS c ON c.id = e.confirmed_by
  LEFT JOIN patient AS p ON p.id = e.patient_id AND p.created_at = e.patient_added_at"""
OPEN = "e.stopped_at IS NULL AND e.erased_at IS NULL"


def _when(text: str | None) -> datetime | None:
    return moment(text) if text else None


def _request(row: Row) -> Request:
    return Request(
        id=row["id"],
        patient_id=row["patient_id"],
        reason=Reason(row["reason"]),
        asked_by=row["asked_by"],
        asked_at=moment(row["asked_at"]),
        confirmed_by=row["confirmed_by"],
        confirmed_at=_when(row["confirmed_at"]),
        stopped_by=row["stopped_by"],
        stopped_at=_when(row["stopped_at"]),
        erased_at=_when(row["erased_at"]),
    )


def _shown(row: Row) -> Shown:
    return Shown(_request(row), row["code"], row["asked_name"], row["confirmed_name"])


def get(conn: Connection, erasure_id: int) -> Request | None:
    """One request. Callers check whom it concerns."""
    row = conn.execute(f"SELECT {COLUMNS} WHERE e.id = ?", (erasure_id,)).fetchone()
    return _request(row) if row else None


def open_of_patient(conn: Connection, patient_id: int) -> Shown | None:
    """The request about this patient that may still be stopped, if there is one. Callers check the scope."""
    row = conn.execute(f"SELECT {COLUMNS} WHERE e.patient_id = ? AND {OPEN}", (patient_id,)).fetchone()
    return _shown(row) if row else None


def every(conn: Connection, limit: int = 200) -> list[Shown]:
    """All requests, those that wait first, then the newest."""
    rows = conn.execute(f"SELECT {COLUMNS} ORDER BY ({OPEN}) DESC, e.id DESC LIMIT ?", (limit,))
    return [_shown(row) for row in rows]


def open_now(conn: Connection) -> list[Request]:
    """Every request that was neither stopped nor carried out, oldest first."""
    return [_request(row) for row in conn.execute(f"SELECT {COLUMNS} WHERE {OPEN} ORDER BY e.id")]


def add(conn: Connection, patient_id: int, *, reason: Reason, by: int, at: datetime) -> int:
    """Keep a request about a patient who is there, and answer with its id."""
    cursor = conn.execute(
        "INSERT INTO erasure (patient_id, patient_added_at, reason, asked_by, asked_at)"
        " SELECT id, created_at, ?, ?, ? FROM patient WHERE id = ?",
        (reason.value, by, stamp(at), patient_id),
    )
    return int(cursor.lastrowid or 0)


def keep(conn: Connection, request: Request) -> None:
    """Keep where a request stands now."""
    moments = (request.confirmed_at, request.stopped_at, request.erased_at)
    confirmed, stopped, erased = (stamp(at) if at else None for at in moments)
    conn.execute(
        "UPDATE erasure SET confirmed_by = ?, confirmed_at = ?, stopped_by = ?, stopped_at = ?, erased_at = ?"
        " WHERE id = ?",
        (request.confirmed_by, confirmed, request.stopped_by, stopped, erased, request.id),
    )


def came_back(conn: Connection) -> list[int]:
    """Patients who were erased and are here again, as after a backup from before was put back."""
    rows = conn.execute(
        "SELECT p.id FROM erasure AS e JOIN patient AS p ON p.id = e.patient_id AND p.created_at = e.patient_added_at"
        " WHERE e.erased_at IS NOT NULL ORDER BY p.id"
    )
    return [row["id"] for row in rows]


def not_wiped(conn: Connection) -> bool:
    """Whether the file may still hold something of what was erased."""
    row = conn.execute("SELECT 1 FROM erasure WHERE erased_at IS NOT NULL AND wiped_at IS NULL").fetchone()
    return row is not None


def note_wiped(conn: Connection, at: datetime) -> None:
    """The file holds nothing more of what has been erased so far."""
    conn.execute(
        "UPDATE erasure SET wiped_at = ? WHERE erased_at IS NOT NULL AND wiped_at IS NULL", (stamp(at),)
    )

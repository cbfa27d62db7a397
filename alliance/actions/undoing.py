"""Take an import back, whole, as long as nothing noted since rests on it."""

from __future__ import annotations

from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.detecting import Detector
from alliance.actions.faults import Fault
from alliance.actions.trail import record_by
from alliance.domain.imported import Done, Kind
from alliance.domain.wording import listed
from alliance.storage import imports, sessions, undoing
from alliance.storage.database import Connection

INSTEAD = "Ask for the erasure of single patients instead, or put back a backup from before the import"


def look(clinic: Clinic, number: int) -> Done:
    """The import that would be taken back. Raises Fault where it cannot be."""
    with clinic.db.read() as conn:
        return _undoable(conn, number)


def undo(clinic: Clinic, number: int, now: datetime) -> Done:
    """Take an import back: everything that came with it goes, in one transaction. Raises Fault."""
    with clinic.db.write() as conn:
        found = _undoable(conn, number)
        if found.kind is Kind.RATINGS:
            dyads = undoing.of_ratings(conn, number)
            undoing.forget_sessions(conn, number)
            detector = Detector(clinic.library)
            for dyad_id in dyads:
                last = sessions.newest(conn, dyad_id)
                if last is not None:
                    detector.take_history(conn, dyad_id, last.number, now)
        else:
            undoing.forget_caseload(conn, number)
        undoing.note(conn, number, now)
        detail = {"patients": found.patients, "sessions": found.sessions}
        record_by(conn, "command", "undo import", "import", number, now, detail)
    return found


def _undoable(conn: Connection, number: int) -> Done:
    found = next((one for one in imports.done(conn) if one.number == number), None)
    if found is None:
        raise Fault(f"There is no import {number} here. “alliance import list” names them")
    if found.undone_at is not None:
        raise Fault(f"Import {number} is undone already")
    codes = undoing.in_the_way(conn, number)
    if codes:
        told = f"Import {number} cannot be undone any more: something was noted since with {listed(codes)}"
        raise Fault(f"{told}. {INSTEAD}")
    return found

"""Let the questions about one's own patient rest until a day, with a reason; or ask them again before it."""

from __future__ import annotations

from datetime import date, datetime

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.ledger import LONGEST_NOTE
from alliance.actions.scope import own_dyad, record, require
from alliance.domain.access import Permission
from alliance.domain.muting import Mute, problem
from alliance.domain.people import Dyad, Viewer
from alliance.storage import mutes, settings


def open_mute(
    clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime
) -> tuple[Dyad, Mute | None, date]:
    """One's own dyad with this patient, the mute that holds, and today. Raises NotFound or Forbidden."""
    require(viewer, Permission.MUTE_QUESTIONS)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        return dyad, mutes.standing(conn, [dyad.id], today).get(dyad.id), today


def mute(
    clinic: Clinic,
    viewer: Viewer,
    patient_id: int,
    *,
    until: date | None,
    reason: str,
    words: str = "",
    now: datetime,
) -> None:
    """Questions about this patient are kept, but not put forward before `until`. Raises Fault for what cannot be."""
    require(viewer, Permission.MUTE_QUESTIONS)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        found = problem(today, until, reason, words)
        if found is not None or until is None:
            raise Fault(*(found or ("Choose a day", "until")))
        if len(words) > LONGEST_NOTE:
            raise Fault(f"Write at most {LONGEST_NOTE} characters", "words")
        mutes.add(
            conn, clinic.keyring, dyad.id, viewer.staff_id, until=until, reason=reason, words=words, now=now
        )
        record(conn, viewer, "mute questions", "patient", patient_id, now, {"reason": reason})


def unmute(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> None:
    """Put the questions forward again, those that came up meanwhile too."""
    require(viewer, Permission.MUTE_QUESTIONS)
    with clinic.db.write() as conn:
        dyad = own_dyad(conn, viewer, patient_id, settings.clinic_settings(conn).today(now))
        mutes.end(conn, dyad.id, now)
        record(conn, viewer, "ask questions again", "patient", patient_id, now)

"""Let go by itself what has served its end; and ask about patients whose therapies ended long ago.

Nothing that a patient answered goes by itself. Where the clinic has set a number of years, an administrator is shown
whose therapies ended before that, and asks for the erasure; a second person confirms it, and seven days have to pass,
as with every erasure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.actions.trail import record_by
from alliance.domain.access import Permission
from alliance.domain.erasure import Reason
from alliance.domain.people import Viewer
from alliance.domain.retention import RULES, LongClosed, years_before
from alliance.storage import erasures, retention, settings
from alliance.storage.database import Connection


def sweep(clinic: Clinic, now: datetime) -> Mapping[str, int]:
    """Let go what every rule says, each in a transaction of its own; how many rows, by rule. The trail keeps that."""
    gone: dict[str, int] = {}
    for rule in RULES:
        with clinic.db.write() as conn:
            rows = retention.sweep(conn, rule.name, now - rule.after)
            if rows:
                gone[rule.name] = rows
                detail: dict[str, object] = {"what": rule.name, "days": rule.days, "rows": rows}
                record_by(conn, "system", "let go by itself", "setting", 0, now, detail)
    return gone


@dataclass(frozen=True, slots=True)
class LongClosedPage:
    """Whom an administrator is asked about. `years` is what the clinic has set, 0 where it has set nothing."""

    years: int
    patients: list[LongClosed]


def long_closed(clinic: Clinic, viewer: Viewer, now: datetime) -> LongClosedPage:
    """Patients whose therapies ended longer ago than the clinic wants to keep them, by code and date."""
    require(viewer, Permission.RETIRE_PATIENTS)
    with clinic.db.read() as conn:
        return LongClosedPage(settings.clinic_settings(conn).years_kept, _closed(conn, now))


def ask(clinic: Clinic, viewer: Viewer, patient_ids: Collection[int], now: datetime) -> int:
    """Ask that these be erased; how many were asked for. Raises NotFresh, and Fault unless each is on the page."""
    require(viewer, Permission.RETIRE_PATIENTS)
    if not patient_ids:
        raise Fault("Choose at least one patient", "patient")
    require_fresh(viewer, now)
    with clinic.db.write() as conn:
        shown = {one.patient_id for one in _closed(conn, now)}
        if not set(patient_ids) <= shown:
            raise Fault("Somebody has changed this meanwhile. Look at the list once more", "patient")
        for patient_id in sorted(set(patient_ids)):
            request = erasures.add(
                conn, patient_id, reason=Reason.KEPT_LONG_ENOUGH, by=viewer.staff_id, at=now
            )
            detail: dict[str, object] = {"reason": Reason.KEPT_LONG_ENOUGH.value, "request": request}
            record(conn, viewer, "ask for erasure", "patient", patient_id, now, detail)
    return len(set(patient_ids))


def _closed(conn: Connection, now: datetime) -> list[LongClosed]:
    told = settings.clinic_settings(conn)
    if not told.years_kept:
        return []
    return retention.closed_before(conn, years_before(told.today(now), told.years_kept))


def waiting(clinic: Clinic, now: datetime) -> int:
    """About how many patients an administrator would be asked."""
    with clinic.db.read() as conn:
        return len(_closed(conn, now))

"""The administrator reads the trail, looks whether it is whole, and takes it along.

Somebody who treats patients here too reads only how the house is run: a line about an answer would tell of one that
a patient had held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from alliance.actions import anchoring
from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.scope import record, require
from alliance.domain import spreadsheets
from alliance.domain.access import Permission
from alliance.domain.audit import Filter, Line, TrailFacts
from alliance.domain.copies import RESTRICTED
from alliance.domain.months import months_between, next_month
from alliance.domain.people import Role, Viewer
from alliance.storage import audit_pages, chain_check, settings, staff

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Trail:
    """One page of the trail, and what it can be narrowed to."""

    lines: Sequence[Line]
    count: int
    people: Sequence[tuple[int, str]]
    actions: Sequence[str]
    months: Sequence[date]
    all_of_it: bool


def month_of(clinic: Clinic, first: date) -> tuple[datetime, datetime]:
    """When this month begins and ends at the clinic."""
    told = clinic.settings()
    return told.begin_of(first), told.begin_of(next_month(first))


def read(clinic: Clinic, viewer: Viewer, wanted: Filter, page: int, now: datetime) -> Trail:
    """The lines that fit, fifty to a page, page 1 being the newest."""
    require(viewer, Permission.SEE_AUDIT)
    wanted = _for(viewer, wanted)
    with clinic.db.read() as conn:
        told = settings.clinic_settings(conn)
        oldest = audit_pages.oldest(conn)
        return Trail(
            lines=list(audit_pages.lines(conn, wanted, first=(page - 1) * ON_A_PAGE, most=ON_A_PAGE)),
            count=audit_pages.count(conn, wanted),
            people=[(person.id, person.name) for person in staff.everyone(conn)],
            actions=audit_pages.actions(conn),
            months=months_between(told.local(oldest).date(), told.today(now)) if oldest else [],
            all_of_it=wanted.all_of_it,
        )


def examine(clinic: Clinic, viewer: Viewer, now: datetime) -> TrailFacts:
    """Whether the trail is whole: by itself, and against every end of it that was kept outside the database."""
    require(viewer, Permission.SEE_AUDIT)
    heads, altered, _ = anchoring.kept(clinic.config, clinic.keyring)
    with clinic.db.read() as conn:
        found = [*chain_check.examine(conn, clinic.keyring.proofs, heads), *altered]
        facts = replace(
            audit_pages.facts(conn), findings=tuple(one.sentence for one in found), kept=len(heads)
        )
    with clinic.db.write() as conn:
        record(conn, viewer, "examine audit", "audit", 0, now)
    return facts


def export(clinic: Clinic, viewer: Viewer, wanted: Filter, now: datetime) -> str:
    """The lines that fit as a table for a spreadsheet, the newest first. Is grave, and itself noted."""
    require(viewer, Permission.SEE_AUDIT)
    require_fresh(viewer, now)
    with clinic.db.write() as conn:
        found = list(audit_pages.lines(conn, _for(viewer, wanted)))
        record(conn, viewer, "export audit", "audit", 0, now, {"lines": len(found)})
        restricted = settings.clinic_settings(conn).restricted
    mark = f"by {viewer.name}, {now.isoformat(timespec='seconds')}{'; ' + RESTRICTED if restricted else ''}"
    rows: list[Sequence[object]] = [
        ("number", "at (UTC)", "who", "did what", "of what", "detail", "taken along")
    ]
    rows += [
        (
            line.entry.id,
            line.entry.at.isoformat(timespec="seconds"),
            line.who,
            line.entry.action,
            line.what,
            line.how,
            mark,
        )
        for line in found
    ]
    return spreadsheets.table(rows)


def _for(viewer: Viewer, wanted: Filter) -> Filter:
    return replace(wanted, all_of_it=not viewer.has(Role.THERAPIST))

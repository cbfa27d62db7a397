"""A supervisor's view: what is open and what waits, over all supervisees, and each one's patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo

from alliance.actions.clinic import Clinic
from alliance.actions.scope import courses_of, is_own, record, require
from alliance.domain import supervision as waits
from alliance.domain.access import NotFound, Permission
from alliance.domain.caseload import Row, row_of
from alliance.domain.clinic import ClinicSettings
from alliance.domain.months import months_between, next_month
from alliance.domain.people import Dyad, Viewer
from alliance.domain.sharing import Share
from alliance.domain.supervision import Waiting, Waits
from alliance.domain.trail import PAGE, TrailPage
from alliance.domain.trend import Trend
from alliance.domain.unread import working_days_back
from alliance.domain.wording import lower
from alliance.storage import audit, people, settings, shares, summaries, supervision, unread
from alliance.storage.database import Connection

MOST_LISTED = 60
"""Of more dyads in which something is open a page would help nobody; each therapist’s page has all of them."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything open, longest open first; what waits for the viewer; what the viewer is shown.

    `therapists` are whom the viewer supervises today, id and name, by name.
    `helped` are requests for help that are done, newest first. `resting` are courses with questions that their
    therapist lets rest. `cut`: only the longest open are there. `zone`: the clinic's.
    """

    open: Sequence[Row]
    waiting: Sequence[Waiting]
    therapists: Sequence[tuple[int, str]]
    today: date
    shown: Sequence[Waiting] = ()
    helped: Sequence[Waiting] = ()
    resting: Sequence[Trend] = ()
    cut: bool = False
    zone: tzinfo = UTC

    def lead(self) -> str:
        """The one sentence at the top."""
        told = waits.lead(len(self.open), len(self.therapists), self.waiting)
        return f"At least {lower(told)}" if self.cut and self.open else told


@dataclass(frozen=True, slots=True)
class TherapistView:
    """One supervisee's patients by code, each with the trend, and which of them the viewer is shown."""

    id: int
    name: str
    rows: Sequence[Row]
    today: date
    shown: Sequence[Waiting] = ()
    zone: tzinfo = UTC

    @property
    def resting(self) -> list[Trend]:
        """The courses with questions that the therapist lets rest."""
        return [row.trend for row in self.rows if row.trend.muted_alerts]

    @property
    def open(self) -> list[Row]:
        """What is open, longest open first."""
        return sorted((row for row in self.rows if row.mark), key=_since)


def overview(clinic: Clinic, viewer: Viewer, now: datetime) -> Overview:
    """What is open, and what waits, over all whom the viewer supervises today."""
    require(viewer, Permission.SEE_SUPERVISION)
    with clinic.db.read() as conn:
        told = settings.clinic_settings(conn)
        today = told.today(now)
        therapists = people.supervised_therapists(conn, viewer, today)
        concerned = summaries.with_something_open(conn, viewer, today)
        late = told.begin_of(working_days_back(today, told.unread_days))
        among = {*concerned, *unread.dyads_before(conn, late)}
        dyads = _present(people.supervised_dyads(conn, viewer, today, sorted(among)), today)
        listed = set(concerned[:MOST_LISTED])
        trends = courses_of(
            clinic.library, conn, viewer, [dyad for dyad in dyads if dyad.id in listed], today
        )
        shown = _shown(clinic, conn, viewer, dyads, today)
        asked = _asked(conn, viewer, dyads, told)
        kept = _kept(conn, viewer, dyads, told)
        waiting = _unread(conn, viewer, dyads, told, late)
    rows = [row_of(trend, you=trend.dyad.therapist_name) for trend in trends]
    return Overview(
        open=sorted((row for row in rows if row.mark), key=_since),
        waiting=waits.in_order(
            [
                *kept,
                *waiting,
                *(one for one in asked if one.done_on is None),
                *(one for one in shown if one.share and not one.share.opened),
            ]
        ),
        therapists=therapists,
        today=today,
        shown=shown,
        helped=[one for one in asked if one.done_on is not None],
        resting=[trend for trend in trends if trend.muted_alerts],
        zone=told.zone,
        cut=len(concerned) > MOST_LISTED,
    )


def _present(dyads: Sequence[Dyad], today: date) -> list[Dyad]:
    """Those that meet still: what was open when a therapy ended waits for nobody."""
    return [dyad for dyad in dyads if not dyad.is_over(today)]


def _shown(
    clinic: Clinic, conn: Connection, viewer: Viewer, dyads: Sequence[Dyad], today: date
) -> list[Waiting]:
    by_id = {dyad.id: dyad for dyad in dyads}
    found: list[Share] = shares.shown_to(conn, clinic.keyring, viewer, list(by_id), today)
    return [Waiting(Waits.SHOWN, by_id[share.dyad_id], share.shared_on, share=share) for share in found]


def _asked(conn: Connection, viewer: Viewer, dyads: Sequence[Dyad], told: ClinicSettings) -> list[Waiting]:
    """Requests for help, newest first, but for those of the viewer's own patients."""
    by_id = {dyad.id: dyad for dyad in dyads if not is_own(viewer, dyad)}
    return [
        Waiting(
            Waits.HELP,
            by_id[wish.dyad_id],
            told.today(wish.received_at),
            wish.session_id,
            wish.session_number,
            taken_on=told.today(wish.taken_at) if wish.taken_at else None,
            taken_by=wish.taken_by,
            done_on=told.today(wish.done_at) if wish.done_at else None,
            done_by=wish.done_by,
        )
        for wish in supervision.wishes(conn, list(by_id))
    ]


def _kept(conn: Connection, viewer: Viewer, dyads: Sequence[Dyad], told: ClinicSettings) -> list[Waiting]:
    """Answers kept from the therapist that the viewer has not looked at."""
    by_id = {dyad.id: dyad for dyad in dyads if not is_own(viewer, dyad)}
    return [
        Waiting(
            Waits.WORDS if kept.written else Waits.KEPT,
            by_id[kept.dyad_id],
            told.today(kept.received_at),
            kept.session_id,
            kept.session_number,
        )
        for kept in supervision.not_looked_at(conn, viewer.staff_id, list(by_id))
    ]


def _unread(
    conn: Connection, viewer: Viewer, dyads: Sequence[Dyad], told: ClinicSettings, late: datetime
) -> list[Waiting]:
    """Words that a therapist has not opened for days. A supervisor learns that they wait, not what they are."""
    by_id = {dyad.id: dyad for dyad in dyads if not is_own(viewer, dyad)}
    return [
        Waiting(Waits.UNREAD, by_id[one.dyad_id], told.today(one.since), one.session_id, one.session_number)
        for one in unread.of_dyads(conn, list(by_id))
        if one.since < late
    ]


def _since(row: Row) -> tuple[date, str]:
    return (row.since or date.max, row.trend.dyad.patient.code.casefold())


def therapist(
    clinic: Clinic, viewer: Viewer, therapist_id: int, now: datetime, *, noted: bool = False
) -> TherapistView:
    """One supervisee's patients and trends. Raises NotFound for anybody else.

    `noted`: the opening is in the trail already, as for the picture that a page asks for after itself.
    """
    require(viewer, Permission.SEE_SUPERVISION)
    with clinic.db.read() if noted else clinic.db.write() as conn:
        told = settings.clinic_settings(conn)
        today = told.today(now)
        names = dict(people.supervised_therapists(conn, viewer, today))
        if therapist_id not in names:
            raise NotFound
        dyads = _present(people.supervised_dyads(conn, viewer, today), today)
        trends = courses_of(
            clinic.library, conn, viewer, [dyad for dyad in dyads if dyad.therapist_id == therapist_id], today
        )
        shown = _shown(clinic, conn, viewer, [trend.dyad for trend in trends], today)
        if not noted:
            record(conn, viewer, "open therapist", "staff", therapist_id, now)
    name = names[therapist_id]
    rows = [row_of(trend, you=name) for trend in trends]
    return TherapistView(therapist_id, name, rows, today, shown, told.zone)


def trail(
    clinic: Clinic,
    viewer: Viewer,
    now: datetime,
    *,
    therapist_id: int | None = None,
    month: date | None = None,
    number: int = 1,
) -> TrailPage:
    """Who opened which patient among the viewer's supervisees: a page of it, newest first.

    It can be narrowed to one supervisee's patients and to a month, which is named by its first day. A page beyond
    the last is the last. Raises NotFound for a therapist whom the viewer does not supervise.
    """
    require(viewer, Permission.SEE_TRAIL)
    with clinic.db.read() as conn:
        told = settings.clinic_settings(conn)
        today = told.today(now)
        therapists = people.supervised_therapists(conn, viewer, today)
        if therapist_id is not None and therapist_id not in dict(therapists):
            raise NotFound
        dyads = people.supervised_dyads(conn, viewer, today)
        every = sorted({dyad.patient.id for dyad in dyads})
        ids = sorted({dyad.patient.id for dyad in dyads if therapist_id in (None, dyad.therapist_id)})
        _, first = audit.extent_on_patients(conn, viewer, every)
        between = (told.begin_of(month), told.begin_of(next_month(month))) if month else None
        total, _ = audit.extent_on_patients(conn, viewer, ids, between)
        page = TrailPage((), total, number, therapists, [], therapist_id, month)
        page = replace(page, number=min(max(number, 1), page.pages))
        lines = audit.on_patients(conn, viewer, ids, between=between, limit=PAGE, skipped=page.first - 1)
    months = months_between(told.today(first), today) if first else []
    return replace(page, lines=lines, months=months)

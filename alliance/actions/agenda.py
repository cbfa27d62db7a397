"""The sheet for the next supervision hour with one therapist.

It lies on the table between the two: it says only what the therapist may know too. Answers and questions kept from
the therapist, requests for help and comments are not on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alliance.actions import cards
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import courses_on_the_table, record, require
from alliance.domain import one_page, supervision
from alliance.domain.access import NotFound, Permission
from alliance.domain.caseload import Row, row_of
from alliance.domain.one_page import Part, lines
from alliance.domain.people import Dyad, Viewer
from alliance.domain.sharing import Share
from alliance.domain.supervision import Mended, Silence
from alliance.domain.support import Card, Kind
from alliance.domain.support_fit import fitting
from alliance.domain.trend import Trend
from alliance.storage import people, settings, shares
from alliance.storage.database import Connection

USUALLY = timedelta(weeks=4)  # between two supervision hours
FURTHEST_BACK = timedelta(days=366)
MOST_IN_FULL = (8, 4, 4, 5)  # open, shown, silent, mended
STANDS_BESIDE = ", since 29 November (52 weeks), not yet seen"
"""What the sheet adds to a state, at its longest."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What to talk about with one therapist. `since` is the day of the last sheet.

    `resting`: courses with questions that the therapist lets rest for a while, the first to come back first.
    """

    therapist_id: int
    therapist_name: str
    supervisor_name: str
    today: date
    since: date
    patients: int
    open: Sequence[Row]
    shown: Sequence[tuple[Dyad, Share]]
    silent: Sequence[Silence]
    mended: Sequence[Mended]
    resting: Sequence[Trend]
    questions: Sequence[str]

    @property
    def bare(self) -> bool:
        """Whether there is nothing to list."""
        return not (self.open or self.shown or self.silent or self.mended or self.resting)

    @property
    def parts(self) -> Parts:
        """The lists as one page holds them, whatever there is; what was repaired last comes first."""
        mended = self.mended[::-1]
        costs = (
            [lines(_code(row) + row.state + STANDS_BESIDE, row.sentence) for row in self.open],
            [lines(f"{_code(one)}, until 29 November. “{one[1].question}”") for one in self.shown],
            [lines(f"{_code(one)} {one.sentence}") for one in self.silent],
            [lines(f"{_code(one)}, 29 Nov. {one.sentence}") for one in mended],
        )
        questions = sum(lines(question) for question in self.questions)
        nothing = 0 if mended else one_page.HEADING + lines("Nothing yet.")
        resting = one_page.HEADING + one_page.BETWEEN + 2 if self.resting else 0
        full = one_page.fitted(costs, MOST_IN_FULL, questions + nothing + resting)
        return Parts(
            one_page.part(self.open, full[0], lambda row: f"{_code(row)} (52 weeks)"),
            one_page.part(self.shown, full[1], _code),
            one_page.part(self.silent, full[2], _code),
            one_page.part(mended, full[3], _code),
            one_page.part(self.resting, 0, lambda trend: f"{trend.dyad.patient.code} (until 29 November)"),
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """What of each list stands on the page."""

    open: Part[Row]
    shown: Part[tuple[Dyad, Share]]
    silent: Part[Silence]
    mended: Part[Mended]
    resting: Part[Trend]


def _code(entry: Row | Silence | Mended | tuple[Dyad, Share]) -> str:
    dyad = entry[0] if isinstance(entry, tuple) else entry.trend.dyad
    return dyad.patient.code


def sheet(
    clinic: Clinic, viewer: Viewer, therapist_id: int, now: datetime, since: date | None = None
) -> Sheet:
    """The sheet, whose opening is in the trail. Raises NotFound for anybody whom the viewer does not supervise
    today, and Fault for a day that is ahead or more than a year ago.
    """
    require(viewer, Permission.SEE_SUPERVISION)
    support = cards.current(clinic)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        names = dict(people.supervised_therapists(conn, viewer, today))
        if therapist_id not in names:
            raise NotFound
        if since is not None and not today - FURTHEST_BACK <= since <= today:
            raise Fault("Enter a day of the last twelve months", "since")
        dyads = [
            dyad
            for dyad in people.supervised_dyads(conn, viewer, today)
            if dyad.therapist_id == therapist_id and not dyad.is_over(today)
        ]
        trends = courses_on_the_table(clinic.library, conn, therapist_id, dyads, today)
        rows = [row_of(trend, you=names[therapist_id]) for trend in trends]
        asked = sorted((row for row in rows if row.mark), key=lambda row: _longest(row, today))
        questions = _fitting(clinic, conn, therapist_id, asked, support, today)
        by_id = {dyad.id: dyad for dyad in dyads}
        shown = shares.shown_to(conn, clinic.keyring, viewer, list(by_id), today)
        record(conn, viewer, "open agenda", "staff", therapist_id, now)
    since = since or today - USUALLY
    missed = {row.trend.dyad.id for row in rows if row.alert and row.alert.rules[:1] == ("silence",)}
    silent = [one for one in supervision.silences(trends) if one.trend.dyad.id not in missed]
    mended = supervision.mended_since(trends, since)
    return Sheet(
        therapist_id=therapist_id,
        therapist_name=names[therapist_id],
        supervisor_name=viewer.name,
        today=today,
        since=since,
        patients=len(dyads),
        open=asked,
        shown=[(by_id[share.dyad_id], share) for share in shown],
        silent=silent,
        mended=mended,
        resting=sorted((trend for trend in trends if trend.muted_alerts), key=_back),
        questions=supervision.to_talk_about(asked, silent, mended, questions),
    )


def _longest(row: Row, today: date) -> tuple[date, str]:
    return (row.since or today, row.trend.dyad.patient.code.casefold())


def _back(trend: Trend) -> tuple[date, str]:
    return (trend.mute.until if trend.mute else date.max, trend.dyad.patient.code.casefold())


def _fitting(
    clinic: Clinic,
    conn: Connection,
    therapist_id: int,
    rows: Sequence[Row],
    support: Mapping[Kind, Card],
    today: date,
) -> dict[int, str]:
    """By dyad, the first question of the support card that fits best: for the few that the sheet asks about."""
    few = [row.trend.dyad for row in rows if row.alert is not None][: supervision.MOST_QUESTIONS]
    found = {}
    for trend in courses_on_the_table(clinic.library, conn, therapist_id, few, today, detail=True):
        if trend.open_alert is not None:
            found[trend.dyad.id] = support[fitting(trend.open_alert, trend)[0]].together[0]
    return found

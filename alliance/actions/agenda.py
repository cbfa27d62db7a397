"""The sheet for the next supervision hour with one therapist.

It lies on the table between the two: it says only what the therapist may know too. Answers and questions kept from
the therapist, requests for help and comments are not on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import courses_on_the_table, record, require
from alliance.domain import supervision
from alliance.domain.access import NotFound, Permission
from alliance.domain.caseload import Row, row_of
from alliance.domain.people import Dyad, Viewer
from alliance.domain.sharing import Share
from alliance.domain.supervision import Mended, Silence
from alliance.storage import people, settings, shares

USUALLY = timedelta(weeks=4)  # between two supervision hours
FURTHEST_BACK = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What to talk about with one therapist. `since` is the day of the last sheet."""

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
    questions: Sequence[str]

    @property
    def bare(self) -> bool:
        """Whether there is nothing to list."""
        return not (self.open or self.shown or self.silent or self.mended)


def sheet(
    clinic: Clinic, viewer: Viewer, therapist_id: int, now: datetime, since: date | None = None
) -> Sheet:
    """The sheet, whose opening is in the trail. Raises NotFound for anybody whom the viewer does not supervise
    today, and Fault for a day that is ahead or more than a year ago.
    """
    require(viewer, Permission.SEE_SUPERVISION)
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
            if dyad.therapist_id == therapist_id and (dyad.ends_on is None or dyad.ends_on > today)
        ]
        trends = courses_on_the_table(clinic.library, conn, therapist_id, dyads)
        by_id = {dyad.id: dyad for dyad in dyads}
        shown = shares.shown_to(conn, clinic.keyring, viewer, list(by_id), today)
        record(conn, viewer, "open agenda", "staff", therapist_id, now)
    name, since = names[therapist_id], since or today - USUALLY
    rows = [row_of(trend, you=name) for trend in trends]
    silent = [
        one
        for one in supervision.silences(trends)
        if not any(
            row.alert and row.alert.rules[:1] == ("silence",) for row in rows if row.trend is one.trend
        )
    ]
    mended = supervision.mended_since(trends, since)
    asked = sorted(
        (row for row in rows if row.mark), key=lambda row: (row.since or today, row.trend.dyad.patient.code)
    )
    return Sheet(
        therapist_id=therapist_id,
        therapist_name=name,
        supervisor_name=viewer.name,
        today=today,
        since=since,
        patients=len(dyads),
        open=asked,
        shown=[(by_id[share.dyad_id], share) for share in shown],
        silent=silent,
        mended=mended,
        questions=supervision.to_talk_about(asked, silent, mended),
    )

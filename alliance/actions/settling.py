"""At night a month that has been closed for a week is settled: the figures that supervisors see, worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from alliance.actions.clinic import Clinic
from alliance.analysis.settled import Components, MonthMean, components, mean_of_month, mean_of_year
from alliance.domain.months import YEAR, months_before, next_month
from alliance.domain.suppression import Cell, Group, showable, together
from alliance.storage import settings, summaries
from alliance.storage.database import Connection
from alliance.storage.summaries import SettledRow

LATE = timedelta(days=7)
"""So long a closed month waits for answers that come late; what comes later still is not in it."""
BACK = 24
"""So many months are made up for where nobody settled them."""


def settle(clinic: Clinic, now: datetime) -> list[date]:
    """Settle every month that is due, oldest first, and tell which. Safe to repeat: what is settled stays."""
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        due = list(_due(conn, today))
    for month in due:
        with clinic.db.write() as conn:
            _settle(conn, month, now, newest=month == due[-1])
    return due


def _due(conn: Connection, today: date) -> Iterator[date]:
    oldest, newest = summaries.oldest_month(conn), summaries.newest_settled(conn)
    if oldest is None:
        return
    first = max(summaries.first_day(oldest), months_before(today.replace(day=1), BACK))
    if newest is not None:
        first = max(first, next_month(summaries.first_day(newest)))
    while (after := next_month(first)) + LATE <= today:
        yield first
        first = after


def _settle(conn: Connection, month: date, now: datetime, *, newest: bool) -> None:
    """One month, from those answers alone that are part of something shown. With the newest comes the year."""
    name, first = summaries.month(month), summaries.month(months_before(month, YEAR - 1))
    shown = showable(summaries.cells(conn, first, name))
    parts = _components(shown)
    rows = [_month_row(group, cells, parts) for group, cells in shown.items() if group[1] == name]
    if summaries.settle(conn, name, parts, rows, now) and newest:
        settled = summaries.settled_months(conn, first)
        summaries.settle_year(conn, name, _year_rows(settled, shown, parts))


def _components(shown: Mapping[Group, Sequence[Cell]]) -> Components:
    """Both variances from each patient’s answers in the months that are shown."""
    patients: dict[tuple[int, int], list[float]] = {}
    for cell in together(shown, shown):
        sums = patients.setdefault((cell.therapist, cell.patient), [0, 0.0, 0.0])
        sums[0] += cell.answers
        sums[1] += cell.points
        sums[2] += cell.squares
    told = list(patients.values())
    return components(
        [therapist for therapist, _ in patients], *([one[part] for one in told] for part in range(3))
    )


def _month_row(group: Group, cells: Sequence[Cell], parts: Components) -> SettledRow:
    found = mean_of_month([cell.mean for cell in cells], [cell.answers for cell in cells], parts)
    answers = sum(cell.answers for cell in cells)
    return SettledRow(group[0], found.patients, answers, found.mean, found.variance)


def _year_rows(
    settled: Mapping[Group, SettledRow], shown: Mapping[Group, Sequence[Cell]], parts: Components
) -> Iterator[SettledRow]:
    """Each therapist’s settled months as they were shown. How far they share patients is taken from the answers."""
    months: dict[int, list[Group]] = {}
    for group in settled:
        if group in shown:
            months.setdefault(group[0], []).append(group)
    for therapist, groups in months.items():
        cells = together(shown, groups)
        of_patients: dict[int, int] = {}
        for cell in cells:
            of_patients[cell.patient] = of_patients.get(cell.patient, 0) + 1
        found = mean_of_year(
            [MonthMean(settled[group].mean, settled[group].patients) for group in groups],
            list(of_patients.values()),
            [cell.answers for cell in cells],
            parts,
        )
        answers = sum(settled[group].answers for group in groups)
        yield SettledRow(therapist, found.patients, answers, found.mean, found.variance)

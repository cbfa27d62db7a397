"""A supervisor’s figures over all supervisees and of each one, from the summary: never from the answers themselves.

Everything about alliance comes from months that are settled. The viewer’s own therapies are left out: a therapist who
supervises others must not be able to work out what own patients held back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from alliance import analysis
from alliance.actions.clinic import Clinic
from alliance.actions.scope import require
from alliance.domain.access import NotFound, Permission
from alliance.domain.figures import (
    FEWER,
    NOBODY_TO_COMPARE,
    NOT_ENOUGH_ANSWERS,
    NOT_YET,
    OUTSIDE,
    TOO_FEW_TO_PLACE,
    WITHIN,
    Counts,
    Dot,
    Figures,
    FunnelFigures,
    MonthFigure,
    TherapistFigures,
)
from alliance.domain.months import YEAR, months_before
from alliance.domain.people import Viewer
from alliance.domain.suppression import LEAST_PATIENTS, LEAST_PLACED
from alliance.storage import people, settings, summaries
from alliance.storage.database import Connection
from alliance.storage.summaries import SettledRow

if TYPE_CHECKING:
    from alliance.analysis.funnels import Standing

Z = 1.959964  # a normal 95 % interval
MONTHS_SHOWN = 24
PART = 100


def figures(clinic: Clinic, viewer: Viewer, now: datetime, part: int = 1) -> Figures:
    """Estimates, funnel and what came of questions, of everybody whom the viewer supervises today.

    In parts of a hundred names; a `part` that is not there is the nearest one that is.
    """
    require(viewer, Permission.SEE_SUPERVISION)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        return _figures(conn, viewer, today, dict(people.supervised_therapists(conn, viewer, today)), part)


def therapist_figures(clinic: Clinic, viewer: Viewer, therapist_id: int, now: datetime) -> TherapistFigures:
    """One supervisee, with the months. Raises NotFound for anybody else."""
    require(viewer, Permission.SEE_SUPERVISION)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        names = dict(people.supervised_therapists(conn, viewer, today))
        if therapist_id not in names:
            raise NotFound
        found = _figures(conn, viewer, today, {therapist_id: names[therapist_id]}).therapists[0]
        first = summaries.month(months_before(today, MONTHS_SHOWN))
        rows = summaries.settled_months(conn, first, therapist_id)
    months = [_month(summaries.first_day(name), row) for (_, name), row in rows.items()]
    return replace(found, months=months)


def _month(month: date, row: SettledRow) -> MonthFigure:
    reach = Z * math.sqrt(row.variance)
    return MonthFigure(
        month, row.patients, row.answers, row.mean, max(row.mean - reach, 0.0), min(row.mean + reach, 100.0)
    )


def _figures(
    conn: Connection, viewer: Viewer, today: date, names: Mapping[int, str], part: int = 1
) -> Figures:
    upto = summaries.newest_settled(conn)
    year = [] if upto is None else summaries.settled_year(conn, upto)
    year = [row for row in year if row.therapist != viewer.staff_id]
    compared = _compared(year)
    parts = max(-(-len(names) // PART), 1)
    part = min(max(part, 1), parts)
    here = list(names)[(part - 1) * PART : part * PART]
    counted = summaries.counts(conn, here, summaries.month(months_before(today, YEAR - 1)))
    caseloads = summaries.caseloads(conn, here, today)
    return Figures(
        upto=summaries.first_day(upto) if upto else None,
        therapists=[
            _therapist(
                id_, names[id_], caseloads.get(id_, 0), counted.get(id_, Counts()), compared.of.get(id_), upto
            )
            for id_ in here
        ],
        mean=compared.mean,
        funnel=_funnel(year, compared, names) if compared.limits is not None else None,
        estimated=sum(id_ in names for id_ in compared.of),
        outside=[names[id_] for id_, told in compared.of.items() if id_ in names and told.get("outside")],
        part=part,
        parts=parts,
    )


def _therapist(
    id_: int, name: str, caseload: int, counted: Counts, told: dict[str, Any] | None, upto: str | None
) -> TherapistFigures:
    if told is not None:
        return TherapistFigures(id=id_, name=name, caseload=caseload, counts=counted, **told)
    few = FEWER if caseload < LEAST_PATIENTS else NOT_ENOUGH_ANSWERS
    return TherapistFigures(id_, name, caseload, NOT_YET if upto is None else few, counted)


@dataclass(frozen=True, slots=True)
class _Compared:
    """By therapist, what an estimate adds to the figures; the clinic’s mean and the variance that limits allow for."""

    of: dict[int, dict[str, Any]]
    mean: float | None = None
    limits: tuple[float, float] | None = None


def _compared(year: Sequence[SettledRow]) -> _Compared:
    if len(year) < 2:
        return _Compared({row.therapist: _alone(row) for row in year})
    found = analysis.compare_therapists(
        [analysis.TherapistMean(row.mean, row.variance, row.patients) for row in year]
    )
    told = {row.therapist: _told(row, standing) for row, standing in zip(year, found.standings, strict=True)}
    limits = (found.funnel.centre, found.funnel.tau2) if found.funnel else None
    return _Compared(told, found.pooled.mean, limits)


def _alone(row: SettledRow) -> dict[str, Any]:
    """Where there is nobody else, nothing draws the estimate anywhere."""
    month = _month(date.min, row)
    words = TOO_FEW_TO_PLACE if row.patients < LEAST_PLACED else NOBODY_TO_COMPARE
    told = {"estimate": row.mean, "low": month.low, "high": month.high, "words": words}
    return told | {"patients": row.patients, "answers": row.answers}


def _told(row: SettledRow, standing: Standing) -> dict[str, Any]:
    if row.patients < LEAST_PLACED:
        words = TOO_FEW_TO_PLACE
    elif standing.within_chance is None:
        words = NOBODY_TO_COMPARE
    else:
        words = WITHIN if standing.within_chance else OUTSIDE
    told = {"estimate": standing.estimate, "low": standing.low, "high": standing.high, "words": words}
    return told | {"patients": row.patients, "answers": row.answers, "outside": words == OUTSIDE}


def _funnel(year: Sequence[SettledRow], compared: _Compared, names: Mapping[int, str]) -> FunnelFigures:
    """Those with enough patients to be placed; the limits are those of a therapist with the usual variance."""
    centre, tau2 = compared.limits or (0.0, 0.0)
    placed = [row for row in year if row.patients >= LEAST_PLACED]
    return FunnelFigures(
        centre=centre,
        tau2=tau2,
        unit=median(row.variance * row.patients for row in year),
        dots=[Dot(row.patients, row.mean, names.get(row.therapist)) for row in placed],
        outside=sum(compared.of[row.therapist]["outside"] for row in placed),
    )

"""One therapist’s closed months: the mean of each with the interval it may lie in, gaps where nothing is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alliance.domain.figures import MonthFigure, TherapistFigures
from alliance.domain.months import months_before
from alliance.web.charts.style import (
    AXIS,
    BLUE,
    HOUSE,
    INK,
    LINE,
    NARROW_MARGIN,
    SOFT,
    Spec,
    beside,
    dashes,
    note,
    rounded,
    rounds,
    whole,
)

MARGIN: Spec = {"t": 12, "r": 92, "b": 48, "l": 34, "pad": 4}
LEAST_SPAN, TICKS, NARROW_TICKS = 40, 9, 4
NOT_SHOWN = "not shown: fewer than five patients or ten answers"
STEPS = (1, 2, 3, 6, 12, 24)


def months_chart(one: TherapistFigures) -> Spec:
    """Months from the first shown to the last. The interval is a stroke; a cross at the foot is a month not shown."""
    months = one.months
    every = calendar(months)
    low, high = _span(months)
    place = {month: at for at, month in enumerate(every)}
    shown = {place[each.month]: each for each in months}
    missing = [at for at in range(len(every)) if at not in shown]
    foot = round(low + 0.05 * (high - low), 1)
    line = dashes(
        name="months",
        x=list(range(len(every))),
        y=[rounded(shown[at].mean) if at in shown else None for at in range(len(every))],
        mode="lines+markers",
        connectgaps=False,
        cliponaxis=False,
        line={"width": 1, "color": BLUE},
        marker=rounds(BLUE, 9),
        text=[shown[at].words if at in shown else "" for at in range(len(every))],
        hoverinfo="text",
    )
    hidden = dashes(
        name="not shown",
        x=missing,
        y=[foot] * len(missing),
        mode="markers",
        cliponaxis=False,
        marker={"symbol": "x-thin", "size": 7, "color": SOFT, "line": {"width": 1.5, "color": SOFT}},
        text=[f"{every[at]:%B %Y}, {NOT_SHOWN}" for at in missing],
        hoverinfo="text",
    )
    yaxis = AXIS | {
        "range": [low, high],
        "tickvals": [tick for tick in range(0, 101, 20) if low <= tick <= high],
        "showgrid": True,
        "gridcolor": LINE,
        "gridwidth": 1,
    }
    span = [-0.6, max(len(every) - 0.4, 0.6)]
    layout = HOUSE | {
        "margin": MARGIN,
        "hovermode": "closest",
        "xaxis": AXIS | {"range": span} | _ticks(every, TICKS),
        "yaxis": yaxis,
        "annotations": _labels(months),
    }
    narrow = {"margin": NARROW_MARGIN, "annotations": [], "xaxis": _ticks(every, NARROW_TICKS)}
    return {"data": [*_intervals(shown), line, hidden], "layout": layout, "narrow": {"layout": narrow}}


def calendar(months: Sequence[MonthFigure]) -> list[date]:
    """Every month from the first to the last, those that are not shown too."""
    if not months:
        return []
    every = [months[0].month]
    while every[-1] < months[-1].month:
        every.append(months_before(every[-1], -1))
    return every


def _intervals(shown: dict[int, MonthFigure]) -> list[Spec]:
    """One trace for all strokes, each ended by a gap."""
    xs: list[int | None] = []
    ys: list[float | None] = []
    for at, month in shown.items():
        xs += [at, at, None]
        ys += [rounded(month.low), rounded(month.high), None]
    stroke = {"width": 3, "color": BLUE}
    return [dashes(name="95 of 100", x=xs, y=ys, mode="lines", opacity=0.35, connectgaps=False, line=stroke)]


def _span(months: Sequence[MonthFigure]) -> tuple[int, int]:
    """The part of the scale on show: the intervals with air, at least forty points of a hundred."""
    low = min((month.low for month in months), default=60.0)
    high = max((month.high for month in months), default=100.0)
    bottom, top = max(10 * int((low - 4) // 10), 0), min(10 * -int(-(high + 2) // 10), 100)
    if top - bottom < LEAST_SPAN:
        bottom = max(top - LEAST_SPAN, 0)
        top = max(top, bottom + LEAST_SPAN)
    return bottom, top


def _ticks(every: Sequence[date], most: int) -> Spec:
    """At most so many months named, the year where it begins."""
    if not every:
        return {"tickvals": [], "ticktext": []}
    step = next((step for step in STEPS if len(every) <= most * step), STEPS[-1])
    named = list(range(len(every) - 1, -1, -step))[::-1]
    text = [
        f"{every[at]:%b}<br>{every[at].year}"
        if i == 0 or every[named[i - 1]].year != every[at].year
        else f"{every[at]:%b}"
        for i, at in enumerate(named)
    ]
    return {"tickvals": named, "ticktext": text}


def _labels(months: Sequence[MonthFigure]) -> list[Spec]:
    if not months:
        return [note(0.5, 80, "no month yet", xref="paper")]
    newest = months[-1]
    interval = f"{whole(newest.low)} to {whole(newest.high)}"
    return [beside(newest.mean, f"{whole(newest.mean)} in {newest.month:%b}<br>({interval})", INK)]

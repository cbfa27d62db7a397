"""The frame of the view over all patients: a calendar, one band for everyone’s range, words for heights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from alliance.web.charts.style import AXIS, BAND, HOUSE, SOFT, Spec, note

USUAL = "each patient’s own usual range"
MARGIN: Spec = {"t": 14, "r": 92, "b": 44, "l": 124, "pad": 6}
NARROW_MARGIN: Spec = {"t": 14, "r": 16, "b": 44, "l": 50, "pad": 4}
LOW, HIGH = -2.2, 1.5  # always on show, so that the words have their places
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
NAMES, NARROW_NAMES = 9, 5  # months named at most
AIR, RIGHT_AIR = 0.02, 0.008  # of the time on show


def frame(days: Sequence[date], heights: Sequence[float], label: Spec, narrow_label: Spec) -> Spec:
    """Layout and narrow layout around all the days of sessions and all the heights that are drawn.

    The labels name the patient in focus.
    """
    band = {
        "type": "rect",
        "layer": "below",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": -1,
        "y1": 1,
        "fillcolor": BAND,
        "line": {"width": 0},
    }
    words = {
        "range": [round(min([LOW, *heights]) - 0.2, 2), round(max([HIGH, *heights]) + 0.2, 2)],
        "tickvals": [-1.75, 0, 1.45],
        "ticktext": ["lower than usual", "as usual", "higher than usual"],
    }
    layout = HOUSE | {
        "margin": MARGIN,
        "hovermode": "closest",
        "xaxis": AXIS | {"type": "date"} | _months(days, NAMES),
        "yaxis": AXIS | words,
        "shapes": [band],
        "annotations": [_usual(), label],
    }
    narrow = {
        "margin": NARROW_MARGIN,
        "xaxis": _months(days, NARROW_NAMES),
        "yaxis": {"ticktext": ["lower<br>than<br>usual", "as<br>usual", "higher<br>than<br>usual"]},
        "annotations": [_usual(), narrow_label],
    }
    return {"layout": layout, "narrow": {"layout": narrow}}


def _usual() -> Spec:
    return note(0, 1, USUAL, SOFT, xref="paper", xanchor="left", yanchor="bottom", xshift=2, yshift=1)


def _months(days: Sequence[date], most: int) -> Spec:
    """The time on show, with at most so many months named, the year where it begins."""
    if not days:
        return {"showticklabels": False}
    first, last = min(days), max(days)
    days_on_show = (last - first).days
    start = first - timedelta(days=max(2, round(days_on_show * AIR)))
    end = last + timedelta(days=max(1, round(days_on_show * RIGHT_AIR)))
    months = list(_starts(start, end))
    step = next((step for step in MONTH_STEPS if len(months) <= most * step), MONTH_STEPS[-1])
    named = [month for month in months if (month.month - 1) % min(step, 12) == 0][:: max(step // 12, 1)]
    if not named:
        named = [first]
    years = [month.year for month in named]
    text = [
        f"{month:%b}<br>{month.year}" if i == 0 or years[i - 1] != month.year else f"{month:%b}"
        for i, month in enumerate(named)
    ]
    shown = {"range": [start.isoformat(), end.isoformat()]}
    return shown | {"tickvals": [month.isoformat() for month in named], "ticktext": text}


def _starts(first: date, last: date) -> Iterator[date]:
    """The first days of the months between two days."""
    month = first.replace(day=1)
    while month <= last:
        if month >= first:
            yield month
        month = (month + timedelta(days=32)).replace(day=1)

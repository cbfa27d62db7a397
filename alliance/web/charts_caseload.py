"""All the alliances of a therapist over time, each measured by this patient's own usual range.

Patients use the scale differently: 70 is a good day for one and a bad one for another. So a line shows how
far each answer lay from what was expected of *this* patient, and everyone’s usual range is the same band.
"""

from __future__ import annotations

from collections.abc import Sequence

from alliance.domain.trend import Point, Trend
from alliance.web.charts_calendar import frame
from alliance.web.charts_distance import ASKED, KEPT, LONE, REPAIRED, Mark, drawn, marks
from alliance.web.charts_style import (
    BLUE,
    EDGE,
    INK,
    PAPER,
    Spec,
    dashes,
    note,
    plain,
    rounds,
    triangle,
    whole,
)

FOCUS = "in focus"  # how the parts that belong to the chosen patient are named
KINDS = (KEPT, REPAIRED, ASKED)  # the later are drawn over the earlier
SMALL = {
    KEPT: triangle(8, filled=False, outline=0.75),
    REPAIRED: rounds(BLUE, 7, 1),
    ASKED: triangle(10, filled=True, outline=1),
}
LARGE = {
    KEPT: triangle(12, filled=False),
    REPAIRED: rounds(BLUE, 12, 2),
    ASKED: triangle(15, filled=True),
}
MANY = 15  # patients from which the lines behind turn fainter
TOLD = (
    "Session %{customdata[0]}, %{x|%-d %b}<br>%{customdata[1]}, usual %{customdata[2]} to %{customdata[3]}"
    "<extra></extra>"
)


def caseload_chart(trends: Sequence[Trend], focus: int | None = None) -> Spec:
    """The specification of the view over all patients; `focus` is the id of the patient drawn on top.

    One grey line a patient comes first, named by the code. What belongs to the patient in focus is named "in
    focus", and marks carry their patient's code in `customdata`, so that the page's script can put somebody
    else in focus with what is here.
    """
    shown = [trend for trend in trends if trend.points]
    chosen = next((trend for trend in shown if trend.dyad.patient.id == focus), None)
    code = "" if chosen is None else plain(chosen.dyad.patient.code)
    found = [mark for trend in shown for mark in marks(trend)]
    faint = 0.5 if len(shown) > MANY else 0.75
    data = [
        *[_line(trend, faint) for trend in shown],
        _marked(LONE, found, {"size": 4, "color": EDGE, "opacity": faint}),
        *[_marked(kind, found, SMALL[kind]) for kind in KINDS],
        _focus_line(chosen, code),
        *[_marked(kind, [m for m in found if m.code == code], LARGE[kind], f", {FOCUS}") for kind in KINDS],
    ]
    days = [point.held_on for trend in shown for point in trend.points]
    wide, narrow = _label(chosen, code, "left"), _label(chosen, code, "right")
    return {"data": data} | frame(days, wide, narrow)


def _course(trend: Trend) -> Spec:
    return {
        "type": "scatter",
        "x": [point.held_on.isoformat() for point in trend.points],
        "y": [drawn(point) for point in trend.points],
        "customdata": [_told(point) for point in trend.points],
        "connectgaps": False,
    }


def _told(point: Point) -> list[int] | None:
    """What is told when a point is hovered: session, score, usual range."""
    if point.alliance is None or point.reading is None:
        return None
    values = (point.alliance, point.reading.low, point.reading.high)
    return [point.number, *(int(whole(value)) for value in values)]


def _line(trend: Trend, faint: float) -> Spec:
    return _course(trend) | {
        "name": plain(trend.dyad.patient.code),
        "mode": "lines",
        "opacity": faint,
        "line": {"width": 1, "color": EDGE},
        "hovertemplate": f"%{{fullData.name}}<br>{TOLD}",
    }


def _marked(kind: str, found: Sequence[Mark], marker: Spec, suffix: str = "") -> Spec:
    own = [mark for mark in found if mark.kind == kind]
    return dashes(
        name=f"{kind}{suffix}",
        x=[mark.day.isoformat() for mark in own],
        y=[mark.height for mark in own],
        customdata=[mark.code for mark in own],
        text=[f"{mark.code}<br>{mark.text}" for mark in own],
        mode="markers",
        marker=marker,
        hoverinfo="text",
    )


def _focus_line(chosen: Trend | None, code: str) -> Spec:
    nothing: Spec = {"type": "scatter", "x": [], "y": [], "customdata": [], "connectgaps": False}
    return (nothing if chosen is None else _course(chosen)) | {
        "name": FOCUS,
        "meta": code,
        "mode": "lines+markers",
        "line": {"width": 2.25, "color": BLUE},
        "marker": rounds(BLUE, 7, 1.25),
        "hovertemplate": f"%{{meta}}<br>{TOLD}",
    }


def _label(chosen: Trend | None, code: str, side: str) -> Spec:
    """The code at the last answer of the patient in focus: right of it, or above it where room is short."""
    placed = [] if chosen is None else [(p.held_on, y) for p in chosen.points if (y := drawn(p)) is not None]
    day, height = placed[-1] if placed else (None, 0.0)
    anchors = (
        {"xanchor": "left", "yanchor": "middle", "xshift": 10}
        if side == "left"
        else {"xanchor": "right", "yanchor": "bottom", "xshift": 8, "yshift": 9}
    )
    at = None if day is None else day.isoformat()
    return (
        note(at, height, code, INK, name=FOCUS, visible=day is not None, bgcolor=PAPER, borderpad=2) | anchors
    )

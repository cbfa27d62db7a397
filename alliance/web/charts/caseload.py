"""All the alliances of a therapist over time, each measured by this patient's own usual range.

Patients use the scale differently: 70 is a good day for one and a bad one for another. So a line shows how
far each answer lay from what was expected of *this* patient, and everyone’s usual range is the same band.
"""

from __future__ import annotations

from collections.abc import Sequence

from alliance.domain.trend import Point, Trend
from alliance.web.charts.calendar import frame
from alliance.web.charts.distance import ASKED, KEPT, LONE, REPAIRED, Line, Mark, marks
from alliance.web.charts.style import (
    BLUE,
    EDGE,
    INK,
    PAPER,
    Spec,
    dashes,
    note,
    rounds,
    triangle,
)

FOCUS = "in focus"  # how the parts that belong to the chosen patient are named
KINDS = (KEPT, REPAIRED, ASKED)  # the later are drawn over the earlier
SMALL = {
    KEPT: triangle(8, filled=False, outline=0.75),
    REPAIRED: rounds(BLUE, 6.5, 1),
    ASKED: triangle(10, filled=True, outline=1),
}
LARGE = {
    KEPT: triangle(12, filled=False),
    REPAIRED: rounds(BLUE, 13, 2),
    ASKED: triangle(15, filled=True),
}
STEPPED_BACK = 0.45
FAINT = ((12, 0.75), (25, 0.5), (1000, 0.35))  # up to so many patients, how strong the lines behind are
BESIDE: Spec = {"xanchor": "left", "yanchor": "middle", "xshift": 12}
ABOVE: Spec = {"xanchor": "right", "yanchor": "bottom", "xshift": 8, "yshift": 9}  # where room is short
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
    lines = [Line.of(trend) for trend in trends if trend.points]
    chosen = next((line for line in lines if line.trend.dyad.patient.id == focus), None)
    code = "" if chosen is None else chosen.code
    found = [mark for line in lines for mark in marks(line)]
    own = [mark for mark in found if mark.code == code]
    faint = next((strength for most, strength in FAINT if len(lines) <= most), FAINT[-1][1])
    data = [
        *[_line(line, faint) for line in lines],
        _marked(LONE, found, {"size": 4, "color": EDGE, "opacity": faint}),
        *[_marked(kind, found, SMALL[kind]) | _behind(kind, code) for kind in KINDS],
        _focus_line(chosen),
        *[_marked(kind, own, LARGE[kind], f", {FOCUS}") for kind in KINDS],
    ]
    days = [point.held_on for line in lines for point in line.trend.points]
    heights = [y for line in lines for y in line.heights if y is not None]
    return {"data": data} | frame(days, heights, _label(chosen, BESIDE), _label(chosen, ABOVE))


def _course(line: Line) -> Spec:
    return {
        "type": "scatter",
        "x": [point.held_on.isoformat() for point in line.trend.points],
        "y": line.heights,
        "customdata": [_told(point) for point in line.trend.points],
        "connectgaps": False,
    }


def _told(point: Point) -> list[int] | None:
    """What is told when a point is hovered: session, score, usual range."""
    if point.alliance is None or point.reading is None:
        return None
    return [point.number, round(point.alliance), round(point.reading.low), round(point.reading.high)]


def _line(line: Line, faint: float) -> Spec:
    return _course(line) | {
        "name": line.code,
        "mode": "lines",
        "opacity": faint,
        "line": {"width": 1, "color": EDGE},
        "hovertemplate": f"%{{fullData.name}}<br>{TOLD}",
    }


def _marked(kind: str, found: Sequence[Mark], marker: Spec, suffix: str = "") -> Spec:
    these = [mark for mark in found if mark.kind == kind]
    return dashes(
        name=f"{kind}{suffix}",
        x=[mark.day.isoformat() for mark in these],
        y=[mark.height for mark in these],
        customdata=[mark.code for mark in these],
        text=[f"{mark.code}<br>{mark.text}" for mark in these],
        mode="markers",
        marker=marker,
        cliponaxis=False,
        hoverinfo="text",
    )


def _behind(kind: str, focus: str) -> Spec:
    """Repairs of others step back behind the blue dots of a line in focus, which they resemble."""
    return {"opacity": STEPPED_BACK} if kind == REPAIRED and focus else {}


def _focus_line(chosen: Line | None) -> Spec:
    nothing: Spec = {"type": "scatter", "x": [], "y": [], "customdata": [], "connectgaps": False}
    return (nothing if chosen is None else _course(chosen)) | {
        "name": FOCUS,
        "meta": "" if chosen is None else chosen.code,
        "cliponaxis": False,
        "mode": "lines+markers",
        "line": {"width": 2.25, "color": BLUE},
        "marker": rounds(BLUE, 6, 1),
        "hovertemplate": f"%{{meta}}<br>{TOLD}",
    }


def _label(chosen: Line | None, anchors: Spec) -> Spec:
    """The code at the last answer of the patient in focus."""
    end = None if chosen is None else chosen.end
    look: Spec = {"name": FOCUS, "visible": end is not None, "bgcolor": PAPER, "borderpad": 2}
    if chosen is None or end is None:
        return note(None, 0, "", INK, **look, **anchors)
    return note(end[0].isoformat(), end[1], chosen.code, INK, **look, **anchors)

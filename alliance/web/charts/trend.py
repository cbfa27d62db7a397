"""The main chart: one alliance, session by session, against this patient's own usual range."""

from __future__ import annotations

from collections.abc import Sequence

from alliance.domain.episodes import Episode
from alliance.domain.trend import Trend
from alliance.web.charts.course import NO_FORM, Course, height, questions, said, where
from alliance.web.charts.events import marked, shapes, with_cuts
from alliance.web.charts.labels import NARROW, WIDE, narrow_labels, wide_labels
from alliance.web.charts.lane import LANE_AXIS, lane, narrow_lane
from alliance.web.charts.steps import taken
from alliance.web.charts.style import (
    AXIS,
    BAND,
    BLUE,
    EDGE,
    HOUSE,
    INK,
    NARROW_MARGIN,
    PAPER,
    SOFT,
    Spec,
    dashes,
    named_ticks,
    note,
    rounded,
    rounds,
    score_axis,
)

TALL, WITH_LANE = 262.0, 210.0  # pixels from 0 to 100
TICK_ROOM, NARROW_TICK_ROOM = 90.0, 62.0  # pixels that the name of a session takes
# A low figure has no room for the lane; the page that holds one tells the steps in words.
WITHOUT_LANE: Spec = {"layout": {"yaxis": {"domain": [0, 1]}}, "data": {"episode": {"visible": False}}}


def trend_chart(trend: Trend, episodes: Sequence[Episode] = ()) -> Spec:
    """The specification of the main chart. Scores 0–100, one step a session, gaps where no form came back."""
    if not trend.points:
        return _no_sessions()
    course = Course.of(trend)
    low, high = course.span
    wide_room, narrow_room = (high - low) / WIDE, (high - low) / NARROW  # sessions a pixel
    steps = lane(episodes, course.numbers[-1], 1 / wide_room, taken(trend, episodes))
    tall = WITH_LANE if steps else TALL
    layout = HOUSE | {
        "xaxis": AXIS
        | {"range": [low, high]}
        | named_ticks(course.points, course.ticks, TICK_ROOM * wide_room),
        "yaxis": score_axis(100),
        "shapes": shapes(course.around, 1 / wide_room),
        "annotations": wide_labels(course, tall),
    }
    narrow_layout = {
        "margin": NARROW_MARGIN,
        "xaxis": named_ticks(course.points, course.ticks, NARROW_TICK_ROOM * narrow_room),
        "shapes": shapes(course.around, 1 / narrow_room),
        "annotations": narrow_labels(course, tall),
    }
    narrow_data: Spec = {"alliance": {"marker": {"size": _dot(1 / narrow_room)}}}
    if steps:
        layout["yaxis"] |= {"domain": [0, 0.8]}
        layout["yaxis2"] = LANE_AXIS
        narrow_data["episode"] = narrow_lane(steps[0])
    data = [
        *_usual(course),
        *_ask_line(course),
        _alliance(course, _dot(1 / wide_room)),
        *_held_back(course),
        *_imported(course, _dot(1 / wide_room)),
        *_no_form(course),
        *marked(course.around, 1 / wide_room),
        *_questions(course),
        *steps,
    ]
    spec = {"data": data, "layout": layout, "narrow": {"layout": narrow_layout, "data": narrow_data}}
    return spec | ({"short": WITHOUT_LANE} if steps else {})


def _no_sessions() -> Spec:
    middle = note(0.5, 25, "no sessions yet", xref="paper")
    axes = {"xaxis": AXIS | {"showticklabels": False}, "yaxis": score_axis(100)}
    layout = HOUSE | axes | {"annotations": [middle]}
    return {"data": [], "layout": layout, "narrow": {"layout": {"margin": NARROW_MARGIN}}}


def _dot(pixels_a_session: float) -> float:
    """Markers shrink before they touch."""
    return max(3, min(8, round(pixels_a_session * 0.55)))


def _usual(course: Course) -> list[Spec]:
    known = [point.reading for point in course.points if point.reading is not None]
    if not known:
        return []
    xs: list[float] = [reading.number for reading in known]
    highs, lows = [rounded(reading.high) for reading in known], [rounded(reading.low) for reading in known]
    if len(known) == 1:  # one session has no width of its own
        xs, highs, lows = list(course.span), highs * 2, lows * 2
    edge: Spec = {"mode": "lines", "line": {"width": 0}}
    return [
        dashes(name="usual, upper", x=xs, y=highs, **edge),
        dashes(name="usual range", x=xs, y=lows, fill="tonexty", fillcolor=BAND, **edge),
    ]


def _ask_line(course: Course) -> list[Spec]:
    xs: list[float] = list(course.numbers)
    ys = list(course.ask_below)
    if all(y is None for y in ys):
        return []
    if len(xs) == 1:
        xs, ys = list(course.span), ys * 2
    line = {"width": 1, "color": EDGE}
    return [dashes(name="below this we ask", x=xs, y=ys, mode="lines", connectgaps=False, line=line)]


def _alliance(course: Course, dot: float) -> Spec:
    said_at = [said(point, course.marks.get(point.number)) for point in course.points]
    xs, ys = with_cuts(course.numbers, course.scores, course.around.cuts)
    return {
        "name": "alliance",
        "type": "scatter",
        "x": xs,
        "y": ys,
        "mode": "lines+markers",
        "connectgaps": False,
        "cliponaxis": False,
        "line": {"width": 2, "color": BLUE},
        "marker": rounds(BLUE, dot, 1.5 if dot > 5 else 0.5),
        "text": [text or "" for text in with_cuts(course.numbers, said_at, course.around.cuts)[1]],
        "hoverinfo": "text",
    }


def _no_form(course: Course) -> list[Spec]:
    missing = [point for point in course.points if point.alliance is None]
    if not missing:
        return []
    trace = dashes(
        name="no form",
        x=[point.number for point in missing],
        y=[NO_FORM] * len(missing),
        mode="markers",
        marker={"symbol": "x-thin", "size": 7, "color": SOFT, "line": {"width": 1.5, "color": SOFT}},
        text=[
            f"{where(point)}<br>{'too few answers for a number' if point.answered else 'no form'}"
            for point in missing
        ],
        hoverinfo="text",
    )
    return [trace]


def _held_back(course: Course) -> list[Spec]:
    """What only a supervisor gets to see, marked as such."""
    kept = [point for point in course.points if point.held_back and point.alliance is not None]
    if not kept:
        return []
    xs, ys = [point.number for point in kept], [rounded(point.alliance) for point in kept]
    marker = {"symbol": "square"} | rounds(INK, 9)
    return [dashes(name="for the supervisor only", x=xs, y=ys, mode="markers", marker=marker)]


def _imported(course: Course, dot: float) -> list[Spec]:
    """What was rated before this clinic asked: hollow, as it raises nothing here."""
    taken = [point for point in course.points if point.imported is not None and point.alliance is not None]
    if not taken:
        return []
    xs, ys = [point.number for point in taken], [rounded(point.alliance) for point in taken]
    marker = {"size": dot, "color": PAPER, "line": {"color": BLUE, "width": 1.5}}
    return [dashes(name="imported", x=xs, y=ys, mode="markers", marker=marker)]


def _questions(course: Course) -> list[Spec]:
    spots = [(point.number, round(height(point), 1)) for point in reversed(course.marked)]
    return questions(spots, course.marks, large=15, small=12)

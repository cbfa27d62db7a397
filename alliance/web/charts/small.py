"""Small multiples: one scale or one answer each, so that what moved can be seen beside what held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alliance.domain.alerts import Alert
from alliance.domain.trend import Point, Trend
from alliance.web.charts.board import Board
from alliance.web.charts.course import asked, questions
from alliance.web.charts.style import (
    ASK,
    AXIS,
    BLUE,
    EDGE,
    HOUSE,
    INK,
    Spec,
    chosen_ticks,
    note,
    rounded,
    score_axis,
    session_range,
    whole,
)

MARGIN: Spec = {"t": 12, "r": 30, "b": 26, "l": 30, "pad": 2}
WIDE, NARROW, TALL = 260.0, 110.0, 98.0  # pixels that the plot gets in a usual figure and on a phone
NARROW_BELOW = 240  # pixels
TICK_ROOM = 26.0  # pixels that a session number takes
WIDEST_BAR = 14.0  # pixels


def scale_chart(trend: Trend, scale_id: str) -> Spec:
    """One scale, 0–100, session by session."""
    points, marks = trend.points, asked(trend)
    values = [rounded(point.scores.get(scale_id)) for point in points]
    numbers = [point.number for point in points]
    size = max(2, min(5, round(WIDE / (len(points) or 1) * 0.5)))
    line = {
        "name": scale_id,
        "type": "scatter",
        "x": numbers,
        "y": values,
        "mode": "lines+markers",
        "connectgaps": False,
        "cliponaxis": False,
        "line": {"width": 1.5, "color": BLUE},
        "marker": {"size": size, "color": BLUE},
        "text": [
            "" if y is None else f"Session {x}: {whole(y)}" for x, y in zip(numbers, values, strict=True)
        ],
        "hoverinfo": "text",
    }
    asked_here = [(x, y) for x, y in zip(numbers, values, strict=True) if x in marks and y is not None]
    layout = _layout(points, marks, top=100)
    layout["annotations"] = _values(numbers, values, asked_here, layout["xaxis"]["range"])
    data = [line, *questions(asked_here, marks, large=11, small=9)]
    return {"data": data, "layout": layout, "narrow": _narrow(points, marks)}


def item_chart(trend: Trend, item_id: str, top: int = 10) -> Spec:
    """One answer as it was picked, 0 to `top`, as bars. A 0 is a line at the foot, no answer is a gap."""
    points, marks = trend.points, asked(trend)
    numbers = [point.number for point in points]
    picked = [point.items.get(item_id) for point in points]
    colours = [ASK if number in marks else EDGE for number in numbers]
    bars = {
        "name": item_id,
        "type": "bar",
        "x": numbers,
        "y": picked,
        "width": round(min(0.62, WIDEST_BAR * max(len(points), 1) / WIDE), 2),
        "marker": {"color": colours, "line": {"width": 1, "color": colours}},
        "text": [
            "" if y is None else f"Session {x}: {y} of {top}" for x, y in zip(numbers, picked, strict=True)
        ],
        "textposition": "none",
        "hoverinfo": "text",
    }
    layout = _layout(points, marks, top=top)
    if points:
        layout["xaxis"]["range"] = [numbers[0] - 0.6, numbers[-1] + 0.6]
    newest = max(
        (x for x, y in zip(numbers, picked, strict=True) if x in marks and y is not None), default=None
    )
    if newest is not None:
        y = picked[numbers.index(newest)] or 0
        layout["annotations"] = [note(newest, y, str(y), INK, xanchor="center", yanchor="bottom", yshift=1)]
    return {"data": [bars], "layout": layout, "narrow": _narrow(points, marks)}


def _layout(points: Sequence[Point], marks: Mapping[int, Alert], top: int) -> Spec:
    span = session_range(points[0].number, points[-1].number) if points else [0.5, 1.5]
    xaxis = AXIS | {"range": span} | _ticks(points, marks, WIDE)
    return HOUSE | {"margin": MARGIN, "xaxis": xaxis, "yaxis": score_axis(top)}


def _narrow(points: Sequence[Point], marks: Mapping[int, Alert]) -> Spec:
    return {"below": NARROW_BELOW, "layout": {"xaxis": _ticks(points, marks, NARROW)}}


def _ticks(points: Sequence[Point], marks: Mapping[int, Alert], pixels: float) -> Spec:
    """The first session, the newest question and the last session, as far as there is room."""
    if not points:
        return {"tickvals": [], "ticktext": []}
    first, last = points[0].number, points[-1].number
    wanted = [first, *sorted(marks, reverse=True)[:1], last]
    room = TICK_ROOM * max(last - first, 1) / pixels
    chosen = chosen_ticks([], wanted, room)
    return {"tickvals": chosen, "ticktext": [str(number) for number in chosen]}


def _values(
    numbers: Sequence[int],
    values: Sequence[float | None],
    asked_here: Sequence[tuple[int, float]],
    span: Sequence[float],
) -> list[Spec]:
    """The last value at its end of the line, and the value at the newest question."""
    answered = [(x, y) for x, y in zip(numbers, values, strict=True) if y is not None]
    if not answered:
        return []
    board = Board(WIDE, TALL, (span[0], span[1]), spare=28.0)
    board.draw(numbers, values)
    labels: list[Spec | None] = []
    last, last_value = answered[-1]
    if asked_here[-1:] != [(last, last_value)]:
        labels.append(board.pin(last, last_value, whole(last_value), ("right", "above", "below"), INK))
    for x, y in asked_here[-1:]:
        labels.append(board.pin(x, y, whole(y), ("below", "left", "right", "above"), INK))
    return [label for label in labels if label is not None]

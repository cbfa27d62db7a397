"""Therapists’ means against how many patients they rest on, with the limits that chance and usual differences draw."""

from __future__ import annotations

from collections.abc import Sequence

from alliance.domain.figures import Dot, Figures, FunnelFigures
from alliance.web.charts.board import Board
from alliance.web.charts.style import (
    AXIS,
    BAND,
    BLUE,
    EDGE,
    HOUSE,
    INK,
    LINE,
    NARROW_MARGIN,
    NICE_STEPS,
    SOFT,
    Spec,
    beside,
    dashes,
    plain,
    rounds,
    whole,
)

NEAR, FAR = 1.96, 3.09  # as in the funnel’s own figures: 95 of 100, 998 of 1,000
WIDE, TALL = 560.0, 276.0  # pixels that the plot gets in a usual figure
POINTS, FIRST = 48, 8  # of a limit; patients where it begins, a little before the least that are placed
DOT = 14.0  # pixels that a dot takes, its outline included
MOST_COVERED = 3  # spots of a limit that a name may lie over
MOST_NAMES = 14  # therapists named in the picture; from more on only on hovering and in the table
SIDES = ("above", "below", "right", "left", "below, ending", "below, starting")


def funnel_chart(figures: Figures) -> Spec | None:
    """The picture, or None below the minimum numbers. Who is not supervised is a ring without a name."""
    funnel = figures.funnel
    if funnel is None or not funnel.dots:
        return None
    most = max(dot.patients for dot in funnel.dots)
    ends = (float(FIRST), max(most * 1.04, FIRST + 12.0))
    xs = [round(ends[0] + (ends[1] - ends[0]) * (at / (POINTS - 1)) ** 2, 2) for at in range(POINTS)]
    low, high = _span(funnel)
    named = [dot for dot in funnel.dots if dot.name is not None]
    others = [dot for dot in funnel.dots if dot.name is None]
    data = [
        *_band(funnel, xs),
        *(
            _limit(funnel, xs, name, sign)
            for name, sign in (("998 of 1,000, upper", 1), ("998 of 1,000, lower", -1))
        ),
        _mean(funnel, ends),
        _dots(others, "others", {"symbol": "circle-open", "size": 8, "color": SOFT, "line": {"width": 1.5}}),
        _dots(named, "supervised", rounds(BLUE, 10)),
    ]
    layout = HOUSE | {
        "hovermode": "closest",
        "xaxis": AXIS | {"range": [ends[0] - 0.5, ends[1]]} | _ticks(most, 6),
        "yaxis": AXIS
        | {
            "range": [low, high],
            "tickvals": [tick for tick in range(0, 101, 10) if low < tick < high],
            "showgrid": True,
            "gridcolor": LINE,
            "gridwidth": 1,
        },
        "annotations": [
            *_margin(funnel, ends[1]),
            *_names(funnel, named, xs, (ends[0] - 0.5, ends[1]), (low, high)),
        ],
    }
    narrow = {"margin": NARROW_MARGIN, "annotations": [], "xaxis": _ticks(most, 3)}
    return {"data": data, "layout": layout, "narrow": {"layout": narrow}}


def _band(funnel: FunnelFigures, xs: Sequence[float]) -> list[Spec]:
    upper = [round(funnel.centre + funnel.half_width(x, NEAR), 2) for x in xs]
    lower = [round(funnel.centre - funnel.half_width(x, NEAR), 2) for x in xs]
    none = {"width": 0}
    return [
        dashes(name="95 of 100, upper", x=list(xs), y=upper, mode="lines", line=none),
        dashes(
            name="95 of 100", x=list(xs), y=lower, mode="lines", line=none, fill="tonexty", fillcolor=BAND
        ),
    ]


def _limit(funnel: FunnelFigures, xs: Sequence[float], name: str, sign: int) -> Spec:
    ys = [round(funnel.centre + sign * funnel.half_width(x, FAR), 2) for x in xs]
    return dashes(name=name, x=list(xs), y=ys, mode="lines", line={"width": 1, "color": EDGE})


def _mean(funnel: FunnelFigures, ends: tuple[float, float]) -> Spec:
    ys = [round(funnel.centre, 2)] * 2
    return dashes(
        name="clinic mean", x=list(ends), y=ys, mode="lines", line={"width": 1, "color": EDGE, "dash": "dot"}
    )


def _dots(dots: Sequence[Dot], name: str, marker: Spec) -> Spec:
    return dashes(
        name=name,
        x=[dot.patients for dot in dots],
        y=[round(dot.mean, 1) for dot in dots],
        mode="markers",
        cliponaxis=False,
        marker=marker,
        text=[
            f"{plain(dot.name) if dot.name else 'Not supervised by you'}: {whole(dot.mean)}, {dot.patients} patients"
            for dot in dots
        ],
        hoverinfo="text",
    )


def _span(funnel: FunnelFigures) -> tuple[float, float]:
    """The part of the scale on show: the outer limits at ten patients, and every dot."""
    reach = funnel.half_width(10, FAR)
    means = [dot.mean for dot in funnel.dots]
    low, high = min(funnel.centre - reach, *means) - 3, max(funnel.centre + reach, *means) + 3
    return max(round(low), 0), min(round(high), 100) + 0.5


def _ticks(most: int, count: int) -> Spec:
    """Round numbers of patients, and the ten from which anybody is placed."""
    step = next((step for step in NICE_STEPS if step >= 10 and most <= step * count), NICE_STEPS[-1])
    values = sorted({10, *range(step, most + 1, step)}) if step > 10 else list(range(10, most + 1, 10))
    values = [10, *(value for value in values if value - 10 >= step / 2)]
    return {
        "tickvals": values,
        "ticktext": [f"{values[0]}<br>patients", *(str(value) for value in values[1:])],
    }


def _margin(funnel: FunnelFigures, end: float) -> list[Spec]:
    """What the lines are, at their right ends."""
    heights = ((0.0, "clinic mean"), (NEAR, "95 of 100"), (FAR, "998 of 1,000"))
    return [
        beside(funnel.centre + funnel.half_width(end, errors) * (errors > 0), text)
        for errors, text in heights
    ]


def _names(
    funnel: FunnelFigures,
    named: Sequence[Dot],
    xs: Sequence[float],
    span: tuple[float, float],
    scale: tuple[float, float],
) -> list[Spec]:
    """The supervised by name where few enough and where there is room: over no other name, dot or limit."""
    if not 0 < len(named) <= MOST_NAMES:
        return []
    low, high = scale
    board = Board(WIDE, TALL, span, top=high - low, spare=20.0)
    for sign in (1, -1):
        board.draw(xs, [funnel.centre + sign * funnel.half_width(x, FAR) - low for x in xs])
    for dot in funnel.dots:
        board.keep_off(dot.patients, dot.mean - low, DOT)
    labels = []
    for dot in named:
        label = board.pin(dot.patients, dot.mean - low, plain(dot.name or ""), SIDES, INK, most=MOST_COVERED)
        if label is not None:
            labels.append(label | {"y": round(label["y"] + low, 1)})
    return labels

"""The house style of every large chart: plain dicts for the chart library, colours as the pages' own tokens.

A specification is `{"data": [...], "layout": {...}, "narrow": {...}}`. Colours are written `var(--token)` and
filled in by `static/js/charts.js`, so one specification serves light, dark and paper. `narrow` holds what
differs on a phone, `short` what differs in a low figure. Text in a chart is plain: the library reads `<b>` and
`<a>` as markup, so nothing that a patient wrote goes into one, and codes pass through `plain`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from math import floor
from typing import Any

from alliance.domain.trend import Point
from alliance.domain.wording import short_day

Spec = dict[str, Any]

INK, SOFT, EDGE, LINE = "var(--ink)", "var(--soft)", "var(--edge)", "var(--line)"
BLUE, ASK, BAND, PAPER = "var(--blue)", "var(--ask)", "var(--band)", "var(--paper)"

AXIS: Spec = {
    "fixedrange": True,
    "tickangle": 0,
    "ticklabelstandoff": 4,
    "ticklabeloverflow": "allow",
    "showgrid": False,
    "zeroline": False,
    "showline": False,
    "ticks": "",
    "automargin": False,
}
HOUSE: Spec = {
    "autosize": True,
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font": {"family": "var(--sans)", "size": 13, "color": SOFT},
    "margin": {"t": 12, "r": 120, "b": 48, "l": 34, "pad": 4},
    "showlegend": False,
    "dragmode": False,
    "hovermode": "x",
    "hoverlabel": {
        "bgcolor": INK,
        "bordercolor": INK,
        "align": "left",
        "font": {"family": "var(--sans)", "size": 13, "color": PAPER},
    },
}
NARROW_MARGIN: Spec = {"t": 12, "r": 24, "b": 48, "l": 30, "pad": 2}

NICE_STEPS = (1, 2, 3, 4, 6, 10, 12, 20, 25, 50, 100, 200, 500)
YEARS_FROM = 330  # days from which a day and a month no longer say which year


named_day = lru_cache(maxsize=4096)(short_day)  # the same few hundred days over and over


def plain(text: str) -> str:
    """A code as chart text: without the characters that the library could take for markup or a template."""
    return "".join(character for character in text if character not in "<>&%{}")


def whole(value: float) -> str:
    """A score as people read it."""
    return f"{value:.0f}"


def rounded(value: float | None) -> float | None:
    """To one decimal. A chart has hundreds of values, and the built-in writes each of them out to round it."""
    return None if value is None else floor(value * 10.0 + 0.5) / 10.0


def dashes(**parts: Any) -> Spec:
    """A scatter trace that says nothing when hovered, unless told otherwise."""
    return {"type": "scatter", "hoverinfo": "skip"} | parts


def rounds(colour: str, size: float, outline: float = 1.5) -> Spec:
    """Filled markers that stand off the line by an outline in the colour of the paper."""
    return {"size": size, "color": colour, "line": {"width": outline, "color": PAPER}}


def triangle(size: float, *, filled: bool, outline: float = 1.5) -> Spec:
    """The mark of a question: filled for "ask now", hollow for "keep in mind"."""
    if filled:
        return {"symbol": "triangle-down"} | rounds(ASK, size, outline)
    return {
        "symbol": "triangle-down",
        "size": size,
        "color": PAPER,
        "line": {"width": outline + 0.5, "color": ASK},
    }


def score_axis(top: int, **more: Any) -> Spec:
    """The upright axis from 0 to `top`, with a line in the middle and nothing else."""
    return (
        AXIS
        | {
            "range": [0, top],
            "tickvals": [0, top // 2, top],
            "showgrid": True,
            "gridcolor": LINE,
            "gridwidth": 1,
        }
        | more
    )


def session_range(first: int, last: int) -> list[float]:
    """The stretch of sessions on show, with a little air; a single session stands in the middle."""
    span = last - first
    if span == 0:
        return [first - 0.5, last + 0.5]
    return [round(first - max(0.03 * span, 0.1), 2), round(last + max(0.023 * span, 0.1), 2)]


def chosen_ticks(numbers: Sequence[int], wanted: Sequence[int], room: float) -> list[int]:
    """Which sessions are named under the axis: the wanted ones first, then round numbers, none too close.

    `room` is the distance in sessions that two names need.
    """
    step = next((step for step in NICE_STEPS if step >= room), NICE_STEPS[-1])
    chosen: list[int] = []
    for number in [*wanted, *[number for number in numbers if number % step == 0]]:
        if not [other for other in chosen if abs(number - other) < room]:
            chosen.append(number)
    return sorted(chosen)


def named_ticks(points: Sequence[Point], wanted: Sequence[int], room: float) -> Spec:
    """Session numbers with their dates; months with their years once the course is a year long."""
    days = {point.number: point.held_on for point in points}
    chosen = chosen_ticks([point.number for point in points], wanted, room)
    long = bool(points) and (points[-1].held_on - points[0].held_on).days > YEARS_FROM
    names = [f"{number}<br>{month(days[number]) if long else named_day(days[number])}" for number in chosen]
    if names:
        names[0] = f"Session {names[0]}"
    return {"tickvals": chosen, "ticktext": names}


@lru_cache(maxsize=512)
def month(day: date) -> str:
    """A month with its year."""
    return f"{day:%b} ’{day:%y}"


def note(x: float | str | None, y: float, text: str, colour: str = SOFT, **more: Any) -> Spec:
    """A label that stands directly where it belongs."""
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"color": colour}} | more


def beside(y: float, text: str, colour: str = SOFT) -> Spec:
    """A label in the right margin, at the height of what it names."""
    return note(
        1, round(y, 1), text, colour, xref="paper", xanchor="left", yanchor="middle", align="left", xshift=10
    )


# A specification is made of new lists and dicts each time: none can hold itself.
_encode = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode


def as_json(spec: Spec) -> str:
    """A specification as it is sent: compact, and never with NaN, which browsers refuse."""
    return _encode(spec)

"""Life around therapy, month by month: a few lines beside the alliance, never part of it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from alliance.domain.follow_up import Around
from alliance.web.charts.board import spread
from alliance.web.charts.style import (
    AXIS,
    BLUE,
    EDGE,
    HOUSE,
    INK,
    NARROW_MARGIN,
    PAPER,
    SOFT,
    YEARS_FROM,
    Spec,
    beside,
    dashes,
    month,
    named_day,
    note,
    rounded,
    score_axis,
    whole,
)

# A shape and a stroke for each scale, so that no colour has to be told from another.
LOOKS: tuple[tuple[str, str, str], ...] = (
    ("circle", "solid", BLUE),
    ("square", "dash", INK),
    ("diamond", "dot", EDGE),
    ("triangle-up", "dashdot", SOFT),
)
ROW_POINTS = 12.0  # what a row of text takes on the scale of 100


def around_chart(around: Around | None) -> Spec:
    """One line a scale, 0–100, one step a time it was asked; each named at its end."""
    if around is None or not around.taken:
        return {
            "data": [],
            "layout": HOUSE | {"annotations": [note(0.5, 0.5, "not asked yet", xref="paper")]},
        }
    taken = around.taken
    steps = list(range(len(taken)))
    data, ends = [], []
    for scale, (symbol, dash, colour) in zip(around.instrument.scales, LOOKS, strict=False):
        values = [rounded(one.scores.get(scale.id)) for one in taken]
        known = [value for value in values if value is not None]
        if not known:
            continue
        ends.append((known[-1], scale.name))
        data.append(
            dashes(
                name=scale.id,
                x=steps,
                y=values,
                mode="lines+markers",
                connectgaps=False,
                cliponaxis=False,
                line={"width": 1.75, "color": colour, "dash": dash},
                marker={"symbol": symbol, "size": 8, "color": colour, "line": {"width": 1, "color": PAPER}},
                text=[
                    "" if value is None else f"{named_day(one.held_on)}<br>{scale.name}: {whole(value)}"
                    for one, value in zip(taken, values, strict=True)
                ],
                hoverinfo="text",
            )
        )
    few = steps if len(steps) <= 6 else sorted({0, len(steps) // 2, len(steps) - 1})
    long = (taken[-1].held_on - taken[0].held_on).days > YEARS_FROM
    days = [month(one.held_on) if long else named_day(one.held_on) for one in taken]
    xaxis = AXIS | {
        "range": [-0.3, max(len(steps) - 0.7, 0.3)],
        "tickvals": few,
        "ticktext": [days[step] for step in few],
    }
    margin = HOUSE["margin"] | {"r": 158}
    layout = HOUSE | {
        "margin": margin,
        "xaxis": xaxis,
        "yaxis": score_axis(100),
        "annotations": _ends(ends, 30),
    }
    ends_only = sorted({0, len(steps) - 1})
    narrow = {
        "margin": NARROW_MARGIN | {"r": 104},
        "xaxis": {"tickvals": ends_only, "ticktext": [days[step] for step in ends_only]},
        "annotations": _ends(ends, 13),
    }
    return {"data": data, "layout": layout, "narrow": {"layout": narrow}}


def _ends(ends: Sequence[tuple[float, str]], characters: int) -> list[Spec]:
    """The last value and the name of each line at its end, broken into rows where room is short."""
    rows = [wrap(f"{whole(value)} {name[:1].lower()}{name[1:]}", characters) for value, name in ends]
    wanted = [(value, ROW_POINTS * len(row)) for (value, _), row in zip(ends, rows, strict=True)]
    return [beside(y, "<br>".join(row), INK) for y, row in zip(spread(wanted, 0, 100), rows, strict=True)]

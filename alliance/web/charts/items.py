"""Every answer at a glance: one row a sentence, one tile a session; the further from the best end, the stronger."""

from __future__ import annotations

from collections.abc import Sequence

from alliance.domain.trend import Point, Trend
from alliance.web.charts.course import where
from alliance.web.charts.style import (
    ASK,
    AXIS,
    BAND,
    BLUE,
    HOUSE,
    INK,
    PAPER,
    SOFT,
    Spec,
    named_ticks,
    note,
    session_range,
)
from surveys.definition import Instrument, Item

WIDE, NARROW = 520.0, 216.0  # pixels that the sessions get in a usual figure and on a phone
FIGURES = 19.0  # pixels a tile needs to hold its number
TILE = 0.84  # share of a row
WIDEST = 64.0  # pixels of a tile
BREAK = 0.5  # rows between the two directions
TICK_ROOM, NARROW_TICK_ROOM = 90.0, 62.0
MARGIN: Spec = {"t": 8, "r": 20, "b": 48, "l": 118, "pad": 4}
NARROW_MARGIN: Spec = {"t": 8, "r": 20, "b": 48, "l": 92, "pad": 2}


def items_chart(trend: Trend, instrument: Instrument) -> Spec:
    """Twelve rows or four: what was picked for each sentence, session by session.

    A pale tile is the best end, a strong one the worst; nothing at all is no answer. Where there is room, each
    tile holds its number, so that no colour has to be told from another.
    """
    points = trend.points
    ways = {scale.id: scale.higher_is for scale in instrument.scales}
    better = [item for item in instrument.items if (ways[item.scale] == "better") is not item.reversed]
    worse = [item for item in instrument.items if (ways[item.scale] == "better") is item.reversed]
    gap = BREAK if better and worse else 0.0
    rows: list[tuple[Item, float]] = [(item, -i) for i, item in enumerate(better)]
    rows += [(item, -(len(better) + gap + i)) for i, item in enumerate(worse)]
    if not points:
        return _none()
    low, high = session_range(points[0].number, points[-1].number)
    low, high = min(low, points[0].number - 0.6), max(high, points[-1].number + 0.6)
    room = WIDE / (high - low)
    ends = (instrument.minimum, instrument.maximum)
    data = [
        _tiles(
            "from the best end",
            [row for row in rows if row[0] in better],
            points,
            ends,
            BLUE,
            room,
            turned=False,
        ),
        _tiles(
            "more trouble", [row for row in rows if row[0] in worse], points, ends, ASK, room, turned=True
        ),
    ]
    data = [tiles for tiles in data if tiles["x"]]
    wanted = [points[-1].number, points[0].number]
    yaxis = AXIS | {
        "range": [-(len(rows) + gap) + 0.4, 0.6],
        "tickvals": [y for _, y in rows],
        "ticktext": [item.short for item, _ in rows],
    }
    layout = HOUSE | {
        "margin": MARGIN,
        "hovermode": "closest",
        "bargap": 0,
        "barmode": "overlay",
        "xaxis": AXIS | {"range": [low, high]} | named_ticks(points, wanted, TICK_ROOM / room),
        "yaxis": yaxis,
        "annotations": []
        if data
        else [note(0.5, yaxis["range"][0] / 2, "no answers yet", SOFT, xref="paper")],
    }
    narrow_room = NARROW / (high - low)
    narrow = {
        "layout": {
            "margin": NARROW_MARGIN,
            "xaxis": named_ticks(points, wanted, NARROW_TICK_ROOM / narrow_room),
        },
        "data": {tiles["name"]: {"textposition": _inside(narrow_room)} for tiles in data},
    }
    return {"data": data, "layout": layout, "narrow": narrow}


def _none() -> Spec:
    layout = HOUSE | {
        "xaxis": AXIS | {"showticklabels": False},
        "yaxis": AXIS | {"range": [0, 1], "showticklabels": False},
        "annotations": [note(0.5, 0.5, "no sessions yet", xref="paper")],
    }
    return {"data": [], "layout": layout, "narrow": {}}


def _inside(room: float) -> str:
    return "inside" if room >= FIGURES else "none"


def _tiles(
    name: str,
    rows: Sequence[tuple[Item, float]],
    points: Sequence[Point],
    ends: tuple[int, int],
    colour: str,
    room: float,
    *,
    turned: bool,
) -> Spec:
    """One trace of tiles; `turned` where the high end is the worse one."""
    low, top = ends
    tiles = [
        (
            point.number,
            y,
            point.items[item.id],
            f"{where(point)}<br>{item.short}: {point.items[item.id]} of {top}",
        )
        for item, y in rows
        for point in points
        if item.id in point.items
    ]
    off = [value - low if turned else top - value for _, _, value, _ in tiles]
    return {
        "name": name,
        "type": "bar",
        "x": [x for x, _, _, _ in tiles],
        "y": [TILE] * len(tiles),
        "base": [round(y - TILE / 2, 2) for _, y, _, _ in tiles],
        "width": round(min(0.86, WIDEST / room), 3) if room >= 9 else 1,
        "marker": {
            "color": off,
            "cmin": 0,
            "cmax": top - low,
            "colorscale": [[0, BAND], [1, colour]],
            "line": {"width": 0},
        },
        "text": [str(value) for _, _, value, _ in tiles],
        "hovertext": [text for _, _, _, text in tiles],
        "hoverinfo": "text",
        "textposition": _inside(room),
        "textangle": 0,
        "insidetextanchor": "middle",
        "insidetextfont": {"size": 12, "color": [PAPER if 2 * far > top - low else INK for far in off]},
        "constraintext": "none",
    }

"""A board of pixels on which labels are pinned so that they cover neither the line nor each other."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from alliance.web.charts.style import SOFT, Spec, note

CHARACTER = 7.0  # pixels, on the wide side, of 13 px type
ROW = 17.0  # pixels from one row of text to the next
TRIED = 8  # points at which a label is tried at most

# side: how the text is anchored, and how far it is moved from the point, rightwards and upwards
SIDES: dict[str, tuple[str, str, int, int]] = {
    "below": ("center", "top", 0, -9),
    "below, ending": ("right", "top", 9, -9),
    "below, starting": ("left", "top", -9, -9),
    "above": ("center", "bottom", 0, 9),
    "above, starting": ("left", "bottom", -9, 9),
    "left": ("right", "middle", -13, 0),
    "right": ("left", "middle", 13, 0),
}
Spot = tuple[float, float]
"""A point in pixels."""
SPILL = {"center": 0.5, "left": 0.0, "right": 1.0, "top": 1.0, "middle": 0.5, "bottom": 0.0}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y upwards."""

    left: float
    right: float
    bottom: float
    top: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )


@dataclass(slots=True)
class Board:
    """A figure on which labels are pinned one after the other, each where it is least in the way.

    `span` is the stretch of the x axis on show; `top` the end of the y axis, which starts at 0; `spare` the
    pixels that a label may reach into the right margin.
    """

    width: float
    height: float
    span: tuple[float, float]
    top: float = 100.0
    spare: float = 0.0
    dots: list[Spot] = field(default_factory=list)  # in order of x, as the next
    strokes: list[tuple[Spot, Spot]] = field(default_factory=list)
    reach: float = 0.0  # of the longest stroke, rightwards
    boxes: list[Box] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the chart in pixels."""
        low, high = self.span
        return (x - low) / (high - low) * self.width, y / self.top * self.height

    def dot(self, spots: Sequence[tuple[float, float]]) -> None:
        """Remember single marks, so that labels keep off them."""
        low, high = self.span
        long, wide, tall, top = high - low, self.width, self.height, self.top  # there may be hundreds
        self.dots += [((x - low) / long * wide, y / top * tall) for x, y in spots]
        self.dots.sort()

    def draw(self, xs: Sequence[float], ys: Sequence[float | None]) -> None:
        """Remember a line, gaps left out, so that labels keep off it."""
        low, high = self.span
        long, wide, tall, top = high - low, self.width, self.height, self.top  # as above
        spots = [
            None if y is None else ((x - low) / long * wide, y / top * tall)
            for x, y in zip(xs, ys, strict=True)
        ]
        self.dots += [spot for spot in spots if spot is not None]
        self.dots.sort()
        self.strokes += [(a, b) for a, b in pairwise(spots) if a is not None and b is not None]
        self.strokes.sort()
        self.reach = max([self.reach, *[b[0] - a[0] for a, b in self.strokes]])

    def keep_off(self, x: float, y: float, size: float) -> None:
        """Remember a mark of so many pixels that no label may touch."""
        px, py = self.at(x, y)
        self.boxes.append(Box(px - size / 2, px + size / 2, py - size / 2, py + size / 2))

    def box(self, x: float, y: float, text: str, side: str) -> Box:
        """The room that a text takes on one side of a point."""
        rows = text.split("<br>")
        wide, high = max(len(row) for row in rows) * CHARACTER, len(rows) * ROW
        xanchor, yanchor, right, up = SIDES[side]
        px, py = self.at(x, y)
        left = px + right - SPILL[xanchor] * wide
        bottom = py + up - SPILL[yanchor] * high
        return Box(left, left + wide, bottom, bottom + high)

    def cost(self, box: Box) -> float:
        """How much a label there would cover; a great deal where it leaves the figure."""
        left, right, low, high = box.left, box.right, box.bottom, box.top
        near = self.dots[bisect_left(self.dots, (left,)) : bisect_left(self.dots, (right,))]
        covered = len([1 for _, y in near if low <= y <= high])
        first, beyond = (
            bisect_left(self.strokes, ((left - self.reach,),)),
            bisect_left(self.strokes, ((right,),)),
        )
        for start, end in self.strokes[first:beyond]:
            if end[0] >= left and min(start[1], end[1]) <= high and max(start[1], end[1]) >= low:
                covered += len([1 for x, y in _between(start, end) if left <= x < right and low <= y <= high])
        covered += 12 * sum([box.meets(other) for other in self.boxes])
        outside = max(-box.left - 16, 0) + max(box.right - self.width - self.spare, 0) + max(-box.bottom, 0)
        return covered + 5 * outside

    def pin(
        self, x: float, y: float, text: str, sides: Sequence[str], colour: str = SOFT, most: float = math.inf
    ) -> Spec | None:
        """The label on the side of a point where it covers least, or None where that is more than `most`."""
        return self.pin_best([(x, y)], text, sides, colour, most)

    def pin_best(
        self,
        spots: Sequence[tuple[float, float]],
        text: str,
        sides: Sequence[str],
        colour: str = SOFT,
        most: float = math.inf,
    ) -> Spec | None:
        """The label at the first of several points, and on the first side, where it covers least."""
        least, best = math.inf, None
        for x, y in spots[:TRIED]:
            for side in sides:
                box = self.box(x, y, text, side)
                cost = self.cost(box)
                if cost < least:
                    least, best = cost, (x, y, side, box)
                if cost == 0:
                    break
            if least == 0:
                break
        if best is None or least > most:
            return None
        x, y, side, box = best
        self.boxes.append(box)
        xanchor, yanchor, right, up = SIDES[side]
        return note(
            x,
            round(y, 1),
            text,
            colour,
            xanchor=xanchor,
            yanchor=yanchor,
            align=xanchor,
            xshift=right,
            yshift=up,
        )


def _between(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Points along a stroke, close enough that no text slips between them."""
    x, y = start
    wide, high = end[0] - x, end[1] - y
    steps = 1 + int(abs(wide) / 16 + abs(high) / 8)
    if steps == 1:
        return []
    return [(x + wide * i / steps, y + high * i / steps) for i in range(1, steps)]


def spread(
    wanted: Sequence[tuple[float, float]], least: float = -math.inf, most: float = math.inf
) -> list[float]:
    """Heights at which labels do not touch, each as near as possible to where it belongs.

    `wanted` are (height, room it takes), in any one unit. Labels that would touch are stacked around the mean
    of the places they wanted, none reaching above `most` nor, as far as they fit, below `least`.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i][0])
    stacks: list[list[int]] = []
    for i in order:
        stacks.append([i])
        while len(stacks) > 1 and _bottom(stacks[-1], wanted) < _top(stacks[-2], wanted):
            above = stacks.pop()
            stacks[-1] += above
    placed = [0.0] * len(wanted)
    for stack in stacks:
        edge = _bottom(stack, wanted)
        for i in stack:
            placed[i] = edge + wanted[i][1] / 2
            edge += wanted[i][1]
    for i in order:
        placed[i] = max(placed[i], least + wanted[i][1] / 2)
        least = placed[i] + wanted[i][1] / 2
    for i in reversed(order):
        placed[i] = min(placed[i], most - wanted[i][1] / 2)
        most = placed[i] - wanted[i][1] / 2
    return placed


def _bottom(stack: Sequence[int], wanted: Sequence[tuple[float, float]]) -> float:
    offset, total = 0.0, 0.0
    for i in stack:
        total += wanted[i][0] - offset - wanted[i][1] / 2
        offset += wanted[i][1]
    return total / len(stack)


def _top(stack: Sequence[int], wanted: Sequence[tuple[float, float]]) -> float:
    return _bottom(stack, wanted) + sum(wanted[i][1] for i in stack)

"""The picture of the house, drawn from what the modules really import: `python -m tests.docs.house` draws it anew."""

from __future__ import annotations

import ast
from functools import cache
from html import escape

from tests.docs.pages import DOCS
from tests.test_architecture import imported, layer_of, modules

PICTURE = DOCS / "images" / "house.svg"
# From the left: in which column a layer stands, and what it is.
SAYS = {
    "alliance.cli": (1, "the command line"),
    "alliance.app": (1, "puts it together"),
    "alliance.demo": (0, "a made-up clinic"),
    "alliance.web": (1, "pages, charts, guards"),
    "alliance.actions": (0, "permission, transaction, trail"),
    "alliance.storage": (0, "the only SQL"),
    "alliance.exchange": (2, "files, in and out"),
    "alliance.mail": (2, "mail to patients"),
    "alliance.config": (1, "settings of the machine"),
    "alliance.domain": (1, "who may do what, what it means"),
    "alliance.analysis": (0, "every number"),
    "alliance.languages": (2, "what patients read"),
    "surveys": (1, "what is asked"),
}
WIDE, HIGH, BESIDE, BELOW, EDGE = 206, 52, 34, 40, 20
STYLE = """
  .box { fill: #fffefb; stroke: #7a756c; }
  .name { font: 600 15px system-ui, sans-serif; fill: #1f1d1a; }
  .says { font: 12px system-ui, sans-serif; fill: #56514a; }
  .uses { stroke: #0070b4; fill: none; stroke-width: 1.5; }
"""


@cache
def uses() -> dict[str, frozenset[str]]:
    """Layer to the layers that its modules import."""
    found: dict[str, set[str]] = {name: set() for name in SAYS}
    for module, path in modules():
        own = layer_of(module)
        if own in found:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                found[own] |= {layer_of(name) for name in imported(node)} & found.keys() - {own}
    return {name: frozenset(others) for name, others in found.items()}


@cache
def reach(name: str) -> frozenset[str]:
    """All that a layer rests on, directly or through others."""
    return uses()[name].union(*(reach(other) for other in uses()[name]))


def drawn() -> list[tuple[str, str]]:
    """An arrow for each use, but for those that follow from others."""
    return [
        (name, other)
        for name in SAYS
        for other in sorted(uses()[name])
        if not any(other in reach(between) for between in uses()[name] - {other})
    ]


def rows() -> list[list[str]]:
    """The layers from the top: each below all that use it."""

    @cache
    def depth(name: str) -> int:
        return max((depth(other) + 1 for other in SAYS if name in uses()[other]), default=0)

    return [[name for name in SAYS if depth(name) == row] for row in range(max(map(depth, SAYS)) + 1)]


def svg() -> str:
    width = (max(column for column, _ in SAYS.values()) + 1) * (WIDE + BESIDE) - BESIDE + 2 * EDGE
    height = len(rows()) * (HIGH + BELOW) - BELOW + 2 * EDGE
    at: dict[str, tuple[int, int]] = {}
    for row, names in enumerate(rows()):
        for name in names:
            at[name] = EDGE + SAYS[name][0] * (WIDE + BESIDE), EDGE + row * (HIGH + BELOW)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" aria-label="The layers of the house; each uses those below it">',
        f"<style>{STYLE}</style>",
        '<marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#0070b4"/></marker>',
        f'<rect width="{width}" height="{height}" rx="8" fill="#faf7f0"/>',
        *(_arrow(at[above], at[below]) for above, below in drawn()),
        *(_box(name, *at[name]) for name in SAYS),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _arrow(above: tuple[int, int], below: tuple[int, int]) -> str:
    x, y, to_x, to_y = above[0] + WIDE / 2, above[1] + HIGH, below[0] + WIDE / 2, below[1]
    turn, bend = to_y - BELOW, BELOW * 0.8  # straight down beside what is between, and over in the last gap
    return (
        f'<path class="uses" marker-end="url(#to)" d="M{x:g} {y:g}V{turn:g}C{x:g} {turn + bend:g} {to_x:g}'
        f' {to_y - bend:g} {to_x:g} {to_y:g}"/>'
    )


def _box(name: str, x: int, y: int) -> str:
    middle = x + WIDE / 2
    return (
        f'<rect class="box" x="{x:g}" y="{y:g}" width="{WIDE}" height="{HIGH}" rx="6"/>'
        f'<text class="name" x="{middle:g}" y="{y + 24:g}" text-anchor="middle">{name.removeprefix("alliance.")}</text>'
        f'<text class="says" x="{middle:g}" y="{y + 42:g}" text-anchor="middle">{escape(SAYS[name][1])}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(svg(), "utf-8")

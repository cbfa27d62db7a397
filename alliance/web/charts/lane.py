"""The lane above the main chart: rupture, talked about, recovering, repaired, one line an episode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alliance.domain.episodes import Episode
from alliance.web.charts.board import CHARACTER
from alliance.web.charts.style import ASK, AXIS, BLUE, INK, PAPER, Spec, dashes

LANE_AXIS: Spec = AXIS | {"domain": [0.86, 1], "range": [-1, 1], "visible": False}
NONE: Spec = {"symbol": "circle", "size": 0, "color": PAPER, "width": 0, "edge": PAPER}
SHAPES: dict[str, Spec] = {
    "rupture?": {"symbol": "triangle-down", "size": 13, "color": ASK, "width": 2, "edge": PAPER},
    "talked about": {"symbol": "diamond", "size": 12, "color": INK, "width": 2, "edge": PAPER},
    "recovering": {"symbol": "circle", "size": 11, "color": PAPER, "width": 2, "edge": BLUE},
    "repaired": {"symbol": "circle", "size": 12, "color": BLUE, "width": 2, "edge": PAPER},
}
INNER: Spec = {"symbol": "circle", "size": 5, "color": BLUE, "width": 0, "edge": BLUE}
GAP = 10.0  # pixels between two names
CLOSE = 14.0  # pixels within which two shapes touch


@dataclass(slots=True)
class Mark:
    """One shape in the lane; an x of None ends the line of an episode."""

    x: int | None
    shape: Spec
    text: str = ""
    side: str = "top"


def lane(episodes: Sequence[Episode], newest: int, pixels: float) -> list[Spec]:
    """The lane's trace, or nothing. `newest` is the last session, `pixels` the room a session has."""
    marks: list[Mark] = []
    for episode in episodes:
        if marks:
            marks.append(Mark(None, NONE))
        marks += _marks(episode, newest, CLOSE / pixels)
    if not marks:
        return []
    _name(
        [mark for mark in marks if mark.text and mark.x is not None and mark.x >= episodes[-1].opened], pixels
    )
    if len(episodes) > 1:
        for mark in marks:
            if mark.x is not None and mark.x < episodes[-1].opened:
                mark.text = ""
    shapes = [mark.shape for mark in marks]
    marker: Spec = {key: [shape[key] for shape in shapes] for key in ("symbol", "size", "color")}
    marker |= {
        "opacity": 1,
        "line": {"width": [s["width"] for s in shapes], "color": [s["edge"] for s in shapes]},
    }
    trace = dashes(
        name="episode",
        yaxis="y2",
        x=[mark.x for mark in marks],
        y=[None if mark.x is None else 0 for mark in marks],
        mode="lines+markers+text",
        text=[mark.text for mark in marks],
        textposition=[f"{mark.side} center" for mark in marks],
        textfont={"color": INK},
        connectgaps=False,
        cliponaxis=False,
        line={"width": 1.5, "color": INK},
        marker=marker,
    )
    return [trace]


def _marks(episode: Episode, newest: int, close: float) -> list[Mark]:
    """The steps in order of session; of two in one session the later is drawn and both are named.

    A recovery that would touch the repair, `close` sessions or less before it, is left out.
    """
    shown = episode.recovering
    if shown is not None and episode.repaired is not None and episode.repaired - shown <= close:
        shown = None
    steps: dict[int, list[str]] = {}
    for name, number in (
        ("rupture?", episode.opened),
        ("talked about", episode.talked),
        ("recovering", shown),
        ("repaired", episode.repaired),
    ):
        if number is not None:
            steps.setdefault(number, []).append(name)
    marks: list[Mark] = []
    for number, names in sorted(steps.items()):
        marks.append(Mark(number, SHAPES[names[-1]], ", ".join(names)))
        if names[-1] == "recovering":
            marks.append(Mark(number, INNER))
    if episode.repaired is None and newest > max(steps):
        marks.append(Mark(newest, NONE))  # still going on
    return marks


def _name(marks: Sequence[Mark], pixels: float) -> None:
    """Put each name above or below the lane; what finds no room goes unnamed, never the first step."""
    taken: dict[str, list[tuple[float, float]]] = {"top": [], "bottom": []}
    for mark in [*marks[:1], *marks[1:][-1:], *marks[1:-1]]:
        centre, half = (mark.x or 0) * pixels, len(mark.text) * CHARACTER / 2 + GAP / 2
        free = [
            side
            for side, spans in taken.items()
            if all(centre + half <= left or right <= centre - half for left, right in spans)
        ]
        if free:
            mark.side = free[0]
            taken[free[0]].append((centre - half, centre + half))
        else:
            mark.text = ""

"""The lane above the main chart: from the rupture to the repair, step by step, one line an episode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alliance.domain.episodes import Episode
from alliance.web.charts.board import CHARACTER
from alliance.web.charts.steps import Taken
from alliance.web.charts.style import ASK, AXIS, BLUE, INK, PAPER, Spec, dashes

LANE_AXIS: Spec = AXIS | {"domain": [0.86, 1], "range": [-1, 1], "visible": False}
NONE: Spec = {"symbol": "circle", "size": 0, "color": PAPER, "width": 0, "edge": PAPER}
SHAPES: dict[str, Spec] = {
    "rupture?": {"symbol": "triangle-down", "size": 13, "color": ASK, "width": 2, "edge": PAPER},
    "seen": {"symbol": "circle", "size": 7, "color": INK, "width": 1, "edge": PAPER},
    "talked about": {"symbol": "diamond", "size": 12, "color": INK, "width": 2, "edge": PAPER},
    "not repaired yet": {"symbol": "triangle-down", "size": 12, "color": PAPER, "width": 2, "edge": ASK},
    "recovering": {"symbol": "circle", "size": 11, "color": PAPER, "width": 2, "edge": BLUE},
    "repaired": {"symbol": "circle", "size": 12, "color": BLUE, "width": 2, "edge": PAPER},
    "closed": {"symbol": "circle", "size": 10, "color": INK, "width": 2, "edge": PAPER},
}
LIGHT = ("seen",)  # what gives way to every other step
INNER: Spec = {"symbol": "circle", "size": 5, "color": BLUE, "width": 0, "edge": BLUE}
GAP = 10.0  # pixels between two names
CLOSE, LIGHTLY = 14.0, 11.0  # pixels within which two shapes touch, and a small one touches another


@dataclass(slots=True)
class Mark:
    """One shape in the lane; an x of None ends the line of an episode."""

    x: float | None
    shape: Spec
    text: str = ""
    side: str = "top"


def lane(
    episodes: Sequence[Episode], newest: int, pixels: float, done: Mapping[int, Taken] | None = None
) -> list[Spec]:
    """The lane's trace, or nothing. `newest` is the last session, `pixels` the room a session has.

    `done` is what people did about each episode, by the session that opened it.
    """
    marks: list[Mark] = []
    for episode in episodes:
        if marks:
            marks.append(Mark(None, NONE))
        marks += _marks(episode, newest, CLOSE / pixels, (done or {}).get(episode.opened, Taken()))
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


def narrow_lane(lane: Spec) -> Spec:
    """What is different on a phone: shapes alone, and none for a look, for which there is no room."""
    sizes = lane["marker"]["size"]
    look = SHAPES["seen"]["size"]
    return {"mode": "lines+markers", "marker": {"size": [0 if size == look else size for size in sizes]}}


def _marks(episode: Episode, newest: int, close: float, done: Taken) -> list[Mark]:
    """The steps in order; of two in one session the later is drawn and both are named.

    A recovery that would touch the repair, `close` sessions or less before it, is left out, and so is a look that
    would touch anything.
    """
    shown = episode.recovering
    if shown is not None and episode.repaired is not None and episode.repaired - shown <= close:
        shown = None
    talks = [spot for spot in (episode.talked, done.talked) if spot is not None]
    steps: dict[float, list[str]] = {}
    for name, spot in (
        ("rupture?", episode.opened),
        ("talked about", min(talks, default=None)),
        ("not repaired yet", episode.unresolved),
        ("recovering", shown),
        ("repaired", episode.repaired),
        ("closed", done.closed),
    ):
        if spot is not None:
            steps.setdefault(spot, []).append(name)
    before = min(
        talks, default=newest + 1
    )  # a look on the day of the talk came before it: the talk says enough
    if (
        done.seen is not None
        and done.seen < before
        and all(abs(spot - done.seen) > close * LIGHTLY / CLOSE for spot in steps)
    ):
        steps[done.seen] = ["seen"]
    marks: list[Mark] = []
    for spot, names in sorted(steps.items()):
        marks.append(Mark(spot, SHAPES[names[-1]], ", ".join(names)))
        if names[-1] == "recovering":
            marks.append(Mark(spot, INNER))
    if episode.repaired is None and done.closed is None and newest > max(steps):
        marks.append(Mark(newest, NONE))  # still going on
    return marks


def _name(marks: Sequence[Mark], pixels: float) -> None:
    """Put each name above or below the lane; what finds no room goes unnamed, never the first step."""
    taken: dict[str, list[tuple[float, float]]] = {"top": [], "bottom": []}
    light = [mark for mark in marks[1:] if mark.text in LIGHT]
    main = [mark for mark in marks if mark not in light]
    for mark in [*main[:1], *main[1:][-1:], *main[1:-1], *light]:
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

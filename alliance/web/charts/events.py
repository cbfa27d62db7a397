"""What happened around the sessions, drawn lightly: marks of events, cuts where nobody met, windows of attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from alliance.domain.early import Window, pauses, windows
from alliance.domain.marks import Kind
from alliance.domain.trend import Point, Trend
from alliance.web.charts.style import EDGE, PAPER, SOFT, Spec, dashes

FOOT = 13.0  # height of the marks of events on the scale of 100, above the marks for missing forms
CUT = 12.0  # pixels that a break takes of the usual range at most
CUT_SHARE = 0.4  # and of the step from one session to the next
NEAR = 9.0  # pixels within which two marks are drawn as one


@dataclass(frozen=True, slots=True)
class Event:
    """One or several things marked at one place: what stands on the chart, and what is told when hovered."""

    x: float
    short: str
    text: str


@dataclass(frozen=True, slots=True)
class Around:
    """All that is drawn around the sessions. `cuts` are the sessions after which nobody met for a while, or
    another questionnaire measured something else.
    """

    events: Sequence[Event] = ()
    cuts: Sequence[int] = ()
    windows: Sequence[Window] = ()

    @classmethod
    def of(cls, trend: Trend) -> Around:
        """What is marked, what marks itself, and what the dates of the sessions tell."""
        points = trend.points
        if not points:
            return cls()
        unmet = pauses(points)
        cuts = {pause.after for pause in unmet} | set(other_measure(points)) | _other_forms(points)
        events: list[Event] = []
        for mark in trend.marks:
            spot = place(points, mark.starts_on)
            if mark.kind is Kind.BREAK:
                spot = _middle(points, mark.starts_on, mark.ends_on)
                after = [point.number for point in points if point.number <= spot]
                if after and after[-1] != points[-1].number:
                    cuts.add(after[-1])
            if mark.kind is Kind.CHANGE:
                spot = points[0].number - 0.5
            events.append(Event(spot, mark.short, mark.sentence))
        return cls(sorted(events, key=lambda event: event.x), sorted(cuts), windows(trend, unmet))

    def merged(self, pixels: float) -> list[Event]:
        """The events, those at one place as one; `pixels` is the room that a session has."""
        found: list[Event] = []
        for event in self.events:
            if found and (event.x - found[-1].x) * pixels < NEAR:
                last = found.pop()
                event = Event(last.x, f"{last.short}, {event.short}", f"{last.text}<br>{event.text}")
            found.append(event)
        return found


def other_measure(points: Sequence[Point]) -> list[int]:
    """The answered sessions after which a questionnaire measured something else: no line joins the two."""
    answered = [point for point in points if point.answered]
    return [before.number for before, after in pairwise(answered) if before.watched is not after.watched]


def _other_forms(points: Sequence[Point]) -> set[int]:
    """The sessions after which another questionnaire begins: no line leads from the one to the other."""
    return {
        one.number
        for one, other in pairwise(points)
        if one.imported != other.imported and not (one.comparable and other.comparable)
    }


def place(points: Sequence[Point], day: date) -> float:
    """Where a day stands among sessions: at the session held on it, else half way between its neighbours."""
    for point in points:
        if point.held_on == day:
            return float(point.number)
    before = [point.number for point in points if point.held_on < day]
    after = [point.number for point in points if point.held_on > day]
    if not before:
        return after[0] - 0.5
    return (before[-1] + after[0]) / 2 if after else before[-1] + 0.5


def _middle(points: Sequence[Point], first: date, last: date | None) -> float:
    """Where a break stands: in the gap between the two sessions around it that it covers most of."""
    held = [(point.number, point.held_on) for point in points]
    if last is None or last > held[-1][1]:
        inside = [number for number, day in held if day < first]
        return (inside[-1] if inside else held[0][0] - 1) + 0.5
    best = max(pairwise(held), key=lambda pair: _shared(pair[0][1], pair[1][1], first, last), default=None)
    if best is None or _shared(best[0][1], best[1][1], first, last) <= 0:
        return place(points, first)
    return (best[0][0] + best[1][0]) / 2


def _shared(a: date, b: date, first: date, last: date) -> int:
    return (min(b, last) - max(a, first)).days


def with_cuts(
    numbers: Sequence[int], values: Sequence[object], cuts: Sequence[int]
) -> tuple[list[float], list[object]]:
    """A line with nothing in it where nobody met: a gap in time is not joined either."""
    if not cuts:
        return list(numbers), list(values)
    xs: list[float] = []
    ys: list[object] = []
    for number, value in zip(numbers, values, strict=True):
        xs.append(number)
        ys.append(value)
        if number in cuts and number != numbers[-1]:
            xs.append(number + 0.5)
            ys.append(None)
    return xs, ys


def marked(around: Around, pixels: float) -> list[Spec]:
    """The hollow marks at the foot, with what each says in words when hovered."""
    events = around.merged(pixels)
    if not events:
        return []
    marker = {"symbol": "diamond-tall", "size": 9, "color": PAPER, "line": {"width": 1.5, "color": SOFT}}
    return [
        dashes(
            name="marked",
            x=[event.x for event in events],
            y=[FOOT] * len(events),
            mode="markers",
            marker=marker,
            text=[event.text for event in events],
            hoverinfo="text",
            cliponaxis=False,
        )
    ]


def shapes(around: Around, pixels: float) -> list[Spec]:
    """Cuts through the usual range, and a foot line under the sessions with an attention of their own."""
    half = min(CUT / 2 / pixels, CUT_SHARE / 2)
    cuts = [
        {
            "type": "rect",
            "x0": round(after + 0.5 - half, 2),
            "x1": round(after + 0.5 + half, 2),
            "y0": 20,
            "y1": 100,
            "fillcolor": PAPER,
            "line": {"width": 0},
        }
        for after in around.cuts
    ]
    feet = [
        {
            "type": "line",
            "x0": window.first - 0.35,
            "x1": window.last + 0.35,
            "y0": 0,
            "y1": 0,
            "line": {"width": 3, "color": EDGE},
        }
        for window in around.windows
    ]
    return [*cuts, *feet]

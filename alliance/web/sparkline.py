"""Sparklines for lists: a course at a glance, drawn on the server as inline SVG, without any script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from alliance.analysis.track import Level
from alliance.domain.early import pauses
from alliance.domain.trend import Point, Trend
from alliance.web.charts.course import asked

SHOWN = 27  # sessions
STEP = 6  # units from one session to the next
WIDTH, HEIGHT = 168, 44
NEWEST = WIDTH - STEP  # where the last session stands
BEST, WORST = 100.0, 30.0  # scores at the top and at the bottom; lower ones are drawn at the bottom
TOP, FOOT = 3.0, 37.0  # where these lie
PER_POINT = (FOOT - TOP) / (BEST - WORST)


def sparkline(trend: Trend) -> Markup:
    """The last 27 sessions: usual range, line with gaps, strokes for missing forms, marks for questions."""
    points = trend.points[-SHOWN:]
    xs = range(NEWEST - STEP * (len(points) - 1), NEWEST + 1, STEP)
    return Markup(  # noqa: S704 (numbers of our own making; the label is escaped)
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(_label(trend))}">'
        f"{_range(xs, points)}{_missing(xs, points)}{_line(xs, points)}{_marks(xs, points, trend)}</svg>"
    )


def _y(score: float) -> float:
    return TOP + (BEST - min(max(score, WORST), BEST)) * PER_POINT


# Formatting a number costs more than all the rest, and there are few: one for each tenth of a point.
HEIGHTS = tuple(f"{_y(tenth / 10):.1f}" for tenth in range(1001))


def _range(xs: Sequence[int], points: Sequence[Point]) -> str:
    known = [
        (x, reading) for x, point in zip(xs, points, strict=True) if (reading := point.reading) is not None
    ]
    if len(known) < 2:
        return ""
    upper = " L".join([f"{x} {HEIGHTS[round(reading.high * 10)]}" for x, reading in known])
    lower = " L".join([f"{x} {HEIGHTS[round(reading.low * 10)]}" for x, reading in reversed(known)])
    return f'<path class="range" d="M{upper} L{lower}z"/>'


def _missing(xs: Sequence[int], points: Sequence[Point]) -> str:
    strokes = "".join([f"M{x} 39v4" for x, point in zip(xs, points, strict=True) if not point.answered])
    return f'<path class="none" d="{strokes}"/>' if strokes else ""


def _line(xs: Sequence[int], points: Sequence[Point]) -> str:
    """One path, joined neither across a missing form nor across a break. `h0` gives a lone answer a dot."""
    parts: list[str] = []
    back = {pause.before for pause in pauses(points)}
    joined = False
    for x, point in zip(xs, points, strict=True):
        score = point.scores.get("alliance")
        if point.number in back:
            joined = False
        if score is None:
            joined = False
        elif joined:
            parts.append(f"L{x} {HEIGHTS[round(score * 10)]}")
        else:
            parts.append(f"M{x} {HEIGHTS[round(score * 10)]} h0")
            joined = True
    return f'<path class="line" d="{" ".join(parts)}"/>' if parts else ""


def _marks(xs: Sequence[int], points: Sequence[Point], trend: Trend) -> str:
    """Triangles where a question was raised, and a dot on the last answer unless it carries a triangle."""
    levels = {number: alert.level for number, alert in asked(trend).items()}
    answered = [(x, point) for x, point in zip(xs, points, strict=True) if point.alliance is not None]
    marks = [
        f'<path class="{"low" if levels[point.number] is Level.ASK else "low keep"}"'
        f' d="M{x - 5.5} {_y(point.alliance or 0) - 4:.1f}h11l-5.5 9z"/>'
        for x, point in answered
        if point.number in levels
    ]
    if answered and answered[-1][1].number not in levels:
        x, point = answered[-1]
        marks.append(f'<circle class="now" cx="{x}" cy="{_y(point.alliance or 0):.1f}" r="3"/>')
    return "".join(marks)


def _label(trend: Trend) -> str:
    """The same in words, for those who do not see it."""
    if not trend.points:
        return "No sessions yet"
    held, points = trend.points[-1].number, trend.points[-SHOWN:]
    words = [f"Trend over {held} {'session' if held == 1 else 'sessions'}"]
    questions = asked(trend)
    if newest := next((point for point in reversed(points) if point.number in questions), None):
        rated = "" if newest.alliance is None else f", rated {newest.alliance:.0f}"
        words.append(f"question after session {newest.number}{rated}")
    if missing := len([1 for point in points if not point.answered]):
        words.append(f"{missing} without a form")
    last = next((point.alliance for point in reversed(points) if point.alliance is not None), None)
    words.append("no answers yet" if last is None else f"last answer {last:.0f}")
    return ", ".join(words)

"""Sparklines for lists: a course at a glance, drawn on the server as inline SVG, without any script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from markupsafe import Markup

from alliance.analysis.track import Level
from alliance.domain.alerts import AlertStatus
from alliance.domain.trend import Point, Trend

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
    asked = {
        alert.session_number: alert.level
        for alert in trend.alerts
        if alert.status is not AlertStatus.WITHDRAWN
    }
    xs = range(NEWEST - STEP * (len(points) - 1), NEWEST + 1, STEP)
    placed = list(zip(xs, points, strict=True))
    return Markup(  # noqa: S704 (numbers of our own making; the label is escaped)
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(_label(trend))}">'
        f"{_range(placed)}{_missing(placed)}{_line(placed)}{_marks(placed, asked)}</svg>"
    )


def _y(score: float) -> float:
    return TOP + (BEST - min(max(score, WORST), BEST)) * PER_POINT


def _range(placed: Sequence[tuple[int, Point]]) -> str:
    known = [(x, point.reading) for x, point in placed if point.reading is not None]
    if len(known) < 2:
        return ""
    upper = " L".join([f"{x} {_y(reading.high):.1f}" for x, reading in known])
    lower = " L".join([f"{x} {_y(reading.low):.1f}" for x, reading in reversed(known)])
    return f'<path class="range" d="M{upper} L{lower}z"/>'


def _missing(placed: Iterable[tuple[int, Point]]) -> str:
    strokes = "".join([f"M{x} 39v4" for x, point in placed if not point.answered])
    return f'<path class="none" d="{strokes}"/>' if strokes else ""


def _line(placed: Iterable[tuple[int, Point]]) -> str:
    """One path. `h0` gives a lone answer between two gaps a dot."""
    parts: list[str] = []
    joined = False
    for x, point in placed:
        score = point.alliance
        if score is not None:
            parts.append(f"L{x} {_y(score):.1f}" if joined else f"M{x} {_y(score):.1f} h0")
        joined = score is not None
    return f'<path class="line" d="{" ".join(parts)}"/>' if parts else ""


def _marks(placed: Iterable[tuple[int, Point]], asked: dict[int, Level]) -> str:
    """Triangles where a question was raised, and a dot on the last answer unless it carries a triangle."""
    marks: list[str] = []
    last = ""
    for x, point in placed:
        if (score := point.alliance) is None:
            continue
        y = _y(score)
        level = asked.get(point.number)
        if level is None:
            last = f'<circle class="now" cx="{x}" cy="{y:.1f}" r="3"/>'
        else:
            shape = "low" if level is Level.ASK else "low keep"
            marks.append(f'<path class="{shape}" d="M{x - 5.5} {y - 4:.1f}h11l-5.5 9z"/>')
            last = ""
    return "".join(marks) + last


def _label(trend: Trend) -> str:
    """The same in words, for those who do not see it."""
    if not trend.points:
        return "No sessions yet"
    held = trend.points[-1].number
    words = [f"Trend over {held} {'session' if held == 1 else 'sessions'}"]
    shown = {point.number: point for point in trend.points[-SHOWN:]}
    asked = [alert for alert in trend.alerts if alert.status is not AlertStatus.WITHDRAWN]
    if asked and asked[-1].session_number in shown:
        number = asked[-1].session_number
        score = shown[number].alliance
        words.append(
            f"question after session {number}" + (f", rated {score:.0f}" if score is not None else "")
        )
    if missing := sum(not point.answered for point in shown.values()):
        words.append(f"{missing} without a form")
    last = trend.last
    words.append("no answers yet" if last is None else f"last answer {last.alliance:.0f}")
    return ", ".join(words)

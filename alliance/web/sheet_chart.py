"""One course as a picture for paper: drawn on the server as SVG, in words where there is room, without any script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from markupsafe import Markup

from alliance.analysis.track import Level
from alliance.domain.alerts import Alert
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import short_day, state
from alliance.web.charts.course import RESTING, asked

WIDTH, HEIGHT = 720, 250
LEFT, RIGHT = 44.0, 600.0  # where the first and the last session stand
TOP, FOOT = 26.0, 196.0  # where 100 and 0 lie
TICK_ROOM, NAME_ROOM, LINE = 62.0, 96.0, 15.0
"""Units that a day, the words of a question, and a line of text take."""
NO_FORM = 6.0  # height of the marks for missing forms, on the scale of 100


def sheet_chart(trend: Trend, label: str) -> Markup:
    """All sessions that the trend has, 0 to 100; `label` says the same in words."""
    points = trend.points
    xs = _places(len(points))
    marks = asked(trend)
    drawn = "".join(
        [
            *_grid(),
            *_usual(xs, points),
            *_ask_line(xs, points),
            *_course(xs, points, marks),
            *_days(xs, points, marks),
            *_words(xs, points, marks),
        ]
    )
    return Markup(  # noqa: S704 (numbers of our own making; every word is escaped)
        f'<svg class="on-paper" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">{drawn}</svg>'
    )


def _places(count: int) -> list[float]:
    """Few sessions stand no further apart than they would in a course of eight."""
    step = min((RIGHT - LEFT) / max(count - 1, 1), (RIGHT - LEFT) / 7)
    return [round(LEFT + step * place, 1) for place in range(count)]


def _y(score: float) -> float:
    return round(FOOT - min(max(score, 0.0), 100.0) * (FOOT - TOP) / 100, 1)


def _text(x: float, y: float, words: str, anchor: str = "middle", kind: str = "") -> str:
    chosen = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{chosen}>{escape(words)}</text>'


def _grid() -> Iterator[str]:
    for score in (0, 50, 100):
        yield _text(LEFT - 16, _y(score) + 4, str(score), "end")
    yield f'<path class="grid" d="M{LEFT - 8} {_y(50)}H{RIGHT + 8}"/>'


def _usual(xs: Sequence[float], points: Sequence[Point]) -> Iterator[str]:
    known = [(x, point.reading) for x, point in zip(xs, points, strict=True) if point.reading is not None]
    if len(known) < 2:
        return
    upper = " L".join(f"{x} {_y(reading.high)}" for x, reading in known)
    lower = " L".join(f"{x} {_y(reading.low)}" for x, reading in reversed(known))
    yield f'<path class="range" d="M{upper} L{lower}z"/>'


def _ask_line(xs: Sequence[float], points: Sequence[Point]) -> Iterator[str]:
    """Below it we ask; it rests while a question is open."""
    parts: list[str] = []
    resting = joined = False
    for x, point in zip(xs, points, strict=True):
        reading = point.reading
        line = None if reading is None or resting else reading.ask_below
        if line is not None:
            parts.append(f"{'L' if joined else 'M'}{x} {_y(line)}")
        joined = line is not None
        resting = reading is not None and reading.episode in RESTING
    if parts:
        yield f'<path class="ask-line" d="{" ".join(parts)}"/>'


def _course(xs: Sequence[float], points: Sequence[Point], marks: dict[int, Alert]) -> Iterator[str]:
    """The line, never drawn across a gap, its points, questions as triangles, missing forms as crosses."""
    parts: list[str] = []
    dots: list[str] = []
    radius = 4 if len(points) <= 40 else 2.5
    joined = False
    for x, point in zip(xs, points, strict=True):
        score = point.alliance
        if score is None:
            foot = _y(NO_FORM)
            dots.append(f'<path class="none" d="M{x - 3} {foot - 3}l6 6m0-6l-6 6"/>')
        else:
            parts.append(f"{'L' if joined else 'M'}{x} {_y(score)}{'' if joined else ' h0'}")
            if point.number not in marks:
                dots.append(f'<circle class="dot" cx="{x}" cy="{_y(score)}" r="{radius}"/>')
        joined = score is not None
        if point.number in marks:
            kind = "low" if marks[point.number].level is Level.ASK else "low keep"
            dots.append(f'<path class="{kind}" d="M{x - 7} {_y(score or NO_FORM) - 6}h14l-7 12z"/>')
    if parts:
        yield f'<path class="line" d="{" ".join(parts)}"/>'
    yield from dots


def _days(xs: Sequence[float], points: Sequence[Point], marks: dict[int, Alert]) -> Iterator[str]:
    """Number and day of the last session, the first, those with a question, and others where there is room."""
    wanted = [
        *([len(points) - 1, 0] if points else []),
        *(place for place, point in enumerate(points) if point.number in marks),
    ]
    taken: list[float] = []
    for place in dict.fromkeys([*wanted, *range(len(points))]):
        if any(abs(xs[place] - other) < TICK_ROOM for other in taken):
            continue
        taken.append(xs[place])
        point = points[place]
        yield _text(xs[place], FOOT + 26, f"Session {point.number}" if place == 0 else str(point.number))
        yield _text(xs[place], FOOT + 26 + LINE, short_day(point.held_on))


def _words(xs: Sequence[float], points: Sequence[Point], marks: dict[int, Alert]) -> Iterator[str]:
    """What was asked, the newest first as far as there is room; the last value and the usual range beside the end."""
    named: list[float] = []
    for x, point in reversed(list(zip(xs, points, strict=True))):
        if point.number in marks and all(abs(x - other) >= NAME_ROOM for other in named):
            named.append(x)
            words = state(marks[point.number].rules, point.number)
            score = "" if point.alliance is None else f"{point.alliance:.0f}, "
            low = _y(point.alliance or NO_FORM) + 20
            y = low if low < FOOT - LINE else _y(point.alliance or NO_FORM) - 14
            yield _text(x, y, score + words, "end" if x > RIGHT - 40 else "middle", "ink")
    answered = [point for point in points if point.alliance is not None]
    if not answered:
        yield _text((LEFT + RIGHT) / 2, _y(50) - 8, "no answers yet")
        return
    last = answered[-1]
    side = xs[-1] + 16
    now = _y(last.alliance or 0.0) + 4
    yield _text(
        side,
        now,
        f"{last.alliance:.0f} now" if last is points[-1] else f"{last.alliance:.0f} last",
        "start",
        "ink",
    )
    if last.reading is not None:
        middle = _y((last.reading.low + last.reading.high) / 2) + 4
        yield _text(side, middle if abs(middle - now) >= LINE else now + LINE, "usual range", "start")

"""Every patient on one scale: how far an answer lay from what was expected of this patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from alliance.analysis.track import Level, Reading
from alliance.domain.episodes import episodes
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import state
from alliance.web.charts.course import asked, said, where
from alliance.web.charts.style import plain

LOWEST, HIGHEST = -3.0, 2.0  # distances beyond are drawn here; hovering tells the score itself


def distance(score: float, reading: Reading) -> float:
    """How far a score lay from what was expected of this patient, in halves of the usual range.

    0 is just as expected, −1 and +1 are the ends of the range. Half the range is twice the standard deviation
    of the prediction, read from the end that was not cut off at 0 or 100, and never less than twice the
    patient's own ups and downs.
    """
    if 0 < reading.low < 100:
        half = reading.expected - reading.low
    elif 0 < reading.high < 100:
        half = reading.high - reading.expected
    else:
        half = max(reading.expected - reading.low, reading.high - reading.expected)
    return (score - reading.expected) / max(half, 2 * reading.give_or_take, 1.0)


def drawn(point: Point) -> float | None:
    """The height at which a session is drawn, or None where there is a gap."""
    if point.alliance is None or point.reading is None:
        return None
    return round(min(max(distance(point.alliance, point.reading), LOWEST), HIGHEST), 2)


@dataclass(frozen=True, slots=True)
class Line:
    """One patient's line. `heights` are None where no form came back."""

    code: str
    trend: Trend
    heights: Sequence[float | None]

    @classmethod
    def of(cls, trend: Trend) -> Line:
        return cls(plain(trend.dyad.patient.code) or "–", trend, [drawn(point) for point in trend.points])

    @property
    def end(self) -> tuple[date, float] | None:
        """Where the line ends: day and height of the last answer."""
        points = zip(reversed(self.trend.points), reversed(self.heights), strict=True)
        return next(((point.held_on, height) for point, height in points if height is not None), None)


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape on somebody's line; `kind` is what it stands for."""

    kind: str
    code: str
    day: date
    height: float
    text: str


ASKED, KEPT, REPAIRED, LONE = "worth a question", "keep in mind", "repaired", "single answers"


def marks(line: Line) -> Iterator[Mark]:
    """The questions and repairs of one course, and the answers between two gaps, which no line joins.

    A question about a session without a score stands where the line broke off.
    """
    trend, code = line.trend, line.code
    alerts = asked(trend)
    mended = {episode.repaired for episode in episodes(trend.points, trend.alerts)}
    last_known = 0.0
    around = zip([None, *line.heights], line.heights, [*line.heights[1:], None], strict=False)
    for point, (before, here, after) in zip(trend.points, around, strict=True):
        last_known = last_known if here is None else here
        alert = alerts.get(point.number)
        if alert is not None:
            words = said(point, alert) or f"{where(point)}<br>{state(alert.rules, point.number)}"
            kind = ASKED if alert.level is Level.ASK else KEPT
            yield Mark(kind, code, point.held_on, last_known, words)
        elif point.number in mended:
            yield Mark(REPAIRED, code, point.held_on, last_known, f"{said(point, None)}<br>repaired")
        elif here is not None and before is None and after is None:
            yield Mark(LONE, code, point.held_on, here, said(point, None))

"""What the charts of one course have in common: its points, the questions on it, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alliance.analysis.track import EpisodeState, Level
from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import state
from alliance.web.charts.events import Around
from alliance.web.charts.style import Spec, dashes, named_day, plain, rounded, session_range, triangle

NO_FORM = 5.0  # height of the marks for missing forms, on the scale of 100
UNSCORED = 15.0  # height of a question about a session without a score
RESTING = frozenset({EpisodeState.OPEN, EpisodeState.RECOVERING, EpisodeState.UNRESOLVED})


@dataclass(frozen=True, slots=True)
class Course:
    """One course as it is drawn. `marks` are the questions by session number, `span` the sessions on show,
    `around` what happened between them.

    `ask_below` is the rating below which we would have asked at each session; None while a question was open.
    `marked` are the points that raised a question, newest first, and `last` is the last point with a score.
    """

    points: Sequence[Point]
    numbers: list[int]
    scores: list[float | None]
    marks: Mapping[int, Alert]
    ask_below: Sequence[float | None]
    span: tuple[float, float]
    around: Around
    marked: Sequence[Point]
    last: Point | None

    @classmethod
    def of(cls, trend: Trend) -> Course:
        """Read a trend. It must have at least one session."""
        points, marks = trend.points, asked(trend)
        scores = [point.alliance for point in points]
        low, high = session_range(points[0].number, points[-1].number)
        around = Around.of(trend)
        spots = [event.x for event in around.events]
        return cls(
            points=points,
            numbers=[point.number for point in points],
            scores=[rounded(score) for score in scores],
            marks=marks,
            ask_below=_resting(points),
            span=(min([low, *(x - 0.1 for x in spots)]), max([high, *(x + 0.1 for x in spots)])),
            around=around,
            marked=[point for point in reversed(points) if point.number in marks],
            last=next((point for point in reversed(points) if point.alliance is not None), None),
        )

    @property
    def ticks(self) -> list[int]:
        """The sessions that should be named under the axis, the most wanted first."""
        first, last = self.points[0].number, self.points[-1].number
        return list(dict.fromkeys([last, first, *(point.number for point in self.marked)]))


def asked(trend: Trend) -> dict[int, Alert]:
    """The alerts to mark, by session number. What a late answer took the reason from is left out."""
    return {
        alert.session_number: alert for alert in trend.alerts if alert.status is not AlertStatus.WITHDRAWN
    }


def questions(
    spots: Sequence[tuple[int, float]], marks: Mapping[int, Alert], *, large: float, small: float
) -> list[Spec]:
    """Triangles at sessions that raised a question: filled for "ask now", hollow for "keep in mind"."""
    traces = []
    for level, name, size in ((Level.KEEP, "keep in mind", small), (Level.ASK, "worth a question", large)):
        own = [(x, y) for x, y in spots if x in marks and marks[x].level is level]
        if own:
            marker = triangle(size, filled=level is Level.ASK, outline=1.5 if size > 11 else 1)
            xs, ys = [x for x, _ in own], [y for _, y in own]
            traces.append(dashes(name=name, x=xs, y=ys, mode="markers", marker=marker))
    return traces


def height(point: Point) -> float:
    """Where a question about this session stands."""
    return UNSCORED if point.alliance is None else point.alliance


def where(point: Point) -> str:
    """How a point introduces itself when hovered."""
    return f"Session {point.number}, {named_day(point.held_on)}"


def said(point: Point, alert: Alert | None) -> str:
    """What a point says when hovered."""
    score, reading = point.alliance, point.reading
    if score is None:
        return ""
    text = f"Session {point.number}, {named_day(point.held_on)}<br>{round(score)}"
    if reading is not None:
        text += f", usual {round(reading.low)} to {round(reading.high)}"
    if point.imported is not None:
        text += f"<br>imported, rated on {plain(point.imported.questionnaire)}"
    if alert is not None:
        text += f"<br>{state(alert.rules, alert.session_number)}"
    return f"{text}<br>for the supervisor only" if point.held_back else text


def _resting(points: Sequence[Point]) -> list[float | None]:
    line: list[float | None] = []
    before = EpisodeState.NONE
    for point in points:
        known = point.reading
        line.append(None if known is None or before in RESTING else rounded(known.ask_below))
        before = known.episode if known else before
    return line

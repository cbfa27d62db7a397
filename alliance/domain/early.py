"""Sessions with an attention of their own: the first ones, and the first after a break, a change or an announced end.

Whether it clicks is known almost at once, and a low alliance at the start goes before dropping out; patients leave
silently around breaks. Nothing here changes what the detector does: it is told, and marked lightly on the chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from statistics import median

from alliance.analysis.prior import DEFAULT
from alliance.domain.marks import Kind, Mark, standing
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import EARLY as EARLY
from alliance.domain.wording import count, lower, plain_day

PAUSE_DAYS = 28  # days without a session that may be a break
PAUSE_STEPS = 2.0  # and how many of the usual steps between two sessions they must be
LOW = min(50.0, DEFAULT.mu0 - 2 * (DEFAULT.tau2 + DEFAULT.s0sq) ** 0.5)
"""Below this a score is low for almost anybody: two standard deviations under what a new patient gives, at most 50."""
LOW_ENDS = 10.0  # points above it from which a course is not low any more


class Why(StrEnum):
    """What gives sessions their own attention."""

    START = "early days"
    BREAK = "after a break"
    CHANGE = "after the change"
    ENDING = "ending announced"


@dataclass(frozen=True, slots=True)
class Window:
    """Sessions `first` to `last`, by number, and why. `day` is the day of what began it, `days` a break's length."""

    why: Why
    first: int
    last: int
    day: date
    days: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch without sessions: after this number, before that one (None: nobody has met since), so many days."""

    after: int
    before: int | None
    days: int


def pauses(points: Sequence[Point]) -> list[Pause]:
    """Where nobody met for four weeks or more, and for at least twice the usual time between two sessions."""
    steps = [(a, b, (b.held_on - a.held_on).days) for a, b in pairwise(points)]
    if not steps:
        return []
    usual = median(days for _, _, days in steps)
    least = max(PAUSE_DAYS, PAUSE_STEPS * usual)
    return [Pause(a.number, b.number, days) for a, b, days in steps if days >= least]


def windows(trend: Trend, unmet: Sequence[Pause] | None = None) -> list[Window]:
    """Every stretch of up to three sessions with an attention of its own, in order of what began it.

    `unmet` are the `pauses` of its points, where they are known already. A marked break counts from the first session
    on or after its end, however short it was.
    """
    points = trend.points
    if not points:
        return []
    marks = standing(list(trend.marks))
    changed = next((mark for mark in marks if mark.kind is Kind.CHANGE), None)
    start = Window(Why.CHANGE if changed else Why.START, points[0].number, EARLY, points[0].held_on)
    found = [start] if points[0].number <= EARLY else []
    begun: dict[tuple[Why, int], Window] = {}
    for pause in pauses(points) if unmet is None else unmet:
        held_on = next(point.held_on for point in points if point.number == pause.after)
        _open(begun, Why.BREAK, pause.before, held_on, pause.days)
    for mark in marks:
        if mark.kind is Kind.BREAK and mark.ends_on is not None:
            _open(begun, Why.BREAK, _first_on(points, mark.ends_on), mark.starts_on, _length(mark))
        if mark.kind is Kind.ENDING:
            _open(begun, Why.ENDING, _first_on(points, mark.starts_on), mark.starts_on, 0)
    return sorted([*found, *begun.values()], key=lambda window: (window.first, window.last))


def _open(begun: dict[tuple[Why, int], Window], why: Why, first: int | None, day: date, days: int) -> None:
    if first is not None:
        begun[why, first] = Window(why, first, first + EARLY - 1, day, days)


def _first_on(points: Sequence[Point], day: date) -> int | None:
    return next((point.number for point in points if point.held_on >= day), None)


def _length(mark: Mark) -> int:
    return 0 if mark.ends_on is None else (mark.ends_on - mark.starts_on).days


def now_in(trend: Trend) -> Window | None:
    """The window that the newest session stands in; of several the one that began last."""
    newest = trend.points[-1].number if trend.points else 0
    return next((one for one in reversed(windows(trend)) if one.first <= newest <= one.last), None)


def low_since(trend: Trend) -> int | None:
    """The session from which this course has been low, or None.

    Low begins below 50 and ends from 60 on, so that a score near the border does not switch it to and fro.
    """
    since: int | None = None
    for point in trend.answered:
        if not point.watched:
            since = None  # what is low is not known of another measure
            continue
        score = point.alliance or 0.0
        if since is None and score < LOW:
            since = point.number
        elif since is not None and score >= LOW + LOW_ENDS:
            since = None
    return since


def is_low_from_the_start(trend: Trend) -> bool:
    """Low since one of the first three sessions, and still."""
    since = low_since(trend)
    return since is not None and since <= EARLY


def in_words(trend: Trend) -> str:
    """What has its own attention now, in one to three sentences; empty where nothing has."""
    window = now_in(trend)
    told = [_of(window, trend.points[-1].number)] if window else []
    since = low_since(trend)
    if since is not None and since <= EARLY:
        told.append(
            f"Low from the start: below {LOW + LOW_ENDS:.0f} since session {since}. Beside its own usual it "
            "would look ordinary, so it is told here and raises no question by itself. "
            "You might ask what would make it safer."
        )
    return " ".join(told)


def _of(window: Window, newest: int) -> str:
    which = f"{ORDINAL[min(newest - window.first, EARLY - 1)]} session"
    if window.why is Why.START:
        return (
            f"Early days: the {which}. Whether it feels right is often decided now, and there is no usual range to "
            "speak of yet, so each low answer is worth a word."
        )
    if window.why is Why.CHANGE:
        return f"The {which} after a change of therapist: trust begins anew, and so does the usual range."
    if window.why is Why.BREAK:
        return f"The {which} after {_break(window.days)}: you may have to find each other again."
    return (
        f"The {which} since the ending was announced on {plain_day(window.day)}: "
        "what is between you may surface now, or fall silent."
    )


ORDINAL = ("first", "second", "third")


def _break(days: int) -> str:
    return f"a break of {count(days // 7, 'week')}" if days >= 14 else "a break"


def _long(a: Point, b: Point) -> bool:
    return (b.held_on - a.held_on).days >= PAUSE_DAYS


def in_short(trend: Trend) -> str:
    """A few words for a list: `early days`, `after a break of seven weeks`; empty where nothing is special now."""
    newest = trend.points[-EARLY - 1 :]
    if len(trend.points) > EARLY and not trend.marks and not any(_long(a, b) for a, b in pairwise(newest)):
        return ""  # lists hold many long courses
    window = now_in(trend)
    if window is None:
        return ""
    if window.why is Why.BREAK:
        return f"after {_break(window.days)}"
    return {
        Why.START: "early days",
        Why.CHANGE: "after a change of therapist",
        Why.ENDING: "the ending has been announced",
    }[window.why]


def happened_before(trend: Trend, point: Point) -> list[str]:
    """What lay between the session before and this one, for a table: a long break, and what was marked."""
    before = [other.held_on for other in trend.points if other.number < point.number]
    told = [f"after {_break(pause.days)}" for pause in pauses(trend.points) if pause.before == point.number]
    for mark in trend.marks:
        own = mark.starts_on <= point.held_on and (not before or mark.starts_on > before[-1])
        if own:
            told.append(lower(mark.sentence.removesuffix(".")))
    return told

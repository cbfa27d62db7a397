"""Which support cards fit a question: what the patient ticked first, then what kind of sign it was, then what moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from alliance.domain.alerts import Alert
from alliance.domain.standing import SLIDE, SLIDE_POINTS
from alliance.domain.support import Kind
from alliance.domain.trend import Point, Trend
from alliance.domain.wording import EARLY

FELL = 5.0  # points below its own mean from which a scale counts as fallen
BEFORE = 5  # answers that this mean is taken over
EVEN = 0.5  # the largest step of a slide, as a part of the whole: more is a fall
LIKE_SCALE = {"attunement": Kind.DISTANCE, "safety": Kind.INTRUSION, "collaboration": Kind.DIRECTION}


def fitting(alert: Alert, trend: Trend) -> tuple[Kind, ...]:
    """The cards that fit this question, the best first, each once; there is always one.

    What the patient ticked is the patient's own word and comes before anything that is read from numbers.
    """
    found = [*_ticked(alert, trend), *_sign(alert, trend), *_moved(alert, trend)]
    if not found:
        found = [Kind.INTRUSION if {"report", "own-word"} & set(alert.rules) else Kind.DISTANCE]
    return tuple(dict.fromkeys(found))


def _ticked(alert: Alert, trend: Trend) -> Iterator[Kind]:
    """By the kinds of what was ticked last since this session and before the next question."""
    last = trend.ticked_since(alert)
    if last is not None and last.happened is not None:
        yield from (Kind(family) for family in last.happened.families if family in set(Kind))


def _sign(alert: Alert, trend: Trend) -> Iterator[Kind]:
    if alert.rules[:1] == ("silence",):
        yield Kind.SILENCE
    elif alert.session_number <= EARLY:
        yield Kind.EARLY_LOW
    elif not alert.rules or is_slide(
        [point for point in trend.answered if point.number <= alert.session_number]
    ):
        yield Kind.DRIFT


def is_slide(answered: Sequence[Point]) -> bool:
    """Whether the last four ratings slid: none above the one before, five points and more in all, in even steps.

    The odds add up what no single session shows; a fall in one step is no slide, however small the steps before.
    """
    scores = [point.alliance for point in answered[-SLIDE:] if point.alliance is not None]
    if len(scores) < SLIDE:
        return False
    steps = [earlier - later for earlier, later in pairwise(scores)]
    fallen = sum(steps)
    return min(steps) >= 0 and fallen >= SLIDE_POINTS and max(steps) <= EVEN * fallen


def _moved(alert: Alert, trend: Trend) -> Iterator[Kind]:
    """By the scale that fell most below its own mean of the answers before, where the single scales are known."""
    answered = [point for point in trend.answered if point.number <= alert.session_number]
    if alert.session_number <= EARLY or not answered or answered[-1].number != alert.session_number:
        return
    falls = {
        scale: fall
        for scale in LIKE_SCALE
        if (fall := _fall([point.scores.get(scale) for point in answered[-BEFORE - 1 :]])) >= FELL
    }
    if falls:
        yield LIKE_SCALE[max(falls, key=lambda scale: falls[scale])]


def _fall(scores: Sequence[float | None]) -> float:
    before = [score for score in scores[:-1] if score is not None]
    last = scores[-1]
    return 0.0 if last is None or not before else sum(before) / len(before) - last

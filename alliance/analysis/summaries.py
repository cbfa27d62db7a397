"""What is kept of past courses while a prior is learned from them: of each a few numbers, however many there are.

Past courses hold ruptures too, so each dyad’s outliers are drawn in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean, median, variance

import numpy as np
from numpy.typing import NDArray

from alliance.analysis.forecast import plain_rating
from alliance.analysis.likelihood import TOP
from alliance.analysis.prior import DEFAULT_RATINGS
from alliance.analysis.state import Held

LEAST_ANSWERS = 4
"""A dyad with fewer ratings says next to nothing about how ratings vary within it."""
REACH, LEAST_SD = 2.5, 2.0
"""Outliers are drawn in to this many robust SDs around the median; an SD counts as 2 points at least."""
ROBUST = 1.4826
"""A normal SD per median absolute deviation."""
LEAST_MISSING, MOST_MISSING = 0.01, 0.9
MOST_PHI = 0.6

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """One dyad’s ratings, or its tensions, with the outliers drawn in to `low` and `high` (points)."""

    low: float
    high: float
    count: int
    mean: float
    variance: float

    def gap(self, value: float | None) -> float | None:
        """The distance from the mean, points."""
        return None if value is None else min(max(value, self.low), self.high) - self.mean


@dataclass(slots=True)
class Summary:
    """What is kept of the past courses, gone through one after the other."""

    levels: list[Series] = field(default_factory=list)
    scales: list[Numbers] = field(default_factory=list)
    tensions: list[Series] = field(default_factory=list)
    sessions: int = 0
    answered: int = 0
    at_the_top: int = 0
    together: float = 0.0
    apart: float = 0.0

    @classmethod
    def of(cls, dyads: Iterable[Sequence[Held]]) -> Summary:
        past = cls()
        for dyad in dyads:
            past.take(dyad)
        return past

    def take(self, dyad: Sequence[Held]) -> None:
        """One course; beyond how many forms came back, a short one says nothing."""
        self.sessions += len(dyad)
        self.answered += sum(held.answered for held in dyad)
        ratings = _ratings(dyad)
        if len(ratings) < LEAST_ANSWERS:
            return
        level = _drawn_in(ratings)
        self.levels.append(level)
        self.at_the_top += sum(rating >= TOP for rating in ratings)
        for one, other in pairwise(level.gap(plain_rating(held)) for held in dyad):
            if one is not None and other is not None:
                self.together += one * other
                self.apart += (one * one + other * other) / 2.0
        if len(scores := _complete(dyad)) >= LEAST_ANSWERS:
            self.scales.append(scores)
        if len(tension := _tensions(dyad)) >= LEAST_ANSWERS:
            self.tensions.append(_drawn_in(tension))

    @property
    def missing(self) -> float:
        """Share of held sessions that stayed unanswered; never so near 0 or 1 that one session would say all."""
        return min(max(1.0 - self.answered / self.sessions, LEAST_MISSING), MOST_MISSING)

    @property
    def carried_over(self) -> float:
        """How far a session’s distance from the dyad’s mean carries over to the next session, 0–0.6.

        A mean taken from the same short course makes neighbours look too different; the last term undoes that.
        """
        if not self.apart:
            return DEFAULT_RATINGS.phi
        raw = self.together / self.apart
        sessions = fmean(level.count for level in self.levels)
        return min(max(raw + (1.0 + raw) / (sessions - 1.0), 0.0), MOST_PHI)


def _ratings(dyad: Iterable[Held]) -> list[float]:
    return [rating for held in dyad if (rating := plain_rating(held)) is not None]


def _tensions(dyad: Iterable[Held]) -> list[float]:
    return [held.rupture for held in dyad if held.rupture is not None]


def _drawn_in(values: Sequence[float]) -> Series:
    middle = median(values)
    robust = max(ROBUST * median(abs(value - middle) for value in values), LEAST_SD)
    low, high = middle - REACH * robust, middle + REACH * robust
    inside = [min(max(value, low), high) for value in values]
    return Series(low, high, len(values), fmean(inside), variance(inside))


def _complete(dyad: Iterable[Held]) -> Numbers:
    """The sessions that have all three scales, a row each."""
    rows = [held.scales for held in dyad if None not in held.scales]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)

"""Rules that others use or could use, to compare the detector with.

Each is our causal reading: at a session it sees that session and those before it, nothing later. None knows
silence, tension or repair. Ratings in points, 0–100.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from alliance.analysis.prior import Prior

__all__ = ["Comparator", "CutOff", "IndividualsChart", "Marked", "PreviousDrop", "ReliableDrop"]

SIGMA_PER_RANGE = 1.128
"""Mean moving range of two normal numbers in SDs (d₂)."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a rule made of a session: `expected` rating and `limit` as they stood before it, points, None where
    the rule has none yet; whether it flags the rating, and whether that is `new`."""

    expected: float | None
    limit: float | None
    flagged: bool
    new: bool


@dataclass(slots=True)
class Comparator(ABC):
    """A rule at work on one dyad."""

    flagged: bool = field(default=False, init=False)
    """Whether the last rating was flagged."""

    def step(self, rating: float | None) -> Marked:
        """Take in the next held session’s rating, 0–100; None where there was none, which changes nothing."""
        expected, limit = self._expected(), self._limit()
        if rating is None:
            return Marked(expected, limit, flagged=False, new=False)
        flagged = limit is not None and self._beyond(rating, limit)
        new = flagged and not self.flagged
        self.flagged = flagged
        self._learn(rating)
        return Marked(expected, limit, flagged=flagged, new=new)

    @abstractmethod
    def _expected(self) -> float | None: ...

    @abstractmethod
    def _limit(self) -> float | None: ...

    @abstractmethod
    def _learn(self, rating: float) -> None: ...

    def _beyond(self, rating: float, limit: float) -> bool:
        return rating <= limit


@dataclass(slots=True)
class IndividualsChart(Comparator):
    """XmR: below the mean of all earlier ratings by `sigmas` times their mean moving range / 1.128.

    It begins after `warm_up` ratings. Shewhart’s chart for single values, its limits drawn anew each time.
    """

    sigmas: float = 3.0
    warm_up: int = 4
    _count: int = field(default=0, init=False)
    _mean: float = field(default=0.0, init=False)
    _ranges: float = field(default=0.0, init=False)
    _last: float = field(default=0.0, init=False)

    def _expected(self) -> float | None:
        return self._mean if self._count else None

    def _limit(self) -> float | None:
        if self._count < max(self.warm_up, 2):
            return None
        return self._mean - self.sigmas * self._ranges / (self._count - 1) / SIGMA_PER_RANGE

    def _learn(self, rating: float) -> None:
        if self._count:
            self._ranges += abs(rating - self._last)
        self._count += 1
        self._mean += (rating - self._mean) / self._count
        self._last = rating

    def _beyond(self, rating: float, limit: float) -> bool:
        return rating < limit


@dataclass(slots=True)
class PreviousDrop(Comparator):
    """Lower than the rating before by `points` or more; 2.5 is one point of a scale of forty."""

    points: float = 2.5
    _last: float | None = field(default=None, init=False)

    def _expected(self) -> float | None:
        return self._last

    def _limit(self) -> float | None:
        return None if self._last is None else self._last - self.points

    def _learn(self, rating: float) -> None:
        self._last = rating


class ReliableDrop(PreviousDrop):
    """Lower than the rating before by more than measurement error explains (Jacobson & Truax 1991).

    (x₂ − x₁)/(√2·SEM) ≤ −`critical`; `standard_error`: SEM of one rating, points, above 0.
    """

    def __init__(self, standard_error: float, critical: float = 1.96) -> None:
        super().__init__(points=critical * math.sqrt(2.0) * standard_error)

    @classmethod
    def expecting(cls, prior: Prior) -> ReliableDrop:
        """With the SEM that coefficient alpha implies where scales differ as a clinic’s do.

        Of the mean of three scales: all by which they differ, lasting or passing, counts as error. (Distances
        from a mean of three have two thirds of the variance of the scales themselves.)
        """
        return cls(math.sqrt((prior.taui2 + 1.5 * prior.o_var) / 3.0))


@dataclass(slots=True)
class CutOff(Comparator):
    """At or below a fixed rating, `points`, whoever gives it; 90 is 36 of 40."""

    points: float = 90.0

    def _expected(self) -> float | None:
        return None

    def _limit(self) -> float | None:
        return self.points

    def _learn(self, rating: float) -> None:
        """A fixed line learns nothing."""

"""What a dyad's next rating should be, from its own past and the clinic's prior, and how far it fell short.

The forecast of the design for ratings alone: a conjugate normal level and variance, a first-order carry-over from
the last rating, and Student's t turned into a z-score. Ratings in points, 0–100.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from alliance.analysis.predictive import normal_from_t, t_from_normal
from alliance.analysis.prior import RatingsPrior
from alliance.analysis.state import LEAST_SPREAD, Held

__all__ = ["Baseline", "Forecast", "plain_rating"]

MOST_Z = 4.0
LEARNS_DOWN_TO = 2.0
"""A rating further below the expected one than this many spreads teaches no more than one that deep."""
MOST_LEVEL_WEIGHT, MOST_SQUARES_WEIGHT = 12.0, 40.0


def plain_rating(held: Held) -> float | None:
    """A session’s rating as it was given: the mean of its scales or else its total, points; None without."""
    present = [score for score in held.scales if score is not None]
    return sum(present) / len(present) if present else held.total


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the next rating should be: Student’s t around `expected` with `spread` (points) and `freedom`."""

    expected: float
    spread: float
    freedom: float

    def z(self, rating: float) -> float:
        """How far the rating lies from what was expected, in SDs, −4 to 4."""
        score = normal_from_t((rating - self.expected) / self.spread, self.freedom)
        return min(max(score, -MOST_Z), MOST_Z)

    def rating_at(self, z: float) -> float:
        """The rating that would have this z, points; it may lie beyond the ends of the scale."""
        return self.expected + self.spread * t_from_normal(z, self.freedom)


@dataclass(slots=True)
class Baseline:
    """A dyad’s usual level and variance, and its last rating: what forecasts are made of."""

    phi: float
    level: float
    level_weight: float
    squares: float
    squares_weight: float
    last: float | None = None
    since: int = 1
    """Held sessions from the last rating to the coming session."""

    @classmethod
    def start(cls, prior: RatingsPrior) -> Baseline:
        """A dyad before its first session."""
        return cls(
            phi=prior.phi,
            level=prior.mu0,
            level_weight=prior.s0sq / prior.tau2,
            squares=prior.nu0 * prior.s0sq,
            squares_weight=prior.nu0,
        )

    @property
    def give_or_take(self) -> float:
        """How far this dyad’s ratings usually stray between sessions, points, at least 3."""
        return math.sqrt(max(self.squares / self.squares_weight, LEAST_SPREAD**2))

    def forecast(self) -> Forecast:
        """What the coming session’s rating should be."""
        carried, away = 0.0, 0.0
        if self.last is not None:
            carried = self.phi**self.since
            away = self.last - self.level
        share = 1.0 - carried * carried + (1.0 - carried) ** 2 / self.level_weight
        return Forecast(
            self.level + carried * away, self.give_or_take * math.sqrt(share), self.squares_weight
        )

    def learn(self, rating: float | None, forecast: Forecast) -> None:
        """Take in the coming session’s rating, None if there was none. A rupture must not teach the level."""
        if rating is None:
            self.since += 1
            return
        counted = max(rating, forecast.expected - LEARNS_DOWN_TO * forecast.spread)
        gap, weight = counted - self.level, self.level_weight
        self.squares += weight / (weight + 1.0) * gap * gap
        self.squares_weight += 1.0
        if self.squares_weight > MOST_SQUARES_WEIGHT:
            self.squares *= MOST_SQUARES_WEIGHT / self.squares_weight
            self.squares_weight = MOST_SQUARES_WEIGHT
        self.level += gap / (weight + 1.0)
        self.level_weight = min(weight + 1.0, MOST_LEVEL_WEIGHT)
        self.last, self.since = rating, 1

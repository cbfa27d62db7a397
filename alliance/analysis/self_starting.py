"""Charts that need no baseline: each value is judged by the ones before it, from the second or third on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from alliance.analysis.checking import Floats, number, series

__all__ = ["MOST_Q", "PredictiveLimits", "predictive_limits", "q_statistics"]

MOST_Q = 8.0
"""No Q statistic is further from 0: where earlier values were all alike, nothing finite would be."""


@dataclass(frozen=True, slots=True)
class PredictiveLimits:
    """Where the next value is expected, in the units of the values; `points`: how many values tell so."""

    mean: float
    sd: float
    lower: float
    upper: float
    points: int


def predictive_limits(baseline: ArrayLike, *, tail: float = 0.025) -> PredictiveLimits:
    """Limits for one further value from a short baseline.

    m̄ ± t(m−1, 1−`tail`) s √(1 + 1/m), s with divisor m−1: the usual prediction interval of normal theory,
    exact for independent normal values however few they are. Source: Hahn & Meeker 1991, Statistical
    Intervals.

    `baseline`: at least two values, any unit, not all alike; `tail`: the chance beyond either limit, above 0,
    below .5. Raises ValueError for anything else.
    """
    x = series(baseline, "values", 2)
    chance = number(tail, "tail", above=0, below=0.5)
    mean, sd = float(x.mean()), float(x.std(ddof=1))
    if sd == 0 or (x == x[0]).all():
        raise ValueError("The values never change, so no limits can be drawn from them.")
    reach = float(special.stdtrit(x.size - 1, 1.0 - chance)) * sd * math.sqrt(1.0 + 1.0 / x.size)
    return PredictiveLimits(mean=mean, sd=sd, lower=mean - reach, upper=mean + reach, points=x.size)


def q_statistics(values: ArrayLike) -> Floats:
    """Quesenberry’s Q statistic of the third and each later value, mean and variance unknown.

    Q_r = Φ⁻¹(T_{r−2}(√((r−1)/r) (x_r − x̄_{r−1})/s_{r−1})), r ≥ 3: independent standard normal numbers while
    nothing changes. Source: Quesenberry 1991, J Qual Technol 23:213. A single one beyond 3 finds little; an
    EWMA or CUSUM of them finds more (Quesenberry 1993).

    `values`: at least three, any unit; shifting or rescaling them changes nothing. Gives one number fewer by
    two than there are values, each within ± 8; where all earlier values were alike, 0 for one more like them
    and ± 8 for another. Raises ValueError for fewer than three values or what is not finite.
    """
    x = series(values, "values", 3)
    statistics = np.empty(x.size - 2)
    mean, squares = float(x[0]), 0.0
    for before, value in enumerate(x[1:].tolist(), 1):  # `before`: values seen so far
        if before >= 2:
            statistics[before - 2] = _q(value - mean, squares / (before - 1), before)
        gap = value - mean
        mean += gap / (before + 1)
        squares += gap * (value - mean)
    return statistics


def _q(gap: float, variance: float, before: int) -> float:
    if gap == 0:
        return 0.0
    if variance <= 0:
        return math.copysign(MOST_Q, gap)
    t = math.sqrt(before / (before + 1)) * gap / math.sqrt(variance)
    below = float(special.ndtri(special.stdtr(before - 1, -abs(t))))  # from the lower tail, which stays exact
    return math.copysign(min(-below, MOST_Q), gap)

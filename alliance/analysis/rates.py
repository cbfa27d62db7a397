"""Rates of few events, such as answers or repairs, drawn towards what is usual in the clinic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from alliance.analysis.checking import Counts, Floats, alike, counts, number

__all__ = ["PooledRates", "pool_rates"]

LEAST_WEIGHT, MOST_WEIGHT = 0.01, 1e5


@dataclass(frozen=True, slots=True, eq=False)
class PooledRates:
    """Rates from 0 to 1; arrays have one entry a therapist, in the order given.

    `mean`: the usual rate; `weight`: how many trials it counts for, infinite where rates differ by no more than
    chance; `rates` with their intervals `low` to `high`.
    """

    mean: float
    weight: float
    rates: Floats
    low: Floats
    high: Floats

    @property
    def differ(self) -> bool:
        """Whether there are differences beyond chance; if not, all rates are the mean."""
        return math.isfinite(self.weight)


def pool_rates(successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> PooledRates:
    """Partial pooling of rates by the beta-binomial model.

    x_j ~ Binomial(n_j, p_j), p_j ~ Beta(a, b), a and b by maximum likelihood; the rate of therapist j is
    (a + x_j)/(a + b + n_j), its interval the quantiles of Beta(a + x_j, b + n_j − x_j), taking a and b as
    known. `mean` = a/(a+b), `weight` = a + b. Where the likelihood does not rise from the plain binomial,
    Σ (x_j − n_j p)²/(p (1−p)) ≤ Σ n_j (the statistic of Tarone 1979, Biometrika 66:585), all rates are the
    common p, with Jeffreys’ interval of all trials together. Source: Griffiths 1973, Biometrics 29:637.

    `successes`: whole numbers from 0 up to `trials`, at least two therapists; `trials` of 0 give the usual
    rate; `level` of the intervals, between 0 and 1. Raises ValueError for anything else and for no trials.
    """
    x, n = counts(successes, "successes", 2), counts(trials, "trials", 2)
    alike(x, n, "trials as successes")
    if (x > n).any() or not n.any():
        raise ValueError("There must be trials, and no more successes than trials.")
    tails = np.array([0.5, 0.5]) + np.array([-0.5, 0.5]) * number(level, "level", above=0, below=1)
    if not _overdispersed(x, n):
        low, high = special.betaincinv(x.sum() + 0.5, (n - x).sum() + 0.5, tails)
        same = np.full(x.size, x.sum() / n.sum())
        return PooledRates(float(same[0]), math.inf, same, np.full(x.size, low), np.full(x.size, high))
    mean, weight = _most_likely(x, n)
    a, b = mean * weight + x, (1.0 - mean) * weight + n - x
    low, high = (np.asarray(special.betaincinv(a, b, tail)) for tail in tails)
    return PooledRates(mean, weight, a / (a + b), low, high)


def _overdispersed(x: Counts, n: Counts) -> bool:
    total, found = int(n.sum()), int(x.sum())
    if found in (0, total):
        return False
    p = found / total
    return float(((x - n * p) ** 2).sum()) / (p * (1.0 - p)) > total * (1.0 + 1e-12)


def _most_likely(x: Counts, n: Counts) -> tuple[float, float]:
    """The mean and weight of the beta distribution that make the counts likeliest."""

    def misfit(place: Floats) -> tuple[float, Floats]:
        mean, weight = float(special.expit(place[0])), math.exp(place[1])
        a, b = mean * weight, (1.0 - mean) * weight
        likelihood = special.betaln(a + x, b + n - x).sum() - x.size * special.betaln(a, b)
        both = special.psi(weight) * x.size - special.psi(weight + n).sum()
        for_a = special.psi(a + x).sum() - x.size * special.psi(a) + both
        for_b = special.psi(b + n - x).sum() - x.size * special.psi(b) + both
        slope = np.array([a * (1.0 - mean) * (for_a - for_b), a * for_a + b * for_b])
        return -float(likelihood), -slope

    common = float(special.logit(x.sum() / n.sum()))
    weights = (math.log(LEAST_WEIGHT), math.log(MOST_WEIGHT))
    found = [
        optimize.minimize(
            misfit,
            np.array([common, math.log(start)]),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-30.0, 30.0), weights],
            options={"ftol": 1e-15, "gtol": 1e-9},
        )
        for start in (2.0, 50.0)
    ]
    best = min(found, key=lambda each: float(each.fun)).x
    return float(special.expit(best[0])), math.exp(best[1])

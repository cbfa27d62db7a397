"""How far a scale’s score can be trusted: alpha, omega, the standard error, and reliable change.

Items are a table with a row for each respondent and a column for each item, all scored so that higher means the
same, NaN where one was not answered; rows with a gap are left out and counted. One row a person: repeated
answers of the same people would make the interval too narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from alliance.analysis.checking import Floats, number, table
from alliance.analysis.factor_analysis import one_factor

__all__ = [
    "RELIABLE",
    "Alpha",
    "Omega",
    "ReliableChangeIndex",
    "cronbach_alpha",
    "omega_total",
    "reliable_change",
    "standard_error_of_measurement",
]

RELIABLE = 1.96
"""A reliable change index beyond this is one that errors of measurement alone bring in one of twenty."""


@dataclass(frozen=True, slots=True)
class Alpha:
    """Cronbach’s alpha with its interval; `left_out`: respondents with a gap, not among `respondents`."""

    value: float
    low: float
    high: float
    respondents: int
    items: int
    left_out: int


def cronbach_alpha(items: ArrayLike, *, level: float = 0.95) -> Alpha:
    """Cronbach’s alpha: a lower bound of the share of a sum’s variance that is not measurement error.

    α = k/(k−1) (1 − Σ s²ᵢ/s²_total) over k items (Cronbach 1951). Interval by Feldt’s F: 1 − (1−α) F with the
    quantiles of F(n−1, (n−1)(k−1)) (Feldt, Woodruff & Salih 1987, Appl Psychol Meas 11:93), exact for
    parallel items with normal scores. At most 1, equal to it when items agree but for a constant; below 0 when
    items oppose one another, which usually means that one was not reversed.

    `items`: at least two columns and three complete rows; `level` of the interval, between 0 and 1. Raises
    ValueError for fewer, and where the sums do not differ between respondents.
    """
    share = number(level, "level of the interval", above=0, below=1)
    complete, left_out = _complete(items, columns=2, rows=3)
    respondents, count = complete.shape
    total = float(complete.sum(axis=1).var(ddof=1))
    within = float(complete.var(axis=0, ddof=1).sum())
    if total <= 1e-12 * within or total == 0:
        raise ValueError("The sums do not differ between respondents, so there is no alpha.")
    alpha = count / (count - 1) * (1.0 - within / total)
    freedom = (respondents - 1, (respondents - 1) * (count - 1))
    low, high = (
        1.0 - (1.0 - alpha) * float(special.fdtri(*freedom, chance))
        for chance in ((1.0 + share) / 2.0, (1.0 - share) / 2.0)
    )
    return Alpha(min(alpha, 1.0), min(low, 1.0), min(high, 1.0), respondents, count, left_out)


@dataclass(frozen=True, slots=True)
class Omega:
    """McDonald’s omega total; `proper`: whether the one factor fits without a variance at its floor."""

    value: float
    loadings: tuple[float, ...]
    uniquenesses: tuple[float, ...]
    proper: bool
    respondents: int
    left_out: int


def omega_total(items: ArrayLike) -> Omega:
    """McDonald’s omega total from one factor: the share of a sum’s variance that the factor accounts for.

    ω = (Σλ)²/((Σλ)² + Σθ), loadings λ and uniquenesses θ by maximum likelihood (`one_factor`). Source:
    McDonald 1999, Test Theory. From 0 to 1; equals alpha when all loadings are alike, else is above it.

    `items`: at least three columns, for two leave the factor undetermined, and at least one complete row more
    than columns. Raises ValueError for fewer, and for an item that never varies.
    """
    complete, left_out = _complete(items, columns=3, rows=4)
    if complete.shape[0] <= complete.shape[1]:
        raise ValueError(
            f"Omega of {complete.shape[1]} items needs more respondents than {complete.shape[0]}."
        )
    factor = one_factor(np.cov(complete, rowvar=False))
    return Omega(
        factor.omega, factor.loadings, factor.uniquenesses, factor.proper, complete.shape[0], left_out
    )


def standard_error_of_measurement(sd: float, reliability: float) -> float:
    """SEM = SD √(1 − r): how far a score strays from the true one by error alone, in the units of `sd`.

    `sd`: of the scores between people, at least 0; `reliability`: r, from 0 to 1. Source: any text on
    classical test theory, such as Lord & Novick 1968. Raises ValueError for anything else.
    """
    spread = number(sd, "standard deviation", least=0)
    return spread * math.sqrt(1.0 - number(reliability, "reliability", least=0, most=1))


@dataclass(frozen=True, slots=True)
class ReliableChangeIndex:
    """`index`: the change in standard errors, above 0 upwards; `reliable`: whether it lies beyond ± 1.96."""

    index: float
    difference_error: float
    reliable: bool


def reliable_change(before: float, after: float, *, sd: float, reliability: float) -> ReliableChangeIndex:
    """The reliable change index of Jacobson & Truax 1991, J Consult Clin Psychol 59:12.

    RCI = (after − before)/(√2 SEM), SEM = SD √(1 − r). With the SD between people and an internal consistency
    it is no error rate from session to session: how people really differ from week to week is not in it.

    All in the units of the score; `sd` above 0; `reliability` from 0, below 1. Raises ValueError for anything
    else.
    """
    change = number(after, "later score") - number(before, "earlier score")
    spread = number(sd, "standard deviation", above=0)
    trust = number(reliability, "reliability", least=0, below=1)
    error = math.sqrt(2.0) * standard_error_of_measurement(spread, trust)
    index = change / error
    return ReliableChangeIndex(index, error, abs(index) > RELIABLE)


def _complete(items: ArrayLike, columns: int, rows: int) -> tuple[Floats, int]:
    answers = table(items, "items", columns)
    complete = answers[~np.isnan(answers).any(axis=1)]
    if len(complete) < rows:
        raise ValueError(f"At least {rows} respondents must have answered every item, not {len(complete)}.")
    return complete, len(answers) - len(complete)

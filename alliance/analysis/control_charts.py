"""Control charts for one short series: individuals, EWMA and CUSUM.

Values are ratings in the order of the sessions, oldest first, unanswered sessions left out. A chart says
whether a value is unusual for its own series; it does not know why. All functions are causal except
`individuals_limits`, which sees the whole of what it is given: hand it a baseline, not the course to be judged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.checking import Flags, Floats, number, series

__all__ = ["D2", "Cusum", "Ewma", "IndividualsLimits", "Side", "cusum", "ewma", "individuals_limits"]

D2 = 2.0 / math.sqrt(math.pi)
"""d₂ for ranges of two: the mean range of two standard normal numbers, 1.128379."""
D3 = math.sqrt(2.0 - 4.0 / math.pi)
"""d₃ for ranges of two: the standard deviation of that range, .852502."""

Side = Literal["both", "down", "up"]


@dataclass(frozen=True, slots=True)
class IndividualsLimits:
    """Limits of an individuals (XmR) chart, in the units of the values.

    `sd`: the standard deviation that the moving ranges tell; `lower` and `upper`: around `centre`;
    `moving_range_upper`: for the chart of the moving ranges, whose centre is `moving_range` and whose lower
    limit is 0; `points`: how many values the limits rest on.
    """

    centre: float
    moving_range: float
    sd: float
    lower: float
    upper: float
    moving_range_upper: float
    points: int


def individuals_limits(values: ArrayLike, *, sigmas: float = 3.0) -> IndividualsLimits:
    """Limits of an individuals (XmR) chart from a baseline.

    centre x̄; sd = MR̄/d₂ with MR̄ the mean of |xₜ − xₜ₋₁| and d₂ = 1.128379; limits x̄ ± `sigmas` sd, so
    ± 2.66 MR̄ for three; moving ranges up to MR̄ (1 + `sigmas` d₃/d₂), 3.27 MR̄ for three. Source:
    NIST/SEMATECH e-Handbook 6.3.2.2; Wheeler & Chambers 1992. From m values the sd has only about .62 (m − 1)
    degrees of freedom: limits from four to six points are wide of their nominal error.

    `values`: at least two, any unit. Raises ValueError for fewer, for values that are not finite, for values
    that never change, and for `sigmas` not above 0.
    """
    x = series(values, "values", 2)
    width = number(sigmas, "width of the limits", above=0)
    moving_range = float(np.abs(np.diff(x)).mean())
    if moving_range == 0:
        raise ValueError("The values never change, so no limits can be drawn from them.")
    centre, sd = float(x.mean()), moving_range / D2
    return IndividualsLimits(
        centre=centre,
        moving_range=moving_range,
        sd=sd,
        lower=centre - width * sd,
        upper=centre + width * sd,
        moving_range_upper=moving_range * (1.0 + width * D3 / D2),
        points=x.size,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Ewma:
    """An EWMA chart: one entry a value, in the units of the values.

    `statistic`: the weighted mean after each value; `lower` and `upper`: its limits, infinite on the side that
    is not watched; `signals`: where the statistic lies outside them.
    """

    statistic: Floats
    lower: Floats
    upper: Floats
    signals: Flags


def ewma(
    values: ArrayLike,
    *,
    target: float,
    sd: float,
    weight: float = 0.3,
    width: float = 3.0,
    side: Side = "both",
    time_varying: bool = True,
) -> Ewma:
    """An exponentially weighted moving average of the deviations from `target`, with limits.

    Eₜ = (1−λ) Eₜ₋₁ + λ (xₜ − target), E₀ = 0; limits ± L sd √(λ/(2−λ) [1 − (1−λ)²ᵗ]). One-sided charts start
    anew at the target: down Eₜ = min(0, …), up Eₜ = max(0, …), so that good sessions do not save up credit.
    Without `time_varying` the factor in brackets is 1: the limits as they become later on, too wide for the
    first few values. Source: Roberts 1959; Lucas & Saccucci 1990, Technometrics 32:1; NIST/SEMATECH
    e-Handbook 6.3.2.4.

    `target` and `sd` (above 0): of the undisturbed series, in its units; `weight`: λ, above 0, at most 1 (1 is
    a plain chart of single values); `width`: L, above 0. For an in-control run length choose L with
    `ewma_run_length`. Assumes independent values; with autocorrelation alerts come more often. Raises
    ValueError for anything else, for values that are not finite, and for no values.
    """
    x = series(values, "values")
    centre, scale = number(target, "target"), number(sd, "standard deviation", above=0)
    share, reach = number(weight, "weight", above=0, most=1), number(width, "width of the limits", above=0)
    low, high = _bounds(side)
    level, levels = 0.0, np.empty(x.size)
    for turn, value in enumerate((x - centre).tolist()):
        level = min(max((1.0 - share) * level + share * value, low), high)
        levels[turn] = level
    sessions = np.arange(1, x.size + 1)
    begun = 1.0 - (1.0 - share) ** (2 * sessions) if time_varying else np.ones(x.size)
    limit = reach * scale * np.sqrt(share / (2.0 - share) * begun)
    lower = centre - limit if side != "up" else np.full(x.size, -np.inf)
    upper = centre + limit if side != "down" else np.full(x.size, np.inf)
    outside = (
        (levels < -limit) if side == "down" else (levels > limit) if side == "up" else abs(levels) > limit
    )
    return Ewma(statistic=centre + levels, lower=lower, upper=upper, signals=outside)


def _bounds(side: Side) -> tuple[float, float]:
    bounds = {"both": (-math.inf, math.inf), "down": (-math.inf, 0.0), "up": (0.0, math.inf)}
    if side not in bounds:
        raise ValueError(f"The side must be “both”, “down” or “up”, not {side!r}.")
    return bounds[side]


@dataclass(frozen=True, slots=True, eq=False)
class Cusum:
    """A tabular CUSUM: one entry a value, in standard deviations.

    `up` and `down`: evidence that the series has risen or fallen, from 0 on; `signals_up` and `signals_down`:
    where it lies above the decision interval. The sums go on after a signal; starting anew is up to the caller.
    """

    up: Floats
    down: Floats
    signals_up: Flags
    signals_down: Flags


def cusum(
    values: ArrayLike,
    *,
    target: float,
    sd: float = 1.0,
    reference: float = 0.5,
    decision: float = 4.0,
    head_start: float = 0.0,
) -> Cusum:
    """The two one-sided cumulative sums of a series.

    With z = (x − target)/sd: upₜ = max(0, upₜ₋₁ + z − k), downₜ = max(0, downₜ₋₁ − z − k), both starting at
    `head_start` (0, or h/2 for a fast initial response); a signal where a sum exceeds h. k of half the shift
    to be found, in sd, finds it soonest. Source: Page 1954; Lucas & Crosier 1982, Technometrics 24:199;
    NIST/SEMATECH e-Handbook 6.3.2.3.

    `target` and `sd` (above 0) in the units of the values; `reference`: k, at least 0, and `decision`: h, above
    0, in standard deviations (with the default `sd` of 1: in the units of the values); `head_start` from 0 to
    h. For an in-control run length choose h with `cusum_run_length`. Raises ValueError for anything else, for
    values that are not finite, and for no values.
    """
    x = series(values, "values")
    centre, scale = number(target, "target"), number(sd, "standard deviation", above=0)
    slack = number(reference, "reference value", least=0)
    interval = number(decision, "decision interval", above=0)
    begin = number(head_start, "head start", least=0, most=interval)
    z = (x - centre) / scale
    up, down = _one_sided(z - slack, begin), _one_sided(-z - slack, begin)
    return Cusum(up=up, down=down, signals_up=up > interval, signals_down=down > interval)


def _one_sided(steps: Floats, begin: float) -> Floats:
    total, totals = begin, np.empty(steps.size)
    for turn, step in enumerate(steps.tolist()):
        total = max(0.0, total + step)
        totals[turn] = total
    return totals

"""Which therapists lie outside what chance and the usual differences between therapists would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.checking import Floats, alike, number, series
from alliance.analysis.therapists import Pooled, Showing, TherapistMean, between_from_q, pool, showing

__all__ = [
    "FAR",
    "LEAST_FOR_FUNNEL",
    "NEAR",
    "Funnel",
    "Standing",
    "TherapistComparison",
    "compare_therapists",
    "funnel",
]

LEAST_FOR_FUNNEL = 10
"""From fewer therapists their usual differences cannot be told, so there is no funnel."""
NEAR, FAR = 1.96, 3.09
"""Half-widths of the two funnels in standard errors: by chance 1 in 20 and 1 in 500 lie outside."""


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """Control limits around a common `centre`; arrays have one entry a therapist, in the order given.

    `phi`: the mean squared distance in standard errors, 1 where chance explains all; `tau2`: the variance
    between therapists that the limits allow for; `distance`: of each mean from the centre, in standard errors
    with τ² included; `low` and `high` at ± 1.96, `far_low` and `far_high` at ± 3.09 of these.
    """

    centre: float
    phi: float
    tau2: float
    distance: Floats
    low: Floats
    high: Floats
    far_low: Floats
    far_high: Floats


def funnel(
    means: ArrayLike, variances: ArrayLike, *, centre: float | None = None, winsorised: float = 0.1
) -> Funnel:
    """Funnel limits with additive overdispersion.

    z_j = (y_j − μ)/√V_j, drawn in to their 10th and 90th percentile; φ = mean z²; τ² as in DerSimonian & Laird
    with Jφ for Q, and 0 if Jφ < J−1; limits μ ± 1.96 and 3.09 √(V_j + τ²). Source: Spiegelhalter 2005, Stat
    Med 24:1185. Drawing in keeps the very therapists that a funnel looks for from widening it; it also leaves
    τ² a little small where nobody stands out.

    `means`: at least ten, any unit; `variances`: of their errors, above 0; `centre`: μ, by default the
    pooled mean of `pool`; `winsorised`: the share drawn in at either end, from 0 (none: with the precision-weighted
    mean as `centre` τ² is then DerSimonian & Laird’s) to below .5. Raises ValueError for anything else.
    """
    y, v = series(means, "means"), series(variances, "variances")
    alike(y, v, "variances as means")
    if not (v > 0).all():
        raise ValueError("Every variance must be above 0.")
    if y.size < LEAST_FOR_FUNNEL:
        raise ValueError(f"A funnel needs at least {LEAST_FOR_FUNNEL} therapists, not {y.size}.")
    ends = number(winsorised, "share drawn in", least=0, below=0.5)
    mu = pool(y, v).mean if centre is None else number(centre, "centre")
    z = (y - mu) / np.sqrt(v)
    drawn_in = np.clip(z, *np.quantile(z, [ends, 1.0 - ends]))
    phi = float((drawn_in**2).mean())
    tau2 = between_from_q(y.size * phi, v)
    error = np.sqrt(v + tau2)
    return Funnel(
        centre=mu,
        phi=phi,
        tau2=tau2,
        distance=(y - mu) / error,
        low=mu - NEAR * error,
        high=mu + NEAR * error,
        far_low=mu - FAR * error,
        far_high=mu + FAR * error,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be shown of one therapist.

    `estimate` with its 95 % interval `low` to `high`, in points, None below 5 patients; `within_chance`:
    whether the mean lies within ± 3.09, None below 10 patients or where there is no funnel.
    """

    patients: int
    showing: Showing
    estimate: float | None
    low: float | None
    high: float | None
    within_chance: bool | None


@dataclass(frozen=True, slots=True)
class TherapistComparison:
    """`pooled`: of all therapists; `funnel`: of those shown, None where they are too few; the rest one each."""

    pooled: Pooled
    funnel: Funnel | None
    standings: tuple[Standing, ...]


def compare_therapists(therapists: Sequence[TherapistMean]) -> TherapistComparison:
    """Everything that may be shown of a clinic’s therapists, and nothing else.

    All enter the pooled mean. An estimate is shown from 5 patients on; a place in the funnel from 10 on, and
    only if at least ten therapists have 5. The standings keep the order given: there is no rank. Raises
    ValueError for fewer than two therapists.
    """
    pooled = pool([each.mean for each in therapists], [each.variance for each in therapists])
    shown = [place for place, each in enumerate(therapists) if showing(each.patients) is not Showing.NOTHING]
    limits: Funnel | None = None
    distances: dict[int, float] = {}
    if len(shown) >= LEAST_FOR_FUNNEL:
        means = [therapists[place].mean for place in shown]
        limits = funnel(means, [therapists[place].variance for place in shown], centre=pooled.mean)
        distances = dict(zip(shown, limits.distance.tolist(), strict=True))
    standings = [
        _standing(each.patients, pooled, place, distances.get(place)) for place, each in enumerate(therapists)
    ]
    return TherapistComparison(pooled, limits, tuple(standings))


def _standing(patients: int, pooled: Pooled, place: int, distance: float | None) -> Standing:
    allowed = showing(patients)
    if allowed is Showing.NOTHING:
        return Standing(patients, allowed, None, None, None, None)
    within = abs(distance) <= FAR if allowed is Showing.PLACED and distance is not None else None
    shown = (pooled.estimates[place], pooled.low[place], pooled.high[place])
    estimate, low, high = (float(each) for each in shown)
    return Standing(patients, allowed, estimate, low, high, within)

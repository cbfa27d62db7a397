"""How much better “a rupture is going on” explains one answer than “all is as usual”.

Steps 3 to 5 of the odds filter: likelihood ratios under five kinds of rupture. Each is a multiplier above 0;
1 says nothing either way. Plain functions of numbers, so that the drawn line asks with the same formulas.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

# The kinds of rupture: all ratings lower by 10, by 20, by 30; one scale alone lower by 20, which lowers the
# mean of three by 20/3; none lower, and only the rupture items tell.
DEPTHS = (10.0, 20.0, 30.0, 20.0 / 3.0, 0.0)
SHARES = (0.3, 0.3, 0.2, 0.1, 0.1)
ONE_SCALE = 3
REPORT_ONLY = 4

ONE_SCALE_DEPTH = 20.0
REPORT_JUMP = 25.0
REPORT_JUMP_VARIANCE = 15.0**2
MOST_REPORT_EXPONENT = 5.0
LEAST_REPORT = 0.8
"""A calm report from a patient who may not speak of ruptures takes away a fifth of the odds at most."""

TOP = 98.5
"""From here on the scale ends: the answer says “at least this”, not “this”."""

LEAST_RATIO, MOST_RATIO = math.exp(-8.0), math.exp(8.0)
UNKNOWN = math.exp(-1.0)
"""What a hypothesis loses where an answer leaves out the part that would show it."""


class RatingCurve:
    """The ratio of each kind of rupture as the rating varies (step 3).

    Student’s t around the `expected` level (points) with the given `variance` (points², above 0) and `weight`
    degrees of freedom (at least 1); the normal tail for a rating at the top. No ratio rises with the rating,
    from 98.5 on neither: the tail says less for a rupture than Student's t at 98.5 wherever `weight` is above ½.
    """

    __slots__ = ("_expected", "_power", "_reach", "_scale", "_spread")

    def __init__(self, expected: float, variance: float, weight: float) -> None:
        self._expected = expected
        self._spread = math.sqrt(variance)
        self._scale = scale = weight * variance
        self._power = -(weight + 1.0) / 2.0
        # Student's ratio is highest some way below the expected level, lowest some way above it, and from both
        # turns back towards 1: -d/2 ∓ reach. A crash must not count for less than a dip, nor a rating far above
        # the usual speak less against a rupture than a good one: past either the evidence stays where it was.
        self._reach = [(depth / 2.0, math.sqrt(depth * depth / 4.0 + scale)) for depth in DEPTHS]

    def ratios(self, rating: float) -> list[float]:
        """One ratio for each of `DEPTHS`, within e⁻⁸ to e⁸, at a `rating` in points."""
        if rating >= TOP:
            return self._at_the_top()
        gap, scale, power = rating - self._expected, self._scale, self._power
        ratios = []
        for depth, (half, reach) in zip(DEPTHS, self._reach, strict=True):
            counted = min(max(gap, -half - reach), reach - half)
            ratio = ((scale + (counted + depth) ** 2) / (scale + counted * counted)) ** power
            ratios.append(_bounded(ratio))
        return ratios

    def _at_the_top(self) -> list[float]:
        away = (TOP - self._expected) / self._spread
        tail = upper_tail(away)
        if tail == 0.0:  # some 38 spreads above the expected level
            return [LEAST_RATIO if depth else 1.0 for depth in DEPTHS]
        return [_bounded(upper_tail(away + depth / self._spread) / tail) for depth in DEPTHS]


def _bounded(ratio: float) -> float:
    return LEAST_RATIO if ratio < LEAST_RATIO else MOST_RATIO if ratio > MOST_RATIO else ratio


def upper_tail(z: float) -> float:
    """The chance of a standard normal number above `z`, 0–1."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def one_scale_ratio(contrasts: Sequence[float], variance: float) -> float:
    """How much better a fall of one scale alone explains the pattern of the three (step 4).

    `contrasts`: each scale’s distance from the mean of the three, less its usual distance, in points, summing
    to 0. `variance`: of one such distance, points², above 0.
    """
    scale = 6.0 * variance
    squares = sum(contrast * contrast for contrast in contrasts)
    usual = 1.0 + squares / scale
    # With the contrasts summing to 0, |z + 20 (u_k − 1/3)|² is |z|² + 40 z_k + 20² × 2/3.
    farther = squares + ONE_SCALE_DEPTH**2 * 2.0 / 3.0
    total = 0.0
    for contrast in contrasts:
        fallen = 1.0 + (farther + 2.0 * ONE_SCALE_DEPTH * contrast) / scale
        total += _bounded((fallen / usual) ** -4.0)
    return total / 3.0


def report_ratio(excess: float, variance: float, squares_weight: float) -> float:
    """How much better a jump of 25 ± 15 in the rupture items explains what was reported (step 5).

    `excess`: points above the dyad’s usual tension; only 0 to 25 count. `variance` (above 0): of a usual
    report around usual tension, with `squares_weight` (above 0) degrees of freedom.
    """
    excess = min(max(excess, 0.0), REPORT_JUMP)
    jumped = variance + REPORT_JUMP_VARIANCE
    under_rupture = math.log1p((excess - REPORT_JUMP) ** 2 / (squares_weight * jumped))
    under_usual = math.log1p(excess * excess / (squares_weight * variance))
    # In logs: a dyad that reports the same tension for years leaves a variance of next to nothing.
    exponent = (squares_weight + 1.0) / 2.0 * (under_usual - under_rupture)
    exponent += 0.5 * math.log(variance / jumped)
    return math.exp(min(max(exponent, -MOST_REPORT_EXPONENT), MOST_REPORT_EXPONENT))


def with_report(components: Sequence[float], report: float | None, reporting_share: float) -> list[float]:
    """The five weighted ratios after the rupture items have spoken (step 5).

    `report`: from `report_ratio`, None where the items were left out. `reporting_share`: q of the prior.
    """
    if report is None:
        return [*components[:REPORT_ONLY], components[REPORT_ONLY] * UNKNOWN]
    believed = max(1.0 - reporting_share + reporting_share * report, LEAST_REPORT)
    return [*(part * believed for part in components[:REPORT_ONLY]), components[REPORT_ONLY] * report]

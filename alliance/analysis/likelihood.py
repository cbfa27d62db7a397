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
FALLS = D_1, D_2, D_3, D_4 = DEPTHS[:REPORT_ONLY]
"""The depths of the kinds that lower ratings, points."""

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


def rating_ratios(
    rating: float, expected: float, variance: float, weight: float
) -> tuple[float, float, float, float]:
    """The ratio of each kind of rupture that lowers ratings, within e⁻⁸ to e⁸, at a `rating` in points (step 3).

    Student’s t around the `expected` level (points) with the given `variance` (points², above 0) and `weight`
    degrees of freedom (at least 1); the normal tail for a rating at the top. No ratio rises with the rating,
    from 98.5 on neither: the tail says less for a rupture than Student’s t at 98.5 wherever `weight` is above ½.
    """
    if rating >= TOP:
        return _at_the_top(expected, variance)
    gap, scale, power = rating - expected, weight * variance, -(weight + 1.0) / 2.0
    as_usual = scale + gap * gap
    ratios = []
    for depth in FALLS:
        usual, lifted = as_usual, gap + depth
        # Student's ratio is highest some way below the expected level, lowest some way above it, and from both
        # turns back towards 1. A crash must not count for less than a dip, nor a rating far above the usual
        # soothe less than a good one: past either, where its slope turns, the evidence stays as it was.
        if gap * lifted > scale:
            reach = math.sqrt(depth * depth / 4.0 + scale)
            counted = (reach if gap > 0.0 else -reach) - depth / 2.0
            usual, lifted = scale + counted * counted, counted + depth
        ratio = ((scale + lifted * lifted) / usual) ** power
        ratios.append(LEAST_RATIO if ratio < LEAST_RATIO else MOST_RATIO if ratio > MOST_RATIO else ratio)
    slight, clear, deep, one_scale = ratios
    return slight, clear, deep, one_scale


def _at_the_top(expected: float, variance: float) -> tuple[float, float, float, float]:
    spread = math.sqrt(variance)
    away = (TOP - expected) / spread
    tail = upper_tail(away)
    if tail == 0.0:  # some 38 spreads above the expected level
        return LEAST_RATIO, LEAST_RATIO, LEAST_RATIO, LEAST_RATIO
    slight, clear, deep, one_scale = (
        max(upper_tail(away + depth / spread) / tail, LEAST_RATIO) for depth in FALLS
    )
    return slight, clear, deep, one_scale


def moments(shares: Sequence[float], ratios: Sequence[float]) -> tuple[float, float, float]:
    """Of the four kinds of rupture that lower ratings: Σ π L, Σ π L d (points) and Σ π L d² (points²).

    `shares`: π, `ratios`: L, each in the order of `FALLS`.
    """
    pi_1, pi_2, pi_3, pi_4 = shares
    ratio_1, ratio_2, ratio_3, ratio_4 = ratios
    part_1, part_2, part_3, part_4 = pi_1 * ratio_1, pi_2 * ratio_2, pi_3 * ratio_3, pi_4 * ratio_4
    fall_1, fall_2, fall_3, fall_4 = D_1 * part_1, D_2 * part_2, D_3 * part_3, D_4 * part_4
    return (
        part_1 + part_2 + part_3 + part_4,
        fall_1 + fall_2 + fall_3 + fall_4,
        D_1 * fall_1 + D_2 * fall_2 + D_3 * fall_3 + D_4 * fall_4,
    )


def upper_tail(z: float) -> float:
    """The chance of a standard normal number above `z`, 0–1."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def one_scale_ratio(contrasts: Sequence[float], variance: float) -> float:
    """How much better a fall of one scale alone explains the pattern of the three (step 4).

    `contrasts`: each scale’s distance from the mean of the three, less its usual distance, in points, summing
    to 0. `variance`: of one such distance, points², above 0.
    """
    first, second, third = contrasts
    scale = 6.0 * variance
    usual = scale + (first * first + second * second + third * third)
    # With the contrasts summing to 0, |z + 20 (u_k - 1/3)|² is |z|² + 40 z_k + 20² × 2/3.
    farther = usual + ONE_SCALE_DEPTH**2 * 2.0 / 3.0
    total = 0.0
    for contrast in contrasts:
        fallen = farther + 2.0 * ONE_SCALE_DEPTH * contrast
        ratio = usual / (fallen if fallen > scale else scale)  # which it cannot be below but for rounding
        ratio *= ratio
        ratio *= ratio
        total += LEAST_RATIO if ratio < LEAST_RATIO else MOST_RATIO if ratio > MOST_RATIO else ratio
    return total / 3.0


def report_ratio(excess: float, variance: float, squares_weight: float) -> float:
    """How much better a jump of 25 ± 15 in the rupture items explains what was reported (step 5).

    `excess`: points above the dyad’s usual tension; only 0 to 25 count. `variance` (above 0): of a usual
    report around usual tension, with `squares_weight` (above 0) degrees of freedom.
    """
    excess = 0.0 if excess < 0.0 else REPORT_JUMP if excess > REPORT_JUMP else excess
    jumped = variance + REPORT_JUMP_VARIANCE
    under_rupture = math.log1p((excess - REPORT_JUMP) ** 2 / (squares_weight * jumped))
    under_usual = math.log1p(excess * excess / (squares_weight * variance))
    # In logs: a dyad that reports the same tension for years leaves a variance of next to nothing.
    exponent = (squares_weight + 1.0) / 2.0 * (under_usual - under_rupture)
    exponent += 0.5 * math.log(variance / jumped)
    return math.exp(min(max(exponent, -MOST_REPORT_EXPONENT), MOST_REPORT_EXPONENT))


def heard(report: float | None, reporting_share: float) -> tuple[float, float]:
    """What the rupture items multiply the kinds of rupture by: those that lower ratings, and the one that does not.

    Step 5. `report`: from `report_ratio`, None where the items were left out. `reporting_share`: q of the prior.
    """
    if report is None:
        return 1.0, UNKNOWN
    return max(1.0 - reporting_share + reporting_share * report, LEAST_REPORT), report

"""What a dyad’s own baseline takes from an answer: step 7 of the odds filter.

A rupture must not teach the baseline that it is usual. So a rating is first lifted by the fall that a rupture
is believed to have caused, and what is learned of scales and tension counts by the chance of no rupture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from alliance.analysis.likelihood import DEPTHS, TOP, upper_tail
from alliance.analysis.state import Odds

MOST_SQUARES_WEIGHT = 40.0
MOST_EXPECTED_WEIGHT = 12.0
MOST_WEIGHT = 20.0
"""For the scales’ distances and for tension."""
DEEPEST = 2.5
"""A rating further below the expected level than this many spreads teaches no more than one that deep."""
HIGHEST_LEVEL = 112.0
"""How far above the end of the scale answers at the top may lead the expected level, points."""


def learn_rating(state: Odds, rating: float, components: Sequence[float], chance: float) -> None:
    """Move the expected level and its variance towards `rating` (points).

    `components`: the weighted ratios of the five kinds of rupture; `chance`: of a rupture now, 0–1.
    """
    if rating >= TOP:
        step, squares = _at_the_top(state)
    else:
        step, squares = _lifted(state, rating, components, chance)
    weight = state.expected_weight
    state.squares += weight / (weight + 1.0) * squares
    state.squares_weight += 1.0
    if state.squares_weight > MOST_SQUARES_WEIGHT:
        state.squares *= MOST_SQUARES_WEIGHT / state.squares_weight
        state.squares_weight = MOST_SQUARES_WEIGHT
    state.expected += step / (weight + 1.0)
    state.expected_weight = min(weight + 1.0, MOST_EXPECTED_WEIGHT)


def _lifted(state: Odds, rating: float, components: Sequence[float], chance: float) -> tuple[float, float]:
    """The deviation without the believed fall, points, and its expected square, points²."""
    belief = chance / sum(components)
    fall = belief * sum(part * depth for part, depth in zip(components, DEPTHS, strict=True))
    fall_squared = belief * sum(part * depth * depth for part, depth in zip(components, DEPTHS, strict=True))
    step = max(rating - state.expected + fall, -DEEPEST * math.sqrt(state.variance))
    return step, step * step + fall_squared - fall * fall


def _at_the_top(state: Odds) -> tuple[float, float]:
    """The same for an answer of which only “at least 98.5” is known: moments of the normal tail above."""
    spread = math.sqrt(state.variance)
    away = (TOP - state.expected) / spread
    tail = upper_tail(away)
    density = math.exp(-0.5 * away * away) / math.sqrt(2.0 * math.pi)
    excess = min(density / tail, 6.0) if tail else 6.0
    level = min(state.expected + spread * excess, HIGHEST_LEVEL)
    return level - state.expected, state.variance * max(1.0 + away * excess, 0.05)


def learn_offsets(state: Odds, scales: Sequence[float], calm: float) -> None:
    """Move each scale’s usual distance from the mean of the three. `calm`: the chance of no rupture, 0–1."""
    mean = sum(scales) / 3.0
    share = calm / (state.offsets_weight + 1.0)
    first, second, third = (
        offset + share * (score - mean - offset) for score, offset in zip(scales, state.offsets, strict=True)
    )
    state.offsets = (first, second, third)
    state.offsets_weight = min(state.offsets_weight + calm, MOST_WEIGHT)


def learn_tension(state: Odds, reported: float, calm: float) -> None:
    """Move usual tension and its variance towards what was `reported`, 0–100, by the chance of no rupture."""
    weight, gap = state.tension_weight, reported - state.tension
    state.tension_squares += calm * weight / (weight + 1.0) * gap * gap
    state.tension_squares_weight += calm
    if state.tension_squares_weight > MOST_SQUARES_WEIGHT:
        state.tension_squares *= MOST_SQUARES_WEIGHT / state.tension_squares_weight
        state.tension_squares_weight = MOST_SQUARES_WEIGHT
    state.tension += calm * gap / (weight + 1.0)
    state.tension_weight = min(weight + calm, MOST_WEIGHT)

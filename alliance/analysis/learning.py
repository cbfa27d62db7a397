"""What a dyad’s own baseline takes from an answer: step 7 of the odds filter.

A rupture must not teach the baseline that it is usual. So a rating is first lifted by the fall that a rupture
is believed to have caused, and what is learned of scales and tension counts by the chance of no rupture.
"""

from __future__ import annotations

import math

from alliance.analysis.likelihood import TOP, upper_tail
from alliance.analysis.state import Odds

MOST_SQUARES_WEIGHT = 40.0
MOST_EXPECTED_WEIGHT = 12.0
MOST_WEIGHT = 20.0
"""For the scales’ distances and for tension."""
DEEPEST = 2.5
"""A rating further below the expected level than this many spreads teaches no more than one that deep."""
HIGHEST_LEVEL = 112.0
"""How far above the end of the scale answers at the top may lead the expected level, points."""


def learn_rating(state: Odds, rating: float, variance: float, fall: float, fall_squared: float) -> None:
    """Move the expected level and its variance towards `rating` (points), which had this `variance` around it.

    `fall`: by how much a rupture is believed to have lowered the rating, points, 0 or more (E1);
    `fall_squared`: the expectation of its square, points² (E2).
    """
    if rating >= TOP:
        step, squares = _at_the_top(state.expected, variance)
    else:
        step = max(rating - state.expected + fall, -DEEPEST * math.sqrt(variance))
        squares = step * step + fall_squared - fall * fall
    weight = state.expected_weight
    state.squares += weight / (weight + 1.0) * squares
    state.squares_weight += 1.0
    if state.squares_weight > MOST_SQUARES_WEIGHT:
        state.squares *= MOST_SQUARES_WEIGHT / state.squares_weight
        state.squares_weight = MOST_SQUARES_WEIGHT
    state.expected += step / (weight + 1.0)
    state.expected_weight = min(weight + 1.0, MOST_EXPECTED_WEIGHT)


def _at_the_top(expected: float, variance: float) -> tuple[float, float]:
    """The step, points, and its square for an answer of which only “at least 98.5” is known: the normal tail’s."""
    spread = math.sqrt(variance)
    away = (TOP - expected) / spread
    tail = upper_tail(away)
    density = math.exp(-0.5 * away * away) / math.sqrt(2.0 * math.pi)
    excess = min(density / tail, 6.0) if tail else 6.0
    level = min(expected + spread * excess, HIGHEST_LEVEL)
    return level - expected, variance * max(1.0 + away * excess, 0.05)


def learn_offsets(state: Odds, safety: float, attunement: float, collaboration: float, calm: float) -> None:
    """Move each scale’s usual distance from the mean of the three. `calm`: the chance of no rupture, 0–1."""
    mean = (safety + attunement + collaboration) / 3.0
    share = calm / (state.offsets_weight + 1.0)
    first, second, third = state.offsets
    state.offsets = (
        first + share * (safety - mean - first),
        second + share * (attunement - mean - second),
        third + share * (collaboration - mean - third),
    )
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

"""What many dyads’ own baselines take from an answer: `alliance.analysis.learning`, for arrays."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import erfc

from alliance.analysis.learning import (
    DEEPEST,
    HIGHEST_LEVEL,
    MOST_EXPECTED_WEIGHT,
    MOST_SQUARES_WEIGHT,
    MOST_WEIGHT,
)
from alliance.analysis.likelihood import DEPTHS, TOP
from alliance.analysis.simulation.forms import Flags, Numbers
from alliance.analysis.simulation.states import States

_DEPTHS = np.array(DEPTHS)[:, None]


def learn_rating(states: States, rating: Numbers, parts: Numbers, chance: Numbers, rated: Flags) -> None:
    """Move expected levels and their variances. `parts`: (5, n); `chance`: of a rupture now, 0–1."""
    variance, weight = states.variance, states.expected_weight
    belief = chance / parts.sum(0)
    fall = belief * (parts * _DEPTHS).sum(0)
    fall_squared = belief * (parts * (_DEPTHS * _DEPTHS)).sum(0)
    step = np.maximum(rating - states.expected + fall, -DEEPEST * np.sqrt(variance))
    squares = step * step + fall_squared - fall * fall
    at_top = np.flatnonzero(rated & (rating >= TOP))
    if len(at_top):
        step[at_top], squares[at_top] = _at_the_top(states.expected[at_top], variance[at_top])
    states.squares = states.squares + np.where(rated, weight / (weight + 1.0) * squares, 0.0)
    states.squares, states.squares_weight = _capped(states.squares, states.squares_weight + rated)
    states.expected = states.expected + np.where(rated, step / (weight + 1.0), 0.0)
    states.expected_weight = np.where(rated, np.minimum(weight + 1.0, MOST_EXPECTED_WEIGHT), weight)


def _at_the_top(expected: Numbers, variance: Numbers) -> tuple[Numbers, Numbers]:
    spread = np.sqrt(variance)
    away = (TOP - expected) / spread
    tail = 0.5 * erfc(away / math.sqrt(2.0))
    density = np.exp(-0.5 * away * away) / math.sqrt(2.0 * math.pi)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.where(tail > 0.0, np.minimum(density / tail, 6.0), 6.0)
    level = np.minimum(expected + spread * excess, HIGHEST_LEVEL)
    return level - expected, variance * np.maximum(1.0 + away * excess, 0.05)


def learn_offsets(states: States, scales: Numbers, calm: Numbers) -> None:
    """Move the scales’ usual distances. `calm`: the chance of no rupture, 0 where a scale is missing."""
    mean = scales.sum(0) / 3.0
    away = np.where(np.isfinite(mean), scales - mean - states.offsets, 0.0)
    states.offsets = states.offsets + calm / (states.offsets_weight + 1.0) * away
    states.offsets_weight = np.minimum(states.offsets_weight + calm, MOST_WEIGHT)


def learn_tension(states: States, tension: Numbers, calm: Numbers) -> None:
    """Move usual tension and its variance. `calm`: the chance of no rupture, 0 where tension is missing."""
    weight = states.tension_weight
    gap = np.where(np.isfinite(tension), tension - states.tension, 0.0)
    squares = states.tension_squares + calm * weight / (weight + 1.0) * gap * gap
    states.tension_squares, states.tension_squares_weight = _capped(
        squares, states.tension_squares_weight + calm
    )
    states.tension = states.tension + calm * gap / (weight + 1.0)
    states.tension_weight = np.minimum(weight + calm, MOST_WEIGHT)


def _capped(squares: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
    """A sum of squares worth no more than so many observations."""
    over = weight > MOST_SQUARES_WEIGHT
    return np.where(over, squares * MOST_SQUARES_WEIGHT / weight, squares), np.where(
        over, MOST_SQUARES_WEIGHT, weight
    )

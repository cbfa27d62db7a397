"""Which questionnaire a simulated session is answered on, and what that leaves of scales and tension.

In the base world a scale is answered as such. With the clinic's own two forms it is the mean of three items
(`after-session`) or one of them (`pulse`), each from 0 to 10 and now and then left out.
"""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ITEMS = 3
ITEM_OFFSET = 3.0
"""Spread of an item's lasting distance from its scale, points."""
ITEM_SHARE = 0.5
"""Share of the variance of a scale of three items that is the items' own."""
GAPS = 0.15
"""Share of items left out in the world with gaps."""
SWITCH = 6
"""Sessions on the first form where a dyad changes to the other one."""


class Forms(StrEnum):
    """What is answered, and how."""

    SCALES = "three scales"
    ONE_SCALE = "one scale alone"
    TOTAL = "the total alone"
    LONG = "after-session"
    PULSE = "pulse"
    IN_TURN = "pulse and after-session in turn"
    IN_TURN_WITH_GAPS = "in turn, items missing"
    PULSE_THEN_LONG = "pulse, then after-session"
    LONG_THEN_PULSE = "after-session, then pulse"

    @property
    def by_item(self) -> bool:
        return self not in (Forms.SCALES, Forms.ONE_SCALE, Forms.TOTAL)


def short_sessions(forms: Forms, most: int, dyads: int) -> Flags:
    """Which sessions are answered on `pulse`: (most, dyads). In turn, half of the dyads begin with it."""
    number = np.arange(most)[:, None]
    dyad = np.arange(dyads)[None, :]
    match forms:
        case Forms.PULSE:
            return np.ones((most, dyads), bool)
        case Forms.IN_TURN | Forms.IN_TURN_WITH_GAPS:
            return np.asarray((number + dyad) % 2 == 0)
        case Forms.PULSE_THEN_LONG:
            return np.broadcast_to(number < SWITCH, (most, dyads))
        case Forms.LONG_THEN_PULSE:
            return np.broadcast_to(number >= SWITCH, (most, dyads))
    return np.zeros((most, dyads), bool)


def by_item(rng: np.random.Generator, meant: Numbers, noise: float, short: Flags, gaps: float) -> Numbers:
    """A scale as the mean of its answered items, 0–100, NaN with fewer than half of them: (sessions, dyads).

    `meant`: what the dyad means, without noise, points. `noise`: of the mean of the three items, points.
    """
    sessions, dyads = meant.shape
    shared = noise * math.sqrt(1.0 - ITEM_SHARE) * rng.standard_normal((sessions, dyads))
    own = noise * math.sqrt(ITEM_SHARE * ITEMS)
    total, answered = np.zeros((sessions, dyads)), np.zeros((sessions, dyads))
    for item in range(ITEMS):
        offset = ITEM_OFFSET * rng.standard_normal(dyads)
        value = meant + shared + offset + own * rng.standard_normal((sessions, dyads))
        asked = rng.random((sessions, dyads)) >= gaps
        if item:
            asked &= ~short
        total += np.where(asked, np.clip(10.0 * np.round(value / 10.0), 0.0, 100.0), 0.0)
        answered += asked
    enough = 2 * answered >= np.where(short, 1, ITEMS)
    return np.where(enough, total / np.maximum(answered, 1.0), np.nan)

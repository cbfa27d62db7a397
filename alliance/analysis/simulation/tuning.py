"""Thresholds at an equal number of false alerts, so that rules can be compared in what they find."""

from __future__ import annotations

import numpy as np

from alliance.analysis.simulation.courses import Courses
from alliance.analysis.simulation.scoring import false_rate
from alliance.analysis.simulation.traces import Trace

MOST_FLAGGED = 0.3
"""No threshold is sought that flags more of the answered sessions: on so often, a rule has little new to say."""


def threshold_for(trace: Trace, calm: Courses, target: float) -> float:
    """The threshold at which the rule gives about `target` new alerts per 100 answered sessions.

    `calm`: courses without a rupture, on which the trace was made. By bisection over the values that occur; where
    ratings come in steps, the nearer side of the step. A rule that cannot come near the target, because parts of
    it have no threshold, gets the end that comes nearest.
    """
    all_values = np.sort(trace.values())
    laxest = all_values[-min(int(MOST_FLAGGED * calm.answered.sum()), len(all_values))]
    values = np.unique(all_values[all_values >= laxest])
    rates: dict[int, float] = {}

    def rate(place: int) -> float:
        if place not in rates:
            rates[place] = false_rate(trace.flags(float(values[place])), calm)
        return rates[place]

    low, high = 0, len(values) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if rate(middle) > target else (low, middle)
    return float(values[min((low, high), key=lambda place: abs(rate(place) - target))])

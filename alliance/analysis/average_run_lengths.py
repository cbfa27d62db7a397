"""How many sessions a chart lasts until it alerts, on average: without a change, and after one.

Run lengths are counted from the start of the chart to the first signal, the session of the signal included,
for independent normal values with known mean and variance. By Markov chain (`ewma_run_length`,
`cusum_run_length`), exact to about three digits, and by simulation, which also takes limits that vary in time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from alliance.analysis.checking import Flags, Floats, number, whole
from alliance.analysis.control_charts import Side

__all__ = [
    "SimulatedRunLength",
    "cusum_run_length",
    "ewma_run_length",
    "simulate_cusum_run_length",
    "simulate_ewma_run_length",
]

MOST_DIGITS = 1e12
"""A longer average run length is lost in the rounding of the chain’s matrix."""
LONGEST = 1_000_000
"""A simulated run that has not ended after so many sessions is given up."""


def ewma_run_length(
    shift: float, *, weight: float, width: float, two_sided: bool = True, states: int = 201
) -> float:
    """The average run length of an EWMA chart with fixed limits ± L √(λ/(2−λ)), started at 0.

    Brook & Evans 1972 (Biometrika 59:539): the statistic is rounded to `states` cells between the limits, P
    holds the chances to move between them, and the run lengths solve (I − P) a = 1. Two-sided as in Lucas &
    Saccucci 1990; one-sided with reset at 0 (Eₜ = max(0, …)), where the lowest cell also takes all that falls
    below it. The error falls with the square of `states`.

    `shift`: of the mean, in standard deviations, towards the watched side if above 0; `weight`: λ, above 0, at
    most 1; `width`: L, above 0; `states`: at least 11, made odd. Gives sessions, at least 1. Raises ValueError
    for anything else, and for limits so wide that the run length has no digits left.
    """
    delta, share = number(shift, "shift"), number(weight, "weight", above=0, most=1)
    limit = number(width, "width of the limits", above=0) * math.sqrt(share / (2.0 - share))
    cells = whole(states, "number of states", 11) | 1

    def chance_below(level: Floats, before: Floats) -> Floats:
        return np.asarray(special.ndtr((level - (1.0 - share) * before) / share - delta))

    if two_sided:
        edges = np.linspace(-limit, limit, cells + 1)
        middles = (edges[:-1] + edges[1:]) / 2.0
        return _finite(_from_chain(chance_below, edges, middles, start=cells // 2))
    edges, middles = _from_zero(limit, cells)
    return _finite(_from_chain(chance_below, edges, middles, start=0))


def cusum_run_length(
    shift: float, *, reference: float = 0.5, decision: float = 4.0, two_sided: bool = False, states: int = 201
) -> float:
    """The average run length of a tabular CUSUM started at 0.

    By the chain of Brook & Evans 1972 (Biometrika 59:539), see `ewma_run_length`; two-sided by
    1/a = 1/a₊ + 1/a₋ (Kemp 1961; Lucas & Crosier 1982).

    `shift`: of the mean, in standard deviations, towards the watched side if above 0; `reference`: k, at least
    0; `decision`: h, above 0; `states`: at least 11. Gives sessions, at least 1. Raises ValueError for anything
    else, and for a decision interval so wide that the run length has no digits left.
    """
    delta, slack = number(shift, "shift"), number(reference, "reference value", least=0)
    limit = number(decision, "decision interval", above=0)
    edges, middles = _from_zero(limit, whole(states, "number of states", 11) | 1)

    def one_sided(drift: float) -> float:
        def chance_below(level: Floats, before: Floats) -> Floats:
            return np.asarray(special.ndtr(level - before + slack - drift))

        return _from_chain(chance_below, edges, middles, start=0)

    if not two_sided:
        return _finite(one_sided(delta))
    return 1.0 / (1.0 / _finite(one_sided(abs(delta))) + 1.0 / one_sided(-abs(delta)))


def _from_zero(limit: float, cells: int) -> tuple[Floats, Floats]:
    """Cells of a statistic that cannot fall below 0: the lowest holds 0 and half a cell above."""
    step = 2.0 * limit / (2 * cells - 1)
    middles = step * np.arange(cells, dtype=np.float64)
    return np.concatenate((np.array([-np.inf]), middles + step / 2.0)), middles


def _from_chain(
    chance_below: Callable[[Floats, Floats], Floats], edges: Floats, middles: Floats, start: int
) -> float:
    """The run length from the cell `start`, at least 1; infinite where rounding has eaten the digits."""
    moves = np.diff(chance_below(edges[None, :], middles[:, None]), axis=1)
    try:
        lengths = np.linalg.solve(np.eye(middles.size) - moves, np.ones(middles.size))
    except np.linalg.LinAlgError:
        return math.inf
    length = float(lengths[start])
    return max(length, 1.0) if 0.999 < length < MOST_DIGITS else math.inf


def _finite(length: float) -> float:
    if math.isinf(length):
        raise ValueError("The limits are so wide that the average run length cannot be computed.")
    return length


@dataclass(frozen=True, slots=True)
class SimulatedRunLength:
    """Run lengths from a simulation, in sessions; `standard_error` is that of the `mean`."""

    mean: float
    standard_error: float
    median: float
    runs: int


def simulate_ewma_run_length(
    shift: float,
    *,
    weight: float,
    width: float,
    side: Side = "both",
    time_varying: bool = False,
    runs: int = 10_000,
    seed: int,
) -> SimulatedRunLength:
    """The run length of an EWMA chart by simulation; with the limits of `ewma`, if `time_varying`.

    `shift` in standard deviations, above 0 upwards; `side`: the one that is watched; the rest as in
    `ewma_run_length`. `runs`: at least 2; the same `seed` gives the same result. Raises ValueError for anything
    else, and where a run has not ended after a million sessions.
    """
    delta, share = number(shift, "shift"), number(weight, "weight", above=0, most=1)
    final = number(width, "width of the limits", above=0) * math.sqrt(share / (2.0 - share))
    floor = {"both": -np.inf, "down": 0.0, "up": 0.0}.get(side)
    if floor is None:
        raise ValueError(f"The side must be “both”, “down” or “up”, not {side!r}.")
    mirrored = -delta if side == "down" else delta  # a chart that watches downwards, seen in a mirror

    def advance(level: Floats, noise: Floats, session: int) -> tuple[Floats, Flags]:
        level = np.maximum((1.0 - share) * level + share * (noise + mirrored), floor)
        begun = 1.0 - (1.0 - share) ** (2 * session) if time_varying else 1.0
        return level, np.abs(level) > final * math.sqrt(begun)

    return _simulated(advance, runs, seed)


def simulate_cusum_run_length(
    shift: float, *, reference: float = 0.5, decision: float = 4.0, runs: int = 10_000, seed: int
) -> SimulatedRunLength:
    """The run length of a one-sided CUSUM by simulation; arguments and errors as in `cusum_run_length`.

    `runs`: at least 2; the same `seed` gives the same result. Raises ValueError also where a run has not ended
    after a million sessions.
    """
    delta, slack = number(shift, "shift"), number(reference, "reference value", least=0)
    limit = number(decision, "decision interval", above=0)

    def advance(level: Floats, noise: Floats, _session: int) -> tuple[Floats, Flags]:
        level = np.maximum(level + noise + delta - slack, 0.0)
        return level, level > limit

    return _simulated(advance, runs, seed)


def _simulated(
    advance: Callable[[Floats, Floats, int], tuple[Floats, Flags]], runs: int, seed: int
) -> SimulatedRunLength:
    """All runs side by side; those that have alerted drop out."""
    count = whole(runs, "number of runs", 2)
    draw = np.random.default_rng(seed)
    level, ended = np.zeros(count), []
    for session in range(1, LONGEST + 1):
        level, alerts = advance(level, draw.standard_normal(level.size), session)
        if alerts.any():
            ended.append(np.full(int(alerts.sum()), float(session)))
            level = level[~alerts]
        if not level.size:
            break
    else:
        raise ValueError(f"{level.size} of {count} runs had no alert within {LONGEST:,} sessions.")
    lengths = np.concatenate(ended)
    return SimulatedRunLength(
        mean=float(lengths.mean()),
        standard_error=float(lengths.std(ddof=1)) / math.sqrt(count),
        median=float(np.median(lengths)),
        runs=count,
    )

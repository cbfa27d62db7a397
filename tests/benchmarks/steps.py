"""P13: what the detector spends on one more session, however long the course has been.

Each length's states take turns, so that a slow moment meets all alike.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import numpy as np

from alliance.analysis.prior import DEFAULT
from alliance.analysis.track import EpisodeState, Track
from tests.analysis.courses import course, rated, steady, track_after
from tests.benchmarks.measuring import PROCESSOR, Plan, Result, spent

LENGTHS = (10, 32, 100, 316, 1_000)
BATCH = 10


def measure(plan: Plan) -> Iterator[Result]:
    tracks = {length: track_after(DEFAULT, steady(82, length)) for length in LENGTHS}
    # The same work at each length: no question is open, so the line for the session is drawn too.
    assert all(track.episode is EpisodeState.NONE for track in tracks.values())
    exponents, shortest, told = [], [], ""
    for _ in range(plan.rounds):
        costs: dict[int, list[float]] = {length: [] for length in LENGTHS}
        for _ in range(15 if plan.quick else 60):
            for length, track in tracks.items():
                costs[length].append(_advance(track, length + 1))
        medians = [statistics.median(costs[length]) for length in LENGTHS]
        exponents.append(float(np.polyfit(np.log(LENGTHS), np.log(medians), 1)[0]))
        shortest.append(medians[0])
        told = ", ".join(f"{median:.0f}" for median in medians) + " µs"
    yield Result("P13", tuple(exponents), PROCESSOR, tuple(shortest), "µs", told)


def _advance(track: Track, number: int) -> float:
    """What one more session costs, microseconds, the mean of a few that start from the same state."""
    (coming,) = course([rated(80)], number)
    states = [Track.from_json(track.to_json()) for _ in range(BATCH)]

    def advance() -> None:
        for state in states:
            state.advance(DEFAULT, coming)

    return spent(advance) / BATCH * 1e6

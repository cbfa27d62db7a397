"""What the detector spends on one session, and that a long course costs no more than a short one.

Cost is processor time of this thread. Each length's states take turns, so that a slow moment meets all alike.
"""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest

from alliance.analysis.odds import ask_below, step
from alliance.analysis.prior import DEFAULT
from alliance.analysis.track import EpisodeState, Track
from tests.analysis.courses import course, rated, state_after, steady, track_after

pytestmark = pytest.mark.benchmark

MOST_STEP = 50.0
"""Microseconds."""
MOST_EXPONENT = 0.1
LENGTHS = (10, 32, 100, 316, 1_000)
ROUNDS, BATCH = 60, 10


def spent(act: Callable[[], object]) -> float:
    """Processor time of one act, microseconds."""
    before = time.thread_time()
    act()
    return (time.thread_time() - before) * 1e6


def test_a_step_costs_at_most_fifty_microseconds(capsys: pytest.CaptureFixture[str]) -> None:
    """The best of many: what the code needs where nothing else is in the way."""
    state, coming = state_after(DEFAULT, steady(82, 20)), rated(74, 15).numbered(21)
    copies = [copy.copy(state) for _ in range(2_000)]
    costs = [spent(lambda each=each: step(each, DEFAULT, coming)) for each in copies]  # type: ignore[misc]
    line = [spent(lambda: ask_below(state, DEFAULT)) for _ in range(300)]
    with capsys.disabled():
        print(  # noqa: T201 (a benchmark is read)
            f"\nA step costs {min(costs):.1f} µs at best, {statistics.median(costs):.1f} µs in the median; "
            f"the line “below this we ask” {min(line):.1f} µs more"
        )
    assert min(costs) <= MOST_STEP


def test_a_long_course_costs_no_more_than_a_short_one(capsys: pytest.CaptureFixture[str]) -> None:
    tracks = {length: track_after(DEFAULT, steady(82, length)) for length in LENGTHS}
    # The same work at each length: no question is open, so the line for the session is drawn too.
    assert all(track.episode is EpisodeState.NONE for track in tracks.values())
    costs: dict[int, list[float]] = {length: [] for length in LENGTHS}
    for _ in range(ROUNDS):
        for length, track in tracks.items():
            costs[length].append(_advance(track, length + 1))
    medians = [statistics.median(costs[length]) for length in LENGTHS]
    exponent = float(np.polyfit(np.log(LENGTHS), np.log(medians), 1)[0])
    with capsys.disabled():
        told = ", ".join(f"{median:.0f}" for median in medians)
        print(f"\nAfter {LENGTHS} sessions one more costs {told} µs: exponent {exponent:+.3f}")  # noqa: T201
    assert abs(exponent) <= MOST_EXPONENT


def _advance(track: Track, number: int) -> float:
    """What one more session costs, microseconds, the mean of a few that start from the same state."""
    (coming,) = course([rated(80)], number)
    states = [Track.from_json(track.to_json()) for _ in range(BATCH)]

    def advance() -> None:
        for state in states:
            state.advance(DEFAULT, coming)

    return spent(advance) / BATCH

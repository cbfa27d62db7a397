"""What the detector spends on one session, in processor time of this thread."""

from __future__ import annotations

import copy
import statistics

import pytest

from alliance.analysis.odds import ask_below, step
from alliance.analysis.prior import DEFAULT
from tests.analysis.courses import rated, state_after, steady
from tests.benchmarks.measuring import spent

pytestmark = pytest.mark.benchmark

MOST_STEP = 50.0
"""Microseconds."""


def test_a_step_costs_at_most_fifty_microseconds(capsys: pytest.CaptureFixture[str]) -> None:
    """The best of many: what the code needs where nothing else is in the way."""
    state, coming = state_after(DEFAULT, steady(82, 20)), rated(74, 15).numbered(21)
    copies = [copy.copy(state) for _ in range(2_000)]
    costs = [1e6 * spent(lambda each=each: step(each, DEFAULT, coming)) for each in copies]  # type: ignore[misc]
    line = [1e6 * spent(lambda: ask_below(state, DEFAULT)) for _ in range(300)]
    with capsys.disabled():
        print(  # noqa: T201 (a benchmark is read)
            f"\nA step costs {min(costs):.1f} µs at best, {statistics.median(costs):.1f} µs in the median; "
            f"the line “below this we ask” {min(line):.1f} µs more"
        )
    assert min(costs) <= MOST_STEP

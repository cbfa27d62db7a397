"""Average run lengths against the published tables, and simulation against the Markov chain.

Lucas & Saccucci 1990, Lucas & Crosier 1982, Crowder 1987, Brook & Evans 1972, Vance 1986 and the SAS/QC manual
are quoted as the documentation of the R package spc (xewma.arl, xcusum.arl) quotes them.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis import (
    cusum_run_length,
    ewma_run_length,
    simulate_cusum_run_length,
    simulate_ewma_run_length,
)
from alliance.analysis.average_run_lengths import SimulatedRunLength
from alliance.analysis.control_charts import Side

every = settings(max_examples=40, deadline=None)

# Lucas & Saccucci 1990, Technometrics 32:1, table 3: two-sided, fixed limits; shift, λ .5 with L 3.071, λ .03
# with L 2.437. Printed to three digits.
LUCAS_SACCUCCI = [
    *((0, 500, 500), (0.25, 255, 76.7), (0.5, 88.8, 29.3), (0.75, 35.9, 17.6), (1, 17.5, 12.6)),
    *((1.5, 6.53, 8.07), (2, 3.63, 5.99), (2.5, 2.50, 4.80), (3, 1.93, 4.03), (3.5, 1.58, 3.49)),
    *((4, 1.34, 3.11), (5, 1.07, 2.55)),
]


@pytest.mark.parametrize(("shift", "fast", "slow"), LUCAS_SACCUCCI)
def test_lucas_and_saccucci(shift: float, fast: float, slow: float) -> None:
    assert ewma_run_length(shift, weight=0.5, width=3.071) == pytest.approx(fast, rel=0.004)
    assert ewma_run_length(shift, weight=0.03, width=2.437) == pytest.approx(slow, rel=0.004)


# Crowder 1987, Technometrics 29:401, table 1, by numerical quadrature: L = 2; shift, λ .5, λ .05.
CROWDER = [
    *((0, 26.45, 127.53), (0.25, 20.12, 43.94), (0.5, 11.89, 18.97), (0.75, 7.29, 11.64)),
    *((1, 4.91, 8.38), (1.5, 2.80, 5.41), (2, 1.94, 4.04), (3, 1.26, 2.76), (4, 1.05, 2.15)),
]


@pytest.mark.parametrize(("shift", "fast", "slow"), CROWDER)
def test_crowder(shift: float, fast: float, slow: float) -> None:
    assert ewma_run_length(shift, weight=0.5, width=2) == pytest.approx(fast, abs=0.006)
    assert ewma_run_length(shift, weight=0.05, width=2) == pytest.approx(slow, rel=0.001, abs=0.006)


def test_the_sas_manual() -> None:
    """SAS/QC 1999: λ = .25, L = 3, shift 1 gives 11.154267016."""
    assert ewma_run_length(1, weight=0.25, width=3, states=1001) == pytest.approx(11.154267016, abs=1e-4)


# One-sided with reset at 0, from its start, λ = .3 and L = 2.20, computed with the R package spc 0.6.7.
ONE_SIDED = [(0, 76), (0.5, 14.8), (1, 5.8), (1.5, 3.4), (2, 2.4), (3, 1.6)]


@pytest.mark.parametrize(("shift", "sessions"), ONE_SIDED)
def test_the_one_sided_ewma_that_looks_for_falls(shift: float, sessions: float) -> None:
    length = ewma_run_length(shift, weight=0.3, width=2.2, two_sided=False)
    assert length == pytest.approx(sessions, abs=0.5 if sessions == 76 else 0.05)


@pytest.mark.parametrize(("width", "sessions"), [(2.01, 50), (2.32, 100), (2.59, 200)])
def test_how_wide_for_how_many_calm_sessions(width: float, sessions: float) -> None:
    """The same package: widths to two digits for 50, 100 and 200 sessions."""
    assert ewma_run_length(0, weight=0.3, width=width, two_sided=False) == pytest.approx(sessions, rel=0.015)


def test_weight_one_is_a_chart_of_single_values() -> None:
    """Three sigma, 1/(2 Φ(−3)) = 370.4 and, one-sided, 740.8: as in every textbook."""
    assert ewma_run_length(0, weight=1, width=3) == pytest.approx(370.398, abs=0.01)
    assert ewma_run_length(0, weight=1, width=3, two_sided=False) == pytest.approx(740.797, abs=0.01)
    assert ewma_run_length(1, weight=1, width=3) == pytest.approx(43.89, abs=0.01)


def test_brook_and_evans() -> None:
    """Brook & Evans 1972, 4.3: k = .5, h = 3 give 117.59 and, at a shift of 1.5, 3.75."""
    assert cusum_run_length(0, decision=3) == pytest.approx(117.59, abs=0.01)
    assert cusum_run_length(1.5, decision=3) == pytest.approx(3.75, abs=0.005)


# Lucas & Crosier 1982, Technometrics 24:199, table 1: two-sided, k = .5, h = 4. The first and the last stand
# there as 168 and 1.31.
LUCAS_CROSIER = [
    *((0, 168), (0.25, 74.2), (0.5, 26.6), (0.75, 13.3), (1, 8.38), (1.5, 4.75), (2, 3.34)),
    *((2.5, 2.62), (3, 2.19), (4, 1.71), (5, 1.31)),
]


@pytest.mark.parametrize(("shift", "sessions"), LUCAS_CROSIER)
def test_lucas_and_crosier(shift: float, sessions: float) -> None:
    assert cusum_run_length(shift, two_sided=True) == pytest.approx(sessions, rel=0.003)


# Vance 1986, J Qual Technol 18:189, table 1 (with Goel & Wu 1971), by quadrature: k = 0, h = 10.
VANCE = [(-0.25, 2071.51), (-0.125, 400.28), (0, 124.66), (0.25, 36.71), (0.5, 20.37), (1, 10.75)]


@pytest.mark.parametrize(("shift", "sessions"), VANCE)
def test_vance(shift: float, sessions: float) -> None:
    assert cusum_run_length(shift, reference=0, decision=10) == pytest.approx(sessions, rel=0.001)


def within(simulated: SimulatedRunLength, exact: float) -> bool:
    return abs(simulated.mean - exact) < 3.5 * simulated.standard_error


@pytest.mark.parametrize("shift", [0, 0.5, 1, 2])
def test_simulation_and_chain_agree(shift: float) -> None:
    one_sided = ewma_run_length(shift, weight=0.3, width=2.2, two_sided=False)
    assert within(simulate_ewma_run_length(-shift, weight=0.3, width=2.2, side="down", seed=11), one_sided)
    assert within(simulate_ewma_run_length(shift, weight=0.3, width=2.2, side="up", seed=12), one_sided)
    both = ewma_run_length(shift, weight=0.3, width=2.2)
    assert within(simulate_ewma_run_length(shift, weight=0.3, width=2.2, seed=13), both)
    sums = cusum_run_length(shift, decision=3)
    assert within(simulate_cusum_run_length(shift, decision=3, seed=14), sums)


def test_limits_that_begin_narrow() -> None:
    """Steiner 1999, J Qual Technol 31:75, table 2: λ = .05, L = 3, 4.5 sessions at a shift of 1.5, not 8.3."""
    begun = simulate_ewma_run_length(1.5, weight=0.05, width=3, time_varying=True, seed=15)
    assert begun.mean == pytest.approx(4.5, abs=0.05 + 3 * begun.standard_error)
    assert ewma_run_length(1.5, weight=0.05, width=3) == pytest.approx(8.3, abs=0.05)


def test_a_seed_is_a_promise() -> None:
    first, again, other = (simulate_cusum_run_length(0.5, runs=200, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert first.runs == 200
    assert 1 <= first.median <= first.mean


@every
@given(st.floats(0.05, 1), st.floats(0.5, 3), st.floats(0, 3), st.floats(0.05, 2), st.booleans())
def test_wider_limits_take_longer_and_larger_shifts_less(
    weight: float, width: float, shift: float, more: float, two_sided: bool
) -> None:
    def length(shift: float, width: float) -> float:
        return ewma_run_length(shift, weight=weight, width=width, two_sided=two_sided, states=101)

    usual = length(shift, width)
    assert usual >= 1
    assert length(shift, width + more) >= usual * (1 - 1e-9)
    assert length(shift + more, width) <= usual * (1 + 1e-9)
    if two_sided:
        assert length(-shift, width) == pytest.approx(usual, rel=1e-6)


@every
@given(st.floats(-1, 3), st.floats(0, 1.5), st.floats(0.5, 4), st.floats(0.05, 2))
def test_a_wider_interval_takes_a_cusum_longer(
    shift: float, reference: float, decision: float, more: float
) -> None:
    usual = cusum_run_length(shift, reference=reference, decision=decision, states=101)
    wider = cusum_run_length(shift, reference=reference, decision=decision + more, states=101)
    sooner = cusum_run_length(shift + more, reference=reference, decision=decision, states=101)
    assert 1 <= sooner <= usual * (1 + 1e-9) <= wider * (1 + 2e-9)


@pytest.mark.parametrize(
    ("settings_", "says"),
    [
        ({"shift": math.nan}, "shift must be a finite number"),
        ({"weight": 0}, "weight must be above 0"),
        ({"weight": 1.5}, "at most 1"),
        ({"width": -1}, "width of the limits"),
        ({"states": 3}, "number of states must be at least 11"),
        ({"states": 20.5}, "whole number"),
        ({"width": 20}, "so wide that the average run length cannot be computed"),
    ],
)
def test_impossible_charts(settings_: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ewma_run_length(**{"shift": 0, "weight": 0.3, "width": 2.2, **settings_})


def test_impossible_sums_and_simulations() -> None:
    with pytest.raises(ValueError, match="so wide that the average run length cannot be computed"):
        cusum_run_length(0, decision=50, two_sided=True)
    with pytest.raises(ValueError, match="number of runs must be at least 2"):
        simulate_cusum_run_length(0, runs=1, seed=1)
    sideways: Side = "sideways"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="“both”, “down” or “up”"):
        simulate_ewma_run_length(0, weight=0.3, width=2, side=sideways, seed=1)


def test_a_run_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alliance.analysis.average_run_lengths.LONGEST", 50)
    with pytest.raises(ValueError, match="had no alert within 50 sessions"):
        simulate_cusum_run_length(-2, decision=8, runs=20, seed=1)

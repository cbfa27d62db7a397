"""Charts without a baseline, and the transform that makes early and late sessions comparable."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from alliance.analysis import normal_from_t, predictive_limits, predictive_z, q_statistics, t_from_normal
from alliance.analysis.self_starting import MOST_Q

every = settings(max_examples=100, deadline=None)
ratings = st.lists(st.integers(0, 100), min_size=3, max_size=30)
freedoms = st.floats(0.5, 200)


def test_the_q_statistic_is_the_formula_at_every_session() -> None:
    """Recomputed with scipy's t, from the means and standard deviations of the values before."""
    values = [72.0, 78, 69, 81, 75, 74, 40, 77]
    expected = []
    for r in range(3, len(values) + 1):
        before = np.array(values[: r - 1])
        t = math.sqrt((r - 1) / r) * (values[r - 1] - before.mean()) / before.std(ddof=1)
        expected.append(float(stats.norm.ppf(stats.t.cdf(t, r - 2))))
    assert q_statistics(values) == pytest.approx(expected, abs=1e-9)


def test_q_statistics_of_calm_series_are_independent_standard_normal() -> None:
    """Quesenberry 1991: exactly so, from the third value on, whatever mean and variance."""
    draw = np.random.default_rng(1991)
    series = np.stack([q_statistics(82 + 6 * draw.standard_normal(8)) for _ in range(4000)])
    for column in series.T:
        assert stats.kstest(column, "norm").pvalue > 0.001
    assert abs(np.corrcoef(series.T) - np.eye(6)).max() < 0.06


def test_q_after_a_flat_beginning() -> None:
    assert q_statistics([100, 100, 100, 95]).tolist() == [0, -MOST_Q]
    assert q_statistics([100, 100, 101]).tolist() == [MOST_Q]


def test_predictive_limits_by_hand() -> None:
    """Mean 78, s = 4, t(4, .975) = 2.776 (any table of t): 78 ± 2.776 · 4 · √(6/5)."""
    limits = predictive_limits([74, 76, 76, 80, 84])
    assert (limits.mean, limits.sd, limits.points) == (78, 4, 5)
    assert limits.upper == pytest.approx(78 + 2.776 * 4 * math.sqrt(1.2), abs=0.005)
    assert limits.lower == pytest.approx(78 - 2.776 * 4 * math.sqrt(1.2), abs=0.005)


@pytest.mark.parametrize("points", [2, 4, 10])
def test_predictive_limits_miss_as_often_as_they_say(points: int) -> None:
    draw = np.random.default_rng(points)
    outside = 0
    for _ in range(4000):
        *baseline, following = draw.standard_normal(points + 1)
        limits = predictive_limits(baseline, tail=0.05)
        outside += following < limits.lower
    assert outside / 4000 == pytest.approx(0.05, abs=0.011)


@pytest.mark.parametrize("freedom", [8, 12, 20, 40])
def test_wallace_is_close_to_the_exact_normal_number(freedom: int) -> None:
    """Within .02 for ν ≥ 8 and |z| ≤ 4, .01 for ν ≥ 12, against scipy's t and normal."""
    worst = 0.02 if freedom < 12 else 0.01
    for z in np.linspace(-4, 4, 81):
        t = float(stats.t.isf(stats.norm.sf(abs(z)), freedom))
        assert normal_from_t(math.copysign(t, z), freedom) == pytest.approx(z, abs=worst)


@every
@given(st.floats(-30, 30), freedoms)
def test_there_and_back(z: float, freedom: float) -> None:
    t = t_from_normal(z, freedom)
    if math.isfinite(t):
        assert normal_from_t(t, freedom) == pytest.approx(z, rel=1e-6, abs=1e-9)
        assert abs(t) >= abs(z) * (1 - 1e-9) - 1e-150


@every
@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), freedoms)
def test_the_transform_rises_and_stays_finite(one: float, other: float, freedom: float) -> None:
    low, high = sorted((one, other))
    assert -math.inf < normal_from_t(low, freedom) <= normal_from_t(high, freedom) < math.inf
    assert normal_from_t(-one, freedom) == -normal_from_t(one, freedom)


@every
@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 400), freedoms, st.integers(-500, 500))
def test_a_prediction_does_not_know_its_units(
    value: int, expected: int, variance: int, freedom: float, shift: int
) -> None:
    z = predictive_z(value, expected, variance, freedom)
    assert predictive_z(4.0 * value + shift, 4.0 * expected + shift, 16.0 * variance, freedom) == z
    assert predictive_z(value, expected, variance, 1e9) == pytest.approx(
        (value - expected) / math.sqrt(variance), rel=1e-5
    )


@every
@given(ratings, st.integers(-500, 500), st.sampled_from((0.25, 4.0)))
def test_q_does_not_know_its_units(values: list[int], shift: int, scale: float) -> None:
    before = q_statistics(values)
    after = q_statistics([scale * value + shift for value in values])
    assert after == pytest.approx(before, abs=1e-4)
    assert (abs(before) <= MOST_Q).all()


@pytest.mark.parametrize(
    ("values", "says"),
    [([1, 2], "At least 3 values"), ([1, 2, math.nan], "finite"), ([[1, 2, 3]], "one row")],
)
def test_impossible_series(values: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        q_statistics(values)


@pytest.mark.parametrize(
    ("baseline", "tail", "says"),
    [
        ([1], 0.1, "At least 2 values"),
        ([0.1, 0.1, 0.1], 0.1, "never change"),
        ([1, 2], 0, "tail must be above 0"),
        ([1, 2], 0.5, "below 0.5"),
    ],
)
def test_impossible_baselines(baseline: list[float], tail: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        predictive_limits(baseline, tail=tail)


@pytest.mark.parametrize(
    ("value", "expected", "variance", "freedom", "says"),
    [
        (math.nan, 80, 36, 8, "finite"),
        (80, math.inf, 36, 8, "finite"),
        (80, 80, 0, 8, "variance must be above 0"),
        (80, 80, -4, 8, "variance must be above 0"),
        (80, 80, 36, 0, "degrees of freedom"),
        (80, 80, 36, math.nan, "degrees of freedom"),
    ],
)
def test_impossible_predictions(
    value: float, expected: float, variance: float, freedom: float, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        predictive_z(value, expected, variance, freedom)

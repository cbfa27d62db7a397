"""Charts against published worked examples, and laws that hold for any series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alliance.analysis import cusum, ewma, individuals_limits
from alliance.analysis.control_charts import D2, Side

every = settings(max_examples=100, deadline=None)
ratings = st.lists(st.integers(0, 100), min_size=2, max_size=40)
shifts = st.integers(-1000, 1000)
scales = st.sampled_from((0.125, 0.5, 2.0, 64.0))  # powers of two, so that rescaling is exact
sides: st.SearchStrategy[Side] = st.sampled_from(("both", "down", "up"))

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: flow rates of ten batches.
FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_individuals_limits_of_the_nist_example() -> None:
    limits = individuals_limits(FLOW_RATES)
    assert limits.centre == pytest.approx(50.81)
    assert limits.moving_range == pytest.approx(1.8778, abs=5e-5)
    # NIST divides by 1.128, we by 1.128379: 55.8041 and 45.8159 there.
    assert limits.upper == pytest.approx(55.8041, abs=0.002)
    assert limits.lower == pytest.approx(45.8159, abs=0.002)
    with_rounded_d2 = 3 * limits.moving_range / 1.128
    assert 50.81 + with_rounded_d2 == pytest.approx(55.8041, abs=5e-5)
    assert limits.points == 10


def test_the_constants_of_the_individuals_chart() -> None:
    """d₂, 2.66 and D₄ = 3.267 as every table of control chart constants has them."""
    limits = individuals_limits([0, 1, 0, 1])  # mean moving range 1
    assert round(D2, 6) == 1.128379
    assert limits.upper - limits.centre == pytest.approx(2.66, abs=0.005)
    assert limits.moving_range_upper == pytest.approx(3.267, abs=0.0005)


def test_the_moving_range_knows_the_standard_deviation() -> None:
    draw = np.random.default_rng(7)
    assert individuals_limits(70 + 6 * draw.standard_normal(20_000)).sd == pytest.approx(6, rel=0.02)


# NIST/SEMATECH e-Handbook 6.3.2.4: target 50, s = 2.0539, lambda .3, k = 3.
NIST_EWMA_DATA = [
    *(52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5),
    *(49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1),
]
NIST_EWMA = [
    *(50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33),
    *(50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23, 51.94, 51.99),
]


def test_the_ewma_of_the_nist_example() -> None:
    chart = ewma(NIST_EWMA_DATA, target=50, sd=2.0539, weight=0.3, width=3, time_varying=False)
    assert chart.statistic == pytest.approx(NIST_EWMA, abs=0.0051)
    assert chart.upper == pytest.approx([52.5884] * 20, abs=1e-4)
    assert chart.lower == pytest.approx([47.4115] * 20, abs=2e-4)  # NIST cuts 47.41157 off
    assert not chart.signals.any()


def test_limits_begin_narrow_and_widen_to_the_fixed_ones() -> None:
    chart = ewma(NIST_EWMA_DATA * 3, target=50, sd=2, weight=0.3, width=3)
    fixed = ewma(NIST_EWMA_DATA * 3, target=50, sd=2, weight=0.3, width=3, time_varying=False)
    assert chart.upper[0] == pytest.approx(50 + 3 * 2 * 0.3)  # the first statistic is .3 of one value
    assert (np.diff(chart.upper) >= 0).all()
    assert chart.upper[-1] == pytest.approx(fixed.upper[-1])


def test_the_one_sided_ewma_by_hand() -> None:
    """z of 1, −2, −2, 3, −4 with λ = .5: good sessions save up nothing."""
    chart = ewma([1, -2, -2, 3, -4], target=0, sd=1, weight=0.5, width=2.2, side="down", time_varying=False)
    assert chart.statistic.tolist() == [0, -1, -1.5, 0, -2]
    limit = 2.2 * math.sqrt(1 / 3)
    assert chart.lower.tolist() == pytest.approx([-limit] * 5)
    assert np.isposinf(chart.upper).all()
    assert chart.signals.tolist() == [False, False, True, False, True]


# NIST/SEMATECH e-Handbook 6.3.2.3: twenty group means, target 325, k = .3175, h = 4.1959.
NIST_CUSUM_DATA = [
    *(324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600),
    *(324.625, 325.150, 328.325, 327.250, 327.825, 328.500, 326.675, 327.775, 326.875, 328.350),
]
NIST_UP_FROM_13 = [3.01, 4.95, 7.45, 10.63, 11.99, 14.44, 16.00, 19.04]


def test_the_cusum_of_the_nist_example() -> None:
    chart = cusum(NIST_CUSUM_DATA, target=325, reference=0.3175, decision=4.1959)
    assert chart.up[12:] == pytest.approx(NIST_UP_FROM_13, abs=0.0101)  # NIST adds up rounded steps
    assert np.flatnonzero(chart.signals_up).tolist() == list(range(13, 20))  # from group 14 on
    assert not chart.signals_down.any()


# Montgomery & Runger, Applied Statistics and Probability for Engineers, 3rd ed., example 16-6 and table 16-8:
# concentrations, target 99, K = 1, H = 10.
CONCENTRATIONS = [
    *(102.0, 94.8, 98.3, 98.4, 102.0, 98.5, 99.0, 97.7, 100.0, 98.1),
    *(101.3, 98.7, 101.1, 98.4, 97.0, 96.7, 100.3, 101.4, 97.2, 101.0),
]
UPPER = [2.0, 0, 0, 0, 2.0, 0.5, 0, 0, 0, 0, 1.3, 0, 1.1, 0, 0, 0, 0.3, 1.7, 0, 1.0]
LOWER = [0, 3.2, 2.9, 2.5, 0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 1.0, 2.3, 0, 0, 0.8, 0]


def test_the_cusum_of_the_textbook_example() -> None:
    chart = cusum(CONCENTRATIONS, target=99, reference=1, decision=10)
    assert chart.up == pytest.approx(UPPER, abs=1e-9)
    assert chart.down == pytest.approx(LOWER, abs=1e-9)
    assert not (chart.signals_up | chart.signals_down).any()


def test_a_head_start_sees_a_fault_from_the_beginning_sooner() -> None:
    """Lucas & Crosier 1982, table 5: h = 5, k = .5, with and without a head start of 2.5."""
    values = [0.8, 1.9, 1.4, 2.0, 1.1, 0.7, 2.6]
    plain = cusum(values, target=0, reference=0.5, decision=5)
    ahead = cusum(values, target=0, reference=0.5, decision=5, head_start=2.5)
    assert plain.up == pytest.approx([0.3, 1.7, 2.6, 4.1, 4.7, 4.9, 7.0])
    assert ahead.up == pytest.approx([2.8, 4.2, 5.1, 6.6, 7.2, 7.4, 9.5])
    assert np.argmax(plain.signals_up) == 6
    assert np.argmax(ahead.signals_up) == 2


@every
@given(ratings, shifts, scales)
def test_shifting_and_rescaling_the_values_moves_the_limits_with_them(
    values: list[int], shift: int, scale: float
) -> None:
    assume(len(set(values)) > 1)
    before = individuals_limits(values)
    after = individuals_limits([scale * value + shift for value in values])
    for name in ("centre", "lower", "upper"):
        assert getattr(after, name) == pytest.approx(scale * getattr(before, name) + shift, abs=1e-6)
    assert after.sd == pytest.approx(scale * before.sd)


@every
@given(ratings, shifts, scales, sides, st.booleans())
def test_an_ewma_says_the_same_in_other_units(
    values: list[int], shift: int, scale: float, side: Side, time_varying: bool
) -> None:
    before = ewma(values, target=70, sd=6, side=side, time_varying=time_varying)
    moved = [scale * value + shift for value in values]
    after = ewma(moved, target=70 * scale + shift, sd=6 * scale, side=side, time_varying=time_varying)
    assert after.statistic == pytest.approx(scale * before.statistic + shift, abs=1e-6)
    assert not np.isnan(after.statistic).any()
    clear = np.minimum(abs(before.statistic - before.lower), abs(before.statistic - before.upper)) > 1e-6
    assert (after.signals == before.signals)[clear].all()


@every
@given(ratings, sides, st.floats(0.05, 1))
def test_charts_do_not_look_ahead(values: list[int], side: Side, weight: float) -> None:
    whole = ewma(values, target=70, sd=6, weight=weight, side=side)
    part = ewma(values[:-1], target=70, sd=6, weight=weight, side=side)
    assert whole.statistic[:-1].tolist() == part.statistic.tolist()
    assert whole.signals[:-1].tolist() == part.signals.tolist()
    sums, fewer = cusum(values, target=70, sd=6), cusum(values[:-1], target=70, sd=6)
    assert sums.down[:-1].tolist() == fewer.down.tolist()


@every
@given(ratings)
def test_a_chart_in_a_mirror_watches_the_other_side(values: list[int]) -> None:
    mirrored = [140 - value for value in values]
    down = ewma(values, target=70, sd=6, side="down")
    up = ewma(mirrored, target=70, sd=6, side="up")
    assert down.signals.tolist() == up.signals.tolist()
    assert down.statistic == pytest.approx(140 - up.statistic)
    sums, mirrored_sums = cusum(values, target=70, sd=6), cusum(mirrored, target=70, sd=6)
    assert sums.down.tolist() == mirrored_sums.up.tolist()
    assert (sums.up >= 0).all() and (sums.down >= 0).all()


@every
@given(ratings, st.integers(0, 39), st.integers(1, 50))
def test_a_lower_value_never_makes_a_fall_less_likely(values: list[int], place: int, lower: int) -> None:
    worse = list(values)
    worse[place % len(values)] -= lower
    assert (
        ewma(worse, target=70, sd=6, side="down").statistic
        <= ewma(values, target=70, sd=6, side="down").statistic
    ).all()
    assert (cusum(worse, target=70, sd=6).down >= cusum(values, target=70, sd=6).down).all()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([80], "At least 2 values are needed, not 1."),
        ([80, 80, 80], "never change"),
        ([80, math.nan, 70], "finite"),
        ([80, math.inf], "finite"),
        ([[80, 70], [60, 50]], "one row"),
        (["high", "low"], "must be numbers"),
    ],
)
def test_limits_of_what_no_chart_can_have(values: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        individuals_limits(values)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"sd": 0}, "standard deviation must be above 0"),
        ({"sd": -1}, "standard deviation must be above 0"),
        ({"sd": math.nan}, "finite"),
        ({"target": math.inf}, "finite"),
        ({"weight": 0}, "weight must be above 0"),
        ({"weight": 1.2}, "at most 1"),
        ({"width": 0}, "width of the limits"),
        ({"side": "left"}, "“both”, “down” or “up”"),
    ],
)
def test_an_ewma_of_impossible_settings(changed: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ewma([80, 70], **{"target": 75, "sd": 5, **changed})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"sd": 0}, "standard deviation"),
        ({"reference": -0.1}, "reference value must be at least 0"),
        ({"decision": 0}, "decision interval must be above 0"),
        ({"head_start": 5}, "head start must be at least 0 and at most 4"),
    ],
)
def test_a_cusum_of_impossible_settings(changed: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        cusum([80, 70], **{"target": 75, **changed})


def test_no_values_are_no_chart() -> None:
    for chart in (lambda: ewma([], target=0, sd=1), lambda: cusum([], target=0)):
        with pytest.raises(ValueError, match="At least 1 values are needed, not 0"):
            chart()

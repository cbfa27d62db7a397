"""Alpha, omega, reliable change and the one-factor model against published examples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis import (
    cronbach_alpha,
    omega_total,
    one_factor,
    reliable_change,
    standard_error_of_measurement,
)

every = settings(max_examples=30, deadline=None)

# The data set “cronbach_alpha” of the Python package pingouin, fifteen people and ten items; its documentation
# of pingouin.cronbach_alpha prints 0.5917188485995826 and [0.195, 0.84].
PINGOUIN = np.array(
    [
        [3, 5, 7, 2, 6, 1, 4, 2, 6, 5, 4, 4, 5, 6, 4],
        [2, 4, 3, 4, 5, 2, 3, 4, 5, 4, 3, 2, 5, 5, 3],
        [4, 6, 5, 3, 6, 3, 5, 4, 5, 6, 5, 3, 6, 5, 5],
        [1, 3, 5, 3, 5, 4, 3, 3, 5, 4, 2, 2, 2, 4, 5],
        [4, 5, 6, 2, 4, 2, 5, 7, 1, 3, 5, 5, 3, 2, 3],
        [5, 1, 4, 2, 4, 5, 2, 2, 6, 5, 3, 3, 3, 2, 1],
        [1, 2, 3, 2, 4, 2, 1, 2, 5, 3, 2, 4, 2, 1, 3],
        [4, 5, 3, 6, 6, 3, 2, 4, 2, 1, 3, 2, 4, 4, 2],
        [3, 5, 6, 6, 7, 5, 4, 6, 3, 7, 4, 3, 4, 6, 3],
        [2, 5, 5, 3, 5, 2, 3, 5, 2, 2, 1, 4, 5, 5, 4],
    ],
    dtype=float,
).T

# Shrout & Fleiss 1979, Psychol Bull 86:420, table 2: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_alpha_of_a_packaged_example() -> None:
    alpha = cronbach_alpha(PINGOUIN)
    assert alpha.value == pytest.approx(0.5917188485995826, abs=1e-12)
    assert (alpha.low, alpha.high) == pytest.approx((0.195, 0.840), abs=0.0005)
    assert (alpha.respondents, alpha.items, alpha.left_out) == (15, 10, 0)


def test_alpha_is_the_intraclass_correlation_of_fixed_judges() -> None:
    """ICC(3, 4) of Shrout & Fleiss is .91 (their table 4); the R package psych gives it .68 to .99."""
    alpha = cronbach_alpha(SHROUT_FLEISS)
    assert round(alpha.value, 2) == 0.91
    assert (round(alpha.low, 2), round(alpha.high, 2)) == (0.68, 0.99)


def test_respondents_with_a_gap_are_left_out_and_counted() -> None:
    with_gap = np.vstack([PINGOUIN, np.where(np.arange(10) == 3, np.nan, 4.0)])
    alpha = cronbach_alpha(with_gap)
    assert alpha.value == cronbach_alpha(PINGOUIN).value
    assert (alpha.respondents, alpha.left_out) == (15, 1)


def test_the_interval_holds_what_it_promises() -> None:
    """Parallel items with a true alpha of .75 (three items, intercorrelation .5): covered in 95 of 100."""
    draw = np.random.default_rng(1965)
    covered = 0
    for _ in range(2000):
        people = draw.standard_normal((40, 1)) + draw.standard_normal((40, 3))
        alpha = cronbach_alpha(people)
        covered += alpha.low <= 0.75 <= alpha.high
    assert covered / 2000 == pytest.approx(0.95, abs=0.016)


def test_opposed_items_have_an_alpha_below_zero() -> None:
    alpha = cronbach_alpha([[1, 9, 4], [5, 6, 5], [8, 2, 6], [9, 1, 7]])
    assert alpha.low < alpha.value < 0


def correlations(below: list[list[float]]) -> np.ndarray:
    matrix = np.eye(len(below) + 1)
    for row, values in enumerate(below, 1):
        matrix[row, :row] = matrix[:row, row] = values
    return matrix


def test_spearmans_three_marks() -> None:
    """Classics, French, English (Spearman 1904): Mardia, Kent & Bibby 1979, 9.2, print .983, .844, .794."""
    factor = one_factor(correlations([[0.83], [0.78, 0.67]]))
    assert factor.loadings == pytest.approx((0.983, 0.844, 0.794), abs=0.001)
    assert factor.uniquenesses == pytest.approx([1 - each**2 for each in factor.loadings])
    assert factor.proper


def test_maximum_likelihood_of_spearmans_five_variables() -> None:
    """Harman, Modern Factor Analysis, pp. 116, 391; the communalities are those of SAS PROC FACTOR METHOD=ML

    on the same table, as M. Friendly’s course on factor analysis (example spear5) prints them.
    """
    factor = one_factor(
        correlations(
            [[0.485], [0.400, 0.397], [0.397, 0.397, 0.335], [0.295, 0.247, 0.275, 0.195]],
        )
    )
    communalities = [each**2 for each in factor.loadings]
    assert communalities == pytest.approx([0.49542, 0.46625, 0.34391, 0.32029, 0.15870], abs=2e-5)
    common = sum(math.sqrt(each) for each in communalities) ** 2
    assert factor.omega == pytest.approx(common / (common + 5 - sum(communalities)), abs=1e-4)


def test_maximum_likelihood_of_the_examination_marks() -> None:
    """Five examinations, 88 students: Mardia, Kent & Bibby 1979, table 9.3.1, one factor, two digits' rounding."""
    factor = one_factor(
        correlations(
            [[0.553], [0.547, 0.610], [0.409, 0.485, 0.711], [0.389, 0.436, 0.665, 0.607]],
        )
    )
    assert factor.loadings == pytest.approx((0.600, 0.667, 0.917, 0.772, 0.724), abs=0.0015)


def test_omega_of_a_population_is_exact() -> None:
    """Loadings and uniquenesses go into a covariance and come back out of it."""
    loadings, own = np.array([2.0, 1.5, 1.0, 0.5]), np.array([1.0, 2.0, 0.5, 1.5])
    factor = one_factor(np.outer(loadings, loadings) + np.diag(own))
    assert factor.loadings == pytest.approx(loadings, abs=1e-3)
    assert factor.uniquenesses == pytest.approx(own, abs=2e-3)
    assert factor.omega == pytest.approx(25 / 30, abs=1e-4)


def test_omega_is_alpha_where_loadings_are_alike() -> None:
    alike = np.full((3, 3), 4.0) + np.diag([1.0, 2.0, 3.0])  # alpha: 3/2 (1 − 18/42)
    assert one_factor(alike).omega == pytest.approx(1.5 * (1 - 18 / 42))


def test_omega_of_answers() -> None:
    draw = np.random.default_rng(3)
    people = 10 * draw.standard_normal((4000, 1)) * [1.0, 0.8, 0.6] + 5 * draw.standard_normal((4000, 3))
    omega = omega_total(np.vstack([people, [[math.nan, 1, 1]]]))
    assert omega.value == pytest.approx(24**2 / (24**2 + 75), abs=0.01)
    assert (omega.respondents, omega.left_out, omega.proper) == (4000, 1, True)
    assert omega.value > cronbach_alpha(people).value


def test_a_factor_that_does_not_fit_says_so() -> None:
    """One pair correlates too highly for the third: an item would need a variance of its own below 0."""
    factor = one_factor(correlations([[0.9], [0.3, 0.1]]))
    assert not factor.proper
    assert min(factor.uniquenesses) == pytest.approx(0.005)
    assert 0 < factor.omega < 1


def test_jacobson_and_truax() -> None:
    """Jacobson & Truax 1991, p. 14: from 32.5 to 47.5, s = 7.5, r = .80: SE 3.35, S_diff 4.74, RC 3.16."""
    change = reliable_change(32.5, 47.5, sd=7.5, reliability=0.80)
    assert standard_error_of_measurement(7.5, 0.80) == pytest.approx(3.35, abs=0.005)
    assert change.difference_error == pytest.approx(4.74, abs=0.005)
    assert change.index == pytest.approx(3.16, abs=0.005)
    assert change.reliable
    assert not reliable_change(32.5, 41.5, sd=7.5, reliability=0.80).reliable


answers = st.integers(2, 5).flatmap(
    lambda items: st.lists(
        st.lists(st.integers(0, 10), min_size=items, max_size=items), min_size=items + 2, max_size=25
    )
)


@every
@given(answers, st.integers(-50, 50), st.sampled_from((-4.0, 0.5, 8.0)))
def test_units_and_order_do_not_matter(rows: list[list[int]], shift: int, scale: float) -> None:
    table = np.array(rows, dtype=float)
    try:
        alpha = cronbach_alpha(table)
    except ValueError as fault:
        assert "do not differ" in str(fault)
        return
    assert alpha.low <= alpha.value <= alpha.high <= 1
    other = cronbach_alpha((scale * table + shift)[::-1, ::-1])
    assert (other.value, other.low, other.high) == pytest.approx((alpha.value, alpha.low, alpha.high))


@every
@given(answers, st.integers(-50, 50), st.sampled_from((0.5, 8.0)))
def test_omega_is_a_share(rows: list[list[int]], shift: int, scale: float) -> None:
    table = np.array(rows, dtype=float)
    try:
        omega = omega_total(table)
    except ValueError as fault:
        assert table.shape[1] < 3 or "must vary" in str(fault)
        return
    assert 0 <= omega.value <= 1
    assert all(math.isfinite(each) for each in (*omega.loadings, *omega.uniquenesses))
    variances = table.var(axis=0, ddof=1)
    assert all(0 < own <= each * 1.0001 for own, each in zip(omega.uniquenesses, variances, strict=True))
    other = omega_total(scale * table + shift)
    assert other.value == pytest.approx(omega.value, abs=2e-3)


@every
@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.1, 40), st.floats(0, 0.99))
def test_change_turns_its_sign_with_its_direction(
    before: float, after: float, sd: float, reliability: float
) -> None:
    there = reliable_change(before, after, sd=sd, reliability=reliability)
    back = reliable_change(after, before, sd=sd, reliability=reliability)
    assert there.index == -back.index
    assert there.reliable == back.reliable == (abs(there.index) > 1.96)
    assert standard_error_of_measurement(sd, reliability) <= sd


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ([[1, 2], [2, 3]], "At least 3 respondents must have answered every item, not 2"),
        ([[1], [2], [3]], "At least 2 columns of items are needed, not 1"),
        ([[1, 2], [math.nan, 3], [2, 2], [3, math.nan]], "not 2"),
        ([[1, 9], [5, 5], [9, 1]], "do not differ between respondents"),
        ([[3, 3]] * 5, "do not differ between respondents"),
        ([[1, 2], [2, math.inf], [3, 4]], "finite"),
        ([1, 2, 3], "a table"),
    ],
)
def test_impossible_items(items: list[list[float]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        cronbach_alpha(items)


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ([[1, 2], [2, 3], [3, 5], [4, 4]], "At least 3 columns"),
        ([[1, 2, 5], [2, 3, 5], [3, 5, 5], [4, 4, 5]], "Every item must vary"),
        ([[1, 2, 5], [2, 3, 6], [3, 5, 4]], "At least 4 respondents"),
        ([[1, 2, 5, 1], [2, 3, 6, 4], [3, 5, 4, 9], [3, 4, 1, 2]], "more respondents than 4"),
    ],
)
def test_impossible_omegas(items: list[list[float]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        omega_total(items)


@pytest.mark.parametrize(
    ("covariance", "says"),
    [
        ([[1, 0.5, 0.5], [0.5, 1, 0.5]], "square"),
        ([[1, 0.5, 0.5], [0.4, 1, 0.5], [0.5, 0.5, 1]], "symmetric"),
        ([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]], "contradict"),
        ([[1, 0.5, 0.5], [0.5, -1, 0.5], [0.5, 0.5, 1]], "must vary"),
        ([[1, math.nan, 0.5], [math.nan, 1, 0.5], [0.5, 0.5, 1]], "known|symmetric"),
    ],
)
def test_impossible_covariances(covariance: list[list[float]], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        one_factor(covariance)


def test_impossible_changes() -> None:
    with pytest.raises(ValueError, match="standard deviation must be above 0"):
        reliable_change(1, 2, sd=0, reliability=0.8)
    with pytest.raises(ValueError, match="reliability must be at least 0 and below 1"):
        reliable_change(1, 2, sd=5, reliability=1)
    with pytest.raises(ValueError, match="at most 1"):
        standard_error_of_measurement(5, 1.1)
    with pytest.raises(ValueError, match="level of the interval"):
        cronbach_alpha(PINGOUIN, level=1)

"""Run rules: each by hand, and together against published run lengths."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis import nhs_rules, western_electric_rules
from alliance.analysis.run_rules import RunSignals

every = settings(max_examples=100, deadline=None)
ratings = st.lists(st.integers(0, 100), min_size=1, max_size=40)


def places(flags: np.ndarray) -> list[int]:
    """Session numbers, counted from 1."""
    return (np.flatnonzero(flags) + 1).tolist()


def nhs(values: list[float]) -> RunSignals:
    return nhs_rules(values, centre=0, sd=1)


def western(values: list[float]) -> RunSignals:
    return western_electric_rules(values, centre=0, sd=1)


def test_one_value_outside() -> None:
    assert places(nhs([0, 3.1, 3.0, -3.2]).outside) == [2, 4]


def test_a_run_ends_on_the_centre() -> None:
    assert places(nhs([0.1] * 8).run) == [7, 8]
    assert places(western([0.1] * 9).run) == [8, 9]
    assert places(nhs([-0.1] * 6 + [0] + [-0.1] * 6).run) == []


def test_a_trend_ends_on_a_repetition() -> None:
    assert places(nhs([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]).trend) == [7]
    assert places(nhs([0.3, 0.2, 0.1, 0, 0, -0.1, -0.2]).trend) == []
    assert not western([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]).any.any()


def test_two_of_three_must_lie_on_the_same_side() -> None:
    assert places(nhs([2.1, 0, 2.2, 0]).two_of_three) == [3]
    assert places(nhs([2.1, 0, -2.2, 0]).two_of_three) == []
    assert places(nhs([2.1, 0, 0, 2.2]).two_of_three) == []


def test_four_of_five_beyond_one_standard_deviation() -> None:
    assert places(western([1.1, 1.2, 0, 1.3, 1.4, 0]).four_of_five) == [5]
    assert places(western([1.1, 1.2, 0, 0, 1.3, 1.4]).four_of_five) == []
    assert not nhs([1.1, 1.2, -0.1, 1.3, 1.4]).any.any()


# Champ & Woodall 1987, Technometrics 29:393, table 1: three-sigma limits with all run rules of Western Electric
# run 91.75 values without a shift, 9.22 with a shift of one standard deviation.
@pytest.mark.parametrize(("shift", "published"), [(0.0, 91.75), (1.0, 9.22)])
def test_the_rules_alert_as_often_as_published(shift: float, published: float) -> None:
    draw = np.random.default_rng(1987)
    lengths = []
    for _ in range(4000):
        noise = draw.standard_normal(1500) + shift
        signals = western(noise).any
        assert signals.any()
        lengths.append(int(np.argmax(signals)) + 1)
    error = np.std(lengths) / math.sqrt(len(lengths))
    assert np.mean(lengths) == pytest.approx(published, abs=3 * error)


@every
@given(ratings, st.integers(-500, 500), st.sampled_from((0.25, 4.0)))
def test_units_do_not_matter(values: list[int], shift: int, scale: float) -> None:
    for rules in (nhs_rules, western_electric_rules):
        before = rules(values, centre=70, sd=8)
        after = rules([scale * value + shift for value in values], centre=70 * scale + shift, sd=8 * scale)
        assert after.any.tolist() == before.any.tolist()


@every
@given(ratings)
def test_no_rule_looks_ahead(values: list[int]) -> None:
    for rules in (nhs_rules, western_electric_rules):
        whole = rules([*values, 0, 100, 0], centre=70, sd=8)
        assert whole.any[: len(values)].tolist() == rules(values, centre=70, sd=8).any.tolist()


@pytest.mark.parametrize(
    ("values", "centre", "sd", "says"),
    [
        ([], 0, 1, "At least 1 values"),
        ([1, math.nan], 0, 1, "finite"),
        ([1], math.nan, 1, "centre must be a finite number"),
        ([1], 0, 0, "standard deviation must be above 0"),
    ],
)
def test_impossible_input(values: list[float], centre: float, sd: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        nhs_rules(values, centre=centre, sd=sd)

"""Means of months and years from sums over patients, against the same from every single answer and by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from alliance.analysis.settled import ASSUMED, Components, MonthMean, components, mean_of_month, mean_of_year
from alliance.analysis.variance_components import nested_variances

CHANCE_FACTOR = (1 + 0.35) / (1 - 0.35)


@pytest.mark.parametrize("seed", range(5))
def test_components_from_sums_are_those_from_every_answer(seed: int) -> None:
    chance = np.random.default_rng(seed)
    therapist = np.repeat(np.arange(6), 7)
    n = chance.integers(1, 9, therapist.size)
    answers = [
        chance.normal(70 + 2 * t + chance.normal(0, 11), 6, size)
        for t, size in zip(therapist, n, strict=True)
    ]
    found = components(therapist, n, [a.sum() for a in answers], [(a**2).sum() for a in answers])
    whose = np.repeat(np.arange(therapist.size), n)
    wanted = nested_variances(therapist[whose], whose, np.concatenate(answers))
    assert found.patient == pytest.approx(wanted.inner)
    assert found.session == pytest.approx(wanted.residual)


def test_components_are_assumed_until_answers_tell_them_apart() -> None:
    assert components([], [], [], []) == ASSUMED
    assert components([1, 2], [3, 3], [240, 240], [19_300, 19_300]) == ASSUMED, (
        "no therapist has two patients"
    )
    assert components([1, 1], [1, 1], [80, 90], [6_400, 8_100]) == ASSUMED, "no patient answered twice"
    same = components([1, 1, 2], [4, 4, 4], [320, 320, 320], [25_600] * 3)
    assert same == Components(0.0, 1.0), "answers that never vary are not believed to the last point"


def test_in_a_month_every_patient_counts_the_same() -> None:
    found = mean_of_month([70, 80, 90], [1, 4, 4], Components(120.0, 40.0))
    assert (found.mean, found.patients) == (80.0, 3)
    assert found.variance == pytest.approx((3 * 120 + CHANCE_FACTOR * 40 * 1.5) / 9)


def test_the_same_patients_in_two_months_are_no_new_patients() -> None:
    parts = Components(120.0, 40.0)
    month = mean_of_month([70, 80, 90], [4, 4, 4], parts)
    twice = mean_of_year([MonthMean(80, 3), MonthMean(82, 3)], [2, 2, 2], [4] * 6, parts)
    others = mean_of_year([MonthMean(80, 3), MonthMean(82, 3)], [1] * 6, [4] * 6, parts)
    assert twice.mean == others.mean == 81
    assert (twice.patients, others.patients) == (3, 6)
    assert 120 / 3 < twice.variance < month.variance
    assert others.variance == pytest.approx(month.variance / 2)


def test_a_year_of_one_month_is_that_month() -> None:
    month = mean_of_month([70, 80, 90], [1, 2, 3], ASSUMED)
    year = mean_of_year([MonthMean(month.mean, 3)], [1, 1, 1], [1, 2, 3], ASSUMED)
    assert year.mean == month.mean and year.variance == pytest.approx(month.variance) and year.patients == 3


def test_months_weigh_as_much_as_their_patients() -> None:
    assert mean_of_year(
        [MonthMean(60, 5), MonthMean(90, 10)], [1] * 15, [2] * 15, ASSUMED
    ).mean == pytest.approx(80)


def test_the_variance_of_a_year_is_the_one_that_repetition_shows() -> None:
    """Ten patients, overlapping over four months, independent sessions: simulated with the factor taken out."""
    chance = np.random.default_rng(7)
    stays = [(0, 1), (0, 2), (0, 4), (1, 3), (1, 4), (2, 4), (2, 3), (0, 3), (3, 4), (0, 4)]
    patients = [[i for i, (a, b) in enumerate(stays) if a <= month < b] for month in range(4)]
    runs, between, within = 20_000, 100.0, 40.0
    levels = chance.normal(0, between**0.5, (runs, len(stays)))
    total = sum(
        (levels[:, own] + chance.normal(0, (within / 3) ** 0.5, (runs, len(own)))).sum(axis=1)
        for own in patients
    )
    weight = sum(len(own) for own in patients)
    told = mean_of_year(
        [MonthMean(80, len(own)) for own in patients],
        [b - a for a, b in stays],
        [3] * weight,
        Components(between, within / CHANCE_FACTOR),
    )
    assert np.var(total / weight) == pytest.approx(told.variance, rel=0.04)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        mean_of_year([], [], [], ASSUMED)
    with pytest.raises(ValueError):
        mean_of_month([], [], ASSUMED)
    with pytest.raises(ValueError):
        mean_of_month([80], [0], ASSUMED)
    with pytest.raises(ValueError):
        components([1, 1], [0, 2], [0, 160], [0, 12_800])

"""Partial pooling, funnels and rates against published examples, and the rules of what may be shown."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from alliance.analysis import (
    Showing,
    TherapistComparison,
    TherapistMean,
    between_variance,
    compare_therapists,
    funnel,
    patients_needed,
    pool,
    pool_rates,
    reliability_of_mean,
    showing,
    therapist_mean,
)

every = settings(max_examples=100, deadline=None)

# Rubin 1981, J Educ Stat 6:377; Gelman and others, Bayesian Data Analysis, 5.5: eight schools.
SCHOOLS = [28, 8, -3, 7, -1, 1, 18, 12]
SCHOOL_VARIANCES = [error**2 for error in (15, 10, 16, 11, 9, 11, 10, 18)]

# Normand 1999, Stat Med 18:321, tables VIII and IX: nine studies of the length of stay, as the tests of the R
# package metafor have them.
STAYS = [-20, -2, -55, -71, -4, 1, 11, -10, 7]
STAY_VARIANCES = [40.59, 2.05, 15.28, 150.22, 20.19, 1.22, 95.38, 8.03, 20.69]

# Viechtbauer 2005, J Educ Behav Stat 30:261, pp. 271 and 272, the same way.
FIRST = [-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232]
FIRST_VARIANCES = [0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040]
SECOND = [
    *(0.100, -0.162, -0.090, -0.049, -0.046, -0.010, -0.431, -0.261, 0.134),
    *(0.019, 0.175, 0.056, 0.045, 0.103, 0.121, -0.482, 0.290, 0.342),
]
SECOND_VARIANCES = [
    *(0.016, 0.015, 0.050, 0.050, 0.032, 0.052, 0.036, 0.024, 0.034),
    *(0.033, 0.031, 0.034, 0.039, 0.167, 0.134, 0.096, 0.016, 0.035),
]


def test_eight_schools_do_not_differ_beyond_chance() -> None:
    """The pooled estimate is 7.7 with a standard error of 4.1 (Bayesian Data Analysis, 5.5), Q 4.7 on 7."""
    pooled = pool(SCHOOLS, SCHOOL_VARIANCES)
    assert pooled.tau2 == 0
    assert not pooled.differ
    assert (round(pooled.mean, 1), round(pooled.mean_error, 1)) == (7.7, 4.1)
    assert pooled.q == pytest.approx(4.7, abs=0.05)
    assert pooled.chance.tolist() == [1] * 8
    assert pooled.estimates == pytest.approx([pooled.mean] * 8)
    assert pooled.errors == pytest.approx([pooled.mean_error] * 8)


@pytest.mark.parametrize(
    ("means", "variances", "published", "digit"),
    [
        (STAYS, STAY_VARIANCES, 218.72, 0.02),
        (FIRST, FIRST_VARIANCES, 0.277, 0.0005),
        (SECOND, SECOND_VARIANCES, 0.013, 0.0005),
    ],
)
def test_dersimonian_and_laird(
    means: list[float], variances: list[float], published: float, digit: float
) -> None:
    assert between_variance(means, variances)[0] == pytest.approx(published, abs=digit)


def test_the_mean_length_of_stay() -> None:
    """Normand 1999, table IX: −14.10, from −24.45 to −3.75."""
    pooled = pool(STAYS, STAY_VARIANCES)
    assert pooled.mean == pytest.approx(-14.10, abs=0.01)
    assert pooled.mean - 1.96 * pooled.mean_error == pytest.approx(-24.45, abs=0.01)
    assert pooled.mean + 1.96 * pooled.mean_error == pytest.approx(-3.75, abs=0.01)


def test_the_share_of_variance_that_is_not_chance() -> None:
    """Viechtbauer 2005: I² of DerSimonian & Laird 80.44 % and 27.53 %, (Q − df)/Q."""
    for means, variances, published in ((FIRST, FIRST_VARIANCES, 80.44), (SECOND, SECOND_VARIANCES, 27.53)):
        q = between_variance(means, variances)[1]
        assert 100 * (q - (len(means) - 1)) / q == pytest.approx(published, abs=0.005)


def test_pooling_by_hand() -> None:
    """Means 70, 80, 90 with variances 20, 20, 20: Q = 10, τ² = 8/.1 = 80, B = .2."""
    pooled = pool([70, 80, 90], [20, 20, 20])
    assert pooled.tau2 == pytest.approx(80)
    assert pooled.chance == pytest.approx([0.2] * 3)
    assert pooled.estimates == pytest.approx([72, 80, 88])
    assert pooled.errors == pytest.approx([math.sqrt(0.8 * 20 + 0.04 * 100 / 3)] * 3)
    unknown = np.array([2 * 0.04 * 100, 0, 2 * 0.04 * 100])  # 2/1 · B² · 1 · (y − μ)²
    assert pooled.high - pooled.estimates == pytest.approx(1.959964 * np.sqrt(pooled.errors**2 + unknown))
    assert pooled.high - pooled.estimates == pytest.approx(pooled.estimates - pooled.low)


@pytest.mark.parametrize(("spread", "therapists"), [(1.5, 10), (3, 10), (3, 30), (6, 30)])
def test_intervals_hold_the_true_means(spread: float, therapists: int) -> None:
    """Nine of ten at least, also where τ² is all but unknown; as if it were known, 86 of 100."""
    draw = np.random.default_rng(1975)
    held, known = [], []
    for _ in range(300):
        truth = 82 + spread * draw.standard_normal(therapists)
        variances = draw.uniform(2, 20, therapists)
        pooled = pool(truth + np.sqrt(variances) * draw.standard_normal(therapists), variances)
        held.append(np.mean((pooled.low <= truth) & (truth <= pooled.high)))
        known.append(np.mean(abs(truth - pooled.estimates) <= 1.96 * pooled.errors))
    assert 0.91 <= np.mean(held) <= 0.97
    assert np.mean(held) >= np.mean(known)


def test_a_therapists_mean_by_hand() -> None:
    """σ²_patient 10, σ²_session 20 and φ = 1/3, which doubles it: errors 20 and 12 for 4 and 20 sessions."""
    found = therapist_mean([80, 90], [4, 20], patient_variance=10, session_variance=20, autocorrelation=1 / 3)
    assert found.variance == pytest.approx(1 / (1 / 20 + 1 / 12))
    assert found.mean == pytest.approx((80 / 20 + 90 / 12) * found.variance)
    assert found.patients == 2


def test_without_winsorising_a_funnel_is_dersimonian_and_laird() -> None:
    for means, variances, published in ((FIRST, FIRST_VARIANCES, 0.277), (SECOND, SECOND_VARIANCES, 0.013)):
        weights = 1 / np.array(variances)
        centre = float((weights * means).sum() / weights.sum())
        limits = funnel(means, variances, centre=centre, winsorised=0)
        assert limits.tau2 == pytest.approx(published, abs=0.0005)
        assert limits.phi * len(means) == pytest.approx(between_variance(means, variances)[1])


def test_a_funnel_by_hand() -> None:
    """Eleven z of −5 … 5 with variances 4; the quantiles at .1 and .9 are −4 and 4: φ = (4·16 + 60 − 32)/11."""
    z = np.arange(-5, 6)
    limits = funnel(80 + 2 * z, [4] * 11, centre=80)
    phi = (2 * (16 + 16) + 2 * (9 + 4 + 1)) / 11
    assert limits.phi == pytest.approx(phi)
    tau2 = (11 * phi - 10) / (11 / 4 - 1 / 4)
    assert limits.tau2 == pytest.approx(tau2)
    assert limits.far_high - 80 == pytest.approx([3.09 * math.sqrt(4 + tau2)] * 11)
    assert 80 - limits.low == pytest.approx([1.96 * math.sqrt(4 + tau2)] * 11)
    assert limits.distance == pytest.approx(2 * z / math.sqrt(4 + tau2))


def test_a_funnel_of_chance_alone_leaves_its_share_outside() -> None:
    draw = np.random.default_rng(1185)
    near, far = [], []
    for _ in range(400):
        variances = draw.uniform(1, 9, 40)
        limits = funnel(82 + np.sqrt(variances) * draw.standard_normal(40), variances)
        near.append(np.mean(abs(limits.distance) > 1.96))
        far.append(np.mean(abs(limits.distance) > 3.09))
    assert np.mean(near) == pytest.approx(0.05, abs=0.006)
    assert np.mean(far) == pytest.approx(0.002, abs=0.0015)


def test_how_many_patients_a_mean_needs() -> None:
    """About 19 at a share of .05 for .50, 32 at .03, 13 at .07; for .70: 44, 75, 31; never fewer than enough."""
    for reliability, shares in ((0.5, {0.05: 19, 0.03: 32, 0.07: 13}), (0.7, {0.05: 44, 0.03: 75, 0.07: 31})):
        for share, about in shares.items():
            needed = patients_needed(reliability, share)
            assert needed - about in (0, 1)
            assert reliability_of_mean(needed, share) >= reliability - 1e-12
            assert reliability_of_mean(needed - 1, share) < reliability
    assert patients_needed(0, 0.05) == patients_needed(0.9, 1) == 1


def clinic(patients: list[int], spread: float = 3.0) -> TherapistComparison:
    draw = np.random.default_rng(5)
    return compare_therapists(
        [TherapistMean(82 + spread * draw.standard_normal(), 60 / count, count) for count in patients]
    )


def test_what_may_be_shown() -> None:
    assert [showing(count) for count in (0, 4, 5, 9, 10)] == [
        *(Showing.NOTHING, Showing.NOTHING, Showing.ALONE, Showing.ALONE, Showing.PLACED)
    ]
    found = clinic([4, 5, 9, 10, 12, 20, 30, 15, 11, 10, 14, 3])
    assert found.funnel is not None
    assert len(found.funnel.low) == 10  # of the ten therapists with five patients or more
    nothing = [each for each in found.standings if each.patients < 5]
    assert {(each.estimate, each.low, each.high, each.within_chance) for each in nothing} == {(None,) * 4}
    for place, each in enumerate(found.standings):
        if each.patients >= 5:
            assert each.estimate == found.pooled.estimates[place]
            assert each.low is not None and each.high is not None and each.low < each.estimate < each.high
        assert (each.within_chance is None) == (each.patients < 10)


def test_nine_therapists_are_no_funnel() -> None:
    found = clinic([20] * 9 + [4])
    assert found.funnel is None
    assert all(each.within_chance is None for each in found.standings)
    assert found.standings[0].estimate is not None


def test_one_therapist_far_outside() -> None:
    means = [TherapistMean(80 + place % 3, 4, 20) for place in range(12)]
    found = compare_therapists([*means, TherapistMean(60, 4, 20)])
    assert [each.within_chance for each in found.standings] == [True] * 12 + [False]


# Families with twelve children in nineteenth-century Saxony, by the number of boys (Geissler 1889; Lindsey &
# Altham 1998, Appl Stat 47:149), as in Wikipedia’s “Beta-binomial distribution”, which gives 34.1 and 31.6.
BOYS = [3, 24, 104, 286, 670, 1033, 1343, 1112, 829, 478, 181, 45, 7]


def test_the_beta_binomial_of_the_saxon_families() -> None:
    boys = np.repeat(np.arange(13), BOYS)
    found = pool_rates(boys, np.full(boys.size, 12))
    a, b = found.mean * found.weight, (1 - found.mean) * found.weight
    assert (round(a, 1), round(b, 1)) == (34.1, 31.6)

    def slopes(logs: np.ndarray) -> list[float]:
        """Of the likelihood in a and b: an independent way to its top."""
        a, b = np.exp(logs)
        number, of = np.array(BOYS), np.arange(13)
        both = number.sum() * (special.psi(a + b) - special.psi(a + b + 12))
        return [
            (number * special.psi(a + of)).sum() - number.sum() * special.psi(a) + both,
            (number * special.psi(b + 12 - of)).sum() - number.sum() * special.psi(b) + both,
        ]

    assert (a, b) == pytest.approx(np.exp(optimize.root(slopes, np.log([30, 30])).x), rel=1e-4)
    assert found.rates[0] == pytest.approx(a / (a + b + 12))  # twelve girls


def test_rates_that_differ_no_more_than_chance_are_one() -> None:
    found = pool_rates([9, 18, 8, 0], [10, 20, 11, 0])
    assert not found.differ
    assert found.rates == pytest.approx([35 / 41] * 4)
    assert found.low[0] < 35 / 41 < found.high[0]
    never = pool_rates([0, 0], [5, 9])
    assert (never.mean, never.rates.tolist()) == (0, [0, 0])
    assert 0 < never.high[0] < 0.25


def test_few_trials_say_little() -> None:
    found = pool_rates([2, 60, 20, 95, 40, 0], [2, 100, 100, 100, 100, 0])
    assert found.differ
    assert found.rates[0] < 0.85  # two of two
    assert found.rates[3] == pytest.approx(0.95, abs=0.02)
    assert found.rates[5] == pytest.approx(found.mean)
    assert found.high[0] - found.low[0] > 3 * (found.high[3] - found.low[3])


values = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 400)), min_size=2, max_size=30)
rates = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=20)


@every
@given(values, st.integers(-500, 500), st.sampled_from((0.25, 4.0)))
def test_pooling_draws_towards_the_mean_in_any_unit(
    rows: list[tuple[int, int]], shift: int, scale: float
) -> None:
    means, variances = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    pooled = pool(means, variances)
    assert pooled.tau2 >= 0
    assert pooled.differ == (pooled.q > len(rows) - 1 + 1e-9) or pooled.tau2 < 1e-6
    assert (abs(pooled.estimates - pooled.mean) <= abs(means - pooled.mean) + 1e-9).all()
    assert (pooled.errors <= np.sqrt(variances) + 1e-9).all()
    assert (pooled.low <= pooled.high).all()
    moved = pool(scale * means + shift, scale**2 * variances)
    assert moved.estimates == pytest.approx(scale * pooled.estimates + shift, abs=1e-6)
    assert moved.tau2 == pytest.approx(scale**2 * pooled.tau2, abs=1e-6)
    if len(rows) >= 10:
        limits = funnel(means, variances)
        assert (limits.far_low < limits.low).all() and (limits.high < limits.far_high).all()
        again = funnel(scale * means + shift, scale**2 * variances)
        assert again.distance == pytest.approx(limits.distance, abs=1e-6)


@every
@given(rates)
def test_pooled_rates_lie_between_their_own_and_the_usual(rows: list[tuple[int, int]]) -> None:
    successes = [min(row) for row in rows]
    trials = [max(row) for row in rows]
    if not any(trials):
        return
    found = pool_rates(successes, trials)
    for own, all_, rate in zip(successes, trials, found.rates, strict=True):
        raw = own / all_ if all_ else found.mean
        assert min(raw, found.mean) - 1e-9 <= rate <= max(raw, found.mean) + 1e-9 or not found.differ
    assert ((found.low >= 0) & (found.low <= found.high) & (found.high <= 1)).all()
    mirrored = pool_rates([all_ - own for own, all_ in zip(successes, trials, strict=True)], trials)
    assert mirrored.differ == found.differ
    assert mirrored.rates == pytest.approx(1 - found.rates, abs=1e-3)

"""Laws that hold for every course: what worsens never soothes, and no number runs away."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from alliance.analysis.likelihood import rating_ratios
from alliance.analysis.odds import MOST_ODDS, Odds, step
from alliance.analysis.prior import DEFAULT, Prior
from alliance.analysis.state import Scales
from tests.analysis.courses import (
    LEARNT,
    Said,
    course,
    courses,
    maybe,
    odds_after,
    priors,
    rated,
    scores,
    state_after,
    steady,
    wild_courses,
)

SLACK = 1 - 1e-9

every = settings(max_examples=150, deadline=None)

answered_scales = st.one_of(st.tuples(scores, scores, scores), st.tuples(maybe, maybe, maybe)).filter(
    lambda scales: any(each is not None for each in scales)
)
shares = st.floats(-15, 15)
states = st.builds(
    lambda odds, numbers, squares, offsets, rest, level: Odds(
        odds, *numbers, *squares, offsets, *rest, first=False, rank=level
    ),
    st.floats(1e-6, MOST_ODDS),
    st.tuples(st.floats(-30, 130), st.floats(0.01, 12)),  # m, κ
    st.tuples(st.floats(1, 4e4), st.floats(1, 40)),  # S, ν
    st.tuples(shares, shares, shares),
    # k_o, b, k_b, S_b, n_b, A, B
    st.tuples(
        *(
            st.floats(0.01, 20),
            st.floats(0, 100),
            st.floats(0.01, 20),
            st.floats(1e-6, 1e4),
            st.floats(1, 40),
        ),
        *(st.floats(0.1, 40), st.floats(0.1, 400)),
    ),
    st.sampled_from((0, 1, 2)),
)


def lowered(scales: Scales, fall: float) -> Scales:
    safety, attunement, collaboration = (None if each is None else each - fall for each in scales)
    return safety, attunement, collaboration


def lower_is_no_better(
    state: Odds, prior: Prior, scales: Scales, share: float, tension: float | None
) -> None:
    """Lowering every answered scale by a share of what the lowest has left never lowers the odds."""
    fall = share * min(each for each in scales if each is not None)
    before = odds_after(state, prior, Said(scales=scales, rupture=tension))
    after = odds_after(state, prior, Said(scales=lowered(scales, fall), rupture=tension))
    assert after >= before * SLACK


@every
@given(priors, courses, answered_scales, st.floats(0, 1), maybe)
def test_lowering_all_scales_alike_never_lowers_the_odds(
    prior: Prior, sessions: list[Said], scales: Scales, share: float, tension: float | None
) -> None:
    lower_is_no_better(state_after(prior, sessions), prior, scales, share, tension)


@settings(max_examples=600, deadline=None)
@given(priors, states, answered_scales, st.floats(0, 1), maybe)
def test_nor_does_it_in_any_state_that_there_could_be(
    prior: Prior, state: Odds, scales: Scales, share: float, tension: float | None
) -> None:
    lower_is_no_better(state, prior, scales, share, tension)


@settings(max_examples=600, deadline=None)
@given(
    st.floats(-40, 140),
    st.floats(1, 4e4),
    st.floats(1, 60),
    st.tuples(st.floats(-20, 120), st.floats(-20, 120)),
)
@example(70.0, 100.0, 8.0, (98.4999, 98.5))  # where the normal tail takes over
@example(98.5, 30_000.0, 1.0, (98.4999, 98.5))
@example(30.0, 9.0, 40.0, (98.4999, 98.5))
def test_no_kind_of_rupture_is_likelier_at_a_higher_rating(
    expected: float, variance: float, weight: float, ratings: tuple[float, float]
) -> None:
    lower, higher = sorted(ratings)
    below, above = (rating_ratios(rating, expected, variance, weight) for rating in (lower, higher))
    assert all(low >= high * SLACK for low, high in zip(below, above, strict=True))


@pytest.mark.parametrize("level", [30, 45, 60])
def test_a_rating_far_above_the_usual_soothes_as_much_as_any(level: int) -> None:
    """In Student's tail 40 points above the usual would soothe less than 20: an odd answer either way."""
    state = state_after(DEFAULT, steady(level, 12))
    odds = [odds_after(state, DEFAULT, rated(rating)) for rating in range(101)]
    assert all(low >= high * SLACK for low, high in pairwise(odds))


@every
@given(priors, courses, scores)
def test_a_rating_above_the_usual_never_speaks_for_a_rupture(
    prior: Prior, sessions: list[Said], total: float
) -> None:
    state = state_after(prior, sessions)
    assume(total >= state.expected)
    held = Said(total=total).numbered(99)
    assert step(state, prior, held).factors["ratings"] <= 1 + 1e-12


@every
@given(priors, courses, maybe, maybe, maybe, maybe, scores, scores)
def test_more_tension_never_lowers_the_odds(
    prior: Prior,
    sessions: list[Said],
    safety: float | None,
    attunement: float | None,
    collaboration: float | None,
    total: float | None,
    one: float,
    other: float,
) -> None:
    state = state_after(prior, sessions)
    calm, tense = (
        Said(scales=(safety, attunement, collaboration), total=total, rupture=tension)
        for tension in sorted((one, other))
    )
    assert odds_after(state, prior, tense) >= odds_after(state, prior, calm) * SLACK


@every
@given(priors, wild_courses)
def test_every_number_stays_finite_and_every_weight_positive(prior: Prior, sessions: list[Said]) -> None:
    state = Odds.start(prior)
    for held in course(sessions):
        evidence = step(state, prior, held)
        assert 0 < evidence.odds <= MOST_ODDS
        assert all(0 < factor < math.inf for factor in evidence.factors.values())
        assert 3 <= evidence.give_or_take <= evidence.spread < math.inf
        assert Odds.from_list(state.as_list()) == state  # which refuses what is not finite, or not above 0
        assert -30 <= state.expected <= 130
        assert 0 <= state.tension <= 100


@every
@given(priors, wild_courses, st.tuples(maybe, maybe, maybe), maybe, maybe)
def test_the_parts_multiply_up_to_the_odds(
    prior: Prior,
    sessions: list[Said],
    scales: tuple[float | None, float | None, float | None],
    tension: float | None,
    total: float | None,
) -> None:
    """Unless evidence for calm reaches its floor, e⁻⁴, or the odds their cap."""
    state = state_after(prior, sessions)
    carried = state.carried_odds
    evidence = step(state, prior, Said(scales=scales, rupture=tension, total=total).numbered(99))
    product = math.prod(evidence.factors.values())
    floor = evidence.factors["silence"] * math.exp(-4)
    expected = min(carried * max(product, floor), MOST_ODDS)
    assert math.isclose(evidence.odds, expected, rel_tol=1e-9)


def test_a_crash_is_no_less_than_a_dip() -> None:
    """Far out in Student's tail a fall from 82 to 5 would look like an odd answer and say nothing."""
    for prior in (DEFAULT, LEARNT):
        state = state_after(prior, steady(82, 12))
        falls = [odds_after(state, prior, rated(level)) for level in range(82, -1, -1)]
        assert falls == sorted(falls)
        assert odds_after(state, prior, rated(5)) >= odds_after(state, prior, rated(52)) > 1


def test_a_crash_does_not_blind_the_filter_to_the_next_rupture() -> None:
    sessions = steady(82, 12)
    before = state_after(DEFAULT, sessions)
    after = state_after(DEFAULT, [*sessions, rated(5)])
    assert after.give_or_take < 1.5 * before.give_or_take
    assert after.expected > before.expected - 3 * before.give_or_take
    again = state_after(DEFAULT, [*sessions, rated(5), *steady(82, 5)])
    assert again.give_or_take < 8
    assert odds_after(again, DEFAULT, rated(58)) > 1


def test_a_rupture_does_not_teach_the_baseline() -> None:
    """Three sessions 25 points down: the usual level follows only in part, usual tension hardly."""
    before = state_after(LEARNT, steady(82, 12))
    after = state_after(LEARNT, [*steady(82, 12), *(rated(57, 45) for _ in range(3))])
    assert after.expected > before.expected - 8
    assert after.tension < before.tension + 4


def test_a_perfect_rating_after_years_of_steady_ones_speaks_against_a_rupture() -> None:
    """Where the tail above 98.5 is all but empty, ratios of tails must not turn into 1."""
    for level in (40, 60, 75, 90):
        state = state_after(DEFAULT, steady(level, 40, wobble=(0,)))
        assert odds_after(state, DEFAULT, rated(100)) < odds_after(state, DEFAULT, rated(level)) * 2
        assert step(state, DEFAULT, rated(100).numbered(99)).factors["ratings"] < 0.25

"""The odds filter on courses one can follow by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from alliance.analysis.likelihood import one_scale_ratio, rating_ratios, report_ratio, upper_tail
from alliance.analysis.odds import Held, Odds, step
from alliance.analysis.prior import DEFAULT
from tests.analysis.courses import LEARNT, SILENT, Said, odds_after, rated, state_after, steady


def test_a_dyad_begins_with_what_the_clinic_expects() -> None:
    state = Odds.start(DEFAULT)
    assert state.odds == pytest.approx(0.025 / 0.975)
    assert (state.expected, state.tension, state.offsets) == (82, 12, (0, 0, 0))
    assert state.give_or_take == pytest.approx(math.sqrt(45))
    assert state.variance == pytest.approx(45 + 140)
    assert state.unanswered / (state.unanswered + state.answered) == pytest.approx(0.12)
    assert len(state.as_list()) == 17


def test_the_first_session_carries_the_odds_unchanged_and_later_ones_let_them_fade() -> None:
    state = Odds.start(DEFAULT)
    assert state.carried_odds == state.odds
    step(state, DEFAULT, Held(1, answered=False))
    state.odds = 1e6
    assert state.carried_odds == pytest.approx(4.0, abs=1e-4)  # one rupture in five ends between two sessions
    state.odds = 1e-9
    assert state.carried_odds == pytest.approx(0.025 / 0.975)


def test_one_scale_alone_is_noticed_where_the_mean_hardly_moves() -> None:
    state = state_after(LEARNT, steady(84, 12))
    even = odds_after(state, LEARNT, rated(76))
    uneven = odds_after(state, LEARNT, Said(scales=(84, 84, 60), rupture=12.0))
    assert uneven > 5 * even


def test_a_usual_difference_between_scales_is_no_sign() -> None:
    sessions = [Said(scales=(90, 84, 70), rupture=12.0) for _ in range(15)]
    state = state_after(DEFAULT, sessions)
    assert state.offsets == pytest.approx((8.7, 2.7, -11.3), abs=2)
    assert odds_after(state, DEFAULT, sessions[0]) < 0.02


def test_silence_speaks_only_where_the_clinic_has_learnt_that_it_does() -> None:
    sessions = steady(82, 10)
    for prior, louder in ((DEFAULT, False), (LEARNT, True)):
        state = state_after(prior, sessions)
        factor = step(state, prior, SILENT.numbered(99)).factors["silence"]
        assert (factor > 1.5) is louder
        assert louder or factor == 1


def test_tension_speaks_louder_where_the_clinic_has_learnt_that_patients_report() -> None:
    factors = {}
    for prior in (DEFAULT, LEARNT):
        state = state_after(prior, steady(82, 10))
        factors[prior.q] = step(state, prior, rated(72, 45).numbered(99)).factors["report"]
    assert factors[0.5] > factors[0.0] > 1


def test_an_answer_held_back_counts_as_an_answer_and_says_nothing_else() -> None:
    state = state_after(LEARNT, steady(82, 10))
    carried, before = state.carried_odds, state.as_list()
    evidence = step(state, LEARNT, Said().numbered(99))
    after = state.as_list()
    assert evidence.factors.keys() == {"silence"}
    assert evidence.odds == pytest.approx(carried * evidence.factors["silence"])
    assert after[1:13] == before[1:13]  # level, scales and tension
    assert after[13] == before[13] and after[14] > before[14]


def test_tension_without_a_rating_is_read() -> None:
    state = state_after(LEARNT, steady(82, 10))
    evidence = step(state, LEARNT, Said(rupture=60.0).numbered(99))
    assert evidence.factors.keys() == {"silence", "report"}
    assert evidence.factors["report"] > 1.5


def test_scales_outweigh_a_total_and_any_of_them_is_enough() -> None:
    state = state_after(DEFAULT, steady(82, 10))
    both = odds_after(state, DEFAULT, Said(scales=(60, 60, 60), total=90))
    assert both == odds_after(state, DEFAULT, Said(scales=(60, 60, 60)))
    assert odds_after(state, DEFAULT, Said(scales=(55, None, None))) > 0.1
    assert odds_after(state, DEFAULT, Said(total=55)) > 0.1


def test_an_unsteady_patient_needs_a_deeper_fall() -> None:
    calm = state_after(DEFAULT, steady(75, 20, wobble=(0, 3, -3)))
    restless = state_after(DEFAULT, steady(75, 20, wobble=(0, 14, -14)))
    assert odds_after(calm, DEFAULT, rated(58)) > 10 * odds_after(restless, DEFAULT, rated(58))


def test_levels_come_on_at_their_threshold_and_go_off_at_half_of_it() -> None:
    state = state_after(DEFAULT, steady(82, 10))
    seen = []
    for level in (82, 66, 62, 60, 76, 82, 82, 82):
        evidence = step(state, DEFAULT, rated(level).numbered(99))
        seen.append((state.rank, evidence.odds / evidence.give_or_take))
    rank = 0
    for now, per_point in seen:
        keep = per_point >= (0.015 if rank >= 1 else 0.03)
        ask = per_point >= (0.05 if rank == 2 else 0.10)
        rank = 2 if ask else 1 if keep else 0
        assert now == rank
    ranks = [now for now, _ in seen]
    assert (ranks[0], max(ranks), ranks[-1]) == (0, 2, 0)


def test_ratios_keep_to_their_bounds() -> None:
    for level, variance in ((82, 10), (40, 10), (112, 900), (-5, 9)):
        for rating in (0, 20, 50, 98, 98.5, 100):
            ratios = rating_ratios(rating, level, variance, 12)
            assert all(math.exp(-8) * 0.999 <= ratio <= math.exp(8) * 1.001 for ratio in ratios)
    assert rating_ratios(100, -20, 9, 12) == (math.exp(-8),) * 4


def test_known_values_of_the_parts() -> None:
    assert upper_tail(0) == 0.5
    assert upper_tail(1.96) == pytest.approx(0.025, abs=1e-4)
    # One scale 20 lower than usual against two others, (z + 20 (u − 1/3)) = 0 for it.
    assert one_scale_ratio((-40 / 3, 20 / 3, 20 / 3), 1e6) == pytest.approx(1, abs=1e-3)
    assert one_scale_ratio((-40 / 3, 20 / 3, 20 / 3), 25) > 1 > one_scale_ratio((0, 0, 0), 25)
    # With a wide spread of the usual, a report at the usual level is a little likelier under “usual”.
    assert report_ratio(0, 225, 1e9) == pytest.approx(math.sqrt(0.5) * math.exp(-(25**2) / 900), rel=1e-4)
    assert report_ratio(25, 225, 1e9) == pytest.approx(math.sqrt(0.5) * math.exp(25**2 / 450), rel=1e-4)
    assert report_ratio(60, 225, 8) == report_ratio(25, 225, 8)
    assert report_ratio(-30, 225, 8) == report_ratio(0, 225, 8)
    assert report_ratio(25, 1e-30, 40) == pytest.approx(math.exp(5))


@pytest.mark.parametrize(
    ("fault", "held"),
    [
        ("numbered from 1", {"number": 0, "answered": False}),
        ("scores run from 0 to 100", {"number": 1, "answered": True, "rupture": 101.0}),
        ("scores run from 0 to 100", {"number": 1, "answered": True, "scales": (50.0, math.nan, None)}),
        ("scores run from 0 to 100", {"number": 1, "answered": True, "total": -0.1}),
        ("three scales", {"number": 1, "answered": True, "scales": (50.0, 60.0)}),
        ("counts as unanswered", {"number": 4, "answered": False, "total": 80.0}),
    ],
)
def test_a_session_that_cannot_be_is_refused(fault: str, held: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=fault):
        Held(**held)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("mu0 must be between 0 and 100", {"mu0": 101.0}),
        ("tau2 must be above 0", {"tau2": 0.0}),
        ("s0sq must be a number", {"s0sq": math.inf}),
        ("nu0 must be a number", {"nu0": "8"}),
        ("nu0 must be at least 1", {"nu0": 0.9}),
        ("p0 must be between 0 and 1", {"p0": 1.0}),
        ("q must be between 0 and 1", {"q": 1.2}),
        ("dp must be between 0 and 0.9", {"dp": -0.1}),
        ("o_mean needs three numbers", {"o_mean": (0.0, 0.0)}),
        ("o_mean must be a number", {"o_mean": (0.0, math.nan, 0.0)}),
    ],
)
def test_a_prior_that_cannot_be_is_refused(fault: str, change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=fault):
        replace(DEFAULT, **change)  # type: ignore[arg-type]

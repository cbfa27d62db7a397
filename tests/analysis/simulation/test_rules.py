"""The rules to compare with, against their plain counterparts and against the definition."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from alliance.analysis.comparators import CutOff, IndividualsChart, PreviousDrop
from alliance.analysis.prior import RatingsPrior
from alliance.analysis.simulation import rules
from alliance.analysis.simulation.courses import Courses
from alliance.analysis.simulation.forms import Numbers
from tests.analysis.simulation.random_courses import random_courses

COURSES = random_courses(31, 120)


def rated(courses: Courses) -> list[tuple[int, int, float, list[float]]]:
    """Session, dyad, its rating, and all ratings before it."""
    found = []
    for dyad in range(courses.dyads):
        earlier: list[float] = []
        for number in range(courses.sessions[dyad]):
            rating = float(courses.rating[number, dyad])
            if not math.isnan(rating):
                found.append((number, dyad, rating, [*earlier]))
                earlier.append(rating)
    return found


RATED = rated(COURSES)


@pytest.mark.parametrize(
    ("plain", "flags"),
    [
        (lambda: CutOff(61.7), rules.cut_off(COURSES).flags(38.3)),
        (lambda: PreviousDrop(12.3), rules.drop(COURSES).flags(12.3)),
        (lambda: IndividualsChart(2.03), rules.individuals(COURSES).flags(2.03)),
    ],
    ids=["cut-off", "drop", "XmR"],
)
def test_it_agrees_with_the_plain_rule(plain: type, flags: Numbers) -> None:
    flagged = 0
    for dyad in range(COURSES.dyads):
        rule = plain()
        for number in range(COURSES.sessions[dyad]):
            rating = float(COURSES.rating[number, dyad])
            does = rule.step(None if math.isnan(rating) else rating).flagged
            assert flags[number, dyad] == does
            flagged += does
    assert 20 < flagged < len(RATED) - 20


def test_drops_are_measured_in_the_spread_they_name() -> None:
    clinic = rules.Clinic(first_sd=14.0, alpha=0.9, within=7.0)
    own, pooled = rules.own_sd(COURSES).score, rules.clinic_sd(COURSES, clinic).score
    stricter, index = rules.stricter_sd(COURSES, clinic).score, rules.reliable_change(COURSES, clinic).score
    compared = 0
    for number, dyad, rating, earlier in RATED:
        here = number, dyad
        if not earlier:
            assert np.isnan([own[here], pooled[here], stricter[here], index[here]]).all()
            continue
        fall = earlier[-1] - rating
        assert pooled[here] == pytest.approx(fall / 7.0)
        assert index[here] == pytest.approx(fall / (14.0 * math.sqrt(2.0 * 0.1)))
        if len(earlier) < 3:
            assert math.isnan(own[here]) and math.isnan(stricter[here])
        elif (sd := statistics.stdev(earlier)) > 0.5:
            assert own[here] == pytest.approx(fall / sd)
            assert stricter[here] == pytest.approx(fall / max(sd, 7.0))
            compared += 1
    assert compared > 300


def test_own_mean_and_q_hold_a_rating_against_all_before_it() -> None:
    fall, q = rules.own_mean(COURSES).score, rules.q_chart(COURSES).score
    compared = 0
    for number, dyad, rating, earlier in RATED:
        if earlier:
            assert fall[number, dyad] == pytest.approx(statistics.fmean(earlier) - rating, abs=1e-9)
        if len(earlier) >= 2 and (sd := statistics.stdev(earlier)) > 0.5:
            freedom = len(earlier) - 1
            t = (rating - statistics.fmean(earlier)) / (sd * math.sqrt(1 + 1 / len(earlier)))
            size = (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t * t / freedom))
            assert q[number, dyad] == pytest.approx(-math.copysign(size, t), rel=1e-6)
            compared += 1
        elif len(earlier) < 2:
            assert math.isnan(q[number, dyad])
    assert compared > 300


def test_run_rules_see_what_single_ratings_hide() -> None:
    flat = _one_dyad([80, 84, 80, 84, 80, 84, 81, 81, 81, 81, 81, 81, 81])
    assert np.flatnonzero(rules.with_runs(flat)).tolist() == [12]  # the seventh in a row below the mean
    falling = _one_dyad([70, 90, 70, 90, 89, 88, 87, 86, 85, 84])
    assert np.flatnonzero(rules.with_runs(falling)).tolist() == [9]  # the sixth fall
    near = _one_dyad([80, 82, 80, 82, 76, 79, 73])
    assert np.flatnonzero(rules.with_runs(near, sigmas=3.6)).tolist() == [6]  # two of three beyond two thirds
    assert not rules.with_runs(_one_dyad([80, 82, 80, 82, 80, 82, 80, 82])).any()


def test_tension_is_held_against_the_dyads_own() -> None:
    tension = [10.0, 20.0, math.nan, 36.0, 60.0]
    courses = _one_dyad([80.0] * 5, tension)
    # 12 twice and what was before: 12, 11.33, 13.5 and 18
    assert rules.tension_jump(courses, usual=12.0, points=22.5)[:, 0].tolist()[:5] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert not rules.tension_jump(courses, usual=12.0, points=22.6)[3, 0]


def test_the_sum_of_evidence_grows_with_a_lasting_fall() -> None:
    fallen = _one_dyad([82.0] * 8 + [70.0] * 4)
    trace = rules.likelihood_cusum(fallen, RatingsPrior())
    assert np.flatnonzero(trace.flags(2.6)).tolist()[:1] == [8]
    assert np.flatnonzero(trace.flags(1e-9)).tolist() == list(range(8, 12))


def test_what_is_learned_of_a_clinic() -> None:
    clinic = rules.Clinic.of(COURSES)
    longer = [dyad for dyad in range(COURSES.dyads) if np.isfinite(COURSES.rating[:, dyad]).sum() >= 4]
    series = [COURSES.rating[np.isfinite(COURSES.rating[:, dyad]), dyad] for dyad in longer]
    assert clinic.first_sd == pytest.approx(statistics.stdev(float(each[0]) for each in series))
    squares = sum(max(float(each.var(ddof=1)), 1.0) * (len(each) - 1) for each in series)
    assert clinic.within == pytest.approx(math.sqrt(squares / sum(len(each) - 1 for each in series)))
    assert 0.8 < clinic.alpha < 1.0


def _one_dyad(ratings: list[float], tension: list[float] | None = None) -> Courses:
    shape = (len(ratings), 1)
    rating = np.array(ratings, float).reshape(shape)
    return Courses(
        sessions=np.array([len(ratings)]),
        scales=np.repeat(rating[:, None], 3, 1),
        rating=rating,
        tension=np.full(shape, 12.0) if tension is None else np.array(tension).reshape(shape),
        answered=np.ones(shape, bool),
        onset=np.array([-1]),
        fall=np.zeros(shape),
        spread=np.ones(1),
        level=rating,
        usual_tension=np.full(1, 12.0),
    )

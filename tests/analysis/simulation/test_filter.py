"""The filter for many dyads gives the plain filter's numbers, whatever the sessions bring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alliance.analysis.odds import ASK_NOW, KEEP_IN_MIND, Odds, step
from alliance.analysis.prior import Prior
from alliance.analysis.simulation.clinics import sessions_of
from alliance.analysis.simulation.courses import Caseload, simulate
from alliance.analysis.simulation.filter import run
from alliance.analysis.simulation.traces import Level
from alliance.analysis.simulation.worlds import CHANGED, MIXED
from alliance.analysis.track import replay
from tests.analysis.simulation.random_courses import PRIORS, random_courses

DYADS = 150


@pytest.mark.parametrize("prior", PRIORS, ids=range(len(PRIORS)))
def test_many_dyads_at_once_agree_with_one_at_a_time(prior: Prior) -> None:
    courses = random_courses(11, DYADS)
    found = run(courses, prior)
    keep = Level(found, courses).flags(KEEP_IN_MIND)
    ask = Level(found, courses).flags(ASK_NOW)
    for dyad in range(DYADS):
        state = Odds.start(prior)
        for number, held in enumerate(sessions_of(courses, dyad)):
            expected = state.expected
            evidence = step(state, prior, held)
            assert found.odds[number, dyad] == pytest.approx(evidence.odds, rel=1e-9)
            assert found.give_or_take[number, dyad] == pytest.approx(evidence.give_or_take, rel=1e-9)
            assert found.expected[number, dyad] == pytest.approx(expected, rel=1e-9)
            assert int(keep[number, dyad]) + int(ask[number, dyad]) == state.rank


def test_the_random_courses_reach_every_rule() -> None:
    """All guards, the ceiling, every kind of gap, odds from end to end: else agreement would prove little."""
    courses = random_courses(11, DYADS)
    found = run(courses, PRIORS[1])
    rated = np.isfinite(courses.rating)
    deep = courses.rating < found.expected - 60
    assert (deep & rated).sum() > 20
    high = (courses.rating > found.expected + 20) & (courses.rating < 98.5)
    assert (high & rated).sum() > 10
    assert (courses.rating >= 98.5).sum() > 100
    scales = np.isfinite(courses.scales).sum(1)
    held_back = courses.answered & ~rated & ~np.isfinite(courses.tension)
    for gap in (scales == 1, scales == 2, (scales == 0) & rated, held_back, courses.held & ~courses.answered):
        assert (gap & courses.held).sum() > 20
    assert ((scales == 0) & ~rated & np.isfinite(courses.tension)).sum() > 20
    assert found.odds.max() > 1e4
    assert found.odds[courses.held].min() < 0.01


@pytest.mark.parametrize("name", ["base", "total only, no tension", "one-scale form", "mean 95"])
def test_it_agrees_in_the_simulated_worlds(name: str) -> None:
    prior = PRIORS[1]
    courses = simulate(CHANGED[name], np.random.default_rng(12), 60, Caseload())
    found = run(courses, prior)
    for dyad in range(60):
        _, readings = replay(prior, sessions_of(courses, dyad))
        assert found.odds[: len(readings), dyad] == pytest.approx([each.odds for each in readings], rel=1e-9)


def test_it_agrees_where_forms_mix() -> None:
    courses = simulate(MIXED["in turn, items missing"], np.random.default_rng(13), 60, Caseload())
    found = run(courses, PRIORS[1])
    for dyad in range(60):
        _, readings = replay(PRIORS[1], sessions_of(courses, dyad))
        assert found.odds[: len(readings), dyad] == pytest.approx([each.odds for each in readings], rel=1e-9)


def test_the_own_word_stays_outside_the_odds() -> None:
    """Tension far above 50 moves the odds no more than the most that tension may say."""
    courses = random_courses(14, 200)
    higher = replace(courses, tension=np.where(courses.tension > 60, 100.0, courses.tension))
    lower = replace(courses, tension=np.where(courses.tension > 60, 60.0, courses.tension))
    first_session = [run(each, PRIORS[1]).odds[0] for each in (lower, higher)]
    assert (higher.tension[0] > lower.tension[0]).sum() > 1
    assert first_session[0] == pytest.approx(first_session[1], rel=1e-12)

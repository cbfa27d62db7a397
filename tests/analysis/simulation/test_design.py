"""The two charts for many dyads give what the design for ratings alone gives one dyad at a time."""

from __future__ import annotations

import numpy as np
import pytest

from alliance.analysis.prior import RatingsPrior
from alliance.analysis.ratings_only import RatingsTrack
from alliance.analysis.simulation import design
from alliance.analysis.simulation.clinics import sessions_of
from alliance.analysis.simulation.courses import Caseload, simulate
from alliance.analysis.simulation.worlds import BASE
from tests.analysis.simulation.random_courses import random_courses

PRIORS = (RatingsPrior(), RatingsPrior(mu0=70.0, tau2=60.0, nu0=20.0, s0sq=80.0, phi=0.1, p0=0.05))


@pytest.mark.parametrize("prior", PRIORS, ids=range(len(PRIORS)))
@pytest.mark.parametrize("wild", [True, False])
def test_it_agrees_with_the_plain_design(prior: RatingsPrior, wild: bool) -> None:
    courses = random_courses(21, 80) if wild else simulate(BASE, np.random.default_rng(22), 80, Caseload())
    scored = design.scores(courses.rating, prior)
    drift = design.moving_average(scored.z)
    charts = design.two_charts(scored, courses).flags(design.AS_DESIGNED)
    silent = design.silence(courses, scored, prior)
    low = design.low(courses, prior)
    reached = {"drop": 0, "drift": 0, "silence": 0, "low": 0}
    for dyad in range(courses.dyads):
        track = RatingsTrack.start(prior)
        for number, held in enumerate(sessions_of(courses, dyad)):
            reading = track.advance(held)
            if reading.z is not None and reading.drift is not None:
                assert scored.z[number, dyad] == pytest.approx(reading.z, rel=1e-9)
                assert drift[number, dyad] == pytest.approx(reading.drift, rel=1e-9, abs=1e-12)
            rules = set(reading.rules)
            assert charts[number, dyad] == bool(rules & {"drop", "drift"})
            assert silent[number, dyad] == ("silence" in rules)
            assert low[number, dyad] == ("low" in rules)
            for rule in rules:
                reached[rule] += 1
    assert min(reached.values()) > 3, reached


def test_the_own_word_begins_at_50() -> None:
    courses = random_courses(23, 100)
    said = design.said(courses)
    with np.errstate(invalid="ignore"):
        assert (said == (courses.tension > 49.5)).all()
    assert said.any()

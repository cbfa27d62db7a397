"""Episodes end in the simulation as they end in the product."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alliance.analysis.odds import KEEP_IN_MIND
from alliance.analysis.prior import Prior
from alliance.analysis.simulation.clinics import Past, sessions_of
from alliance.analysis.simulation.compare import odds
from alliance.analysis.simulation.courses import Rupture, simulate
from alliance.analysis.simulation.repairs import WITHIN, repaired
from alliance.analysis.simulation.rules import Clinic
from alliance.analysis.simulation.scoring import new_alerts
from alliance.analysis.simulation.worlds import BASE, Shape
from alliance.analysis.track import EpisodeState, replay


def test_repairs_agree_with_the_episodes_of_the_product() -> None:
    prior = Prior(q=0.5, dp=0.15)
    # Without reports, the patient's own word opens no episode of its own.
    world = replace(BASE, spoken=0.3, unspoken=0.0, tension_noise=4.0)
    courses = simulate(world, np.random.default_rng(61), 300, Rupture(Shape.THREE, 20.0))
    level = odds(courses, Past(world, prior, None, Clinic(14.0, 0.9, 7.0)))  # type: ignore[arg-type]
    new = new_alerts(level.flags(KEEP_IN_MIND), courses)
    began = np.where(new.any(0), new.argmax(0), -1)
    _, after = repaired(level.per_point, courses, began)
    compared = 0
    for dyad in np.flatnonzero(began >= 0):
        _, readings = replay(prior, sessions_of(courses, dyad))
        later = [reading.episode for reading in readings[began[dyad] + 1 : began[dyad] + 1 + WITHIN]]
        ended = later.index(EpisodeState.REPAIRED) + 1 if EpisodeState.REPAIRED in later else 0
        assert ended == after[dyad]
        compared += bool(ended)
    assert compared > 50


def test_an_episode_without_two_rated_sessions_cannot_be_repaired() -> None:
    courses = simulate(BASE, np.random.default_rng(62), 50, Rupture(Shape.ONE, 20.0))
    calm = np.zeros(courses.rating.shape)
    began = courses.sessions - 2
    enough, after = repaired(calm, courses, began)
    assert not enough.any()
    assert not after.any()
    silent = replace(courses, rating=np.full_like(calm, np.nan), tension=np.full_like(calm, np.nan))
    assert not repaired(calm, silent, np.ones(50, int))[0].any()

"""Courses as bad as they come: gaps of every kind, crashes, leaps, ceilings, constant ratings, silence."""

from __future__ import annotations

import numpy as np

from alliance.analysis.prior import Prior
from alliance.analysis.simulation.courses import MOST, Courses

PRIORS = (
    Prior(),
    Prior(q=0.5, dp=0.15),
    Prior(
        mu0=93.0, tau2=30.0, nu0=20.0, s0sq=20.0, p0=0.3, taui2=9.0, o_mean=(3.0, -1.0, -2.0), q=0.3, dp=0.05
    ),
    Prior(
        mu0=60.0, tau2=300.0, s0sq=120.0, p0=0.02, o_var=40.0, r0=30.0, r_s2=200.0, r_t2=10.0, q=0.9, dp=0.3
    ),
)


def random_courses(seed: int, dyads: int) -> Courses:
    rng = np.random.default_rng(seed)
    shape = (MOST, dyads)
    sessions = -np.sort(-rng.integers(1, MOST + 1, dyads))
    level = np.where(rng.random(dyads) < 0.3, rng.uniform(95, 110, dyads), rng.uniform(20, 95, dyads))
    mood = level + rng.choice([0.0, 3.0, 12.0], dyads) * rng.standard_normal(shape)
    mood -= (rng.random(shape) < 0.05) * rng.uniform(10, 100, shape)
    mood += (rng.random(shape) < 0.05) * rng.uniform(10, 80, shape)
    broken = (rng.random(dyads) < 0.2) & (np.arange(MOST)[:, None] >= 8)  # a rupture that never ends
    mood -= 50.0 * broken
    scales = mood[:, None] + rng.choice([0.0, 5.0], dyads) * rng.standard_normal((MOST, 3, dyads))
    scales = np.clip(np.round(scales), 0.0, 100.0)
    scales[rng.random(scales.shape) < rng.choice([0.0, 0.3], dyads)] = np.nan
    scales[(rng.random(shape) < 0.1)[:, None].repeat(3, 1)] = np.nan
    total = np.where(rng.random(shape) < 0.3, np.clip(mood, 0.0, 100.0), np.nan)
    counted = np.isfinite(scales).sum(1)
    total = np.where(counted > 0, np.nansum(scales, 1) / np.maximum(counted, 1), total)
    tension = np.clip(np.round(12 + rng.choice([0.0, 9.0, 40.0], dyads) * rng.standard_normal(shape)), 0, 100)
    tension = np.where(broken, np.maximum(tension, 60.0), tension)
    tension[rng.random(shape) < 0.15] = np.nan
    answered = (rng.random(shape) >= rng.choice([0.0, 0.1, 0.6], dyads)) & (
        np.arange(MOST)[:, None] < sessions
    )
    return Courses(
        sessions=sessions,
        scales=np.where(answered[:, None], scales, np.nan),
        rating=np.where(answered, total, np.nan),
        tension=np.where(answered, tension, np.nan),
        answered=answered,
        onset=np.full(dyads, -1),
        fall=np.zeros(shape),
        spread=np.ones(dyads),
        level=mood,
        usual_tension=np.full(dyads, 12.0),
    )

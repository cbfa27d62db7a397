"""What else is in use, or published, as rules that look back only: at each session they know what came before.

Published criteria mostly use the whole course; these are our own causal readings of them, not the authors'
procedures. All of them read the mean rating, 0–100.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from alliance.analysis.comparators import SIGMA_PER_RANGE
from alliance.analysis.prior import RatingsPrior
from alliance.analysis.simulation.courses import Courses
from alliance.analysis.simulation.design import normal_score, predict
from alliance.analysis.simulation.filter import Known
from alliance.analysis.simulation.forms import Flags, Numbers
from alliance.analysis.simulation.traces import Cusum, Points

FALL = 15.0
"""The fall that the cumulative sums look for, points."""


def before(rating: Numbers) -> Numbers:
    """The last rating before each session, NaN where there is none."""
    kept = np.empty_like(rating)
    last = np.full(rating.shape[1], np.nan)
    for number, now in enumerate(rating):
        kept[number] = last
        last = np.where(np.isfinite(now), now, last)
    return kept


@dataclass(frozen=True, slots=True)
class Earlier:
    """Of the ratings before each session, (40, n): how many, mean, variance, mean moving range (NaN below 2)."""

    count: Numbers
    mean: Numbers
    variance: Numbers
    moving_range: Numbers

    @classmethod
    def of(cls, rating: Numbers) -> Earlier:
        rated = np.isfinite(rating)
        filled = np.where(rated, rating, 0.0)
        count = _before_each(rated.astype(float))
        mean = _before_each(filled) / np.maximum(count, 1.0)
        # Sums of squares around a number near all ratings lose no digits.
        off = np.where(rated, rating - 80.0, 0.0)
        squares = _before_each(off * off) - count * np.where(count > 0, mean - 80.0, 0.0) ** 2
        ranges = np.abs(np.where(rated, rating - before(rating), np.nan))
        several = np.where(count > 1, count - 1.0, np.nan)
        return cls(
            count=count,
            mean=mean,
            variance=np.maximum(squares, 0.0) / several,
            moving_range=_before_each(np.nan_to_num(ranges)) / several,
        )


def _before_each(values: Numbers) -> Numbers:
    """Sums of what came before each session."""
    return np.asarray(np.cumsum(values, 0) - values)


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the comparators take from past courses.

    `first_sd` (points) of first ratings between dyads, `alpha` of the three scales, `within` (points): pooled SD
    of a dyad's ratings.
    """

    first_sd: float
    alpha: float
    within: float

    @classmethod
    def of(cls, past: Courses) -> Clinic:
        rating = past.rating[:, np.isfinite(past.rating).sum(0) >= 4]
        rated = np.isfinite(rating)
        first = rating[rated.argmax(0), np.arange(rating.shape[1])]
        freedom = rated.sum(0) - 1.0
        variance = np.nanvar(rating, 0, ddof=1)
        return cls(
            first_sd=float(np.std(first, ddof=1)),
            alpha=_alpha(past.scales),
            within=math.sqrt(float(np.average(np.maximum(variance, 1.0), weights=freedom))),
        )


def _alpha(scales: Numbers) -> float:
    """Cronbach's alpha of complete answers; 0.9 where a world has none."""
    rows = scales.transpose(0, 2, 1).reshape(-1, scales.shape[1])
    rows = rows[np.isfinite(rows).all(1)]
    if len(rows) < 50:
        return 0.9
    covariance = np.cov(rows.T)
    parts = len(covariance)
    return float(parts / (parts - 1.0) * (1.0 - np.trace(covariance) / covariance.sum()))


def cut_off(courses: Courses) -> Points:
    """Points below 100; the session rating scale's 36 of 40 is threshold 10."""
    return Points(100.0 - courses.rating)


def drop(courses: Courses) -> Points:
    """Points below the rating before; one point of 40 is threshold 2.5."""
    return Points(before(courses.rating) - courses.rating)


def reliable_change(courses: Courses, clinic: Clinic) -> Points:
    """Drop from the rating before by Jacobson and Truax's index; published threshold 1.96."""
    error = math.sqrt(2.0) * clinic.first_sd * math.sqrt(1.0 - clinic.alpha)
    return Points((before(courses.rating) - courses.rating) / error)


def own_sd(courses: Courses) -> Points:
    """Drop from the rating before in the dyad's own SD so far, from three ratings on."""
    earlier = Earlier.of(courses.rating)
    own = np.where(earlier.count >= 3, np.sqrt(earlier.variance), np.nan)
    return Points((before(courses.rating) - courses.rating) / np.maximum(own, 1e-9))


def clinic_sd(courses: Courses, clinic: Clinic) -> Points:
    """Drop from the rating before in the clinic's SD within dyads."""
    return Points((before(courses.rating) - courses.rating) / clinic.within)


def stricter_sd(courses: Courses, clinic: Clinic) -> Points:
    """Drop from the rating before in the larger of the two SDs, from three ratings on."""
    earlier = Earlier.of(courses.rating)
    own = np.where(earlier.count >= 3, np.sqrt(earlier.variance), np.nan)
    return Points((before(courses.rating) - courses.rating) / np.maximum(own, clinic.within))


def individuals(courses: Courses) -> Points:
    """XmR: sigmas, by the mean moving range, below the dyad's own mean, from four ratings on."""
    earlier = Earlier.of(courses.rating)
    sigma = np.maximum(earlier.moving_range / SIGMA_PER_RANGE, 1e-9)
    strength = (earlier.mean - courses.rating) / sigma
    return Points(np.where(earlier.count >= 4, strength, np.nan))


def with_runs(courses: Courses, sigmas: float = 3.0) -> Flags:
    """XmR with run rules of the health service: 7 below the mean, 6 falls, 2 of 3 beyond two thirds."""
    rating = courses.rating
    earlier = Earlier.of(rating)
    sigma = earlier.moving_range / SIGMA_PER_RANGE
    with np.errstate(invalid="ignore"):
        ready = np.isfinite(rating) & (earlier.count >= 4)
        lower = ready & (rating < earlier.mean)
        near = ready & (rating < earlier.mean - sigmas * 2.0 / 3.0 * sigma)
        falls = rating < before(rating)
        flagged = ready & (rating < earlier.mean - sigmas * sigma)
    dyads = courses.dyads
    below, falling = np.zeros(dyads), np.zeros(dyads)
    last_near, last_lower = np.zeros((3, dyads), bool), np.zeros((3, dyads), bool)
    for number in range(len(rating)):
        now = ready[number]
        below = np.where(now, np.where(lower[number], below + 1, 0), below)
        rated = np.isfinite(rating[number])
        falling = np.where(rated, np.where(falls[number], falling + 1, 0), falling)
        last_near = np.where(now, np.vstack((last_near[1:], near[number])), last_near)
        last_lower = np.where(now, np.vstack((last_lower[1:], lower[number])), last_lower)
        two_of_three = (last_near.sum(0) >= 2) & last_lower.all(0) & near[number]
        flagged[number] |= now & ((below >= 7) | (falling >= 6) | two_of_three)
    return flagged


def q_chart(courses: Courses) -> Points:
    """Quesenberry's Q, level and spread unknown, from the third rating on; published threshold 3."""
    earlier = Earlier.of(courses.rating)
    count = np.maximum(earlier.count, 1.0)
    spread = np.sqrt(np.maximum(earlier.variance, 1e-6) * (1.0 + 1.0 / count))
    t = (courses.rating - earlier.mean) / spread
    q = normal_score(t, np.maximum(earlier.count - 1.0, 1.0))
    return Points(np.where(earlier.count >= 2, -q, np.nan))


def own_mean(courses: Courses) -> Points:
    """Points below the mean of the dyad's ratings so far."""
    earlier = Earlier.of(courses.rating)
    return Points(np.where(earlier.count >= 1, earlier.mean - courses.rating, np.nan))


def tension_jump(courses: Courses, usual: float, points: float = 25.0) -> Flags:
    """Tension so far above the dyad's own mean, which two answers of the clinic's `usual` tension hold."""
    earlier = Earlier.of(courses.tension)
    own = (earlier.count * earlier.mean + 2.0 * usual) / (earlier.count + 2.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(courses.tension - own >= points)


def likelihood_cusum(courses: Courses, prior: RatingsPrior) -> Cusum:
    """The evidence for a fall of 15 points against none, by the predictive Student's t, summed up."""
    expected = predict(
        courses.rating, RatingsPrior(prior.mu0, prior.tau2, prior.nu0, prior.s0sq, 0.0, prior.p0)
    )
    t = (courses.rating - expected.expected) / expected.spread
    fallen = t + FALL / expected.spread
    weight = expected.weight
    return Cusum((weight + 1.0) / 2.0 * (np.log1p(t * t / weight) - np.log1p(fallen * fallen / weight)))


def known(courses: Courses, noise: float, tension_noise: float) -> Known:
    """The truth about each dyad. `noise` of one scale, `tension_noise`: points."""
    level, variance = _truth(courses, noise)
    return Known(level, variance, courses.usual_tension, tension_noise**2)


def _truth(courses: Courses, noise: float) -> tuple[Numbers, Numbers]:
    """Mean level over the answered sessions, points, and variance of a rating around it, points²."""
    level = np.where(courses.answered, np.clip(courses.level, 0.0, 100.0), 0.0)
    mean = level.sum(0) / np.maximum(courses.answered.sum(0), 1)
    return np.asarray(mean), courses.spread**2 + noise**2 / 3.0


def known_cusum(courses: Courses, noise: float) -> Cusum:
    """The sum of evidence for a fall of 15 points by a rule that knows each dyad's level and spread."""
    level, variance = _truth(courses, noise)
    return Cusum(np.asarray((-FALL * (courses.rating - level) - FALL**2 / 2.0) / variance))

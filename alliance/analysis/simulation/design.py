"""The simple design of two control charts, and what it adds to them, for many dyads at once.

An empirical-Bayes predictive z-score per rating, a limit for one rating and a one-sided moving average on it;
besides, three side rules: a low level, tension of 50 or more, and silence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from alliance.analysis.forecast import LEARNS_DOWN_TO, MOST_LEVEL_WEIGHT, MOST_SQUARES_WEIGHT, MOST_Z
from alliance.analysis.prior import RatingsPrior
from alliance.analysis.ratings_only import (
    DRIFT_LIMIT,
    DRIFT_WEIGHT,
    DROP_Z,
    LEAST_FALL,
    LOW_ENDS,
    LOW_RATING,
    SELDOM,
    SILENCE_SESSIONS,
    UNEASY_Z,
    UNLIKELY_RUN,
)
from alliance.analysis.simulation.courses import Courses
from alliance.analysis.simulation.forms import Flags, Numbers
from alliance.analysis.simulation.traces import Points
from alliance.analysis.state import LEAST_SPREAD
from alliance.analysis.track import OWN_WORD

ERROR = math.sqrt(DRIFT_WEIGHT / (2.0 - DRIFT_WEIGHT))
"""Standard error of the moving average of independent z-scores."""
AS_DESIGNED = DRIFT_LIMIT / ERROR
"""The threshold of the design: of the moving average, in its standard errors."""
DROP_EXTRA = DROP_Z - AS_DESIGNED
"""The limit of a single z-score is higher by this."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Of each rating (40, n): z, and the level (points) it was held against; NaN where not rated."""

    z: Numbers
    level: Numbers


def normal_score(t: Numbers, weight: Numbers) -> Numbers:
    """A Student's t as the normal score that is as unlikely (Wallace 1959, Annals of Mathematical Statistics 30)."""
    size = (8.0 * weight + 1.0) / (8.0 * weight + 3.0) * np.sqrt(weight * np.log1p(t * t / weight))
    return np.asarray(np.sign(t) * size)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What each rating was expected to be, before it came, (40, n): points, except `weight`."""

    expected: Numbers
    spread: Numbers
    level: Numbers
    weight: Numbers


def predict(rating: Numbers, prior: RatingsPrior) -> Prediction:
    """Follow every dyad's level and spread; a fall is drawn in before it teaches them."""
    most, dyads = rating.shape
    level, kappa = np.full(dyads, prior.mu0), np.full(dyads, prior.s0sq / prior.tau2)
    weight = np.full(dyads, prior.nu0)
    squares = weight * prior.s0sq
    last, gap = np.full(dyads, np.nan), np.ones(dyads)
    found = Prediction(*(np.full((most, dyads), np.nan) for _ in range(4)))
    for number, now in enumerate(rating):
        rated = np.isfinite(now)
        carried = np.where(np.isfinite(last), prior.phi**gap, 0.0)
        variance = np.maximum(squares / weight, LEAST_SPREAD**2)
        expected = level + carried * np.where(np.isfinite(last), last - level, 0.0)
        spread = np.sqrt(variance * ((1.0 - carried**2) + (1.0 - carried) ** 2 / kappa))
        for kept, value in zip(
            (found.expected, found.spread, found.level, found.weight),
            (expected, spread, level, weight),
            strict=True,
        ):
            kept[number] = value
        step = np.where(rated, np.maximum(now, expected - LEARNS_DOWN_TO * spread) - level, 0.0)
        squares = squares + kappa / (kappa + 1.0) * step * step
        weight = weight + rated
        squares = np.where(weight > MOST_SQUARES_WEIGHT, squares * MOST_SQUARES_WEIGHT / weight, squares)
        weight = np.minimum(weight, MOST_SQUARES_WEIGHT)
        level = level + step / (kappa + 1.0)
        kappa = np.where(rated, np.minimum(kappa + 1.0, MOST_LEVEL_WEIGHT), kappa)
        last, gap = np.where(rated, now, last), np.where(rated, 1.0, gap + 1.0)
    return found


def scores(rating: Numbers, prior: RatingsPrior) -> Scores:
    """z of each rating against what was predicted, −4 to 4."""
    predicted = predict(rating, prior)
    t = (rating - predicted.expected) / predicted.spread
    z = normal_score(t, predicted.weight)
    return Scores(np.asarray(np.clip(z, -MOST_Z, MOST_Z)), predicted.level)


def moving_average(z: Numbers) -> Numbers:
    """The one-sided moving average of the z-scores, 0 at most: (40, n)."""
    kept = np.empty_like(z)
    now = np.zeros(z.shape[1])
    for number, each in enumerate(z):
        now = np.where(
            np.isfinite(each), np.minimum(0.0, (1.0 - DRIFT_WEIGHT) * now + DRIFT_WEIGHT * each), now
        )
        kept[number] = now
    return kept


def two_charts(scored: Scores, courses: Courses, always: Flags | None = None) -> Points:
    """Drop or drift as one score: at `AS_DESIGNED` the design itself."""
    strength = np.maximum(-scored.z - DROP_EXTRA, -moving_average(scored.z) / ERROR)
    with np.errstate(invalid="ignore"):
        deep = courses.rating <= scored.level - LEAST_FALL
    return Points(np.where(deep, strength, np.nan), always)


def low(courses: Courses, prior: RatingsPrior) -> Flags:
    """LOW: on below a level that hardly any dyad has, off 10 points above it."""
    limit = min(LOW_RATING, prior.mu0 - 2.0 * math.sqrt(prior.tau2 + prior.s0sq))
    flagged = np.zeros(courses.rating.shape, bool)
    on = np.zeros(courses.dyads, bool)
    for number, rating in enumerate(courses.rating):
        rated = np.isfinite(rating)
        on = np.where(rated, (rating < limit) | (on & (rating < limit + LOW_ENDS)), on)
        flagged[number] = on & rated
    return flagged


def said(courses: Courses) -> Flags:
    """SELF: tension of 50 or more, the patient's own word."""
    with np.errstate(invalid="ignore"):
        return np.asarray(courses.tension >= OWN_WORD)


def silence(courses: Courses, scored: Scores, prior: RatingsPrior) -> Flags:
    """SILENCE: unanswered right after a low rating, or too often in a row for this dyad; once per silence."""
    dyads = courses.dyads
    missed, came = (
        np.full(dyads, SILENCE_SESSIONS * prior.p0),
        np.full(dyads, SILENCE_SESSIONS * (1.0 - prior.p0)),
    )
    last, run, usual = np.zeros(dyads), np.zeros(dyads), np.full(dyads, prior.p0)
    fired = np.zeros(dyads, bool)
    flagged = np.zeros(courses.rating.shape, bool)
    held = courses.held
    for number, answered in enumerate(courses.answered):
        silent = held[number] & ~answered
        usual = np.where(run == 0, missed / (missed + came), usual)
        run = np.where(answered, 0.0, run + silent)
        fired &= ~answered
        suspicious = ((run == 1) & (last <= UNEASY_Z)) | (usual ** np.maximum(run, 1.0) <= UNLIKELY_RUN)
        flagged[number] = silent & (usual <= SELDOM) & ~fired & suspicious
        fired |= flagged[number]
        missed, came = missed + silent, came + answered
        last = np.where(np.isfinite(scored.z[number]), scored.z[number], last)
    return flagged

"""A clinic's prior, estimated from its past dyads.

Empirical Bayes: moments for what differs between dyads, Smyth's estimate for how variances differ (Statistical
Applications in Genetics and Molecular Biology 2004, 3:3). Past courses hold ruptures too, so each dyad's outliers
are drawn in first. Where past dyads are few, the defaults keep most of the say.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from scipy.special import polygamma, psi

from alliance.analysis.fitted import ENOUGH, ENOUGH_FOR_LINKS, NOTHING, Fitted
from alliance.analysis.links import learn_links
from alliance.analysis.prior import DEFAULT, DEFAULT_RATINGS, Prior, RatingsPrior
from alliance.analysis.state import Held
from alliance.analysis.summaries import ROBUST, Numbers, Series, Summary

__all__ = ["Fitted", "fit_prior"]

HELD_BY = 50.0
"""The defaults count as much as so many dyads."""
NEAR_TOP, MANY_CONTRASTS = 90.0, 300
"""How scales stray is read from sessions below 90, away from the ceiling, if there are so many numbers."""
LEAST_NU, MOST_NU = 8.0, 60.0
LEAST_VARIANCE = 1.0
LEAST_EXCESS = 0.01
"""Variances of log variances that differ by less than this more than by chance are taken to be all alike."""
LEAST_STRAY = 1.5

P = TypeVar("P", Prior, RatingsPrior)


def fit_prior(dyads: Collection[Sequence[Held]]) -> Fitted:
    """What past dyads, each with its held sessions in order, teach a clinic to expect of the next one.

    Below 200 dyads with four ratings every number is blended with its default, (n·found + 50·default)/(n + 50),
    variances on the log scale; scales and tension by the dyads that have them. The links are 0
    below 50 dyads (`dp`), or 50 with tension (`q`). Without any such dyad: the defaults. The dyads are gone
    through twice; give very many as `PastCourses`, which take little room.
    """
    past = Summary.of(dyads)
    if not past.levels:
        return NOTHING
    prior = _with_ratings(DEFAULT, past.levels, past.missing, ceiling_undone=True)
    prior = _with_tension(_with_scales(prior, past.scales), past.tensions)
    if len(past.levels) >= ENOUGH_FOR_LINKS:
        reporting_share, more_silence = learn_links(dyads, prior)
        told = reporting_share if len(past.tensions) >= ENOUGH_FOR_LINKS else 0.0
        prior = replace(prior, q=told, dp=more_silence)
    plain = _with_ratings(DEFAULT_RATINGS, past.levels, past.missing, ceiling_undone=False)
    answers = sum(level.count for level in past.levels)
    return Fitted(
        prior=prior,
        ratings_prior=replace(plain, phi=_mix(len(past.levels), past.carried_over, DEFAULT_RATINGS.phi)),
        dyads_used=len(past.levels),
        answers_used=answers,
        scales_dyads=len(past.scales),
        tension_dyads=len(past.tensions),
        at_the_top=past.at_the_top / answers,
    )


def _mix(dyads: int, found: float, assumed: float) -> float:
    """What was found in so many dyads, held by the default while they are few."""
    share = 1.0 if dyads >= ENOUGH else dyads / (dyads + HELD_BY)
    return share * found + (1.0 - share) * assumed


def _mix_logs(dyads: int, found: float, assumed: float) -> float:
    return math.exp(_mix(dyads, math.log(found), math.log(assumed)))


def _with_ratings(default: P, levels: Sequence[Series], missing: float, *, ceiling_undone: bool) -> P:
    """`default` with what concerns ratings and missing forms learned from so many dyads."""
    dyads = len(levels)
    means = np.array([level.mean for level in levels])
    counts = np.array([level.count for level in levels])
    variances = np.maximum([level.variance for level in levels], LEAST_VARIANCE)
    within = variances / _left_by_the_ceiling(means) if ceiling_undone else variances
    nu0, s0sq = _of_variances(within, counts - 1.0)
    spread = float(means.var(ddof=1)) if dyads > 1 else default.tau2
    between = max(spread - float(np.mean(variances / counts)), LEAST_VARIANCE)
    return replace(
        default,
        mu0=_mix(dyads, float(means.mean()), default.mu0),
        tau2=_mix_logs(dyads, between, default.tau2),
        nu0=_mix(dyads, nu0, default.nu0),
        s0sq=_mix_logs(dyads, s0sq, default.s0sq),
        p0=_mix(dyads, missing, default.p0),
    )


def _left_by_the_ceiling(means: Numbers) -> Numbers:
    """Share of a dyad’s variance that the end of the scale at 100 leaves to be seen, 0.15–1."""
    return np.clip(1.0 - np.exp(-(100.0 - means) / 5.0), 0.15, 1.0)


def _of_variances(variances: Numbers, freedom: Numbers) -> tuple[float, float]:
    """Smyth’s prior of the variances: its degrees of freedom, 8–60, and its scale, points²."""
    logs = np.log(variances) - psi(freedom / 2.0) + np.log(freedom / 2.0)
    weights = freedom / (freedom + 4.0)
    middle = np.average(logs, weights=weights)
    chance = np.average(polygamma(1, freedom / 2.0), weights=weights)
    excess = float(np.average((logs - middle) ** 2, weights=weights) - chance)
    nu0 = min(max(2.0 * _trigamma_inverse(excess), LEAST_NU), MOST_NU) if excess > LEAST_EXCESS else MOST_NU
    return nu0, float(np.exp(middle - psi(nu0 / 2.0) + math.log(nu0 / 2.0)))


def _trigamma_inverse(value: float) -> float:
    """The x at which trigamma is `value` (above 0): Newton’s steps on 1/trigamma, as Smyth’s appendix has them."""
    x = 0.5 + 1.0 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1.0 - trigamma / value) / float(polygamma(2, x))
        x += step
        if -step < 1e-10 * x:
            break
    return x


def _with_scales(prior: Prior, courses: Sequence[Numbers]) -> Prior:
    """The prior with the scales’ distances from the mean of the three learned from complete sessions."""
    if not courses:
        return prior
    contrasts = [scores - scores.mean(axis=1, keepdims=True) for scores in courses]
    usual = np.array([each.mean(axis=0) for each in contrasts])
    strayed = np.concatenate([np.abs(each - own) for each, own in zip(contrasts, usual, strict=True)])
    below_top = strayed[np.concatenate([scores.mean(axis=1) for scores in courses]) < NEAR_TOP]
    # The contrasts of three have two thirds of the variance of one scale.
    seen = ROBUST * float(np.median(below_top if below_top.size > MANY_CONTRASTS else strayed))
    taui2 = 1.5 * max(seen, LEAST_STRAY) ** 2
    by_chance = taui2 * 2.0 / 3.0 * float(np.mean([1.0 / len(each) for each in contrasts]))
    dyads = len(courses)
    first, second, third = (_mix(dyads, float(mean), 0.0) for mean in usual.mean(axis=0))
    return replace(
        prior,
        taui2=_mix_logs(dyads, taui2, DEFAULT.taui2),
        o_mean=(first, second, third),
        o_var=_mix_logs(dyads, max(float(usual.var(axis=0).mean()) - by_chance, 1.0), DEFAULT.o_var),
    )


def _with_tension(prior: Prior, courses: Sequence[Series]) -> Prior:
    """The prior with what the rupture items usually say."""
    if not courses:
        return prior
    dyads = len(courses)
    means = np.array([course.mean for course in courses])
    within = np.array([course.variance for course in courses])
    by_chance = float(np.mean(within / [course.count for course in courses]))
    return replace(
        prior,
        r0=_mix(dyads, float(means.mean()), DEFAULT.r0),
        r_s2=_mix_logs(dyads, max(float(within.mean()), 9.0), DEFAULT.r_s2),
        r_t2=_mix_logs(dyads, max(float(means.var()) - by_chance, 4.0), DEFAULT.r_t2),
    )

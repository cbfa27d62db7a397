"""The detectors that are compared, each as something that looks at courses and leaves a trace."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from alliance.analysis.odds import ASK_NOW, KEEP_IN_MIND
from alliance.analysis.simulation import design, rules
from alliance.analysis.simulation.clinics import Past
from alliance.analysis.simulation.courses import Courses
from alliance.analysis.simulation.filter import ALL, RATINGS, Channels, run
from alliance.analysis.simulation.forms import Flags
from alliance.analysis.simulation.traces import Level, Points, Trace

Look = Callable[[Courses, Past], Trace]

UNLEARNED_Q, UNLEARNED_DP = 0.5, 0.15
"""Links as they are believed to be, where a clinic has not learned its own."""


NO_THRESHOLD = math.nan


@dataclass(frozen=True, slots=True)
class Detector:
    """`published`: thresholds to show it at, by what to call them. `rates`: false rates to tune it to."""

    name: str
    look: Look
    published: tuple[tuple[str, float], ...] = ()
    rates: tuple[float, ...] = ()


def _always(flags: Flags) -> Points:
    """A rule without a threshold."""
    return Points(np.full(flags.shape, np.nan), flags)


def charts(courses: Courses, past: Past) -> Trace:
    return design.two_charts(design.scores(courses.rating, past.ratings_prior), courses)


def charts_full(courses: Courses, past: Past) -> Trace:
    scored = design.scores(courses.rating, past.ratings_prior)
    silent = design.silence(courses, scored, past.ratings_prior)
    always = design.low(courses, past.ratings_prior) | design.said(courses) | silent
    return design.two_charts(scored, courses, always)


def charts_own_tension(courses: Courses, past: Past) -> Trace:
    scored = design.scores(courses.rating, past.ratings_prior)
    silent = design.silence(courses, scored, past.ratings_prior)
    return design.two_charts(scored, courses, silent | rules.tension_jump(courses, past.prior.r0))


def odds(courses: Courses, past: Past, channels: Channels = ALL) -> Level:
    return Level(run(courses, past.prior, channels=channels), courses)


def odds_with(channels: Channels) -> Look:
    return lambda courses, past: odds(courses, past, channels)


def odds_unlearned(courses: Courses, past: Past) -> Level:
    return Level(run(courses, replace(past.prior, q=UNLEARNED_Q, dp=UNLEARNED_DP)), courses)


def odds_known(courses: Courses, past: Past) -> Level:
    truth = rules.known(courses, past.world.scale_noise, past.world.tension_noise)
    return Level(run(courses, past.prior, known=truth), courses)


def ratings_known(courses: Courses, past: Past) -> Trace:
    return rules.known_cusum(courses, past.world.scale_noise)


def _either(courses: Courses, _: Past) -> Trace:
    return _always(rules.cut_off(courses).flags(10.0) | rules.drop(courses).flags(2.5))


def _keep_or_said(courses: Courses, past: Past) -> Trace:
    return _always(odds(courses, past).flags(KEEP_IN_MIND) | design.said(courses))


AS_IS = (("keep in mind", KEEP_IN_MIND), ("ask now", ASK_NOW))
CHARTS = Detector("two charts, ratings", charts, (("as designed", design.AS_DESIGNED),), (2.0, 1.0))
CHARTS_FULL = Detector("two charts, full", charts_full, (("as designed", design.AS_DESIGNED),), (2.0, 3.2))
ODDS = Detector("odds filter", odds, AS_IS, (2.0, 1.0, 3.2))
ODDS_UNLEARNED = Detector("odds filter, links as assumed", odds_unlearned, (AS_IS[0],), (2.0,))

DETECTORS = (
    Detector("cut-off", lambda c, _: rules.cut_off(c), (("36 of 40", 10.0),), (2.0,)),
    Detector("drop from the session before", lambda c, _: rules.drop(c), (("1 of 40", 2.5),), (2.0,)),
    Detector("cut-off or drop", _either, (("as published", NO_THRESHOLD),)),
    Detector("reliable change", lambda c, p: rules.reliable_change(c, p.clinic), (("1.96", 1.96),), (2.0,)),
    Detector("drop in own SDs", lambda c, _: rules.own_sd(c), (("1 SD", 1.0),), (2.0,)),
    Detector("drop in clinic SDs", lambda c, p: rules.clinic_sd(c, p.clinic), (("2 SD", 2.0),), (2.0,)),
    Detector("drop, stricter SD", lambda c, p: rules.stricter_sd(c, p.clinic), (("1 SD", 1.0),), (2.0,)),
    Detector("XmR", lambda c, _: rules.individuals(c), (("3 sigma", 3.0),), (2.0,)),
    Detector("XmR with runs", lambda c, _: _always(rules.with_runs(c)), (("3 sigma", NO_THRESHOLD),)),
    Detector("Q chart", lambda c, _: rules.q_chart(c), (("3 sigma", 3.0),), (2.0,)),
    Detector("points below own mean", lambda c, _: rules.own_mean(c), (("14 points", 14.0),), (2.0,)),
    Detector("sum of evidence", lambda c, p: rules.likelihood_cusum(c, p.ratings_prior), (), (2.0,)),
    CHARTS,
    CHARTS_FULL,
    Detector("two charts, tension against own mean", charts_own_tension, (), (2.0,)),
    Detector("odds filter, ratings only", odds_with(RATINGS), (), (2.0,)),
    Detector("odds filter, ratings and silence", odds_with(Channels(False, False, True)), (), (2.0,)),
    Detector("odds filter, ratings and tension", odds_with(Channels(False, True, False)), (), (2.0,)),
    ODDS,
    Detector("keep in mind, or own word", _keep_or_said, (("as designed", NO_THRESHOLD),)),
    Detector("knows level and SD, ratings", ratings_known, (), (2.0,)),
    Detector("knows level, SD and usual tension", odds_known, (), (2.0,)),
)
"""All of the main table, in its order."""

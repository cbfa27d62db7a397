"""The odds filter on many dyads at once: the same numbers as `alliance.analysis.odds.step`, session by session.

Arrays run over the dyads still in therapy; hypotheses, where there are five, come first. Nothing is written
twice that the plain filter already says: its constants are taken from there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import erfc

from alliance.analysis.likelihood import (
    DEPTHS,
    LEAST_RATIO,
    LEAST_REPORT,
    MOST_RATIO,
    MOST_REPORT_EXPONENT,
    ONE_SCALE,
    ONE_SCALE_DEPTH,
    REPORT_JUMP,
    REPORT_JUMP_VARIANCE,
    REPORT_ONLY,
    SHARES,
    TOP,
    UNKNOWN,
)
from alliance.analysis.odds import LEAST_EVIDENCE, MOST_ODDS
from alliance.analysis.prior import Prior
from alliance.analysis.simulation.courses import Courses
from alliance.analysis.simulation.forms import Flags, Numbers
from alliance.analysis.simulation.learning import learn_offsets, learn_rating, learn_tension
from alliance.analysis.simulation.states import States
from alliance.analysis.state import BEGINS, ENDS

_DEPTHS = np.array(DEPTHS)[:, None]


@dataclass(frozen=True, slots=True)
class Channels:
    """What the filter may read besides the mean rating."""

    scales: bool = True
    report: bool = True
    silence: bool = True

    @property
    def shares(self) -> Numbers:
        """Of the five kinds of rupture, those that a closed channel would have shown left out."""
        shares = np.array(SHARES)
        shares[ONE_SCALE] *= self.scales
        shares[REPORT_ONLY] *= self.report
        return np.asarray(shares / shares.sum())


ALL = Channels()
RATINGS = Channels(scales=False, report=False, silence=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What is told of each dyad that a filter has to learn: bounds that nothing can pass.

    Mean level (points) and its variance (points²), usual tension (0–100), (n,) each; the variance of tension.
    None is what has to be learned as always.
    """

    level: Numbers | None = None
    variance: Numbers | None = None
    tension: Numbers | None = None
    tension_variance: float = 1.0
    weight: float = 200.0
    """Degrees of freedom of a variance that is known."""

    def first(self, count: int) -> Known:
        """The same for the first so many dyads."""
        parts = (self.level, self.variance, self.tension)
        level, variance, tension = (None if each is None else each[:count] for each in parts)
        return Known(level, variance, tension, self.tension_variance, self.weight)


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Filtered:
    """What the filter held after each session, (40, n): 0 after the last one.

    `odds` that a rupture is going on; `give_or_take` (points) as it stood before the session.
    """

    odds: Numbers
    give_or_take: Numbers
    expected: Numbers


Learn = Callable[[States, Numbers, Numbers, Numbers, Flags], None]


def run(
    courses: Courses,
    prior: Prior,
    *,
    channels: Channels = ALL,
    known: Known = NOTHING,
    learn: Learn = learn_rating,
) -> Filtered:
    """Follow every dyad from its first session to its last. `learn`: what a rating teaches the baseline."""
    shape = courses.rating.shape
    found = Filtered(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    states = States.start(prior, courses.dyads)
    shares = channels.shares[:, None]
    for number, count in enumerate(courses.running):
        if not count:
            break
        states.keep(count)
        found.give_or_take[number, :count] = states.give_or_take
        found.expected[number, :count] = states.expected
        session = _Session.of(courses, number, count)
        _step(states, prior, session, number == 0, channels, shares, known.first(count), learn)
        found.odds[number, :count] = states.odds
    return found


@dataclass(frozen=True, slots=True)
class _Session:
    answered: Flags
    scales: Numbers
    total: Numbers
    tension: Numbers
    whole: Flags
    """All three scales were answered."""

    @classmethod
    def of(cls, courses: Courses, number: int, count: int) -> _Session:
        scales = courses.scales[number, :, :count]
        return cls(
            answered=courses.answered[number, :count],
            scales=scales,
            total=courses.rating[number, :count],
            tension=courses.tension[number, :count],
            whole=np.asarray(np.isfinite(scales).all(0)),
        )


def _step(
    states: States,
    prior: Prior,
    session: _Session,
    first: bool,
    channels: Channels,
    shares: Numbers,
    known: Known,
    learn: Learn,
) -> None:
    odds = states.odds
    if not first:
        odds = (BEGINS + (1.0 - ENDS) * odds) / (1.0 - BEGINS + ENDS * odds)
    if channels.silence:
        usual = states.unanswered / (states.unanswered + states.answered)
        in_rupture = np.minimum(usual + prior.dp, 0.9)
        silent, came = in_rupture / usual, (1.0 - in_rupture) / (1.0 - usual)
        odds = odds * np.where(session.answered, came, silent)
    rating = states.rating_of(session.scales, session.total)
    rated = np.isfinite(rating)
    parts = np.broadcast_to(shares, (len(shares), len(odds)))
    ratios = _ratios(states, np.where(rated, rating, states.expected), known)
    if channels.scales:
        ratios[ONE_SCALE] *= np.where(session.whole, _one_scale(states, prior, session), UNKNOWN)
    parts = np.where(rated, parts * ratios, parts)
    if channels.report:
        parts = _with_report(states, prior, session, parts, known)
    evidence = np.maximum(parts.sum(0), LEAST_EVIDENCE)
    states.odds = np.minimum(np.where(session.answered, odds * evidence, odds), MOST_ODDS)
    calm = 1.0 / (1.0 + states.odds)
    learn(states, np.where(rated, rating, states.expected), parts, 1.0 - calm, rated)
    learn_offsets(states, session.scales, np.where(session.whole, calm, 0.0))
    learn_tension(states, session.tension, np.where(np.isfinite(session.tension), calm, 0.0))
    states.answered += np.where(session.answered, calm, 0.0)
    states.unanswered += np.where(session.answered, 0.0, calm)


def _ratios(states: States, rating: Numbers, known: Known) -> Numbers:
    """How much better each kind of rupture explains the rating (step 3): (5, n)."""
    expected = states.expected if known.level is None else known.level
    spread = states.give_or_take**2 if known.variance is None else known.variance
    variance = spread * (1.0 + 1.0 / states.expected_weight) if known.level is None else spread
    weight = states.squares_weight if known.variance is None else np.full(len(rating), known.weight)
    gap, scale = rating - expected, weight * variance
    half, reach = _DEPTHS / 2.0, np.sqrt(_DEPTHS * _DEPTHS / 4.0 + scale)
    counted = np.clip(gap, -half - reach, reach - half)
    ratios = (scale + (counted + _DEPTHS) ** 2) / (scale + counted * counted)
    ratios **= -(weight + 1.0) / 2.0
    at_top = np.flatnonzero(rating >= TOP) if known.level is None else np.empty(0, int)
    if len(at_top):
        spread = np.sqrt(variance[at_top])
        away = (TOP - expected[at_top]) / spread
        tail = upper_tail(away)
        with np.errstate(divide="ignore", invalid="ignore"):
            high = upper_tail(away + _DEPTHS / spread) / tail
        ratios[:, at_top] = np.where(tail > 0.0, high, np.where(_DEPTHS > 0.0, LEAST_RATIO, 1.0))
    return np.asarray(np.clip(ratios, LEAST_RATIO, MOST_RATIO, out=ratios))


def upper_tail(z: Numbers) -> Numbers:
    """The chance of a standard normal number above each of `z`."""
    return np.asarray(0.5 * erfc(z / math.sqrt(2.0)))


def _one_scale(states: States, prior: Prior, session: _Session) -> Numbers:
    """How much better a fall of one scale alone explains the pattern of the three (step 4)."""
    distances = session.scales - states.offsets
    contrasts = distances - distances.sum(0) / 3.0
    scale = 6.0 * (prior.taui2 * (1.0 + 1.0 / states.offsets_weight))
    squares = (contrasts * contrasts).sum(0)
    farther = squares + ONE_SCALE_DEPTH**2 * 2.0 / 3.0
    fallen = 1.0 + (farther + 2.0 * ONE_SCALE_DEPTH * contrasts) / scale
    usual = 1.0 + squares / scale
    return np.asarray(np.clip((fallen / usual) ** -4.0, LEAST_RATIO, MOST_RATIO).sum(0) / 3.0)


def _with_report(states: States, prior: Prior, session: _Session, parts: Numbers, known: Known) -> Numbers:
    """The weighted ratios after the tension items have spoken (step 5)."""
    base, weight = states.tension, states.tension_squares_weight
    variance = states.tension_squares / weight * (1.0 + 1.0 / states.tension_weight)
    if known.tension is not None:
        base, variance = known.tension, np.full(len(weight), known.tension_variance)
    there = np.isfinite(session.tension)
    excess = np.clip(np.where(there, session.tension, base) - base, 0.0, REPORT_JUMP)
    jumped = variance + REPORT_JUMP_VARIANCE
    exponent = np.log1p(excess * excess / (weight * variance))
    exponent -= np.log1p((excess - REPORT_JUMP) ** 2 / (weight * jumped))
    exponent = (weight + 1.0) / 2.0 * exponent + 0.5 * np.log(variance / jumped)
    report = np.exp(np.clip(exponent, -MOST_REPORT_EXPONENT, MOST_REPORT_EXPONENT))
    believed = np.maximum(1.0 - prior.q + prior.q * report, LEAST_REPORT)
    spoken = parts * np.where(there, believed, 1.0)
    # An answer without any score in it says nothing, not even by what it leaves out.
    scored = there | np.isfinite(session.total) | np.isfinite(session.scales).any(0)
    left_out = np.where(scored, UNKNOWN, 1.0)
    spoken[REPORT_ONLY] = parts[REPORT_ONLY] * np.where(there, report, left_out)
    return np.asarray(spoken)

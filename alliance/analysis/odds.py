"""The odds filter: one number per dyad, the odds that a rupture is going on, moved by each held session.

A step costs the same however long the course. Scores run 0–100; tension is the mean of the rupture items,
higher is worse. “Step n” names the step of the odds filter that a line carries out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from alliance.analysis import learning, likelihood
from alliance.analysis.likelihood import ONE_SCALE, SHARES, UNKNOWN, RatingCurve
from alliance.analysis.prior import Prior
from alliance.analysis.state import Held, Odds

__all__ = ["ASK_NOW", "KEEP_IN_MIND", "MOST_ODDS", "OFF", "Evidence", "Held", "Odds", "ask_below", "step"]

MOST_ODDS = 1e6
LEAST_EVIDENCE = math.exp(-4.0)
"""One good answer divides the odds by 55 at most."""

KEEP_IN_MIND = 0.03
"""Odds per point of give or take from which a dyad is worth keeping in mind."""
ASK_NOW = 0.10
"""Odds per point of give or take from which asking now is worth it."""
OFF = 0.5
"""A level that is on goes off below this share of its threshold."""

NEAR_ENOUGH = 0.05
"""How exactly the line “below this we ask” is found, points."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one held session did to the odds.

    `odds`: after the session, above 0, at most 1,000,000. `factors`: what its parts multiplied them by:
    `ratings`, `report` (tension, also left out) and `silence` (unanswered or not); a part that could say
    nothing is missing. The rest stood before the session: `expected` rating and its `spread` (points),
    `give_or_take` from session to session (points), `usual_tension` (0–100).
    """

    odds: float
    give_or_take: float
    factors: Mapping[str, float]
    expected: float
    spread: float
    usual_tension: float


def step(state: Odds, prior: Prior, held: Held) -> Evidence:
    """Move a dyad’s state on by one held session, in place, and say what the session did."""
    give_or_take, expected, usual_tension = state.give_or_take, state.expected, state.tension
    spread = math.sqrt(state.variance)
    factors = _answered(state, prior, held) if held.answered else _unanswered(state, prior)
    state.first = False
    state.rank = _rank(state.rank, state.odds / give_or_take)
    return Evidence(state.odds, give_or_take, factors, expected, spread, usual_tension)


def _unanswered(state: Odds, prior: Prior) -> dict[str, float]:
    silence, _ = state.silence_factors(prior.dp)
    state.odds = min(state.carried_odds * silence, MOST_ODDS)
    state.unanswered += _calm(state)
    return {"silence": silence}


def _answered(state: Odds, prior: Prior, held: Held) -> dict[str, float]:
    _, came = state.silence_factors(prior.dp)
    rating = state.rating_of(held)
    factors = {"silence": came}
    before = after = list(SHARES)  # what is left out says nothing either way
    if rating is not None:
        before = _before_report(state, prior, held, rating)
        factors["ratings"] = sum(before)
    if held.has_scores:
        after = likelihood.with_report(before, _report(state, held.rupture), prior.q)
        factors["report"] = sum(after) / sum(before)
    state.odds = min(state.carried_odds * came * max(sum(after), LEAST_EVIDENCE), MOST_ODDS)
    calm = _calm(state)
    if rating is not None:
        learning.learn_rating(state, rating, after, 1.0 - calm)
    safety, attunement, collaboration = held.scales
    if safety is not None and attunement is not None and collaboration is not None:
        learning.learn_offsets(state, (safety, attunement, collaboration), calm)
    if held.rupture is not None:
        learning.learn_tension(state, held.rupture, calm)
    state.answered += calm
    return factors


def _calm(state: Odds) -> float:
    """The chance that no rupture is going on, 0–1."""
    return 1.0 / (1.0 + state.odds)


def _before_report(state: Odds, prior: Prior, held: Held, rating: float) -> list[float]:
    """Share times ratio of each kind of rupture, from the ratings alone (steps 3 and 4)."""
    curve = RatingCurve(state.expected, state.variance, state.squares_weight)
    components = [share * ratio for share, ratio in zip(SHARES, curve.ratios(rating), strict=True)]
    components[ONE_SCALE] *= _one_scale(state, prior, held)
    return components


def _one_scale(state: Odds, prior: Prior, held: Held) -> float:
    safety, attunement, collaboration = held.scales
    if safety is None or attunement is None or collaboration is None:
        return UNKNOWN
    pairs = zip((safety, attunement, collaboration), state.offsets, strict=True)
    distances = [score - offset for score, offset in pairs]
    mean = sum(distances) / 3.0
    contrasts = [distance - mean for distance in distances]
    return likelihood.one_scale_ratio(contrasts, _one_scale_variance(state, prior))


def _one_scale_variance(state: Odds, prior: Prior) -> float:
    return prior.taui2 * (1.0 + 1.0 / state.offsets_weight)


def _report(state: Odds, reported: float | None) -> float | None:
    if reported is None:
        return None
    variance = state.tension_squares / state.tension_squares_weight * (1.0 + 1.0 / state.tension_weight)
    return likelihood.report_ratio(reported - state.tension, variance, state.tension_squares_weight)


def _rank(rank: int, odds_per_point: float) -> int:
    """The level after a session (step 8): on at its threshold, off below half of it."""
    for level, threshold in ((2, ASK_NOW), (1, KEEP_IN_MIND)):
        if odds_per_point >= (threshold * OFF if rank >= level else threshold):
            return level
    return 0


def ask_below(state: Odds, prior: Prior) -> float | None:
    """The rating that would switch “keep in mind” on at the coming session, 0–100, to within 0.05 points.

    It is a total, for an answer with each scale at its usual distance from it and tension at its usual level.
    At this rating and below, the level comes on. None if no rating does it.
    """
    carried = state.carried_odds * state.silence_factors(prior.dp)[1]
    needed = KEEP_IN_MIND * state.give_or_take / carried
    shift = sum(state.offsets) / 3.0
    curve = RatingCurve(state.expected, state.variance, state.squares_weight)
    weights = likelihood.with_report(SHARES, _report(state, state.tension), prior.q)
    weights[ONE_SCALE] *= likelihood.one_scale_ratio((0.0, 0.0, 0.0), _one_scale_variance(state, prior))

    def speaks(total: float) -> bool:
        pairs = zip(weights, curve.ratios(total - shift), strict=True)
        return max(sum([weight * ratio for weight, ratio in pairs]), LEAST_EVIDENCE) >= needed

    low, high = 0.0, 100.0
    if not speaks(low):
        return None
    if speaks(high):
        return high
    while high - low > NEAR_ENOUGH:
        middle = (low + high) / 2.0
        low, high = (middle, high) if speaks(middle) else (low, middle)
    return low

"""The odds filter: one number per dyad, the odds that a rupture is going on, moved by each held session.

A step costs the same however long the course. Scores run 0–100; tension is the mean of the rupture items,
higher is worse. “Step n” names the step of the odds filter that a line carries out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from alliance.analysis.learning import learn_offsets, learn_rating, learn_tension
from alliance.analysis.likelihood import (
    REPORT_ONLY,
    SHARES,
    UNKNOWN,
    heard,
    moments,
    one_scale_ratio,
    rating_ratios,
    report_ratio,
)
from alliance.analysis.prior import Prior
from alliance.analysis.state import Held, Odds

__all__ = ["ASK_NOW", "KEEP_IN_MIND", "MOST_ODDS", "OFF", "Evidence", "Held", "Odds", "ask_below", "step"]

OF_FALLS, OF_REPORT = SHARES[:REPORT_ONLY], SHARES[REPORT_ONLY]
"""Of all ruptures, the shares of the kinds that lower ratings, and of the one that only the rupture items tell."""
FALLING = sum(OF_FALLS)

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
    expected, usual_tension, spread = state.expected, state.tension, math.sqrt(state.variance)
    give_or_take, silence, ratings, report = move(state, prior, held)
    factors = {"silence": silence}
    if ratings is not None:
        factors["ratings"] = ratings
    if report is not None:
        factors["report"] = report
    return Evidence(state.odds, give_or_take, factors, expected, spread, usual_tension)


def move(state: Odds, prior: Prior, held: Held) -> tuple[float, float, float | None, float | None]:
    """Move a dyad’s state on by one held session, in place: the odds filter itself.

    What `step` makes its evidence of: give or take as it stood before, points, and what silence, ratings and
    report multiplied the odds by, None for a part that could say nothing.
    """
    _, answered, (safety, attunement, collaboration), rupture, _ = held
    give_or_take, carried = state.give_or_take, state.carried_odds  # step 1
    silent, came = state.silence_factors(prior.dp)  # step 2
    state.first = False
    if not answered:
        state.odds = odds = min(carried * silent, MOST_ODDS)
        state.unanswered += 1.0 / (1.0 + odds)
        state.rank = _rank(state.rank, odds / give_or_take)
        return give_or_take, silent, None, None

    rating = state.rating_of(held)
    variance = give_or_take * give_or_take * (1.0 + 1.0 / state.expected_weight)
    ratings = report = None
    # Of the kinds that lower ratings: Σ π L, Σ π L d, Σ π L d². What is left out says nothing either way.
    falling, fall, fall_squared = FALLING, 0.0, 0.0
    before = evidence = lowered = 1.0
    if rating is not None:  # steps 3 and 4
        one_scale = UNKNOWN
        if safety is not None and attunement is not None and collaboration is not None:
            one_scale = _one_scale(state, prior, rating, safety, attunement, collaboration)
        slight, clear, deep, alone = rating_ratios(rating, state.expected, variance, state.squares_weight)
        falling, fall, fall_squared = moments(OF_FALLS, (slight, clear, deep, alone * one_scale))
        ratings = before = falling + OF_REPORT
    if rating is not None or rupture is not None:  # step 5
        lowered, unlowered = heard(None if rupture is None else _report(state, rupture), prior.q)
        evidence = lowered * falling + unlowered * OF_REPORT
        report = evidence / before
    state.odds = odds = min(carried * came * max(evidence, LEAST_EVIDENCE), MOST_ODDS)  # step 6
    state.rank = _rank(state.rank, odds / give_or_take)
    calm = 1.0 / (1.0 + odds)
    if rating is not None:  # step 7
        belief = (1.0 - calm) * lowered / evidence
        learn_rating(state, rating, variance, belief * fall, belief * fall_squared)
    if safety is not None and attunement is not None and collaboration is not None:
        learn_offsets(state, safety, attunement, collaboration, calm)
    if rupture is not None:
        learn_tension(state, rupture, calm)
    state.answered += calm
    return give_or_take, came, ratings, report


def _one_scale(
    state: Odds, prior: Prior, rating: float, safety: float, attunement: float, collaboration: float
) -> float:
    first, second, third = state.offsets  # their mean distance is the rating
    contrasts = safety - first - rating, attunement - second - rating, collaboration - third - rating
    return one_scale_ratio(contrasts, _one_scale_variance(state, prior))


def _one_scale_variance(state: Odds, prior: Prior) -> float:
    return prior.taui2 * (1.0 + 1.0 / state.offsets_weight)


def _report(state: Odds, reported: float) -> float:
    variance = state.tension_squares / state.tension_squares_weight * (1.0 + 1.0 / state.tension_weight)
    return report_ratio(reported - state.tension, variance, state.tension_squares_weight)


def _rank(rank: int, odds_per_point: float) -> int:
    """The level after a session (step 8): on at its threshold, off below half of it."""
    if odds_per_point >= (ASK_NOW * OFF if rank == 2 else ASK_NOW):
        return 2
    return int(odds_per_point >= (KEEP_IN_MIND * OFF if rank else KEEP_IN_MIND))


def ask_below(state: Odds, prior: Prior) -> float | None:
    """The rating that would switch “keep in mind” on at the coming session, 0–100, to within 0.05 points.

    It is a total, for an answer with each scale at its usual distance from it and tension at its usual level.
    At this rating and below, the level comes on. None if no rating does it.
    """
    carried = state.carried_odds * state.silence_factors(prior.dp)[1]
    needed = KEEP_IN_MIND * state.give_or_take / carried
    if needed <= LEAST_EVIDENCE:
        return 100.0
    shift = sum(state.offsets) / 3.0
    expected, variance, weight = state.expected, state.variance, state.squares_weight
    lowered, unlowered = heard(_report(state, state.tension), prior.q)
    enough = (needed - unlowered * OF_REPORT) / lowered
    one_scale = one_scale_ratio((0.0, 0.0, 0.0), _one_scale_variance(state, prior))
    share_1, share_2, share_3, share_4 = OF_FALLS
    share_4 *= one_scale

    def speaks(total: float) -> bool:
        slight, clear, deep, alone = rating_ratios(total - shift, expected, variance, weight)
        return share_1 * slight + share_2 * clear + share_3 * deep + share_4 * alone >= enough

    low, high = 0.0, 100.0
    if not speaks(low):
        return None
    if speaks(high):
        return high
    while high - low > NEAR_ENOUGH:
        middle = (low + high) / 2.0
        low, high = (middle, high) if speaks(middle) else (low, middle)
    return low

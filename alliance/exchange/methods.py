"""The detector and the rules to compare it with, all answering the same: what a session means so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from alliance.analysis.comparators import (
    Comparator,
    CutOff,
    IndividualsChart,
    PreviousDrop,
    ReliableDrop,
)
from alliance.analysis.fitted import Fitted
from alliance.analysis.forecast import plain_rating
from alliance.analysis.odds import Held
from alliance.analysis.prior import Prior, RatingsPrior
from alliance.analysis.ratings_only import RatingsTrack
from alliance.analysis.track import EpisodeState, Level, Track

__all__ = ["METHODS", "Follower", "Found", "follow_odds", "follow_ratings"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a method made of one held session.

    `expected` rating and `lower_limit`, from which down it asks, as they stood before the session, 0–100 (None:
    there is none); `probability` of a rupture, 0–1 (None: the method gives none); `rules`: what speaks; `alert`:
    1 a new question, 2 “keep in mind” raised to “ask now”, else 0.
    """

    expected: float | None
    lower_limit: float | None
    probability: float | None
    level: Level
    rules: tuple[str, ...]
    alert: int
    episode: EpisodeState


class Follower(Protocol):
    """A method at work on one dyad; its state has constant size."""

    def advance(self, held: Held) -> Found:
        """Take in the next held session. Raises ValueError if it does not come after the last one."""


class _OddsFollower:
    __slots__ = ("_prior", "_track")

    def __init__(self, prior: Prior) -> None:
        self._prior = prior
        self._track = Track.start(prior)

    def advance(self, held: Held) -> Found:
        reading = self._track.advance(self._prior, held)
        return Found(
            expected=_on_scale(reading.expected),
            lower_limit=reading.ask_below,
            probability=reading.odds / (1.0 + reading.odds),
            level=reading.level,
            rules=reading.rules,
            alert=reading.alert,
            episode=reading.episode,
        )


class _RatingsFollower:
    __slots__ = ("_track",)

    def __init__(self, prior: RatingsPrior) -> None:
        self._track = RatingsTrack.start(prior)

    def advance(self, held: Held) -> Found:
        reading = self._track.advance(held)
        return Found(
            expected=_on_scale(reading.expected),
            lower_limit=reading.drop_below,
            probability=None,
            level=reading.level,
            rules=reading.rules,
            alert=reading.alert,
            episode=reading.episode,
        )


class _RuleFollower:
    """A rule that knows neither levels nor episodes: what it flags, it asks about."""

    __slots__ = ("_name", "_rule")

    def __init__(self, name: str, rule: Comparator) -> None:
        self._name = name
        self._rule = rule

    def advance(self, held: Held) -> Found:
        made = self._rule.step(plain_rating(held))
        return Found(
            expected=made.expected,
            lower_limit=None if made.limit is None or made.limit < 0.0 else made.limit,
            probability=None,
            level=Level.ASK if made.flagged else Level.NONE,
            rules=(self._name,) if made.flagged else (),
            alert=int(made.new),
            episode=EpisodeState.NONE,
        )


def follow_odds(fitted: Fitted) -> Follower:
    """The odds filter: ratings, tension and silence together."""
    return _OddsFollower(fitted.prior)


def follow_ratings(fitted: Fitted) -> Follower:
    """The two charts for ratings alone."""
    return _RatingsFollower(fitted.ratings_prior)


METHODS: Mapping[str, Callable[[Fitted], Follower]] = {
    "design": follow_odds,
    "ratings-only": follow_ratings,
    "xmr": lambda _: _RuleFollower("xmr", IndividualsChart()),
    "previous-drop": lambda _: _RuleFollower("previous-drop", PreviousDrop()),
    "reliable-change": lambda fitted: _RuleFollower("reliable-change", ReliableDrop.expecting(fitted.prior)),
    "cut-off": lambda _: _RuleFollower("cut-off", CutOff()),
}
"""How to begin with a dyad, by the method’s name. `design` is for where tension or silence is recorded."""


def _on_scale(points: float) -> float:
    """An expected rating as one could be given: what is expected may lie beyond the ends of the scale."""
    return min(max(points, 0.0), 100.0)

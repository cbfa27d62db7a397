"""The design for ratings alone: two charts of each dyad's distance from what it was expected to rate.

Every rating becomes a z-score that is standard normal while nothing happens. DROP looks at one z, DRIFT at their
one-sided moving average; SILENCE looks at sessions without a form. A step costs the same however long the course.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from alliance.analysis.forecast import Baseline, Forecast, plain_rating
from alliance.analysis.prior import RatingsPrior
from alliance.analysis.state import Held
from alliance.analysis.track import PATIENCE, EpisodeState, Level

__all__ = ["RatingsReading", "RatingsTrack"]

DROP_Z = 2.45
"""One rating this many SDs below what was expected is a drop."""
DRIFT_WEIGHT = 0.30
DRIFT_LIMIT = 2.20 * math.sqrt(DRIFT_WEIGHT / (2.0 - DRIFT_WEIGHT))
"""The moving average of z, each new one with this weight, and how far below 0 it is a drift."""
LEAST_FALL = 10.0
"""Neither counts unless the rating lies this many points below the usual."""
LOW_RATING, LOW_ENDS = 50.0, 10.0
"""No rating from 50 is called low; the status ends 10 points above where it begins."""
SILENCE_SESSIONS = 10.0
SELDOM = 0.20
"""Silence speaks only of those who leave at most this share of sessions unanswered."""
UNEASY_Z = -1.5
UNLIKELY_RUN = 0.005
"""Silence speaks at once after a rating so low, or when a run of it is as unlikely as this."""


@dataclass(frozen=True, slots=True)
class RatingsReading:
    """What the two charts made of one held session.

    `rating`: the mean of the scales or the total, 0–100, None where nothing was rated. As they stood before the
    session: `expected` rating (points), `give_or_take` from session to session (points), and `drop_below`, the
    rating from which down it would be a drop, 0–100 (None if no rating is). After it: `z`, −4 to 4, and
    `drift`, the moving average of z, at most 0 (None where nothing was rated); `low`: the status of ratings
    that are low whoever gives them; `rules`: which of `drop`, `drift` and `silence` hold, and `low`, which asks
    nothing; `level`: `ask` or `none`; `alert`: 1 where a question is new, else 0.
    """

    number: int
    answered: bool
    rating: float | None
    expected: float
    give_or_take: float
    drop_below: float | None
    z: float | None
    drift: float | None
    low: bool
    rules: tuple[str, ...]
    level: Level
    alert: int
    silent_run: int
    episode: EpisodeState


@dataclass(slots=True)
class _Silence:
    """Sessions without a form: how usual they are for this dyad, and the run that goes on."""

    unanswered: float
    answered: float
    run: int = 0
    usual: float = 0.0
    """Share of sessions left unanswered, as it stood before the run."""
    asked: bool = False

    def note(self, *, answered: bool, last_z: float) -> bool:
        """Take in a held session. Whether its silence speaks; it does so once in a run."""
        if answered:
            self.run, self.asked = 0, False
            self.answered += 1.0
            return False
        if self.run == 0:
            self.usual = self.unanswered / (self.unanswered + self.answered)
        self.run += 1
        self.unanswered += 1.0
        uneasy = self.run == 1 and last_z <= UNEASY_Z
        speaks = self.usual <= SELDOM and (uneasy or self.usual**self.run <= UNLIKELY_RUN)
        asks = speaks and not self.asked
        self.asked = self.asked or asks
        return asks


@dataclass(slots=True)
class _Episode:
    """From an alert to its repair. `back_from`: the rating that is as usual again, frozen when it began."""

    state: EpisodeState = EpisodeState.NONE
    back_from: float = 0.0
    rated_since: int = 0

    def note(self, rating: float | None, *, flagged: bool, usual_from: float) -> EpisodeState:
        """Take in a session. `usual_from`: the lowest rating that was usual before it, points."""
        if self.state in (EpisodeState.NONE, EpisodeState.REPAIRED):
            self.state = EpisodeState.OPEN if flagged else EpisodeState.NONE
            self.back_from, self.rated_since = usual_from, 0
            return self.state
        if rating is not None:
            self.rated_since += 1
            back = rating >= self.back_from and not flagged
            recovering = self.state is EpisodeState.RECOVERING
            if back:
                self.state = EpisodeState.REPAIRED if recovering else EpisodeState.RECOVERING
            else:
                late = self.rated_since >= PATIENCE
                self.state = EpisodeState.UNRESOLVED if late else EpisodeState.OPEN
        return self.state


@dataclass(slots=True)
class RatingsTrack:
    """What is known of one dyad after its last session; of constant size. `start` makes one."""

    baseline: Baseline
    silence: _Silence
    low_from: float
    """Below this rating anybody’s is low, points."""
    last_number: int = 0
    last_z: float = 0.0
    drift: float = 0.0
    low: bool = False
    flagged: bool = False
    episode: _Episode = field(default_factory=_Episode)

    @classmethod
    def start(cls, prior: RatingsPrior) -> RatingsTrack:
        """A dyad before its first session."""
        return cls(
            baseline=Baseline.start(prior),
            silence=_Silence(SILENCE_SESSIONS * prior.p0, SILENCE_SESSIONS * (1.0 - prior.p0)),
            low_from=min(LOW_RATING, prior.mu0 - 2.0 * math.sqrt(prior.tau2 + prior.s0sq)),
        )

    def advance(self, held: Held) -> RatingsReading:
        """Take in the next held session. Raises ValueError if it does not come after the last one."""
        if held.number <= self.last_number:
            raise ValueError(f"Session {held.number} does not come after session {self.last_number}.")
        rating, forecast, usual = plain_rating(held), self.baseline.forecast(), self.baseline.level
        give_or_take = self.baseline.give_or_take
        silent = self.silence.note(answered=held.answered, last_z=self.last_z)
        rules: tuple[str, ...] = ("silence",) if silent else ()
        if rating is not None:
            rules = self._rated(rating, forecast)
        flagged = bool(rules)
        alert = int(flagged and not self.flagged)
        if rating is not None or flagged:
            self.flagged = flagged
        self.baseline.learn(rating, forecast)
        self.last_number = held.number
        return RatingsReading(
            number=held.number,
            answered=held.answered,
            rating=rating,
            expected=forecast.expected,
            give_or_take=give_or_take,
            drop_below=_drop_below(forecast, usual),
            z=None if rating is None else self.last_z,
            drift=None if rating is None else self.drift,
            low=self.low,
            rules=(*rules, "low") if self.low and rating is not None else rules,
            level=Level.ASK if flagged else Level.NONE,
            alert=alert,
            silent_run=self.silence.run,
            episode=self.episode.note(rating, flagged=flagged, usual_from=usual - give_or_take),
        )

    def _rated(self, rating: float, forecast: Forecast) -> tuple[str, ...]:
        """Move both charts and the status on by a rating; the rules that ask."""
        self.last_z = z = forecast.z(rating)
        self.drift = min(0.0, (1.0 - DRIFT_WEIGHT) * self.drift + DRIFT_WEIGHT * z)
        self.low = rating < self.low_from or (self.low and rating < self.low_from + LOW_ENDS)
        if rating > self.baseline.level - LEAST_FALL:
            return ()
        holds = {"drop": z <= -DROP_Z, "drift": self.drift <= -DRIFT_LIMIT}
        return tuple(rule for rule, does in holds.items() if does)


def _drop_below(forecast: Forecast, usual: float) -> float | None:
    """The rating from which down it is a drop, 0–100."""
    line = min(forecast.rating_at(-DROP_Z), usual - LEAST_FALL)
    return line if line >= 0.0 else None

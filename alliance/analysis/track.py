"""A dyad’s course: session by session the odds, the level shown, and an episode from rupture to repair."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alliance.analysis.odds import KEEP_IN_MIND, OFF, Evidence, Held, Odds, ask_below, step
from alliance.analysis.prior import Prior

__all__ = ["EpisodeState", "Held", "Level", "Reading", "Track", "rebuild", "replay"]

OWN_WORD = 50.0
"""Tension from which the patient has said it outright, 0–100."""
SPEAKS = 1.5
"""A part of the evidence is named as a reason when it multiplied the odds by more than this."""
FORMAT = 1
PATIENCE = 4
"""Rated sessions after an alert without a repair that make an episode unresolved."""
STORED = {
    "format",
    "last_number",
    "odds",
    "level",
    "episode",
    "rated_since",
    "own_word",
    "silent_run",
    "line",
}


class Level(StrEnum):
    """How much a session asks of the therapist."""

    NONE = "none"
    KEEP = "keep"
    ASK = "ask"


LEVELS = (Level.NONE, Level.KEEP, Level.ASK)


class EpisodeState(StrEnum):
    """Where a dyad stands between rupture and repair.

    An alert opens an episode. One rated session back at the usual makes it `recovering`, a second in a row
    `repaired`; a worse one between them opens it again. Open at the fourth rated session after the alert or
    later, it is `unresolved`; that too can recover. The session after a repair starts at `none`.
    """

    NONE = "none"
    OPEN = "open"
    RECOVERING = "recovering"
    REPAIRED = "repaired"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the detector made of one held session.

    As they stood before the session: `expected` rating (points), `give_or_take` (points from session to
    session), the usual range `low` to `high` (0–100), `ask_below` (the rating that would have switched “keep
    in mind” on, 0–100; it rests while a question is open; None if no rating would), `usual_tension` (0–100).

    After it: `odds` that a rupture is going on (above 0); `level`, which is `ask` while the patient’s own
    word speaks; `alert`, 1 where a question is new, 2 where “keep in mind” rises to “ask now”, else 0;
    `own_word`, tension of 50 or more; `rules`, what speaks: `own-word` first, then those of `ratings`,
    `report` and `silence` that multiplied the odds by more than 1.5, largest first; it may be empty where
    many small signs add up. `factors`: all parts as multipliers, largest first. `silent_run`: unanswered
    sessions in a row up to this one.
    """

    number: int
    answered: bool
    expected: float
    give_or_take: float
    low: float
    high: float
    ask_below: float | None
    usual_tension: float
    odds: float
    level: Level
    alert: int
    own_word: bool
    rules: tuple[str, ...]
    factors: tuple[tuple[str, float], ...]
    silent_run: int
    episode: EpisodeState


@dataclass(slots=True)
class Track:
    """A dyad’s state after its last session: all that the next session needs, of constant size.

    `level` is the one last shown, `line` the last `ask_below`, `own_word` whether the last answered session
    was the patient’s own word, `rated_since` how many rated sessions the present episode has had since the
    alert that opened it.
    """

    odds: Odds
    last_number: int = 0
    level: Level = Level.NONE
    episode: EpisodeState = EpisodeState.NONE
    rated_since: int = 0
    own_word: bool = False
    silent_run: int = 0
    line: float | None = None

    @classmethod
    def start(cls, prior: Prior) -> Track:
        """A dyad before its first session."""
        return cls(Odds.start(prior))

    def advance(self, prior: Prior, held: Held) -> Reading:
        """Take in the next held session and say what the detector makes of it.

        Raises ValueError if `held` does not come after the last session; a late answer needs a `replay`.
        """
        if self.episode is EpisodeState.NONE:  # while a level is on, an episode is open too
            self.line = ask_below(self.odds, prior)
        return self._reading(held, *self._take(prior, held))

    def pass_by(self, prior: Prior, held: Held) -> None:
        """As `advance`, without a reading: the line is drawn only where it has to rest afterwards.

        The state is as after `advance` but for the line of a quiet session, which the next one draws anew.
        """
        before = self.odds.copy() if self.episode is EpisodeState.NONE else None
        _, alert, _, _ = self._take(prior, held)
        if before is not None and alert:
            self.line = ask_below(before, prior)

    def _take(self, prior: Prior, held: Held) -> tuple[Evidence, int, bool, EpisodeState]:
        """One step: the evidence, the alert, whether it was the patient's own word, and the episode's state."""
        if held.number <= self.last_number:
            raise ValueError(
                f"Session {held.number} does not come after session {self.last_number}: replay the course."
            )
        evidence = step(self.odds, prior, held)
        own_word = held.rupture is not None and held.rupture >= OWN_WORD
        level = Level.ASK if own_word else LEVELS[self.odds.rank]
        alert = self._alert(level)
        if self.episode is EpisodeState.NONE:
            self.rated_since = 0
        elif held.has_scores:
            self.rated_since += 1
        episode = self._episode(alert, held, evidence, own_word)
        self.last_number = held.number
        self.level = level
        self.episode = EpisodeState.NONE if episode is EpisodeState.REPAIRED else episode
        self.silent_run = 0 if held.answered else self.silent_run + 1
        if held.answered:
            self.own_word = own_word
        return evidence, alert, own_word, episode

    def _alert(self, level: Level) -> int:
        """1 where a question is new, 2 where it rises, else 0; `level` is what this session shows."""
        by_the_odds = LEVELS[self.odds.rank]
        if self.level is Level.NONE and level is not Level.NONE:
            # The patient's own word adds no second question to an episode that is open anyway.
            return int(by_the_odds is not Level.NONE or self.episode is EpisodeState.NONE)
        # Nor does it raise a question twice when it is said twice in a row.
        raised = self.level is Level.KEEP and level is Level.ASK
        return 2 if raised and (by_the_odds is Level.ASK or not self.own_word) else 0

    def _episode(self, alert: int, held: Held, evidence: Evidence, own_word: bool) -> EpisodeState:
        if self.episode is EpisodeState.NONE:
            return EpisodeState.OPEN if alert else EpisodeState.NONE
        if not held.has_scores and not alert:
            return self.episode  # an answer held back says nothing about repair
        if alert or own_word or evidence.odds >= KEEP_IN_MIND * OFF * evidence.give_or_take:
            return EpisodeState.UNRESOLVED if self.rated_since >= PATIENCE else EpisodeState.OPEN
        return EpisodeState.REPAIRED if self.episode is EpisodeState.RECOVERING else EpisodeState.RECOVERING

    def _reading(
        self, held: Held, evidence: Evidence, alert: int, own_word: bool, episode: EpisodeState
    ) -> Reading:
        factors = sorted(evidence.factors.items(), key=lambda part: -part[1])
        rules = [name for name, factor in factors if factor > SPEAKS and self.level is not Level.NONE]
        return Reading(
            number=held.number,
            answered=held.answered,
            expected=evidence.expected,
            give_or_take=evidence.give_or_take,
            low=_cut(evidence.expected - 2.0 * evidence.spread),
            high=_cut(evidence.expected + 2.0 * evidence.spread),
            ask_below=self.line,
            usual_tension=evidence.usual_tension,
            odds=evidence.odds,
            level=self.level,
            alert=alert,
            own_word=own_word,
            rules=("own-word", *rules) if own_word else tuple(rules),
            factors=tuple(factors),
            silent_run=self.silent_run,
            episode=episode,
        )

    def to_json(self) -> str:
        """The state as one line of JSON; `from_json` gives back an equal one, to the last bit."""
        stored = {
            "format": FORMAT,
            "last_number": self.last_number,
            "odds": self.odds.as_list(),
            "level": self.level,
            "episode": self.episode,
            "rated_since": self.rated_since,
            "own_word": self.own_word,
            "silent_run": self.silent_run,
            "line": self.line,
        }
        return json.dumps(stored, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Track:
        """The state that `to_json` wrote. Raises ValueError, in a sentence, for anything else."""
        try:
            return _checked(json.loads(text))
        except (ValueError, OverflowError, RecursionError) as fault:
            raise ValueError(f"This dyad’s stored baseline cannot be read: {fault}.") from fault


def _checked(stored: object) -> Track:
    if not isinstance(stored, dict) or set(stored) != STORED:
        raise ValueError("it does not hold what a baseline holds")
    if stored["format"] != FORMAT:
        raise ValueError(f"its format is {stored['format']!r}, not {FORMAT}")
    if not isinstance(stored["odds"], list):
        raise ValueError("its odds are not a list of numbers")
    for name in ("last_number", "rated_since", "silent_run"):
        if type(stored[name]) is not int or stored[name] < 0:
            raise ValueError(f"its {name} is not a whole number from 0")
    line = stored["line"]
    if line is not None and (type(line) is not float or not 0.0 <= line <= 100.0):
        raise ValueError("its line is not a rating from 0 to 100")
    if type(stored["own_word"]) is not bool:
        raise ValueError("its own_word is neither true nor false")
    return Track(
        odds=Odds.from_list(stored["odds"]),
        last_number=stored["last_number"],
        level=Level(stored["level"]),
        episode=EpisodeState(stored["episode"]),
        rated_since=stored["rated_since"],
        own_word=stored["own_word"],
        silent_run=stored["silent_run"],
        line=line,
    )


def _cut(points: float) -> float:
    return min(max(points, 0.0), 100.0)


def replay(prior: Prior, held: Iterable[Held]) -> tuple[Track, list[Reading]]:
    """A dyad’s whole course from its held sessions in order of number. Raises ValueError if out of order."""
    track = Track.start(prior)
    return track, [track.advance(prior, session) for session in held]


def rebuild(prior: Prior, held: Sequence[Held]) -> Track:
    """The state that `replay` ends with, to the last bit, without the readings on the way: much cheaper."""
    track = Track.start(prior)
    for session in held[:-1]:
        track.pass_by(prior, session)
    for session in held[-1:]:
        track.advance(prior, session)
    return track

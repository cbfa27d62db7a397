"""A dyad’s course: session by session the odds, the level shown, and an episode from rupture to repair."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from alliance.analysis.odds import KEEP_IN_MIND, OFF, Evidence, Held, Odds, ask_below, move, step
from alliance.analysis.prior import Prior
from alliance.analysis.reading import EpisodeState, Level, Reading

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

# Kept by name: in Python 3.11 each look at a member through its enumeration is a call, and a step takes a dozen.
LEVELS = QUIET, KEEP, ASK = Level.NONE, Level.KEEP, Level.ASK
NONE, OPEN, RECOVERING = EpisodeState.NONE, EpisodeState.OPEN, EpisodeState.RECOVERING
REPAIRED, UNRESOLVED = EpisodeState.REPAIRED, EpisodeState.UNRESOLVED
CLOSES_BELOW = KEEP_IN_MIND * OFF
"""Odds per point of give or take below which a rated session is one back at the usual."""

_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Track:
    """A dyad’s state after its last session: all that the next session needs, of constant size.

    `level` is the one last shown, `line` the `ask_below` that rests while an episode is open (None while none
    is), `own_word` whether the last answered session was the patient’s own word, `rated_since` how many rated
    sessions the present episode has had since the alert that opened it, `past` where the last session was rated if
    that was before this clinic asked: such sessions teach, and ask nothing.
    """

    odds: Odds
    last_number: int = 0
    level: Level = QUIET
    episode: EpisodeState = NONE
    rated_since: int = 0
    own_word: bool = False
    silent_run: int = 0
    line: float | None = None
    past: str = ""

    @classmethod
    def start(cls, prior: Prior) -> Track:
        """A dyad before its first session."""
        return cls(Odds.start(prior))

    def advance(self, prior: Prior, held: Held) -> Reading:
        """Take in the next held session and say what the detector makes of it.

        Raises ValueError if `held` does not come after the last session; a late answer needs a `replay`.
        """
        self._check(prior, held)
        line = self.line
        if self.episode is NONE and not held.past:  # of what was rated before, nobody asked
            line = ask_below(self.odds, prior)
        evidence = step(self.odds, prior, held)
        alert, own_word, episode = self._take(held, evidence.give_or_take)
        self.line = None if self.episode is NONE else line
        return self._reading(held, evidence, line, alert, own_word, episode)

    def pass_by(self, prior: Prior, held: Held) -> None:
        """Take in the next held session as `advance` does, to the last bit, without a reading.

        So the line “below this we ask” is drawn only for the session that opens an episode.
        """
        self._check(prior, held)
        before = self.odds.snapshot() if self.episode is NONE else None
        give_or_take, _, _, _ = move(self.odds, prior, held)
        self._take(held, give_or_take)
        if before is not None and self.episode is not NONE:
            self.line = ask_below(Odds(*before), prior)
        elif self.episode is NONE:
            self.line = None

    def _check(self, prior: Prior, held: Held) -> None:
        if held.number <= self.last_number:
            raise ValueError(
                f"Session {held.number} does not come after session {self.last_number}: replay the course."
            )
        if held.past != self.past:
            self._cross(prior, held)

    def _cross(self, prior: Prior, held: Held) -> None:
        """From what was rated before to what is rated here, or from one earlier questionnaire to another."""
        if self.last_number and "other" in (self.past, held.past):
            self.odds.change_form(prior)
        if not held.past:
            self.odds.begin_here()
        self.past = held.past

    def _take(self, held: Held, give_or_take: float) -> tuple[int, bool, EpisodeState]:
        """What follows from the odds after a session: its alert, whether it is the patient's own word, its episode.

        `give_or_take`: as it stood before the session, points.
        """
        number, answered, _, rupture, _ = held
        if held.past:
            self.last_number, self.silent_run = number, 0 if answered else self.silent_run + 1
            self.odds.rank = 0
            return 0, False, NONE
        own_word = rupture is not None and rupture >= OWN_WORD
        level = ASK if own_word else LEVELS[self.odds.rank]
        episode, alert = NONE, 0
        if level is not QUIET or self.level is not QUIET or self.episode is not NONE:
            alert = self._alert(level)
            scored = held.has_scores
            self.rated_since = self.rated_since + scored if self.episode is not NONE else 0
            back = self.odds.odds < CLOSES_BELOW * give_or_take and not own_word
            episode = self._episode(alert, scored, back)
        else:
            self.rated_since = 0
        self.last_number = number
        self.level = level
        self.episode = NONE if episode is REPAIRED else episode
        if answered:
            self.silent_run = 0
            self.own_word = own_word
        else:
            self.silent_run += 1
        return alert, own_word, episode

    def _alert(self, level: Level) -> int:
        """1 where a question is new, 2 where it rises, else 0; `level` is what this session shows."""
        by_the_odds = LEVELS[self.odds.rank]
        if self.level is QUIET and level is not QUIET:
            # The patient's own word adds no second question to an episode that is open anyway.
            return int(by_the_odds is not QUIET or self.episode is NONE)
        # Nor does it raise a question twice when it is said twice in a row.
        raised = self.level is KEEP and level is ASK
        return 2 if raised and (by_the_odds is ASK or not self.own_word) else 0

    def _episode(self, alert: int, scored: bool, back: bool) -> EpisodeState:
        """The episode after a session with or without scores; `back`: at the usual again, by all it says."""
        if self.episode is NONE:
            return OPEN if alert else NONE
        if not scored and not alert:
            return self.episode  # an answer held back says nothing about repair
        if alert or not back:
            return UNRESOLVED if self.rated_since >= PATIENCE else OPEN
        return REPAIRED if self.episode is RECOVERING else RECOVERING

    def _reading(
        self,
        held: Held,
        evidence: Evidence,
        line: float | None,
        alert: int,
        own_word: bool,
        episode: EpisodeState,
    ) -> Reading:
        factors = sorted(evidence.factors.items(), key=lambda part: -part[1])
        rules = [name for name, factor in factors if factor > SPEAKS and self.level is not QUIET]
        return Reading(
            number=held.number,
            answered=held.answered,
            expected=evidence.expected,
            give_or_take=evidence.give_or_take,
            low=_cut(evidence.expected - 2.0 * evidence.spread),
            high=_cut(evidence.expected + 2.0 * evidence.spread),
            ask_below=line,
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
        if self.past:
            stored["past"] = self.past
        return _encode(stored)

    @classmethod
    def from_json(cls, text: str) -> Track:
        """The state that `to_json` wrote. Raises ValueError, in a sentence, for anything else."""
        try:
            return _checked(json.loads(text))
        except (ValueError, OverflowError, RecursionError) as fault:
            raise ValueError(f"This dyad’s stored baseline cannot be read: {fault}.") from fault


def _checked(stored: object) -> Track:
    if not isinstance(stored, dict) or set(stored) - {"past"} != STORED:
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
    if stored.get("past", "same") not in ("same", "other"):
        raise ValueError("it does not say where its last session was rated")
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
        past=stored.get("past", ""),
    )


def _cut(points: float) -> float:
    return min(max(points, 0.0), 100.0)


def replay(prior: Prior, held: Iterable[Held]) -> tuple[Track, list[Reading]]:
    """A dyad’s whole course from its held sessions in order of number. Raises ValueError if out of order."""
    track = Track.start(prior)
    return track, [track.advance(prior, session) for session in held]


def rebuild(prior: Prior, held: Iterable[Held]) -> Track:
    """The state that `replay` ends with, to the last bit, without the readings on the way: much cheaper."""
    track = Track.start(prior)
    for session in held:
        track.pass_by(prior, session)
    return track

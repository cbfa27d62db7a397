"""What the detector makes of a held session: how much it asks, and where the dyad stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a session asks of the therapist."""

    NONE = "none"
    KEEP = "keep"
    ASK = "ask"


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

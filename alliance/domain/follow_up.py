"""What comes after an answer: ticks for what happened, and once a month life around therapy; and both in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from alliance.domain.therapy import Audience, Channel
from alliance.domain.wording import capital, listed, lower, number, plain_day
from surveys.checklist import Checklist
from surveys.definition import Instrument


class Kind(StrEnum):
    """What can be offered after an answer."""

    CHECKLIST = "checklist"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that was offered. `answered`: something has come back for it, if only that it is not wanted."""

    instrument: str
    version: str
    answered: bool


@dataclass(frozen=True, slots=True)
class After:
    """An answer that counts, as far as what comes after it needs to know, with what was offered with it."""

    response_id: int
    invitation_id: int
    received_at: datetime
    language: str
    channel: Channel
    audience: Audience
    therapist_name: str
    supervisor_names: tuple[str, ...]
    next_on: date | None
    offers: Mapping[Kind, Offer]

    @property
    def readers(self) -> tuple[str, ...]:
        """Who reads it before the next session."""
        return self.supervisor_names if self.audience is Audience.SUPERVISOR else (self.therapist_name,)


MONTH = 28  # days between two times that a patient is asked about life around therapy
FIRST_AFTER = 2  # answers in a dyad before it is asked for the first time


def is_monthly_due(answers: int, last_asked: date | None, today: date) -> bool:
    """Whether to offer the monthly sentences. `answers` are those of the dyad, the present one among them."""
    return answers >= FIRST_AFTER and (last_asked is None or (today - last_asked).days >= MONTH)


MOST_QUOTED = 3  # ticks that a sentence quotes; the patient's page has all of them


@dataclass(frozen=True, slots=True)
class Happened:
    """What a patient ticked after one session: ids, as they are kept.

    `quotes` are the ticks that say something, as staff read them, `types` the kinds of rupture that they may
    speak of, each with its quotes, and `families` the ids of these kinds, the most ticked first; they are there
    once the definition has been asked.
    """

    checklist: str
    version: str
    ticks: tuple[str, ...]
    quotes: tuple[str, ...] = ()
    types: tuple[tuple[str, tuple[str, ...]], ...] = ()
    families: tuple[str, ...] = ()

    def worded(self, checklist: Checklist) -> Happened:
        """The same, in the words of its definition."""
        speaking = checklist.speaking(self.ticks)
        types = tuple(
            (family.name, tuple(f"“{tick.quote}”" for tick in speaking if tick.family == family.id))
            for family in checklist.families_of(self.ticks)
        )
        ticked = [tick.family for tick in speaking if tick.family]
        return replace(
            self,
            quotes=tuple(f"“{tick.quote}”" for tick in speaking),
            types=types,
            families=tuple(sorted(dict.fromkeys(ticked), key=ticked.count, reverse=True)),
        )


def ticked(happened: Happened, later: int | None = None) -> str:
    """`They ticked: “didn’t let me finish” and “I felt judged or talked down to”.`

    `later` is the session it was after, where that is not the one a sentence before it speaks of.
    """
    quotes = list(happened.quotes)
    if len(quotes) > MOST_QUOTED + 1:
        quotes = [*quotes[:MOST_QUOTED], f"{number(len(quotes) - MOST_QUOTED)} more"]
    return f"{'They' if later is None else f'After session {later} they'} ticked: {listed(quotes)}."


def perhaps(happened: Happened) -> str:
    """`Perhaps too much of the therapist, or the pace.` Empty where the ticks speak of no kind of rupture."""
    if not happened.types:
        return ""
    return f"Perhaps {', or '.join(name for name, _ in happened.types)}."


def told(happened: Happened | None, later: int | None = None) -> str:
    """Both, to go on from a sentence: with a space before, or empty where nothing was ticked."""
    if happened is None or not happened.quotes:
        return ""
    return f" {ticked(happened, later)} {perhaps(happened)}".rstrip()


def by_type(happened: Happened | None) -> str:
    """What was ticked, by the kind of rupture it may speak of; empty where it speaks of none."""
    if happened is None or not happened.types:
        return ""
    read = " ".join(f"{capital(name)}: {listed(quotes)}." for name, quotes in happened.types)
    return f"{read} One way to read what was ticked, not a verdict."


CHANGE = 10.0  # points from which a scale of life around therapy counts as changed


@dataclass(frozen=True, slots=True)
class Taken:
    """The monthly sentences, answered once: after which session, and its scores by scale."""

    number: int
    held_on: date
    scores: Mapping[str, float | None]
    held_back: bool = False


@dataclass(frozen=True, slots=True)
class AroundRow:
    """One scale: its last score, when it was given, and what changed since the one before."""

    name: str
    value: float
    held_on: date
    held_back: bool
    change: str


@dataclass(frozen=True, slots=True)
class Around:
    """Life around therapy, as far as the viewer may know it: oldest first, in the words of the newest form."""

    instrument: Instrument
    taken: Sequence[Taken] = field(default=())

    @property
    def rows(self) -> list[AroundRow]:
        """A row for each scale that was ever answered."""
        return [row for scale in self.instrument.scales if (row := self._row(scale.id, scale.name))]

    def _row(self, scale: str, name: str) -> AroundRow | None:
        scored = [(one, value) for one in self.taken if (value := one.scores.get(scale)) is not None]
        if not scored:
            return None
        last, value = scored[-1]
        change = "first time"
        if len(scored) > 1:
            before, old = scored[-2]
            change = f"{_change(old, value)} since {plain_day(before.held_on)}"
        return AroundRow(name, value, last.held_on, last.held_back, change)

    @property
    def sentence(self) -> str:
        """What changed, in a sentence."""
        rows = self.rows
        if not rows:
            return "The sentences came back, but too few of them were answered."
        if all(row.change == "first time" for row in rows):
            return f"Asked for the first time after the session on {plain_day(rows[0].held_on)}."
        moved = [f"{lower(row.name)}: {row.change}" for row in rows if _moved(row.change)]
        if not moved:
            return "About as it was the time before."
        return capital(f"{'; '.join(moved)}.")


def _change(old: float, new: float) -> str:
    if abs(new - old) < CHANGE:
        return "about the same"
    return f"{'up' if new > old else 'down'} from {old:.0f}"


def _moved(change: str) -> bool:
    return change.startswith(("up", "down"))

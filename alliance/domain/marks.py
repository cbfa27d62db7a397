"""What is marked on a course: breaks, a change of therapist, a planned ending, other events. It changes no number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from alliance.domain.people import Dyad
from alliance.domain.wording import capital, plain_day

MOST_WORDS = 80  # characters of a therapist's own line


class Kind(StrEnum):
    """What a mark stands for. The last two mark themselves."""

    BREAK = "break"
    ENDING = "ending"
    EVENT = "event"
    CHANGE = "change"
    LEAVING = "leaving"


# Other events: the id as it is kept, and the words.
EVENTS: dict[str, str] = {
    "setting": "change of setting or frequency",
    "medication": "change of medication",
    "hospital": "hospital stay",
    "loss": "loss or bereavement",
    "crisis": "crisis",
    "home": "change at home or at work",
    "other": "something else",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark on a course. `id` is 0 where it marks itself.

    `starts_on` is the first day of a break, the day on which an ending was announced, the day of an event;
    `ends_on` the day on which a break ended or the planned last session, where that is known. `words` are the
    therapist's own, empty where the viewer may not read them. `removed_at`: it counts no more.
    """

    id: int
    kind: Kind
    starts_on: date
    ends_on: date | None = None
    what: str = ""
    words: str = ""
    removed_at: datetime | None = None

    @property
    def title(self) -> str:
        """What it is, in a few words, inside a sentence."""
        if self.kind is Kind.EVENT:
            return EVENTS.get(self.what, EVENTS["other"]) if self.what else "an event"
        return TITLES[self.kind]

    @property
    def short(self) -> str:
        """What stands on a chart. Never the therapist's own words."""
        if self.kind is Kind.EVENT:
            return SHORT.get(self.what, "event")
        return SHORT[self.kind]

    @property
    def when(self) -> str:
        """`from 3 August to 7 September`, `3 August`"""
        first = dated(self.starts_on, self.ends_on)
        if self.kind is Kind.BREAK:
            return f"from {first} to {plain_day(self.ends_on)}" if self.ends_on else f"since {first}"
        if self.kind is Kind.ENDING and self.ends_on:
            return f"{first}; last session planned for {plain_day(self.ends_on)}"
        return first

    @property
    def sentence(self) -> str:
        """`Break from 3 August to 7 September.`"""
        joint = "" if self.kind is Kind.BREAK else ":" if self.kind is Kind.EVENT else " on"
        return capital(f"{self.title}{joint} {self.when}.")


TITLES = {
    Kind.BREAK: "break",
    Kind.ENDING: "ending announced",
    Kind.CHANGE: "change of therapist",
    Kind.LEAVING: "this therapy with you ends",
}
SHORT = {
    Kind.BREAK: "break",
    Kind.ENDING: "ending announced",
    Kind.CHANGE: "change of therapist",
    Kind.LEAVING: "last day",
    "setting": "new setting",
    "medication": "medication",
    "hospital": "hospital",
    "loss": "loss",
    "crisis": "crisis",
    "home": "home or work",
    "other": "event",
}


def dated(day: date, other: date | None) -> str:
    """A day, with its year where the other one is in another."""
    return f"{plain_day(day)} {day.year}" if other is not None and other.year != day.year else plain_day(day)


CHANGED_WITHIN = timedelta(days=92)  # between the end of one therapy and the start of the next


def of_itself(dyad: Dyad, earlier_ends: date | None) -> list[Mark]:
    """The marks that nobody has to make: the patient came from another therapist, or this therapy has an end.

    `earlier_ends`: when the patient's therapy with another therapist ended, the last one before this began; None
    where there was none.
    """
    found = []
    if earlier_ends is not None and abs(dyad.starts_on - earlier_ends) <= CHANGED_WITHIN:
        found.append(Mark(0, Kind.CHANGE, dyad.starts_on))
    if dyad.ends_on is not None:
        found.append(Mark(0, Kind.LEAVING, dyad.ends_on))
    return found


def standing(marks: list[Mark]) -> list[Mark]:
    """Those that count, in order of their days."""
    return sorted(
        (mark for mark in marks if mark.removed_at is None), key=lambda mark: (mark.starts_on, mark.id)
    )

"""Forms rest for a while: no mail, no reminder, and no silence is read, until a day on which to look again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST = timedelta(days=183)
USUAL = timedelta(days=28)


class Reason(StrEnum):
    """Why forms rest. A list and no free text: nothing about the patient is written down here."""

    WISH = "wish"
    BURDEN = "burden"
    AWAY = "away"
    CRISIS = "crisis"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as staff read it."""
        return WORDS[self]


WORDS = {
    Reason.WISH: "The patient asked for it",
    Reason.BURDEN: "The forms are a burden at the moment",
    Reason.AWAY: "The therapy itself rests, for a journey or an illness",
    Reason.CRISIS: "Something else comes first",
    Reason.OTHER: "Another reason",
}


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause of one patient. `from_on` is the day of the first session that is not read as silent."""

    id: int
    patient_id: int
    code: str
    reason: Reason
    from_on: date
    look_on: date
    paused_by: str

    def is_due(self, today: date) -> bool:
        """Whether it is time to look at it again."""
        return self.look_on <= today


def fault_in(look_on: date, today: date) -> str | None:
    """What to change about the day on which to look again, in a sentence; None if it will do."""
    if look_on <= today:
        return "Enter a day after today, on which to look again"
    if look_on > today + LONGEST:
        return "Enter a day within the next six months. A pause can be made longer then"
    return None

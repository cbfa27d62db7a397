"""Questions that rest: a therapist knows why they would not help now, says so, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from alliance.domain.wording import lower

OWN_WORD = "own-word"  # the rule of what a patient said outright; it is never muted
LONGEST = timedelta(days=90)
MUTING = {
    "break": "Planned break",
    "talking": "We are talking about it already",
    "outside": "A hard time outside therapy",
    "other": "Something else, in words",
}


@dataclass(frozen=True, slots=True)
class Mute:
    """No question about a dyad is put forward before the day `until`. `since` is the day on which that was said."""

    dyad_id: int
    since: date
    until: date
    reason: str

    def words(self, until: str) -> str:
        """`Muted until 3 March: planned break`, with the day as a page writes it."""
        told = "" if self.reason == "other" else f": {lower(MUTING.get(self.reason, ''))}"
        return f"Muted until {until}{told}"


def problem(today: date, until: date | None, reason: str, words: str) -> tuple[str, str] | None:
    """Why a mute cannot be like this: the sentence and the field, or None."""
    if reason not in MUTING:
        return "Choose a reason", "reason"
    if reason == "other" and not words:
        return "Write a few words on the reason", "words"
    if until is None or not today < until <= today + LONGEST:
        return f"Choose a day from tomorrow on, at most {LONGEST.days} days ahead", "until"
    return None

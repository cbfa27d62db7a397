"""Whether a patient agreed that their answers go into research."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_AGO = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Consent:
    """What a patient said last, on which day, and who noted it. Who was never asked has not agreed."""

    agreed: bool
    said_on: date
    noted_by: str


def fault_in(said_on: date, today: date) -> str | None:
    """What to change about the day on which the patient said so, in a sentence; None if it will do."""
    if said_on > today:
        return "Enter a day that has been"
    if said_on < today - LONGEST_AGO:
        return "Enter a day of the last year. Whoever agreed before that is asked again"
    return None

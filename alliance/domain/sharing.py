"""A therapist shows a case to a supervisor, for a while and with what the patient wrote to the therapist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 30  # a share that is forgotten must not last
LONGEST_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Share:
    """A case that is shown today. `until` is the last day of it; `question` is what the therapist would like to
    look at, in the therapist's own words, or empty. `opened`: the supervisor has had a look since.
    """

    id: int
    dyad_id: int
    supervisor_id: int
    supervisor_name: str
    shared_on: date
    until: date
    question: str = ""
    opened: bool = False


def last_day(today: date) -> date:
    """The last day of a share that begins today."""
    return today + timedelta(days=DAYS)

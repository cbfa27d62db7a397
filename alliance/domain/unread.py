"""Words that wait to be read: whose, since when, and from when on a supervisor should know of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Unread:
    """A patient wrote something to the therapist after this session, and the therapist has not opened it."""

    dyad_id: int
    session_id: int
    session_number: int
    since: datetime


def working_days_back(today: date, days: int) -> date:
    """The day that lies this many working days, Monday to Friday, before this one."""
    day = today
    while days:
        day -= timedelta(days=1)
        days -= day.weekday() not in WEEKEND
    return day

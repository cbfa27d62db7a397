"""How long what is kept: for each class of data that goes by itself a rule, and what never does.

What patients answered stays until somebody wants it gone. No clinic is like another there, and the law of the place
says how long a record has to be kept; so the clinic may set a number of years, and then two people are asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Name = Literal[
    "web sessions", "welcome links", "tablet codes", "wrong codes", "page marks", "set aside", "half typed",
    "shown cases", "mails", "old addresses", "moves",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """What goes by itself, how many days after it has served its end, and why it is kept as long as that."""

    name: Name
    what: str
    days: int
    why: str

    @property
    def after(self) -> timedelta:
        return timedelta(days=self.days)


RULES: tuple[Rule, ...] = (
    Rule("web sessions", "staff sessions, from their longest life on", 1, "as long as the longest may last"),
    Rule("welcome links", "used, ended and replaced links for staff", 30, "to see who was invited, and when"),
    Rule(
        "tablet codes",
        "codes typed on a tablet, from their end on",
        30,
        "to look into a code that did not work",
    ),
    Rule("wrong codes", "counts of wrong codes and PINs on a tablet", 1, "to slow down whoever guesses"),
    Rule("page marks", "random marks of pages that added a session", 30, "so that one page adds one session"),
    Rule("set aside", "second answers that were kept aside", 180, "to tell a mistake from somebody else"),
    Rule("half typed", "forms on paper, typed in once and left", 180, "to finish typing them in"),
    Rule(
        "shown cases", "the question to a case that was shown", 90, "to look it up after the supervision hour"
    ),
    Rule("mails", "the log of mails, a row for each", 365, "to find out why a mail did not arrive"),
    Rule("old addresses", "notes that a patient no longer wants mail", 365, "to show that it was heeded"),
    Rule(
        "moves", "notes to two therapists about a patient who moves", 365, "to know who handed over, and why"
    ),
)

LEAST_YEARS, MOST_YEARS = 3, 100


@dataclass(frozen=True, slots=True)
class LongClosed:
    """A patient whose therapies have all ended. `ended_on` is the first day without any."""

    patient_id: int
    code: str
    ended_on: date


def years_after(day: date, years: int) -> date:
    """The same day some years later; a 29 February is the 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def years_before(day: date, years: int) -> date:
    """The last day whose `years_after` is not later than this one."""
    found = date(day.year - years, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
    while years_after(found + timedelta(days=1), years) <= day:
        found += timedelta(days=1)
    return found

"""Calendar months, by their first day."""

from __future__ import annotations

import re
from datetime import date

YEAR = 12
"""Months."""

# Years in which a month has one before it and one after, in whatever zone it begins.
NAMED = re.compile(r"([1-8][0-9]{3})-(0[1-9]|1[0-2])")


def month_named(text: str) -> date | None:
    """The first day of a month as an address names it (`2026-11`); None for anything else."""
    named = NAMED.fullmatch(text)
    return date(int(named[1]), int(named[2]), 1) if named else None


def months_before(day: date, count: int) -> date:
    """The first day of the month so many months before that of `day`; after it, where `count` is below 0."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return months_before(day, -1)


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from `first` to `last`, newest first."""
    found = []
    month = first.replace(day=1)
    while month <= last:
        found.append(month)
        month = next_month(month)
    return found[::-1]

"""Calendar months, by their first day."""

from __future__ import annotations

from datetime import date

YEAR = 12
"""Months."""


def months_before(day: date, count: int) -> date:
    """The first day of the month so many months before that of `day`; after it, where `count` is below 0."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)

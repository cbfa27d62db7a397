"""The trail of who opened what, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alliance.domain.audit import Entry

PAGE = 50  # lines


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of the trail: each line with who it was and the patient's code, newest first.

    `therapist_id` and `month` (its first day) are what it is narrowed to; `therapists` and `months` are what it can
    be narrowed to. `number` counts pages from 1.
    """

    lines: Sequence[tuple[Entry, str, str]]
    total: int
    number: int
    therapists: Sequence[tuple[int, str]]
    months: Sequence[date]
    therapist_id: int | None = None
    month: date | None = None

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))

    @property
    def first(self) -> int:
        """The place of this page's first line among all, from 1."""
        return (self.number - 1) * PAGE + 1


def month_named(text: str) -> date | None:
    """The first day of a month as an address names it (`2026-11`); None for anything else."""
    year, _, number = text.partition("-")
    if len(text) != 7 or not (year + number).isascii() or not (year + number).isdigit():
        return None
    try:
        return date(int(year), int(number), 1)
    except ValueError:
        return None


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from `first` to `last`, newest first."""
    found = []
    month = first.replace(day=1)
    while month <= last:
        found.append(month)
        month = next_month(month)
    return found[::-1]

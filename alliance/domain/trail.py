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

"""Appointments as a calendar tells them: which belong to a patient, and what becomes of a session made from one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Event:
    """One appointment with a patient. Nothing that was written in the calendar goes further than its code.

    `key` tells this occurrence from all others of the calendar, wherever it is moved. `starts` and `ends` are moments
    in UTC, `day` is the day it begins on at the clinic.
    """

    key: str
    code: str
    starts: datetime
    ends: datetime
    day: date
    cancelled: bool = False


class Told(StrEnum):
    """What the calendar says of a session that stays as it is, because something hangs on it already."""

    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Appointment:
    """The calendar’s entry that a session came from. `told`, with the day it was moved to: staff may want to look."""

    session_id: int
    starts: datetime
    told: Told | None = None
    told_day: date | None = None


class Codes:
    """The codes of a therapist’s patients, to be found in what a calendar says."""

    def __init__(self, codes: Collection[str]) -> None:
        self._codes: Mapping[str, str] = {plain(code): code for code in codes}
        longest = sorted(self._codes, key=len, reverse=True)
        whole = "|".join(map(re.escape, longest))
        self._inside = re.compile(rf"(?<![\w-])(?:{whole})(?![\w-])") if longest else None

    def exact(self, text: str) -> str | None:
        """The code that this text is, whatever its case and spaces."""
        return self._codes.get(plain(text))

    def inside(self, text: str) -> set[str]:
        """The codes that stand in this text as words of their own; the longest where one is part of another."""
        if self._inside is None:
            return set()
        return {self._codes[found] for found in self._inside.findall(plain(text))}


def plain(text: str) -> str:
    """A code as it is compared: in small letters, with single spaces."""
    return " ".join(text.casefold().split())


def calendars_of(named: Mapping[str, object], folder: Path) -> dict[str, Path]:
    """The calendars of therapists, by address; a path that is not absolute is in `folder`. Raises ValueError.

    Whether they are there is seen when they are read: a feed may be late.
    """
    found = {}
    for email, path in named.items():
        if "@" not in email or not isinstance(path, str) or not path.strip():
            raise ValueError(
                f"[appointments] should name a calendar, a text in quotes, for each therapist’s address: see “{email}”."
            )
        found[email] = folder / path
    return found

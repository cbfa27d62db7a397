"""What may be told of patients for research, so that nobody stands out; and how large the groups are that are left.

A patient is told by what others could know: which therapist, which language, how long. Therapist and language are
told only together with at least `least` patients who share both (k-anonymity: Sweeney 2002, International Journal of
Uncertainty, Fuzziness and Knowledge-Based Systems 10:557); what few share is left blank, the language first. Courses
are told up to where fewer than `least` go on. What happened in the sessions is not coarsened: it is what is asked.
"""

from __future__ import annotations

import hmac
import random
from base64 import b32encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alliance.domain.suppression import LEAST_EXPORTED

__all__ = ["LEAST_EXPORTED", "Known", "Shown", "Strangers", "TooFew", "limit", "shown"]

FIRST_DAY = date(2101, 1, 1)
FIRST_DAYS = 1461  # four years, from which the day of a patient’s first session is drawn
PSEUDONYM = 10  # signs of 5 bits


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody outside may know of a patient."""

    therapist: int
    language: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What is told of it; None where it is left blank."""

    therapist: int | None
    language: str | None


class TooFew(ValueError):
    """So few patients that each of them would stand out."""

    def __init__(self, patients: int) -> None:
        super().__init__(f"there are {patients} patients")
        self.patients = patients


def shown(patients: Mapping[int, Known], least: int = LEAST_EXPORTED) -> dict[int, Shown]:
    """What is told of each patient, by id, so that every combination is shared by at least `least` of them.

    Raises TooFew where there are fewer patients than that.
    """
    if len(patients) < least:
        raise TooFew(len(patients))
    told = {one: Shown(known.therapist, known.language) for one, known in patients.items()}
    for coarser in (_without_language, _with_nothing):
        sizes = Counter(told.values())
        told = {one: each if sizes[each] >= least else coarser(each) for one, each in told.items()}
    nothing = Shown(None, None)
    while 0 < (sizes := Counter(told.values()))[nothing] < least:
        smallest = min(
            (each for each in sizes if each != nothing), key=lambda each: (sizes[each], _order(each))
        )
        told = {one: nothing if each == smallest else each for one, each in told.items()}
    return told


def _without_language(one: Shown) -> Shown:
    return Shown(one.therapist, None)


def _with_nothing(_: Shown) -> Shown:
    return Shown(None, None)


def _order(one: Shown) -> tuple[int, str]:
    return one.therapist or 0, one.language or ""


def limit(lengths: Iterable[int], least: int = LEAST_EXPORTED) -> int:
    """How far courses are told: as far as at least `least` of them go. 0 where there are fewer courses."""
    longest = sorted(lengths, reverse=True)
    return longest[least - 1] if len(longest) >= least else 0


class Strangers:
    """Names and days that stand for others in one export, and in no other: the key is never written down.

    A patient’s first session falls on a day drawn from four years of the next century, the others as many days after
    it as they did: so the days between sessions stay, and neither the season nor the weekday does.
    """

    def __init__(self, chance: random.Random) -> None:
        """`chance`: of the operating system, but for tests."""
        self._key = chance.randbytes(32)
        self._chance = chance

    def name(self, kind: str, number: int) -> str:
        """The pseudonym of a patient or a therapist: the same all through this export."""
        digest = hmac.digest(self._key, f"{kind}|{number}".encode(), "sha256")
        return b32encode(digest).decode()[:PSEUDONYM].lower()

    def first_day(self) -> date:
        """A day for another patient’s first session."""
        return FIRST_DAY + timedelta(days=self._chance.randrange(FIRST_DAYS))


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups that share what is told: how large the smallest and the middle one are, and what was left blank."""

    patients: int
    groups: int
    smallest: int
    middle: int
    without_language: int
    without_therapist: int
    therapists: int

    @classmethod
    def of(cls, told: Mapping[int, Shown]) -> Groups:
        """The groups of patients who are told alike."""
        sizes = sorted(Counter(told.values()).values())
        return cls(
            patients=len(told),
            groups=len(sizes),
            smallest=sizes[0],
            middle=sizes[len(sizes) // 2],
            without_language=sum(one.language is None for one in told.values()),
            without_therapist=sum(one.therapist is None for one in told.values()),
            therapists=len({one.therapist for one in told.values()} - {None}),
        )


def alone(patterns: Sequence[tuple[int, ...]]) -> int:
    """How many of these stand alone: nobody else has the same."""
    return sum(1 for count in Counter(patterns).values() if count == 1)

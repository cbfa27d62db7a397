"""Forms on paper: the number that stands on one, and what has become of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alliance.domain.therapy import Invitation

# Figures and capitals without those that look like one another. Their count is a prime, so that the last
# sign, which follows from the others, tells every single wrong sign and every two that changed places.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8


def numbered(random: Sequence[int]) -> str:
    """A paper number from seven random numbers below 31: their signs, and the one that checks them."""
    if len(random) != LENGTH - 1:
        raise ValueError(f"a paper number is made from {LENGTH - 1} numbers")
    check = -_weighed(random) % len(SIGNS)
    return "".join(SIGNS[value] for value in (*random, check))


def read_number(typed: str) -> str | None:
    """The paper number in what somebody typed, however it is spaced and whatever the case; None if it is none."""
    signs = "".join(sign for sign in typed.upper() if sign not in " -–\t")
    if len(signs) != LENGTH or any(sign not in SIGNS for sign in signs):
        return None
    *values, check = (SIGNS.index(sign) for sign in signs)
    return signs if (_weighed(values) + check) % len(SIGNS) == 0 else None


def _weighed(values: Sequence[int]) -> int:
    """Every sign by its place; the one that checks them weighs one."""
    return sum(place * value for place, value in enumerate(values, start=2))


def spaced(number: str) -> str:
    """The number as it is printed: `K7Q2-M9XD`."""
    return f"{number[:4]}-{number[4:]}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A form as one person typed it in. `body` is what they sent, None once the form is closed."""

    turn: int
    staff_id: int
    by: str
    typed_at: datetime
    attempt_id: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class PaperForm:
    """A form that was printed, and the entries made from it so far, in their order."""

    number: str
    invitation: Invitation
    held_on: date
    closed: bool
    entries: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A form of which one entry is there, or two that differ: what is still to be done with it, by its number."""

    number: str
    differ: bool
    first_by: str
    since: datetime

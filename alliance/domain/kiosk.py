"""A shared tablet: the codes that are typed on it, how long things last there, and how often one may be wrong."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

# Crockford’s base 32: I, L, O and U are never given out, and the first three are read as 1, 1 and 0.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
CODE_BITS = 5 * LENGTH
READ_AS = {"I": "1", "L": "1", "O": "0"}

CODE_LASTS = timedelta(minutes=10)
SETUP_LASTS = timedelta(minutes=30)
# A page that was opened with a code can be answered for this long; a tablet that nobody touches forgets it sooner.
PAGE_LASTS = timedelta(hours=2)

SHORTEST_PIN, LONGEST_PIN = 6, 12
WINDOW = timedelta(minutes=10)
MOST_PINS = 5  # wrong ones in that time; then none is looked at
# Nobody types as many wrong codes in ten minutes by hand. Before that, a right one always opens.
MOST_CODES = 60
ASK_SOMEBODY = 5  # wrong codes until the page says that somebody can help


def code_of(number: int) -> str:
    """The code for a random number of CODE_BITS bits. Raises ValueError for another."""
    if not 0 <= number < 1 << CODE_BITS:
        raise ValueError(f"a code has {CODE_BITS} bits")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))


def typed(text: str) -> str | None:
    """The code that somebody typed, None if it can be none.

    Spaces, hyphens and case do not matter; O is read as 0, I and L as 1; digits of any script count.
    """
    signs = [_sign(sign) for sign in unicodedata.normalize("NFKC", text[:100])]
    code = "".join(sign for sign in signs if sign is not None)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def _sign(sign: str) -> str | None:
    """One sign of a code as it counts, None for what only parts or joins."""
    digit = unicodedata.decimal(sign, None)
    if digit is not None:
        return str(digit)
    if not sign.isalnum():
        return None
    capital = sign.upper()
    return READ_AS.get(capital, capital)


def shown(code: str) -> str:
    """`K7M2QX4P` → `K7M2 QX4P`, as it is read out and written down."""
    return f"{code[:4]} {code[4:]}"


def is_pin(text: str) -> bool:
    """Whether this will do as the PIN that staff leave a tablet’s questionnaire with."""
    return SHORTEST_PIN <= len(text) <= LONGEST_PIN and text.isascii() and text.isdigit()


def too_simple(pin: str) -> bool:
    """Whether a bored person would find the PIN: one digit throughout, or digits in a row."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {-1, 0, 1}


@dataclass(frozen=True, slots=True)
class Wrong:
    """How often something was typed wrongly in a row of tries that began at `since`."""

    count: int
    since: datetime

    def within(self, now: datetime) -> int:
        """The number of wrong tries that count now: none once the window has passed."""
        return self.count if self.since <= now < self.since + WINDOW else 0

    def again(self, now: datetime) -> Wrong:
        """The same after one more."""
        return Wrong(self.count + 1, self.since) if self.within(now) else Wrong(1, now)


@dataclass(frozen=True, slots=True)
class Tablet:
    """One of the clinic’s tablets, as staff see it. It knows nobody’s name.

    `ready`: a tablet carries it, and codes can be made for it. `awaits_until`: a set-up link works until then.
    """

    id: int
    name: str
    added_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    ready: bool
    awaits_until: datetime | None

    def awaited(self, now: datetime) -> bool:
        """Whether a set-up link for it still works."""
        return self.awaits_until is not None and now < self.awaits_until

"""How long somebody stays signed in, and how long guessing has to wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=10)
HALF_WAITS = timedelta(minutes=15)  # from the password to the second step
CONFIRMED_FOR = timedelta(minutes=5)  # for what is grave

FREE_GUESSES = 5
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)
MOST_IN_A_ROW = 100
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WebSession:
    """One signed-in browser. `last_seen_at` may lag behind by up to a minute; `browser` is what it calls itself.

    `half` waits for the second step. One that idled is locked and stays so, whatever the clock does, until the
    password is given once more.
    """

    staff_id: int
    created_at: datetime
    last_seen_at: datetime
    half: bool = False
    locked_at: datetime | None = None
    confirmed_at: datetime | None = None
    browser: str = ""

    @property
    def ends_at(self) -> datetime:
        """The moment at which it ends however busy somebody is."""
        return self.created_at + (HALF_WAITS if self.half else LONGEST)

    def lives(self, now: datetime) -> bool:
        """Whether it can be gone on with, be it after the password. A clock that went back gains nobody time."""
        return self.created_at <= now < self.ends_at

    def is_of_somebody(self, now: datetime) -> bool:
        """Whether somebody is signed in with it, even where the password has to be given once more before it opens."""
        return self.lives(now) and not self.half

    def idled(self, now: datetime) -> bool:
        """Whether it rests until the password is given once more."""
        return not self.half and (self.locked_at is not None or now >= self.last_seen_at + IDLE)

    def stands(self, now: datetime) -> bool:
        """Whether it opens pages now."""
        return self.is_of_somebody(now) and not self.idled(now)


@dataclass(frozen=True, slots=True)
class Guesses:
    """How often somebody guessed wrong in a row, and when last."""

    in_row: int
    last_at: datetime

    @property
    def rest(self) -> timedelta:
        """How long to wait after the last: nothing up to the fourth, then 1, 2, 4, 8 and always 15 minutes."""
        if self.in_row < FREE_GUESSES:
            return timedelta(0)
        doubled: int = 2 ** min(self.in_row - FREE_GUESSES, 10)
        return min(LONGEST_REST, FIRST_REST * doubled)

    def rests_until(self, now: datetime) -> datetime | None:
        """The end of the rest, None where the next guess is looked at.

        A clock that went far back does not keep anybody waiting for it: the count goes on from there.
        """
        if not self.rest:
            return None
        until = self.last_at + self.rest
        return until if self.last_at - LONGEST_REST <= now < until else None

    def forgotten(self, now: datetime) -> bool:
        """Whether so long ago that it counts no more."""
        return now >= self.last_at + FORGOTTEN_AFTER

    @property
    def exhausted(self) -> bool:
        """Whether no further guess is looked at, however long one waits."""
        return self.in_row >= MOST_IN_A_ROW

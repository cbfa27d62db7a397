"""What the odds filter reads, a held session, and what it remembers of a dyad, 17 numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, Self

from alliance.analysis.prior import Prior

BEGINS = 0.025
"""Chance that a rupture begins between two sessions (h of the odds filter)."""
ENDS = 0.20
"""Chance that one ends between two sessions (e of the odds filter)."""
FORM_SD = 8.0
"""How far apart the usual levels of one person on two questionnaires are taken to be, points (assumed)."""
LEAST_SPREAD = 3.0
"""No dyad is taken to be steadier than 3 points from session to session."""

Scales = tuple[float | None, float | None, float | None]
UNRATED: Scales = (None, None, None)


class _Held(NamedTuple):
    number: int
    answered: bool
    scales: Scales
    rupture: float | None
    total: float | None


class Held(_Held):
    """A held session and what the detector may read of it.

    `scales`: safety, attunement, collaboration; `rupture`: tension; `total`: the mean rating where the scales
    themselves are not known. All 0–100, None where not answered. An answer held back from the therapist is
    `answered` without a score. Raises ValueError, in a sentence, for what cannot be; `_make` looks at nothing,
    for rows of a database that has checked them.
    """

    __slots__ = ()
    past: ClassVar[str] = ""
    """Where it was rated, if not here: a session of before teaches what is usual and asks nothing."""

    def __new__(
        cls,
        number: int,
        answered: bool,
        scales: Scales = UNRATED,
        rupture: float | None = None,
        total: float | None = None,
    ) -> Self:
        if number < 1:
            raise ValueError(f"Sessions are numbered from 1, not {number}.")
        if len(scales) != 3:
            raise ValueError(f"Session {number} needs three scales, not {len(scales)}.")
        for score in (*scales, rupture, total):
            if score is not None and not 0.0 <= score <= 100.0:
                raise ValueError(f"Session {number} has a score of {score!r}; scores run from 0 to 100.")
        held = super().__new__(cls, number, answered, scales, rupture, total)
        if not answered and held.has_scores:
            raise ValueError(f"Session {number} has scores but counts as unanswered.")
        return held

    @property
    def has_scores(self) -> bool:
        return self.rupture is not None or self.scales != UNRATED or self.total is not None


class HeldBefore(Held):
    """A session that was rated before this clinic asked, on a questionnaire that measures as the one here does."""

    __slots__ = ()
    past = "same"


class HeldElsewhere(Held):
    """A session that was rated before this clinic asked, on another questionnaire."""

    __slots__ = ()
    past = "other"


@dataclass(slots=True)
class Odds:
    """What is known about one dyad: 17 numbers."""

    odds: float
    """O: odds that a rupture is going on, above 0 and at most 1,000,000."""
    expected: float
    """m: the rating usual for this dyad, points; may exceed 100 where the ceiling hides more."""
    expected_weight: float
    """κ: how many sessions `expected` is worth, above 0, at most 12."""
    squares: float
    """S: sum of squared deviations, points²."""
    squares_weight: float
    """ν: how many observations `squares` is worth, above 0."""
    offsets: tuple[float, float, float]
    """o: usual distance of each scale from the mean of the three, points."""
    offsets_weight: float
    """k_o: how many sessions `offsets` is worth, above 0, at most 20."""
    tension: float
    """b: tension usual for this dyad, 0–100."""
    tension_weight: float
    """k_b: how many sessions `tension` is worth, above 0, at most 20."""
    tension_squares: float
    """S_b: sum of squared deviations of tension, points²."""
    tension_squares_weight: float
    """n_b: how many observations `tension_squares` is worth, above 0."""
    unanswered: float
    """A: unanswered sessions, those of the prior included, above 0."""
    answered: float
    """B: answered sessions, those of the prior included, above 0."""
    first: bool
    """True until the first held session."""
    rank: int
    """The level that is on: 0 none, 1 keep in mind, 2 ask now."""

    @classmethod
    def start(cls, prior: Prior) -> Odds:
        """A dyad before its first session."""
        return cls(
            odds=BEGINS / (1.0 - BEGINS),
            expected=prior.mu0,
            expected_weight=prior.s0sq / prior.tau2,
            squares=prior.nu0 * prior.s0sq,
            squares_weight=prior.nu0,
            offsets=prior.o_mean,
            offsets_weight=prior.taui2 / prior.o_var,
            tension=prior.r0,
            tension_weight=prior.r_s2 / prior.r_t2,
            tension_squares=8.0 * prior.r_s2,
            tension_squares_weight=8.0,
            unanswered=10.0 * prior.p0,
            answered=10.0 * (1.0 - prior.p0),
            first=True,
            rank=0,
        )

    def begin_here(self) -> None:
        """What is usual stays; whether a rupture is going on is asked afresh, as before a first session."""
        self.odds = BEGINS / (1.0 - BEGINS)
        self.rank = 0

    def change_form(self, prior: Prior) -> None:
        """Another questionnaire from here on: how much somebody strays is known, at which level only roughly.

        The weight of each level is what is left when its variance grows by that of the distance between two forms.
        """
        self.expected_weight = _loosened(self.expected_weight, self.squares / self.squares_weight, FORM_SD)
        self.tension_weight = _loosened(
            self.tension_weight, self.tension_squares / self.tension_squares_weight, FORM_SD
        )
        self.offsets_weight = _loosened(self.offsets_weight, prior.taui2, FORM_SD)

    def snapshot(self) -> tuple[Any, ...]:
        """What `Odds(*snapshot)` makes an equal state of."""
        return _FIELDS(self)

    def as_list(self) -> list[float]:
        """The 17 numbers in the order of the fields; `from_list` gives back an equal state."""
        return [
            *(self.odds, self.expected, self.expected_weight, self.squares, self.squares_weight),
            *(*self.offsets, self.offsets_weight),
            *(self.tension, self.tension_weight, self.tension_squares, self.tension_squares_weight),
            *(self.unanswered, self.answered, int(self.first), self.rank),
        ]

    @classmethod
    def from_list(cls, numbers: Sequence[float]) -> Odds:
        """The state that `as_list` wrote. Raises ValueError, saying why, for anything else."""
        if len(numbers) != 17:
            raise ValueError(f"a dyad’s state has 17 numbers, not {len(numbers)}")
        for number in numbers:
            if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
                raise ValueError(f"a dyad’s state consists of numbers; {number!r} is none")
        o, m, kappa, s, nu, o1, o2, o3, ko, b, kb, sb, nb, a, came, first, rank = numbers
        if min(o, kappa, s, nu, ko, kb, sb, nb, a, came) <= 0:
            raise ValueError("a dyad’s state has a weight or a sum that is not above 0")
        if first not in (0, 1) or rank not in (0, 1, 2):
            raise ValueError(
                "a dyad’s state ends with its first-session mark (0 or 1) and its level (0, 1 or 2)"
            )
        return cls(o, m, kappa, s, nu, (o1, o2, o3), ko, b, kb, sb, nb, a, came, bool(first), int(rank))

    @property
    def give_or_take(self) -> float:
        """s: how far this dyad’s ratings usually stray between sessions, points, at least 3 (step 2)."""
        squares = self.squares / self.squares_weight
        return math.sqrt(squares) if squares > LEAST_SPREAD**2 else LEAST_SPREAD

    @property
    def variance(self) -> float:
        """v: variance of the next rating around `expected`, points² (step 3)."""
        give_or_take = self.give_or_take
        return give_or_take * give_or_take * (1.0 + 1.0 / self.expected_weight)

    @property
    def carried_odds(self) -> float:
        """The odds at the coming session before it speaks: ruptures begin and end in between (step 1)."""
        if self.first:
            return self.odds
        return (BEGINS + (1.0 - ENDS) * self.odds) / (1.0 - BEGINS + ENDS * self.odds)

    def silence_factors(self, more_in_rupture: float) -> tuple[float, float]:
        """What an unanswered and an answered session multiply the odds by (step 2).

        `more_in_rupture`: how much likelier silence is during a rupture, dp of the prior.
        """
        usual = self.unanswered / (self.unanswered + self.answered)
        in_rupture = min(usual + more_in_rupture, 0.9)
        return in_rupture / usual, (1.0 - in_rupture) / (1.0 - usual)

    def rating_of(self, held: Held) -> float | None:
        """x: the session’s rating with each scale’s usual distance taken out, points (step 3).

        The total counts only where no scale is known; None where nothing was rated.
        """
        safety, attunement, collaboration = held.scales
        first, second, third = self.offsets
        if safety is not None and attunement is not None and collaboration is not None:
            return (safety - first + (attunement - second) + (collaboration - third)) / 3.0
        pairs = zip(held.scales, self.offsets, strict=True)
        present = [score - offset for score, offset in pairs if score is not None]
        return sum(present) / len(present) if present else held.total


_FIELDS: attrgetter[tuple[Any, ...]] = attrgetter(*(each.name for each in fields(Odds)))


def _loosened(weight: float, variance: float, spread: float) -> float:
    """A weight in sessions of this variance, after the level that it stands for moved by an unknown distance."""
    return variance / (variance / weight + spread * spread)

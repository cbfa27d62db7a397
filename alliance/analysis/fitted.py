"""What a clinic's past taught the detector: the numbers, and how much past they rest on."""

from __future__ import annotations

import json
from dataclasses import dataclass

from alliance.analysis.prior import DEFAULT, DEFAULT_RATINGS, Prior, RatingsPrior

__all__ = ["ENOUGH", "ENOUGH_FOR_LINKS", "NOTHING", "Fitted"]

ENOUGH = 200
"""From so many past dyads on, a clinic's numbers are its own; below, the defaults hold them."""
ENOUGH_FOR_LINKS = 50
"""From so many past dyads on, what tension and silence say of ruptures is learned from them."""

FORMAT = 1
COUNTS = ("dyads_used", "answers_used", "scales_dyads", "tension_dyads")


@dataclass(frozen=True, slots=True)
class Fitted:
    """A clinic's own priors, for the odds filter and for the design for ratings alone.

    A past dyad is used from four rated sessions on: `dyads_used`, with `answers_used` rated sessions. Of these,
    `scales_dyads` rated all three scales in at least four sessions, and `tension_dyads` the rupture items.
    `at_the_top`: share of ratings from 98.5, 0–1, which say only “at least this”.

    Raises ValueError for counts that cannot be.
    """

    prior: Prior
    ratings_prior: RatingsPrior
    dyads_used: int
    answers_used: int
    scales_dyads: int
    tension_dyads: int
    at_the_top: float

    def __post_init__(self) -> None:
        counts = [getattr(self, name) for name in COUNTS]
        if any(type(count) is not int or count < 0 for count in counts):
            raise ValueError("A clinic’s prior counts its dyads and answers in whole numbers from 0.")
        if max(self.scales_dyads, self.tension_dyads) > self.dyads_used:
            raise ValueError("A clinic’s prior rests in part on more dyads than it was estimated from.")
        if type(self.at_the_top) is not float or not 0.0 <= self.at_the_top <= 1.0:
            raise ValueError("A clinic’s prior has a share at the top that is not between 0 and 1.")

    @property
    def blended(self) -> bool:
        """Whether the defaults still hold these numbers, because the past dyads are few."""
        return self.dyads_used < ENOUGH

    @property
    def links_learned(self) -> bool:
        """Whether it was learned what silence says of ruptures, and tension too if enough dyads reported it."""
        return self.dyads_used >= ENOUGH_FOR_LINKS

    def to_json(self) -> str:
        """All of this as JSON, to look at and to keep; `from_json` gives back an equal one."""
        stored = {
            "format": FORMAT,
            **{name: getattr(self, name) for name in COUNTS},
            "at_the_top": self.at_the_top,
            "prior": json.loads(self.prior.to_json()),
            "ratings_prior": json.loads(self.ratings_prior.to_json()),
        }
        return json.dumps(stored, allow_nan=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Fitted:
        """What `to_json` wrote. Raises ValueError, in a sentence, for anything else."""
        try:
            stored = json.loads(text)
        except (ValueError, RecursionError) as fault:
            raise ValueError(f"This is no clinic’s prior: {fault}.") from fault
        if not isinstance(stored, dict) or set(stored) != {
            "format", "at_the_top", "prior", "ratings_prior", *COUNTS,
        }:  # fmt: skip
            raise ValueError("This is no clinic’s prior: it does not hold what one holds.")
        if type(stored["format"]) is not int or stored["format"] != FORMAT:
            raise ValueError(f"This clinic’s prior has a format other than {FORMAT}, which cannot be read.")
        return cls(
            prior=Prior.from_json(json.dumps(stored["prior"])),
            ratings_prior=RatingsPrior.from_json(json.dumps(stored["ratings_prior"])),
            at_the_top=stored["at_the_top"],
            **{name: stored[name] for name in COUNTS},
        )


NOTHING = Fitted(DEFAULT, DEFAULT_RATINGS, 0, 0, 0, 0, 0.0)
"""A clinic without a past: the defaults."""

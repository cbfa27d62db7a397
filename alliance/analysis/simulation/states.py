"""What is known about many dyads: the numbers of `alliance.analysis.state.Odds`, one array each."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from alliance.analysis.prior import Prior
from alliance.analysis.simulation.forms import Numbers
from alliance.analysis.state import LEAST_SPREAD, Odds


@dataclass(slots=True)
class States:
    """One number a dyad, (n,), under the names that `Odds` gives them; `offsets` is (3, n)."""

    odds: Numbers
    expected: Numbers
    expected_weight: Numbers
    squares: Numbers
    squares_weight: Numbers
    offsets: Numbers
    offsets_weight: Numbers
    tension: Numbers
    tension_weight: Numbers
    tension_squares: Numbers
    tension_squares_weight: Numbers
    unanswered: Numbers
    answered: Numbers

    @classmethod
    def start(cls, prior: Prior, dyads: int) -> States:
        """Dyads before their first session."""
        one = Odds.start(prior)
        at_start = {each.name: getattr(one, each.name) for each in fields(cls)}
        return cls(
            **{name: np.repeat(np.array(value)[..., None], dyads, -1) for name, value in at_start.items()}
        )

    def keep(self, count: int) -> None:
        """Let go of all but the first `count` dyads."""
        if count < len(self.odds):
            for each in fields(self):
                setattr(self, each.name, getattr(self, each.name)[..., :count])

    @property
    def give_or_take(self) -> Numbers:
        """s: how far each dyad’s ratings usually stray between sessions, points."""
        return np.asarray(np.sqrt(np.maximum(self.squares / self.squares_weight, LEAST_SPREAD**2)))

    @property
    def variance(self) -> Numbers:
        """v: variance of the next rating around `expected`, points²."""
        spread = np.maximum(self.squares / self.squares_weight, LEAST_SPREAD**2)
        return np.asarray(spread * (1.0 + 1.0 / self.expected_weight))

    def rating_of(self, scales: Numbers, total: Numbers) -> Numbers:
        """x: each rating with the scales’ usual distances taken out, points; NaN where nothing was rated."""
        present = np.isfinite(scales)
        counted = present.sum(0)
        mean = np.where(present, scales - self.offsets, 0.0).sum(0) / np.maximum(counted, 1)
        return np.where(counted > 0, mean, total)

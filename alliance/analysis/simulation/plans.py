"""How large a simulation is, and what a line of its tables holds."""

from __future__ import annotations

from dataclasses import dataclass, field

SEEDS = (20261, 20262, 20263)
"""Fresh ones: nothing was developed on a seed of 1000 or more."""
DYADS = 3000
PAST_DYADS = 300
QUICK_DYADS, QUICK_PAST_DYADS = 150, 60


@dataclass(frozen=True, slots=True)
class Plan:
    """`dyads` for each kind of rupture in the main table; the other tables take their share of it.
    `past`: dyads that a clinic learned from.

    Raises ValueError, in a sentence, for what cannot be simulated.
    """

    seeds: tuple[int, ...] = SEEDS
    dyads: int = DYADS
    past: int = PAST_DYADS

    def __post_init__(self) -> None:
        if not self.seeds or len(set(self.seeds)) < len(self.seeds) or min(self.seeds) < 0:
            raise ValueError("A simulation needs seeds from 0, each only once.")
        if self.dyads < 100:
            raise ValueError(
                "A simulation needs 100 dyads at least: fewer say nothing about one alert in fifty."
            )

    @property
    def changed_dyads(self) -> int:
        return self.dyads // 2

    @property
    def caseload_dyads(self) -> int:
        return self.dyads * 8 // 3


@dataclass(frozen=True, slots=True)
class Row:
    """What one detector did in one world, by one seed.

    `setting`: how its threshold was chosen. `values`: per 100 answered sessions, or in per cent, unless the
    column says otherwise.
    """

    world: str
    rule: str
    setting: str
    seed: int
    values: dict[str, float] = field(default_factory=dict)

"""What a clinic expects of a dyad before its first answer."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Prior:
    """The clinic prior of the odds filter. Scores run 0–100; the defaults are assumptions, not data.

    A clinic with fewer than 50 past dyads keeps `q` and `dp` at 0: neither the tension a patient reports nor
    silence then speaks for a rupture beyond the report-only hypothesis, until the clinic's own past says so.

    Raises ValueError, in a sentence, for a value outside its range.
    """

    mu0: float = 82.0
    """Mean of the dyads' usual ratings, points, 0–100."""
    tau2: float = 140.0
    """Variance of the usual ratings between dyads, points², above 0."""
    nu0: float = 8.0
    """How many observations the guess of a dyad's own variance is worth, above 0."""
    s0sq: float = 45.0
    """Variance within a dyad from session to session, points², the ceiling at 100 undone, above 0."""
    p0: float = 0.12
    """Share of held sessions that stay unanswered, between 0 and 1."""
    taui2: float = 25.0
    """Variance of one scale around its usual distance from the mean of the three, points², above 0."""
    o_mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Usual distance of safety, attunement and collaboration from the mean of the three, points."""
    o_var: float = 16.0
    """Variance of these distances between dyads, points², above 0."""
    r0: float = 12.0
    """Mean of the dyads' usual tension (the rupture items; higher is worse), 0–100."""
    r_s2: float = 80.0
    """Variance of tension within a dyad from session to session, points², above 0."""
    r_t2: float = 45.0
    """Variance of usual tension between dyads, points², above 0."""
    q: float = 0.0
    """Share of ruptures that the patient reports in the rupture items, 0–1."""
    dp: float = 0.0
    """How much likelier silence becomes during a rupture, added to the usual share, 0–0.9."""

    def __post_init__(self) -> None:
        if len(self.o_mean) != 3:
            raise ValueError(f"The prior’s o_mean needs three numbers, one a scale, not {len(self.o_mean)}.")
        for name, value in self._numbers():
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ValueError(f"The prior’s {name} must be a number, not {value!r}.")
        for name in ("tau2", "nu0", "s0sq", "taui2", "o_var", "r_s2", "r_t2"):
            self._within(name, getattr(self, name) > 0, "above 0")
        self._within("p0", 0 < self.p0 < 1, "between 0 and 1")
        self._within("mu0", 0 <= self.mu0 <= 100, "between 0 and 100")
        self._within("r0", 0 <= self.r0 <= 100, "between 0 and 100")
        self._within("q", 0 <= self.q <= 1, "between 0 and 1")
        self._within("dp", 0 <= self.dp <= 0.9, "between 0 and 0.9")

    def _numbers(self) -> list[tuple[str, float]]:
        single = [(each.name, getattr(self, each.name)) for each in fields(self) if each.name != "o_mean"]
        return single + [("o_mean", offset) for offset in self.o_mean]

    def _within(self, name: str, fits: bool, bounds: str) -> None:
        if not fits:
            raise ValueError(f"The prior’s {name} must be {bounds}, not {getattr(self, name)!r}.")


DEFAULT = Prior()

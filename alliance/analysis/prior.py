"""What a clinic expects of a dyad before its first answer."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

FORMAT = 1


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
    """How many observations the guess of a dyad's own variance is worth, at least 1."""
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
        _check(self)

    def to_json(self) -> str:
        """The prior as one line of JSON; `from_json` gives back an equal one, to the last bit."""
        return json.dumps({"format": FORMAT} | asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Prior:
        """The prior that `to_json` wrote. Raises ValueError, in a sentence, for anything else."""
        stored = _stored(text, {each.name for each in fields(cls)})
        if not isinstance(stored["o_mean"], list):
            raise ValueError(f"The prior’s o_mean must be a list of numbers, not {stored['o_mean']!r}.")
        return cls(**stored | {"o_mean": tuple(stored["o_mean"])})


@dataclass(frozen=True, slots=True)
class RatingsPrior:
    """The clinic prior of the design for ratings alone, which takes ratings as they are, ceiling and all.

    Raises ValueError, in a sentence, for a value outside its range.
    """

    mu0: float = 82.0
    """Mean of the dyads' usual ratings, points, 0–100."""
    tau2: float = 140.0
    """Variance of the usual ratings between dyads, points², above 0."""
    nu0: float = 8.0
    """How many observations the guess of a dyad's own variance is worth, at least 1."""
    s0sq: float = 36.0
    """Variance within a dyad from session to session, points², above 0."""
    phi: float = 0.35
    """How far a session's distance from the usual carries over to the next, 0–0.9."""
    p0: float = 0.12
    """Share of held sessions that stay unanswered, between 0 and 1."""

    def __post_init__(self) -> None:
        _check(self)

    def to_json(self) -> str:
        """The prior as one line of JSON; `from_json` gives back an equal one, to the last bit."""
        return json.dumps({"format": FORMAT} | asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> RatingsPrior:
        """The prior that `to_json` wrote. Raises ValueError, in a sentence, for anything else."""
        return cls(**_stored(text, {each.name for each in fields(cls)}))


Bounds = tuple[Callable[[float], bool], str]

AT_LEAST_1: Bounds = (lambda value: value >= 1, "at least 1")
ABOVE_ZERO: Bounds = (lambda value: value > 0, "above 0")
POINTS: Bounds = (lambda value: 0 <= value <= 100, "between 0 and 100")
BOUNDS: Mapping[str, Bounds] = {
    **dict.fromkeys(("tau2", "s0sq", "taui2", "o_var", "r_s2", "r_t2"), ABOVE_ZERO),
    **dict.fromkeys(("mu0", "r0"), POINTS),
    "nu0": AT_LEAST_1,  # with less than half, a rating of 98.5 could speak more for a rupture than one of 98
    "p0": (lambda value: 0 < value < 1, "between 0 and 1"),
    "phi": (lambda value: 0 <= value <= 0.9, "between 0 and 0.9"),
    "q": (lambda value: 0 <= value <= 1, "between 0 and 1"),
    "dp": (lambda value: 0 <= value <= 0.9, "between 0 and 0.9"),
}


def _check(prior: Prior | RatingsPrior) -> None:
    for name, found in asdict(prior).items():
        for value in found if name == "o_mean" else (found,):
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ValueError(f"The prior’s {name} must be a number, not {value!r}.")
        if name in BOUNDS and not BOUNDS[name][0](found):
            raise ValueError(f"The prior’s {name} must be {BOUNDS[name][1]}, not {found!r}.")


def _stored(text: str, names: set[str]) -> dict[str, Any]:
    """What stands in the JSON of a prior, without its format. Raises ValueError, in a sentence."""
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise ValueError(f"This is no prior: {fault}.") from fault
    if not isinstance(stored, dict) or "format" not in stored:
        raise ValueError("This is no prior: it does not say its format.")
    written_as = stored.pop("format")
    if type(written_as) is not int or written_as != FORMAT:
        raise ValueError(f"This prior was written in a format other than {FORMAT}, which cannot be read.")
    if odd := sorted(names ^ stored.keys()):
        raise ValueError(f"This prior has too much or too little: {', '.join(odd)}.")
    return stored


DEFAULT = Prior()
DEFAULT_RATINGS = RatingsPrior()

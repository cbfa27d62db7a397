"""Run rules: patterns inside the limits of a control chart that chance seldom draws.

Every flag stands at the session that completes a pattern and looks at nothing later. Rules of seven to nine
points need as many sessions: in short therapies they seldom speak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.checking import Counts, Flags, Floats, number, series

__all__ = ["RunSignals", "nhs_rules", "western_electric_rules"]


@dataclass(frozen=True, slots=True, eq=False)
class RunSignals:
    """Which rule speaks at which value, one entry a value; a rule that a set does not have never does.

    `outside` three standard deviations; `run` on one side of the centre; `trend` rising or falling;
    `two_of_three` beyond two and `four_of_five` beyond one standard deviation on the same side.
    """

    outside: Flags
    run: Flags
    trend: Flags
    two_of_three: Flags
    four_of_five: Flags

    @property
    def any(self) -> Flags:
        """Where at least one rule speaks."""
        return self.outside | self.run | self.trend | self.two_of_three | self.four_of_five


def nhs_rules(values: ArrayLike, *, centre: float, sd: float) -> RunSignals:
    """The rules of NHS England’s Making Data Count.

    A value outside ± 3 sd; seven in a row on one side of the centre; seven in a row rising or falling; two of
    three beyond two thirds of the limit, ± 2 sd, on one side. Source: Making Data Count, as in the R package
    NHSRplotthedots. A value on the centre, or equal to the one before, ends a run.

    `values` in their own units, at least one; `centre` and `sd` (above 0), as from `individuals_limits`.
    Raises ValueError for anything else.
    """
    z = _standard(values, centre, sd)
    return RunSignals(
        outside=np.abs(z) > 3,
        run=_one_side(z, 7),
        trend=_trend(z, 7),
        two_of_three=_beyond(z, 2.0, 2, 3),
        four_of_five=np.zeros(z.size, dtype=np.bool_),
    )


def western_electric_rules(values: ArrayLike, *, centre: float, sd: float) -> RunSignals:
    """The four rules of the Western Electric handbook.

    A value outside ± 3 sd; two of three beyond 2 sd and four of five beyond 1 sd on one side; eight in a row on
    one side of the centre. Source: Western Electric 1956; NIST/SEMATECH e-Handbook 6.3.2. Together they alert
    once in 92 undisturbed values (Champ & Woodall 1987, Technometrics 29:393), not once in 370.

    Arguments and errors as `nhs_rules`.
    """
    z = _standard(values, centre, sd)
    return RunSignals(
        outside=np.abs(z) > 3,
        run=_one_side(z, 8),
        trend=np.zeros(z.size, dtype=np.bool_),
        two_of_three=_beyond(z, 2.0, 2, 3),
        four_of_five=_beyond(z, 1.0, 4, 5),
    )


def _standard(values: ArrayLike, centre: float, sd: float) -> Floats:
    x = series(values, "values")
    return (x - number(centre, "centre")) / number(sd, "standard deviation", above=0)


def _within_last(flags: Flags, window: int) -> Counts:
    """How many of the last `window` flags, this one included, are set."""
    total = np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))
    return total[1:] - total[np.maximum(np.arange(flags.size) + 1 - window, 0)]


def _one_side(z: Floats, length: int) -> Flags:
    return (_within_last(z > 0, length) >= length) | (_within_last(z < 0, length) >= length)


def _trend(z: Floats, length: int) -> Flags:
    rises = np.concatenate(([0.0], np.diff(z)))
    return _one_side(rises, length - 1)


def _beyond(z: Floats, distance: float, wanted: int, window: int) -> Flags:
    above, below = z > distance, z < -distance
    return (above & (_within_last(above, window) >= wanted)) | (
        below & (_within_last(below, window) >= wanted)
    )

"""How unusual a next value is, on the normal scale, when the variance itself is only estimated.

Plain Python. A prediction from few observations follows Student’s t; Wallace’s transform turns it into a
number to read like a standard normal one, so that one limit serves a dyad’s second session and its fortieth.
"""

from __future__ import annotations

import math

__all__ = ["normal_from_t", "predictive_z", "t_from_normal"]


def normal_from_t(t: float, freedom: float) -> float:
    """The standard normal number that is as unusual as `t` under Student’s t.

    z = sign(t) (8ν+1)/(8ν+3) √(ν ln(1 + t²/ν)), Wallace 1959, Ann Math Stat 30:1124. Within .02 of the exact
    number for ν ≥ 8 and |z| ≤ 4, within .01 for ν ≥ 12. `freedom`: ν, above 0. Rises with `t`; t of 0 gives 0.
    Raises ValueError for what is not finite or a ν not above 0.
    """
    _check(t, freedom)
    stretched = freedom * math.log1p(t * t / freedom) if abs(t) < 1e150 else _far(t, freedom)
    return math.copysign(_correction(freedom) * math.sqrt(stretched), t)


def t_from_normal(z: float, freedom: float) -> float:
    """The inverse of `normal_from_t`: t = sign(z) √(ν (exp(a²/ν) − 1)) with a = z (8ν+3)/(8ν+1).

    Gives the rating at which a limit lies. Infinite where t is too large to be written down. Raises ValueError
    as `normal_from_t` does.
    """
    _check(z, freedom)
    exponent = (z / _correction(freedom)) ** 2 / freedom
    return math.copysign(math.sqrt(freedom * math.expm1(exponent)) if exponent < 700 else math.inf, z)


def predictive_z(value: float, expected: float, variance: float, freedom: float) -> float:
    """How far `value` lies from what was `expected`, as a standard normal number; below 0 is lower.

    u = (value − expected)/√variance, then `normal_from_t`. `variance`: of the next value around `expected`,
    the uncertainty of both included, in squared units of `value`, above 0; `freedom`: ν, the observations that
    the variance rests on, above 0. Unchanged when `value` and `expected` move alike, or when all are rescaled.
    Raises ValueError for what is not finite, or a variance or ν not above 0.
    """
    if not (math.isfinite(value) and math.isfinite(expected)):
        raise ValueError(f"The value and what was expected must be finite numbers: {value!r}, {expected!r}.")
    if not (math.isfinite(variance) and variance > 0):
        raise ValueError(f"The variance must be above 0, not {variance!r}.")
    return normal_from_t((value - expected) / math.sqrt(variance), freedom)


def _correction(freedom: float) -> float:
    return (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0)


def _far(t: float, freedom: float) -> float:
    """ν ln(1 + t²/ν) where t² would be too large a number."""
    return freedom * (2.0 * math.log(abs(t)) - math.log(freedom))


def _check(value: float, freedom: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"The number to transform must be finite, not {value!r}.")
    if not (math.isfinite(freedom) and freedom > 0):
        raise ValueError(f"The degrees of freedom must be above 0, not {freedom!r}.")

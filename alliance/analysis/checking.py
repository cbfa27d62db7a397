"""Refusing, in a sentence, what no formula can work with."""

from __future__ import annotations

import math
from array import array
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
Labels = Sequence[Hashable] | Counts
"""Whose or which a value is, one label a value: anything that can be told apart."""


def _numbers(values: ArrayLike, what: str, dimensions: int) -> Floats:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise ValueError(f"The {what} must be numbers.") from fault
    if array.ndim != dimensions:
        shape = "one row of numbers" if dimensions == 1 else "a table with a row for each answer"
        raise ValueError(f"The {what} must be {shape}, not an array of {array.ndim} dimensions.")
    return array


def series(values: ArrayLike, what: str, least: int = 1) -> Floats:
    """`values` as a row of at least `least` finite numbers; ValueError, in a sentence, for anything else."""
    array = _numbers(values, what, 1)
    if not np.isfinite(array).all():
        raise ValueError(f"The {what} must be finite numbers; leave out what was not answered.")
    if array.size < least:
        raise ValueError(f"At least {least} {what} are needed, not {array.size}.")
    return array


def table(values: ArrayLike, what: str, columns: int) -> Floats:
    """`values` as a table of at least `columns` columns; NaN stands for what was not answered."""
    array = _numbers(values, what, 2)
    if np.isinf(array).any():
        raise ValueError(f"The {what} must be finite numbers, or NaN where one was not answered.")
    if array.shape[1] < columns:
        raise ValueError(f"At least {columns} columns of {what} are needed, not {array.shape[1]}.")
    return array


def counts(values: ArrayLike, what: str, least: int = 1, smallest: int = 0) -> Counts:
    """`values` as a row of at least `least` whole numbers, none below `smallest`."""
    array = series(values, what, least)
    if (array != np.floor(array)).any() or (array < smallest).any():
        raise ValueError(f"The {what} must be whole numbers from {smallest} on.")
    return array.astype(np.int64)


def number(
    value: float,
    what: str,
    *,
    above: float = -math.inf,
    least: float = -math.inf,
    below: float = math.inf,
    most: float = math.inf,
) -> float:
    """`value` as a finite number within its bounds; ValueError, in a sentence, for anything else."""
    try:
        checked = float(value)
    except (TypeError, ValueError) as fault:
        raise ValueError(f"The {what} must be a number, not {value!r}.") from fault
    if not math.isfinite(checked):
        raise ValueError(f"The {what} must be a finite number, not {value!r}.")
    if not above < checked < below or not least <= checked <= most:
        bounds = [f"above {above:g}"] * math.isfinite(above) + [f"at least {least:g}"] * math.isfinite(least)
        bounds += [f"below {below:g}"] * math.isfinite(below) + [f"at most {most:g}"] * math.isfinite(most)
        raise ValueError(f"The {what} must be {' and '.join(bounds)}, not {value!r}.")
    return checked


def whole(value: int, what: str, least: int) -> int:
    """`value` as a whole number of at least `least`."""
    checked = number(value, what, least=least)
    if checked != math.floor(checked):
        raise ValueError(f"The {what} must be a whole number, not {value!r}.")
    return int(checked)


def alike(first: Floats | Counts, second: Floats | Counts, what: str) -> None:
    """ValueError unless the two rows are equally long."""
    if len(first) != len(second):
        raise ValueError(f"There must be as many {what}, not {len(first)} and {len(second)}.")


def codes(labels: Labels, length: int) -> Counts:
    """Labels as numbers from 0 on, in the order of their first appearance. Arrays of whole numbers are quickest."""
    if len(labels) != length:
        raise ValueError(f"There must be one label for each answer, not {len(labels)} for {length}.")
    numbers = np.asarray(labels) if isinstance(labels, np.ndarray | array) else None
    if numbers is not None and numbers.dtype.kind in "iu":
        _, first, which = np.unique(numbers, return_index=True, return_inverse=True)
        numbered = np.empty(first.size, dtype=np.int64)
        numbered[np.argsort(first)] = np.arange(first.size)
        return numbered[which]
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(label, len(seen)) for label in labels], dtype=np.int64)

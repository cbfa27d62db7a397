"""How far long work has got, for whoever looks on: on standard error, and nowhere where that is no terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def watched(rows: Iterable[T], what: str, total: int | None = None, *, unit: str = "") -> Iterator[T]:
    """The rows as they come. `total`: how many there are, where they cannot tell that themselves."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    shown: Iterator[T] = iter(tqdm(rows, what, total, leave=False, unit=unit and f" {unit}", disable=None))
    return shown

"""What one sheet of paper holds: how much of each list is told in full, and which codes then stand for the rest.

Lengths are in lines of the sheet’s text, measured on the smaller of the two papers it is printed on (Letter is less
high, A4 less wide). They are estimates on the safe side: a list told shorter than it might be does no harm, a
second page that nobody takes along does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

T = TypeVar("T")

LINE = 95  # characters of text that a line always holds
ROOM = 36.0  # lines, besides the heading of the sheet, the place to write and the foot
HEADING = 2.1  # a list’s heading with the room around it
BETWEEN = 0.4  # the room around an entry
CODES = 2 * LINE - 30
"""Characters of codes after the last full entry: two lines with “Open too” and “and 12 more”."""


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """One list on the sheet: entries told in full, those told by their code alone, and how many not even so."""

    full: Sequence[T]
    by_code: Sequence[T]
    more: int


def lines(*texts: str) -> float:
    """The room that an entry takes whose texts each begin on a line of their own."""
    return BETWEEN + sum(max(1, ceil(len(text) / LINE)) for text in texts)


def fitted(lists: Sequence[Sequence[float]], most: Sequence[int], taken: float) -> list[int]:
    """How many entries of each list fit in full, given the room each takes. Where there is anything, one is told
    in full; after that the lists come in order. `taken` is what else stands on the page.
    """
    told = [min(1, len(costs)) for costs in lists]

    def room() -> float:
        used = taken
        for costs, count in zip(lists, told, strict=True):
            used += (HEADING if costs else 0) + sum(costs[:count]) + (2 + BETWEEN if costs[count:] else 0)
        return ROOM - used

    for which, (costs, limit) in enumerate(zip(lists, most, strict=True)):
        while told[which] < min(limit, len(costs)):
            told[which] += 1
            if room() < 0:
                told[which] -= 1
                break
    return told


def part(entries: Sequence[T], full: int, called: Callable[[T], str]) -> Part[T]:
    """The list with that many in full. `called` gives what stands for an entry that is told by its code."""
    rest, used, by_code = entries[full:], 0, 0
    for entry in rest:
        used += len(called(entry)) + 2
        if used > CODES:
            break
        by_code += 1
    return Part(entries[:full], rest[:by_code], len(rest) - by_code)

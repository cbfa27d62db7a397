"""The tables as people read them: means over the seeds, in columns, as text or as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import fill

from alliance.analysis.simulation.plans import Row

NOTHING = "–"
WIDTH = 120
Key = tuple[str, str, str]
THIRDS = ("steady", "middling", "restless")


@dataclass(frozen=True, slots=True)
class View:
    """A table to read: a title, what its columns mean, and the cells as text. The first columns are words."""

    title: str
    note: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    words: int = 1

    def as_text(self) -> str:
        """In columns of equal width."""
        cells = [self.heads, *self.lines]
        widths = [max(len(line[place]) for line in cells) for place in range(len(self.heads))]
        rows = ["  ".join(self._padded(line, widths)).rstrip() for line in cells]
        note = [fill(self.note, WIDTH), ""] if self.note else []
        return "\n".join([self.title, "", *note, rows[0], "-" * len(rows[0]), *rows[1:], ""])

    def as_markdown(self) -> str:
        marks = ["---" if place < self.words else "---:" for place in range(len(self.heads))]
        rows = ["| " + " | ".join(line) + " |" for line in (self.heads, marks, *self.lines)]
        note = [fill(self.note, WIDTH), ""] if self.note else []
        return "\n".join([f"## {self.title}", "", *note, *rows, ""])

    def _padded(self, line: Sequence[str], widths: Sequence[int]) -> list[str]:
        return [
            cell.ljust(width) if place < self.words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]


class Means:
    """The values of each world, rule and setting, averaged over the seeds."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups: dict[Key, list[Row]] = {}
        for row in rows:
            self._groups.setdefault((row.world, row.rule, row.setting), []).append(row)

    @property
    def keys(self) -> list[Key]:
        return list(self._groups)

    def of(self, key: Key, name: str) -> float:
        """The mean; NaN where no seed has a value."""
        values = self.by_seed(key, name)
        return sum(values) / len(values) if values else math.nan

    def by_seed(self, key: Key, name: str) -> list[float]:
        """What was found, seed by seed."""
        return [
            row.values[name]
            for row in self._groups.get(key, ())
            if not math.isnan(row.values.get(name, math.nan))
        ]

    def weighted(self, key: Key, name: str, weight: str) -> float:
        """The mean over all that was counted in `weight`."""
        pairs = [(row.values[weight], row.values.get(name, math.nan)) for row in self._groups.get(key, ())]
        known = [(count, value) for count, value in pairs if count and not math.isnan(value)]
        total = sum(count for count, _ in known)
        return sum(count * value for count, value in known) / total if total else math.nan


def number(value: float, digits: int = 0) -> str:
    """As it stands in a table."""
    return NOTHING if math.isnan(value) else f"{value:.{digits}f}"


def thirds(means: Means, key: Key) -> str:
    """False alerts of steady, middling and restless dyads."""
    return " / ".join(number(means.of(key, name), 1) for name in THIRDS)

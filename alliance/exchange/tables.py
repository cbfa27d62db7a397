"""Tables that leave the house: what every column means, how its cells are written, and where its rows belong.

One description serves all: the cells of the CSV, the schema of the data package and the codebook are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal

from alliance.domain.spreadsheets import safe

__all__ = ["Column", "Kind", "Level", "Refers", "Table"]

Kind = Literal["whole", "number", "text", "word", "level", "day", "moment", "yes"]
"""A whole number, a number with decimals, text that somebody wrote, a word of the programme’s own that needs no
guard, one of a few levels, a day, a moment in UTC, or true and false."""
Level = tuple[str, str]
"""A value, and what it means."""
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `blank` says what an empty cell means; without it none is empty. `unit` may be empty."""

    name: str
    kind: Kind
    meaning: str
    blank: str = ""
    unit: str = ""
    least: float | None = None
    most: float | None = None
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Refers:
    """That these columns name a row of another table, by its columns of these names."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `meaning` says what a row is; `key`: the columns that name a row."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    refers: tuple[Refers, ...] = ()

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def writers(self) -> list[Callable[[object], str]]:
        """What makes a cell of a value, column by column."""
        return [WRITERS[column.kind] for column in self.columns]

    def without(self, names: Sequence[str]) -> Table:
        """The same table without these columns."""
        kept = tuple(column for column in self.columns if column.name not in names)
        return replace(self, columns=kept, key=tuple(name for name in self.key if name not in names))


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> str:
    return "" if value is None else f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def _yes(value: object) -> str:
    return "" if value is None else "true" if value else "false"


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else _plain(value)


def _moment(value: object) -> str:
    """To the second: `2026-11-20T14:05:00Z`, also of a moment as the database keeps it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{str(value)[:19]}Z" if value else ""


WRITERS: dict[Kind, Callable[[object], str]] = {
    "whole": _plain,
    "number": _number,
    "text": safe,
    "word": _plain,
    "level": _plain,
    "day": _day,
    "moment": _moment,
    "yes": _yes,
}

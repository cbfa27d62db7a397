"""TOML read strictly: every key is known, of its type, and there unless it may be left out."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from surveys.rules import MISSING, collected

STRUCTURE = "instrument.toml"
"""The file of a folder that holds its structure; all others hold texts."""

ADDED = "added.toml"
"""What a clinic notes beside a definition that it added: no part of the definition."""


class InstrumentFault(Exception):
    """A definition that cannot be used: the file, the key (or nothing) and what is wrong, in one sentence."""

    def __init__(self, file: str, key: str, fault: str) -> None:
        super().__init__(": ".join(part for part in (file, key, fault) if part))
        self.file = file
        self.key = key
        self.fault = fault


class Table:
    """One table of a TOML file. Reading a key takes it out; `done` refuses what nobody read.

    Where faults are collected, something of the right type stands in for what is wrong or missing; in the place of
    a whole table, one that is `silent` about everything in it.
    """

    def __init__(self, values: Mapping[str, Any], file: str, key: str = "", *, silent: bool = False) -> None:
        self._values = dict(values)
        self._file = file
        self._key = key
        self._silent = silent

    def fault(self, name: str, fault: str) -> InstrumentFault:
        return InstrumentFault(self._file, ".".join(part for part in (self._key, name) if part), fault)

    def refuse(self, name: str, fault: str) -> None:
        """Raise InstrumentFault; where faults are collected, keep it and go on."""
        one, found = self.fault(name, fault), collected()
        if found is None:
            raise one
        if not self._silent:
            found.take(one.file, one.key, one.fault)

    def text(self, name: str, default: str | None = None) -> str:
        found: str = self._take(name, default, _is_text, "a text in quotes", MISSING)
        return found

    def filled(self, name: str) -> str:
        """A text that has to be there and to say something."""
        text = self.text(name)
        if not text.strip():
            self.refuse(name, "is empty")
        return text

    def whole(self, name: str, default: int | None = None) -> int:
        found: int = self._take(name, default, _is_whole, "a whole number", 0)
        return found

    def whole_or_none(self, name: str) -> int | None:
        return self.whole(name) if name in self._values else None

    def flag(self, name: str, default: bool | None = None) -> bool:
        found: bool = self._take(name, default, _is_flag, "true or false", False)
        return found

    def texts(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        return tuple(self._take(name, default, _all(_is_text), "a list of texts in quotes", ()))

    def wholes(self, name: str, default: tuple[int, ...] | None = None) -> tuple[int, ...]:
        return tuple(self._take(name, default, _all(_is_whole), "a list of whole numbers", ()))

    def table(self, name: str, default: Mapping[str, Any] | None = None) -> Table:
        found = self._take(name, default, _is_table, "a table", None)
        key = ".".join(part for part in (self._key, name) if part)
        return Table(found or {}, self._file, key, silent=found is None)

    def mapping(self, name: str) -> dict[str, str]:
        """A table of texts, whatever their names."""
        found = self._take(name, None, _is_table, "a table", {})
        if not all(map(_is_text, found.values())):
            self.refuse(name, "has to be a table of texts in quotes")
        return dict(found)

    def tables(self, name: str, default: tuple[Mapping[str, Any], ...] | None = None) -> list[Table]:
        """A list of tables with ids; their keys name the id, or the place where there is none."""
        found = self._take(name, default, _all(_is_table), "a list of tables", ())
        return [Table(one, self._file, f"{name}.{_place(one, n)}") for n, one in enumerate(found, start=1)]

    def done(self, why: str = "is not a key that is known here") -> None:
        for name in self._values:
            self.refuse(name, why)

    def _take(
        self, name: str, default: object, fits: Callable[[object], bool], kind: str, stand_in: object
    ) -> Any:
        if name not in self._values:
            if default is None:
                self.refuse(name, "is missing")
                return stand_in
            return default
        value = self._values.pop(name)
        if not fits(value):
            self.refuse(name, f"has to be {kind}")
            return stand_in
        return value


def read_toml(path: Path, file: str) -> Table:
    """The whole file as a table; `file` is what faults call it."""
    try:
        return Table(tomllib.loads(path.read_text(encoding="utf-8")), file)
    except FileNotFoundError:
        raise InstrumentFault(file, "", "is missing") from None
    except OSError as fault:
        raise InstrumentFault(file, "", f"cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise InstrumentFault(file, "", "is not a text in UTF-8") from fault
    except tomllib.TOMLDecodeError as fault:
        raise InstrumentFault(file, "", f"is not sound TOML: {fault}") from fault


def _place(one: Mapping[str, Any], n: int) -> str:
    named = one.get("id")
    return named if isinstance(named, str) and named else str(n)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _all(fits: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(fits(one) for one in value)

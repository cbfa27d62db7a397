"""Reading ratings from CSV, a row at a time, and saying exactly where a file is wrong.

A row is one held session of one dyad: `dyad`, `session` (a number from 1), the scales `safety`, `attunement` and
`collaboration` or one `score` instead, and `rupture` if it was asked; all 0–100. A blank was not answered; where all
are blank the session was held and no form came back. Sessions that are not in the file were not held.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from alliance.analysis.odds import Held

__all__ = ["ENCODING", "RatingsFault", "RatingsFile", "Row", "shown"]

ENCODING = "utf-8-sig"
"""UTF-8, with the mark at its beginning that spreadsheets write or without."""
SCALES = ("safety", "attunement", "collaboration")
KNOWN = ("dyad", "session", *SCALES, "score", "rupture")
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}
MOST_DIGITS = 9
MOST_REMEMBERED = 10_000
SHOWN = 40
"""Not more characters of a wrong value than these are repeated."""


class RatingsFault(Exception):
    """Ratings that cannot be read, or not be made sense of. The message is a sentence that names the place."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it ends, the dyad as it is named there, and the held session."""

    line: int
    dyad: str
    held: Held


class RatingsFile:
    """The rows of an open CSV file; iterate over it once. It holds one row at a time, however long the file.

    `ignored`: the columns of other names, in order. Raises RatingsFault when made, for the file’s first line,
    and while it is iterated over, for any other.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        """`stream`: opened with `ENCODING` and newline=""; `name`: what to call the file in sentences."""
        self._name = name
        self._reader = csv.reader(stream, strict=True)
        self._scores: dict[str, float | None] = {"": None}
        header = next(self._lines(), None)
        if header is None:
            raise RatingsFault(f"{name} is empty; its first line must hold the names of the columns.")
        self._width = len(header)
        self._at = self._columns([column.strip().lower() for column in header])
        self.ignored = tuple(
            column.strip() for column in header if column.strip() and column.strip().lower() not in KNOWN
        )

    def __iter__(self) -> Iterator[Row]:
        dyad_at, session_at = self._at["dyad"], self._at["session"]
        asked = [(name, self._at.get(name)) for name in (*SCALES, "rupture", "score")]
        for fields in self._lines():
            if len(fields) != self._width:
                raise self._fault(f"there are {len(fields)} values for {self._width} columns")
            dyad = fields[dyad_at].strip()
            if not dyad:
                raise self._fault("the dyad’s name is missing", "dyad")
            session = self._session(fields[session_at].strip())
            safety, attunement, collaboration, rupture, score = [
                None if at is None else self._score(fields[at], name) for name, at in asked
            ]
            scales = (safety, attunement, collaboration)
            answered = scales != (None, None, None) or rupture is not None or score is not None
            yield Row(self._reader.line_num, dyad, Held(session, answered, scales, rupture, score))

    def _lines(self) -> Iterator[list[str]]:
        """The lines that hold anything; spreadsheets like to end with some that hold nothing but commas."""
        try:
            for fields in self._reader:
                if any(fields):
                    yield fields
        except UnicodeDecodeError as fault:
            raise RatingsFault(f"{self._name} is not text in UTF-8: save it as “CSV UTF-8”.") from fault
        except csv.Error as fault:
            raise self._fault(f"the quotation marks are out of order ({fault})") from fault

    def _columns(self, names: Sequence[str]) -> Mapping[str, int]:
        twice = [name for name in KNOWN if names.count(name) > 1]
        if twice:
            raise RatingsFault(f"{self._name} has more than one column {twice[0]}.")
        at = {name: names.index(name) for name in KNOWN if name in names}
        missing = [name for name in ("dyad", "session") if name not in at]
        scales = [name for name in SCALES if name not in at]
        if scales and (len(scales) < len(SCALES) or "score" not in at):
            missing += scales
        if not missing:
            return at
        for separator, called in OTHER_SEPARATORS.items():
            if len(names) == 1 and separator in names[0]:
                raise RatingsFault(f"{self._name} separates its columns with {called}: save it with commas.")
        instead = ", or one column score instead of the scales" if len(scales) == len(SCALES) else ""
        columns = "column" if len(missing) == 1 else "columns"
        raise RatingsFault(
            f"{self._name} needs the {columns} {', '.join(missing)}{instead} in its first line."
        )

    def _session(self, text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and (number := int(text)) > 0:
            return number
        raise self._fault(f"{shown(text)} is not a whole number from 1", "session")

    def _score(self, text: str, column: str) -> float | None:
        # Most ratings are a few numbers over and over: looking them up is quicker than reading them again.
        try:
            return self._scores[text]
        except KeyError:
            score = self._read_score(text.strip(), column)
        if len(self._scores) < MOST_REMEMBERED:
            self._scores[text] = score
        return score

    def _read_score(self, text: str, column: str) -> float | None:
        if not text:
            return None
        try:
            score = float(text)
        except ValueError:
            score = -1.0
        if 0.0 <= score <= 100.0 and text.isascii() and "_" not in text:  # which no “nan” passes
            return score
        hint = "; write decimals with a point" if "," in text else ""
        raise self._fault(f"{shown(text)} is not a number from 0 to 100{hint}", column)

    def _fault(self, what: str, column: str | None = None) -> RatingsFault:
        where = f"{self._name}, line {self._reader.line_num}" + (f", column {column}" if column else "")
        return RatingsFault(f"{where}: {what}.")


def shown(text: str) -> str:
    """A wrong value as a sentence repeats it: on one line, and not at length."""
    if not text:
        return "a blank"
    plain = "".join(character if character.isprintable() else "�" for character in text)
    return f"“{plain}”" if len(plain) <= SHOWN else f"“{plain[:SHOWN]}…”"

"""A table that somebody else wrote, a line at a time: whatever it holds is read, or it is said what is wrong."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from alliance.exchange.ratings import RatingsFault, shown

__all__ = ["ENCODINGS", "SEPARATORS", "Cells", "Incoming", "IncomingFault", "Uneven", "fingerprint"]

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ENCODINGS = ("utf-8", "windows-1252", "utf-16")
MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
READ_AS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252", "utf-16": "utf-16"}
NOT_TEXT = {
    b"PK\x03\x04": "a workbook (.xlsx or .ods)",
    b"\xd0\xcf\x11\xe0": "a workbook (.xls)",
    b"%PDF": "a PDF",
}
MOST_BYTES = 200_000_000
LONGEST_CELL = 10_000
MOST_COLUMNS = 1_000
BLOCK = 1 << 20


class IncomingFault(RatingsFault):
    """A file that cannot be read as a table. The message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One line of the table: the line of the file on which it ends, and its cells, as many as there are columns."""

    line: int
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Uneven:
    """A line that has more or fewer cells than there are columns."""

    line: int
    sentence: str


def fingerprint(path: Path) -> bytes:
    """What tells one file from another: SHA-256 of its bytes. Raises IncomingFault."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            for block in iter(lambda: stream.read(BLOCK), b""):
                digest.update(block)
    except OSError as error:
        raise IncomingFault(f"{path.name} cannot be read: {error.strerror}.") from error
    return digest.digest()


class Incoming:
    """An open file as a table. `columns`: the names in its first line. Iterate over it once.

    Raises IncomingFault for what stops it from being read: when made for its beginning, later for the rest.
    """

    def __init__(self, stream: BinaryIO, name: str, *, encoding: str = "utf-8", separator: str = "") -> None:
        """`separator`: one of SEPARATORS, empty to take it from the first line; `name`: for sentences."""
        self.name = name
        beginning = stream.read(4)
        for mark, kind in NOT_TEXT.items():
            if beginning.startswith(mark):
                raise IncomingFault(f"{name} is {kind}. Save it as “CSV UTF-8” first, and import that.")
        stream.seek(0, io.SEEK_END)
        if stream.tell() > MOST_BYTES:
            raise IncomingFault(
                f"{name} is larger than {MOST_BYTES // 1_000_000} MB. Split it into several files."
            )
        stream.seek(0)
        for mark, marked in MARKS.items():
            if beginning.startswith(mark):
                encoding = marked
        self.encoding = encoding
        text = io.TextIOWrapper(stream, encoding=READ_AS[encoding], newline="")
        self._text = text
        self.separator = separator or self._sniffed()
        self._reader = csv.reader(text, strict=True, delimiter=self.separator)
        self.columns = self._header()

    def __iter__(self) -> Iterator[Cells | Uneven]:
        width = len(self.columns)
        for line, cells in self._lines():
            if len(cells) != width:
                yield Uneven(
                    line,
                    f"there are {len(cells)} cells for {width} columns. Look for a separator too many or too few.",
                )
            elif any(len(cell) > LONGEST_CELL for cell in cells):
                yield Uneven(
                    line,
                    f"a cell has more than {LONGEST_CELL:,} characters. A quotation mark may be missing.",
                )
            else:
                yield Cells(line, cells)

    def _sniffed(self) -> str:
        """The separator that the first line has most of outside quotation marks."""
        try:
            first = self._text.readline(LONGEST_CELL)
            self._text.seek(0)
        except (UnicodeError, OSError) as fault:
            raise self._not_text() from fault
        bare = "".join(first.split('"')[::2])
        return max(SEPARATORS, key=bare.count) if any(one in bare for one in SEPARATORS) else ","

    def _header(self) -> tuple[str, ...]:
        found = next(self._lines(), None)
        if found is None:
            raise IncomingFault(f"{self.name} is empty. Its first line must hold the names of the columns.")
        columns = tuple(cell.strip() for cell in found[1])
        if len(columns) > MOST_COLUMNS:
            raise IncomingFault(
                f"{self.name} has more than {MOST_COLUMNS:,} columns. Take out those that are not needed."
            )
        while columns and not columns[-1]:  # a separator at the end of each line
            raise IncomingFault(f"{self.name}, line 1: the last column has no name. Name it or take it out.")
        named = [column.casefold() for column in columns if column]
        twice = next((column for column in columns if column and named.count(column.casefold()) > 1), None)
        if twice is not None:
            raise IncomingFault(
                f"{self.name}, line 1: two columns are called {shown(twice)}. Rename one of them."
            )
        return columns

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """The lines that hold anything; spreadsheets like to end with some that hold nothing but separators."""
        try:
            for cells in self._reader:
                if any(cells):
                    if "\x00" in "".join(cells):
                        raise self._not_text(f"line {self._reader.line_num}")
                    yield self._reader.line_num, cells
        except UnicodeError as fault:
            raise self._not_text() from fault
        except csv.Error as fault:
            where = f"{self.name}, line {self._reader.line_num}"
            raise IncomingFault(
                f"{where}: the quotation marks are out of order ({fault}). Save the file as CSV once more."
            ) from fault

    def _not_text(self, where: str = "") -> IncomingFault:
        if not where:  # text is read ahead of the line that was last made of it
            where = f"line {self._reader.line_num + 1} or below" if hasattr(self, "_reader") else "line 1"
        return IncomingFault(
            f"{self.name}, {where}: this is not text in {self.encoding}. Save it as “CSV UTF-8”, or say "
            "in a mapping which encoding it has (alliance import map)."
        )

"""A Frictionless data package: tables as CSV files, with a description that machines check them by.

Data Package 2.0 (https://datapackage.org). Each file is described with its size and SHA-256, each table with its
columns, the key of its rows, and the tables that it refers to. As a ZIP the same files always make the same bytes.
"""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from alliance.exchange.tables import Column, Kind, Table

__all__ = ["DESCRIPTION", "EXPORT", "Licence", "Mark", "Package", "zipped"]

DESCRIPTION = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
EXPORT = "export"
"""The last column of every table, with the number of the export: a file that goes astray can still be placed."""
TYPES: Mapping[Kind, str] = {
    "whole": "integer", "number": "number", "text": "string", "word": "string", "level": "string",
    "day": "date", "moment": "datetime", "yes": "boolean",
}  # fmt: skip
BEGINNING = (1980, 1, 1, 0, 0, 0)  # of time, in a ZIP: files in it have no time of their own
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Licence:
    """On what terms something may be passed on. `path` is where the terms stand, if they do."""

    name: str
    title: str
    path: str = ""

    def described(self) -> dict[str, str]:
        return {"name": self.name, "title": self.title, **({"path": self.path} if self.path else {})}


@dataclass(frozen=True, slots=True)
class Mark:
    """What an export says of itself: its number, a title, what is told of who made it and when, on what terms.

    `clinic`, by name, and `created`, a moment as ISO 8601, are empty where they are not to be told.
    """

    number: str
    title: str
    told: str
    licence: Licence
    clinic: str = ""
    created: str = ""


class Package:
    """A folder that is being filled with tables, row by row; nothing but what is on its way is kept in memory.

    Used with `with`; what is in the folder is whole once `finish` has been called. Raises OSError.
    """

    def __init__(self, folder: Path, tables: Sequence[Table], mark: Mark) -> None:
        """`folder`: empty, and closed to others."""
        self._folder, self._tables, self._mark = folder, tables, mark
        self.rows = {table.name: 0 for table in tables}
        self._makers = {table.name: table.writers for table in tables}
        self._stack = ExitStack()
        self._files: dict[str, Any] = {}
        for table in tables:
            stream = (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="")
            self._files[table.name] = csv.writer(self._stack.enter_context(stream), lineterminator="\r\n")
            self._files[table.name].writerow([*table.header, EXPORT])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._stack.close()

    def add(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Write rows, each with a value for every column of the table, None for blank."""
        makers, number = self._makers[table], self._mark.number
        made = [[*(make(cell) for make, cell in zip(makers, row, strict=True)), number] for row in rows]
        self._files[table].writerows(made)
        self.rows[table] += len(made)

    def finish(self, beside: Mapping[str, str], licences: Mapping[str, Sequence[Licence]]) -> None:
        """Close the tables and describe them. `beside`: texts that go along, by file name; `licences` of tables
        that others may use, by name."""
        self._stack.close()
        for name, text in beside.items():
            (self._folder / name).write_text(text, encoding="utf-8", newline="")
        described = self._described(licences)
        text = json.dumps(described, ensure_ascii=False, indent=1)
        (self._folder / DESCRIPTION).write_text(f"{text}\n", encoding="utf-8", newline="")

    def _described(self, licences: Mapping[str, Sequence[Licence]]) -> dict[str, Any]:
        mark = self._mark
        return {
            "$schema": PROFILE,
            "name": f"alliance-export-{mark.number.lower()}",
            "id": mark.number,
            "title": mark.title,
            "description": mark.told,
            **({"created": mark.created} if mark.created else {}),
            **({"contributors": [{"title": mark.clinic, "roles": ["publisher"]}]} if mark.clinic else {}),
            "licenses": [mark.licence.described()],
            "resources": [self._resource(table, licences.get(table.name, ())) for table in self._tables],
        }

    def _resource(self, table: Table, licences: Sequence[Licence]) -> dict[str, Any]:
        path = self._folder / f"{table.name}.csv"
        with path.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
        return {
            "name": table.name,
            "type": "table",
            "path": path.name,
            "title": table.title,
            "description": f"A row is {table.meaning}.",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": path.stat().st_size,
            "hash": f"sha256:{digest}",
            **({"licenses": [one.described() for one in licences]} if licences else {}),
            "schema": _schema(table),
        }


def _schema(table: Table) -> dict[str, Any]:
    number = Column(EXPORT, "word", "the number of the export")
    return {
        "fields": [_field(column) for column in (*table.columns, number)],
        "missingValues": [""],
        "primaryKey": list(table.key),
        "foreignKeys": [
            {
                "fields": list(one.columns),
                "reference": {"resource": one.table, "fields": list(one.targets)},
            }
            for one in table.refers
        ],
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {} if column.blank else {"required": True}
    if column.least is not None:
        constraints["minimum"] = column.least
    if column.most is not None:
        constraints["maximum"] = column.most
    if column.levels:
        constraints["enum"] = [value for value, _ in column.levels]
    meaning = "; ".join(f"{value}: {told}" for value, told in column.levels)
    parts = [column.meaning, column.unit, meaning, f"blank: {column.blank}" if column.blank else ""]
    return {
        "name": column.name,
        "type": TYPES[column.kind],
        "description": ". ".join(part for part in parts if part),
        **({"constraints": constraints} if constraints else {}),
    }


def zipped(folder: Path, target: BinaryIO) -> None:
    """Write the files of a folder as a ZIP: the same files, the same bytes. Readable by their owner alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.iterdir()):
            info = zipfile.ZipInfo(path.name, BEGINNING)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o600 << 16
            info.file_size = path.stat().st_size  # so that large files get a large file’s head
            with path.open("rb") as stream, archive.open(info, "w") as into:
                shutil.copyfileobj(stream, into, CHUNK)

"""Definitions that a clinic added: which words were looked at, and by what right the clinic uses them.

The note of it lies beside the definition, in `added.toml`. So a definition cannot come into use by being put there,
a published version cannot change, and a backup of the folder holds all there is to know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from surveys.loader import language_files
from surveys.tables import ADDED, STRUCTURE, InstrumentFault, Table, read_toml

OWN = "own"
"""The licence of who holds the rights, or of what everybody may use."""


@dataclass(frozen=True, slots=True)
class Added:
    """What a clinic stated as it added one version of a definition.

    `holder` is whose the words are, `licence` the number or date of what allows the clinic to use them, or "own",
    `until` the last day of that, where it has one. `files` are the SHA-256 of each file, by name.
    """

    holder: str
    licence: str
    until: date | None
    added_on: date
    files: Mapping[str, str]

    def changed(self) -> Added:
        """The same of a definition that is not as it was: it can be read, and is asked no more."""
        return replace(self, until=date.min)

    def ended(self, today: date) -> bool:
        """Whether the clinic may ask it no more."""
        return self.until is not None and self.until < today

    def as_toml(self) -> str:
        """As it lies beside the definition."""
        lines = ["# Written by “alliance instruments add”, which is also how to change it."]
        told = {"holder": self.holder, "licence": self.licence, "added_on": self.added_on.isoformat()}
        told |= {"until": self.until.isoformat()} if self.until else {}
        lines += [f"{name} = {_quoted(value)}" for name, value in told.items()]
        lines += ["", "[files]", *(f"{_quoted(name)} = {_quoted(sha)}" for name, sha in self.files.items())]
        return "\n".join(lines) + "\n"


def fingerprints(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a definition, by name."""
    files = (path for path in (folder / STRUCTURE, *language_files(folder)) if path.is_file())
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def read_added(folder: Path) -> Added:
    """What was stated of the definition in `folder`. Raises InstrumentFault."""
    if not (folder / ADDED).exists():
        fault = "was put here by hand: take it out, check it and use “alliance instruments add”"
        raise InstrumentFault(folder.name, "", fault)
    file = f"{folder.name}/{ADDED}"
    top = read_toml(folder / ADDED, file)
    until, files = top.text("until", ""), top.mapping("files")
    added = Added(
        holder=top.filled("holder"),
        licence=top.filled("licence"),
        until=_day(top, "until", until) if until else None,
        added_on=_day(top, "added_on", top.text("added_on")),
        files=files,
    )
    top.done()
    return added


def changed_since(folder: Path, added: Added) -> InstrumentFault | None:
    """The first file that is not as it was when it was added, if there is one."""
    there = fingerprints(folder)
    for name in sorted({*there, *added.files}):
        if there.get(name) != added.files.get(name):
            fault = (
                "was changed since it was added, so it is not asked any more. Put it back as it was; what is changed "
                "needs a new version"
            )
            return InstrumentFault(f"{folder.name}/{name}", "", fault)
    return None


def _day(top: Table, name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        top.refuse(name, "has to be a day such as 2027-12-31")
        raise  # where faults are collected, this file is not read


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # the escapes that JSON and TOML share

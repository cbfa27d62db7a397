"""Copies of shipped definitions, to be changed and broken."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import surveys
from surveys.packs import OWN, Added, fingerprints
from surveys.tables import ADDED

SHIPPED = Path(surveys.__file__).parent / "instruments"
TIDE = Path(__file__).parent / "packs" / "tide-1.0"
"""A questionnaire that is made up from end to end: other scales, other sentences, a range of its own."""


def copied(folder: Path, name: str = "after-session-1.0", *, called: str | None = None) -> Path:
    """A copy of that shipped definition inside `folder`, in English alone."""
    copy = folder / (called or name)
    copy.mkdir(parents=True)
    for file in ("instrument.toml", "en.toml"):
        shutil.copy(SHIPPED / name / file, copy / file)
    return copy


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first `old`, which has to be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} does not say {old}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def as_added(folder: Path, until: date | None = None) -> Path:
    """The folder, as if a clinic had added it."""
    added = Added("Somebody", OWN, until, date(2026, 1, 1), fingerprints(folder))
    (folder / ADDED).write_text(added.as_toml(), encoding="utf-8")
    return folder


def newer(folder: Path, version: str, name: str = "after-session-1.0") -> Path:
    """A copy of that definition that says it is of that version."""
    instrument_id = name.rpartition("-")[0]
    copy = copied(folder, name, called=f"{instrument_id}-{version}")
    edit(copy / "instrument.toml", 'version = "1.0"', f'version = "{version}"')
    return copy

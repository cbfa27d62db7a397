"""Copies of shipped definitions, to be changed and broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import surveys

SHIPPED = Path(surveys.__file__).parent / "instruments"


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


def newer(folder: Path, version: str, name: str = "after-session-1.0") -> Path:
    """A copy of that definition that says it is of that version."""
    instrument_id = name.rpartition("-")[0]
    copy = copied(folder, name, called=f"{instrument_id}-{version}")
    edit(copy / "instrument.toml", 'version = "1.0"', f'version = "{version}"')
    return copy

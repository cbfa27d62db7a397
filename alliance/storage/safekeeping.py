"""How a clinic's keeping stands: backups that were made, tests of them, and what failed. A small file beside it all.

Not in the database, which may be what is lost; and every process that serves or looks after the clinic reads it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from alliance.storage import files
from alliance.storage.locks import locked

FILE = "keeping.json"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made and read again. `spool` says how far each segment went before it was begun, `findings`
    what an examination of the database found that is not as it was written.
    """

    path: str
    at: datetime
    size: int
    responses: int
    spool: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that failed: since when, when last, and why."""

    since: datetime
    last: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands. `good` are the two newest backups, newest first."""

    good: tuple[Made, ...] = ()
    tested_at: datetime | None = None
    backup_failed: Trouble | None = None
    spool_failed: Trouble | None = None
    disk_full: Trouble | None = None


def load(folder: Path) -> Standing:
    """How it stands. A file that is missing or damaged says nothing of any backup."""
    try:
        return _from(json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Standing()


def change(folder: Path, how: Callable[[Standing], Standing]) -> Standing:
    """Change it, one process at a time, whole or not at all. Raises OSError."""
    lock = os.open(folder / f"{FILE}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with locked(lock):
            changed = how(load(folder))
            files.put(folder / FILE, json.dumps(asdict(changed), default=datetime.isoformat).encode())
            return changed
    finally:
        os.close(lock)


def spool_failed(folder: Path, at: datetime, why: str) -> None:
    """What was received at this moment is in the database alone."""
    change(folder, lambda now: replace(now, spool_failed=_again(now.spool_failed, at, why)))


def backup_failed(folder: Path, at: datetime, why: str) -> None:
    """A backup could not be made, or was not good."""
    change(folder, lambda now: replace(now, backup_failed=_again(now.backup_failed, at, why)))


def disk_full(folder: Path, at: datetime, why: str) -> None:
    """The disk had no room, and the ballast went."""
    change(folder, lambda now: replace(now, disk_full=_again(now.disk_full, at, why)))


def tested(folder: Path, at: datetime) -> None:
    """A backup was restored into a folder that went again, and was whole."""
    change(folder, lambda now: replace(now, tested_at=at))


def _again(before: Trouble | None, at: datetime, why: str) -> Trouble:
    return Trouble(before.since if before else at, at, why)


def _from(told: dict[str, Any]) -> Standing:
    def moment(value: str | None) -> datetime | None:
        return datetime.fromisoformat(value) if value else None

    def trouble(value: dict[str, str] | None) -> Trouble | None:
        if not value:
            return None
        return Trouble(
            datetime.fromisoformat(value["since"]), datetime.fromisoformat(value["last"]), value["why"]
        )

    return Standing(
        good=tuple(map(_made, told["good"])),
        tested_at=moment(told["tested_at"]),
        backup_failed=trouble(told["backup_failed"]),
        spool_failed=trouble(told["spool_failed"]),
        disk_full=trouble(told["disk_full"]),
    )


def _made(told: dict[str, Any]) -> Made:
    at, findings = datetime.fromisoformat(told["at"]), tuple(told["findings"])
    return Made(**{**told, "at": at, "findings": findings})

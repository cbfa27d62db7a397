"""Take an export out of the house: a number for it, a line in the trail, then its name; and nothing by half."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.trail import record_by
from alliance.domain.clinic import ClinicSettings
from alliance.domain.copies import RESTRICTED
from alliance.exchange.package import zipped
from alliance.storage import files

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that are taken for another
LENGTH = 8
ZIP = ".zip"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was taken out. `rows` by table."""

    path: Path
    number: str
    rows: Mapping[str, int]


def new_number() -> str:
    """What this export is called, in the trail and on everything that is in it."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def told(number: str, kind: str, made: str, settings: ClinicSettings) -> str:
    """The line that goes along, with what can be said of who made it and when."""
    line = f"{kind} {number}, made {made}. It holds what patients told in confidence:"
    line += " keep it as closed as the clinic’s records."
    return f"{line} {RESTRICTED}" if settings.restricted else line


def need_room(*targets: Path) -> None:
    """Refuse a place where something is already, or that is nowhere. Raises Fault."""
    for target in targets:
        if target.exists() or target.is_symlink():
            raise Fault(f"{target} is there already. Nothing is overwritten: choose another name")
        if not target.absolute().parent.is_dir():
            raise Fault(f"There is no folder {target.absolute().parent} to put it into")


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A folder that is closed to others, on the disk of the target; it goes again with all that is left in it.

    Raises Fault for what the disk refuses.
    """
    try:
        work = Path(tempfile.mkdtemp(prefix=".export-", dir=target.absolute().parent))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise Fault(
            f"{target} cannot be written: {error.strerror or error}. Nothing was taken out"
        ) from error


def take_out(
    clinic: Clinic,
    folder: Path,
    target: Path,
    now: datetime,
    detail: Mapping[str, object],
    papers: Mapping[Path, Path] = MappingProxyType({}),
) -> None:
    """Note it in the trail, then give the folder, or a ZIP of it, its name; first the papers that go beside it.

    Raises OSError.
    """
    for path in (*folder.iterdir(), *papers):
        path.chmod(0o600)
    staged = folder
    if target.suffix.lower() == ZIP:
        staged = folder.with_name(f"{folder.name}{ZIP}")
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            zipped(folder, stream)
    note(clinic, now, detail)
    for paper, place in papers.items():
        files.place(paper, place)
    files.place(staged, target)


def note(clinic: Clinic, now: datetime, detail: Mapping[str, object]) -> None:
    """One line in the trail: what was taken out, by its number and how much, before anybody has it."""
    with clinic.db.write() as conn:
        record_by(conn, "command", "export clinic", "setting", 0, now, detail)

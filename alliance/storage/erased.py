"""Who was erased, outside the database: so that nobody comes back with an old backup or from the spool.

A line for each, in files that only grow: the number of a row, the moment it was added, the moment it was erased.
No name, no code, nothing anybody said. Kept in the clinic's folder, beside the spool and in every backup.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from pathlib import Path

from alliance.storage.database import Connection
from alliance.storage.files import sync_folder
from alliance.storage.locks import locked

FILE = "erased.log"

Patient = tuple[int, str]
"""The number of a patient's row and the moment it was added, as the database writes it."""


def read(folders: Iterable[Path]) -> frozenset[Patient]:
    """Everybody noted in any of these folders. A line that was damaged or cut off says nothing."""
    found = set()
    for folder in folders:
        try:
            lines = (folder / FILE).read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            continue
        found |= {patient for line in lines if (patient := _patient(line)) is not None}
    return frozenset(found)


def note(folder: Path, conn: Connection) -> int:
    """Add everybody of whom the database says that they were erased and the file in `folder` does not; how many.

    Raises OSError.
    """
    rows = conn.execute(
        "SELECT patient_id, patient_added_at, erased_at FROM erasure WHERE erased_at IS NOT NULL ORDER BY id"
    )
    known = read([folder])
    lines = [
        _line(row["patient_id"], row["patient_added_at"], row["erased_at"])
        for row in rows
        if (row["patient_id"], row["patient_added_at"]) not in known
    ]
    if lines:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _append(folder, "".join(lines).encode("ascii"))
    return len(lines)


def merge(folder: Path, patients: Iterable[Patient], at: str) -> None:
    """Let the file in `folder` name these too."""
    missing = sorted(frozenset(patients) - read([folder]))
    if missing:
        _append(folder, "".join(_line(number, added, at) for number, added in missing).encode("ascii"))


def here(conn: Connection, patients: Iterable[Patient]) -> list[int]:
    """Which of them have a row."""
    return [
        number
        for number, added in sorted(patients)
        if conn.execute("SELECT 1 FROM patient WHERE id = ? AND created_at = ?", (number, added)).fetchone()
    ]


def _append(folder: Path, content: bytes) -> None:
    file = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        with locked(file):
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                content = b"\n" + content  # a line was cut off in writing
            while content:
                content = content[os.write(file, content) :]
            os.fsync(file)
    finally:
        os.close(file)
    sync_folder(folder)


def _line(number: int, added: str, erased: str) -> str:
    said = f"{number} {added} {erased}"
    return f"{said} {zlib.crc32(said.encode()):08x}\n"


def _patient(line: str) -> Patient | None:
    said, _, crc = line.rpartition(" ")
    parts = said.split(" ")
    if len(parts) != 3 or not parts[0].isdigit() or crc != f"{zlib.crc32(said.encode()):08x}":
        return None
    return int(parts[0]), parts[1]

"""A file that is good for nothing but to be removed: room for answers on a disk that has become full."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FILE = "ballast"
SIZE = 32 << 20  # bytes


def make(folder: Path) -> bool:
    """Put it there, if it is not and there is ample room. Whether it is there now."""
    path = folder / FILE
    if is_there(folder):
        return True
    try:
        if shutil.disk_usage(folder).free < 4 * SIZE:
            return False
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            _fill(file)
            os.fsync(file)
        finally:
            os.close(file)
    except OSError:
        path.unlink(missing_ok=True)
        return False
    return True


def _fill(file: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, SIZE)
        return
    for _ in range(SIZE >> 20):  # pragma: no cover — where a file has to be written to take up room
        os.write(file, os.urandom(1 << 20))


def is_there(folder: Path) -> bool:
    """Whether it is there, whole."""
    path = folder / FILE
    return path.exists() and path.stat().st_size == SIZE


def free(folder: Path) -> bool:
    """Let go of it. False where there was none."""
    try:
        (folder / FILE).unlink()
    except OSError:
        return False
    return True

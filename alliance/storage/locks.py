"""Locks on files, which the system lets go of by itself when a process ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover — a system without them has one program at a time to be careful about
    fcntl = None  # type: ignore[assignment]

FILE = "clinic.lock"


class InUse(Exception):
    """The clinic is being used in a way that does not go together with what is asked."""


@contextmanager
def locked(file: int) -> Iterator[None]:
    """Have an open file to oneself; others that lock it wait."""
    if fcntl is None:  # pragma: no cover
        yield
        return
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


class Hold:
    """A clinic's folder, held: by many that work in it, or by one that puts it back in order."""

    def __init__(self, folder: Path, *, alone: bool) -> None:
        """Raises InUse at once where it cannot be had, and OSError."""
        self._file: int | None = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        if fcntl is None:  # pragma: no cover
            return
        try:
            fcntl.flock(self._file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise InUse from None

    def close(self) -> None:
        """Let go of it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def locked_file(path: Path) -> Iterator[bool]:
    """Have a lock file to oneself; False at once where somebody else has it. Raises OSError."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is None:  # pragma: no cover
            yield True
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(file)

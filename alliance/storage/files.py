"""Files of a clinic's folder: for its owner only, whole or not there, and on the disk before anybody is told."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path


def put(path: Path, content: bytes) -> None:
    """Put a file in the place of another, if there is one: whoever looks finds the old or the new one, whole.

    Nobody else can read it at any moment. Raises OSError; then what was there stays.
    """
    beside = path.with_name(path.name + ".new")
    try:
        beside.unlink(missing_ok=True)  # of a time that was cut short
        write(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), content)
        beside.replace(path)
        sync_folder(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def write(file: int, content: bytes) -> None:
    """Write all of a file that was opened for it, make it durable, and close it."""
    with os.fdopen(file, "wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())


def sync_folder(folder: Path) -> None:
    """Make a new file's name durable; a system that cannot open folders keeps names by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_file(path: Path) -> None:
    """Make what a file holds durable, if the file is there."""
    if path.exists():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def place(staged: Path, target: Path) -> None:
    """Give what was made its name, unless something has it: a file or a folder, on the same disk.

    Raises FileExistsError, and OSError.
    """
    if target.exists() or target.is_symlink():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    if staged.is_dir():
        for path in staged.iterdir():
            sync_file(path)
        sync_folder(staged)
        staged.rename(target)
    else:
        sync_file(staged)
        os.link(staged, target)  # fails where another has taken the name meanwhile
        staged.unlink()
    sync_folder(target.parent)

"""A night that runs beside a server, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def one_night(folder: Path) -> Iterator[Callable[[], None]]:
    """Gives what starts `alliance nightly` for the clinic in `folder`; it has ended when the block is left.

    Not in the server itself: what a night loads would make it start later and stay larger.
    """
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, "-m", "alliance.cli", "nightly", str(folder)]
        none = subprocess.DEVNULL
        running.append(subprocess.Popen(command, stdin=none, stdout=none, stderr=none))  # noqa: S603 (ours)

    try:
        yield start
    finally:
        for process in running:
            process.terminate()
            process.wait()

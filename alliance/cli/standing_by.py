"""Serving a clinic whose database is damaged: closed, until it has been put back. Nothing is ever made in its place."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from alliance.actions.clinic import open_clinic
from alliance.app import create_app, create_closed_app
from alliance.storage.snapshots import MARK
from alliance.storage.sqlite import DatabaseFault

if TYPE_CHECKING:
    from alliance.config import Config

LOOK_AGAIN = 2.0  # seconds


class StandingBy:
    """Answers that the clinic is closed, and looks now and then whether its database has come back."""

    def __init__(self, config: Config, stack: ExitStack) -> None:
        """`stack` closes the clinic, once there is one."""
        self._folder, self._database, self._stack = config.folder, config.database, stack
        self._app = create_closed_app(config)
        self._seen, self._looked = self._state(), monotonic()
        self._turn = threading.Lock()
        self.closed = True

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.closed:
            self._look()
        return self._app(environ, start_response)

    def _look(self) -> None:
        with self._turn:
            if not self.closed or monotonic() - self._looked < LOOK_AGAIN:
                return
            self._looked, state = monotonic(), self._state()
            if state == self._seen:
                return
            try:
                clinic = open_clinic(self._folder)
            except DatabaseFault:
                if not (self._folder / MARK).exists():
                    self._seen = state
                return
            self._stack.callback(clinic.close)
            self._app, self.closed = create_app(clinic), False

    def _state(self) -> tuple[object, ...]:
        """What changes when another database is put here."""
        return tuple(_stamp(path) for path in (self._database, self._folder / MARK))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns

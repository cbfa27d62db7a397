"""Servers to be killed: one process imports the product once, and each line on its standard input makes it fork one.

A line is a folder and a hook. The fork runs `alliance serve` on the folder; when it has died, however it did, the
parent says “ended” and its status. Run as `python -m tests.faults.nursery`.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from alliance.actions import answering
from alliance.app import create_app  # noqa: F401 (imported before the fork, so that a fork is quick)
from alliance.cli import server  # noqa: F401
from alliance.cli.running import serve
from alliance.storage import sqlite
from alliance.storage.database import Database
from alliance.storage.spool import Spool
from alliance.storage.sqlite import Connection
from tests.faults.rounds import rounds

SPARED = rounds(short=20, long=80)  # commits, at most, before a hook kills


class Dying(Connection):
    """A connection at one of whose commits the process is killed."""

    hook = ""
    left = 0

    def execute(self, sql: str, *more: Any) -> Any:
        if sql != "COMMIT" or not Dying.hook:
            return super().execute(sql, *more)
        Dying.left -= 1
        if Dying.left > 0:
            return super().execute(sql, *more)
        if Dying.hook == "before commit":
            die()
        done = super().execute(sql, *more)
        if Dying.hook == "in checkpoint":
            self._die_writing_back()
        die()
        return done

    def _die_writing_back(self) -> None:
        """Write the log back to the database, under a limit beyond which the system kills whoever writes."""
        size = Path(self.execute("PRAGMA database_list").fetchone()["file"]).stat().st_size
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit = random.randrange(size // 4, size)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        self.set_authorizer(None)
        super().execute("PRAGMA wal_checkpoint")


class Recorded(Connection):
    """A connection that syncs as hard as it is told to and writes its log back often."""

    level = ""

    def execute(self, sql: str, *more: Any) -> Any:
        if not sql.startswith("PRAGMA synchronous ="):
            return super().execute(sql, *more)
        super().execute("PRAGMA wal_autocheckpoint = 60")
        return super().execute(f"PRAGMA synchronous = {Recorded.level}")


def be_recorded(journal: str, level: str) -> None:
    Recorded.level = level
    Database.open.__func__.__defaults__ = (Recorded,)  # type: ignore[attr-defined]
    if journal == "delete":
        sqlite.survives_checkpoints = lambda _: False


def die_after(spool: type[Spool], left: int) -> None:
    """Kill when so many records have been written to the spool, and before the last one’s sender is told."""
    append, spared = spool.append, iter(range(left))

    def mortal(*record: Any) -> None:
        append(*record)
        if next(spared, None) is None:
            die()

    spool.append = mortal  # type: ignore[method-assign]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def reply_before_commit() -> None:
    """The mistake that the rounds must notice: the patient is thanked while the answer is still being written."""
    submit = answering.submit

    def hasty(clinic: Any, token: str, **sent: Any) -> answering.Receipt:
        language = answering.open_form(clinic, token, sent["now"]).invitation.language
        threading.Timer(0.03, submit, (clinic, token), sent).start()
        return answering.Receipt((), None, language)

    answering.submit = hasty


def be_served(folder: Path, hook: str) -> None:
    with (folder.parent / "server.log").open("a") as log:
        os.dup2(log.fileno(), 2)
    if hook == "reply before commit":
        reply_before_commit()
    elif hook.startswith("recorded"):
        be_recorded(*hook.split()[1:])
    elif hook == "after spool":
        die_after(Spool, random.randint(1, SPARED))
    elif hook != "none":
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python would have it ignored
        Dying.hook, Dying.left = hook, random.randint(1, SPARED)
        Database.open.__func__.__defaults__ = (Dying,)  # type: ignore[attr-defined]
    serve.callback(folder)  # type: ignore[misc]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    for line in sys.stdin:
        folder, hook = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            try:
                be_served(Path(folder), hook)
            finally:
                os._exit(1)
        say(f"born {child}")
        say(f"ended {os.waitpid(child, 0)[1]}")


if __name__ == "__main__":
    main()

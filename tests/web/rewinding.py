"""Takes a database back to an earlier moment by forgetting what its write-ahead log says since: nothing is copied.

For tests alone, in one process, with nobody reading or writing meanwhile. What the log’s index looks like is told in
sqlite.org/walformat.html: each connection compares its head, forty-eight bytes, with the one that it saw last, and
forgets the pages that it keeps where the two differ. A transaction that is rolled back leaves the index in the same
way.
"""

from __future__ import annotations

import mmap
from pathlib import Path

from alliance.storage import sqlite
from alliance.storage.sqlite import Connection

HEAD = slice(0, 48)  # which frames count, and a sum over all of them
SALTS = slice(32, 40)  # others, once the log has begun anew
WRITTEN_BACK = slice(96, 100)  # how many frames have been copied into the file of the database itself
FIRST_PART = 32 * 1024  # bytes of the index, enough for four thousand pages


class Log:
    """The log of a database. `conn`, which must be no transaction, is used to begin it anew."""

    def __init__(self, path: Path, conn: Connection) -> None:
        self._conn = conn
        self.begin_here()
        # Never closed while anybody uses the database: that would let go of SQLite’s locks on the file.
        self._file = path.with_name(path.name + "-shm").open("r+b")
        self._index = mmap.mmap(self._file.fileno(), FIRST_PART)
        self._kept = self._index[:]

    @staticmethod
    def of(path: Path, conn: Connection) -> Log | None:
        """The database’s log; None where it has none, as with versions of SQLite that lose answers with one."""
        return Log(path, conn) if sqlite.journal_mode(conn) == "wal" else None

    def begin_here(self) -> None:
        """As it is now is how it will be taken back: all of it in the file itself, but for one page."""
        self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (number,) = self._conn.execute("PRAGMA user_version").fetchone()
        self._conn.execute(f"PRAGMA user_version = {number}")
        if hasattr(self, "_index"):
            self._kept = self._index[:]

    @property
    def grown(self) -> bool:
        """Whether anything was written since."""
        return self._index[HEAD] != self._kept[HEAD]

    def rewind(self) -> bool:
        """Forget what was written since. False where some of it is in the file of the database already."""
        if not self.grown:
            return True
        if any(self._index[part] != self._kept[part] for part in (SALTS, WRITTEN_BACK)):
            return False
        self._index[:] = self._kept
        return True

    def close(self) -> None:
        """Let go of it, once nobody uses the database any more."""
        self._index.close()
        self._file.close()

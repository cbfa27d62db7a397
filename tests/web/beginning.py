"""A database as it was at some moment, and the way back to it, again and again."""

from __future__ import annotations

import hashlib
from collections.abc import Set
from pathlib import Path

from alliance.storage import sqlite
from alliance.storage.sqlite import Connection
from tests.web.rewinding import Log

# What any request may add to or move: the trail, which says that it was made, and when a session was last seen.
NOT_COMPARED = {"audit", "audit_chain", "audit_head", "sqlite_sequence"}


class Beginning:
    """How the database at `path` is now. Nobody reads or writes there while its methods are called."""

    def __init__(self, path: Path) -> None:
        self.watching = sqlite.connect(path, "read")
        self._restoring = sqlite.connect(path, "schema", durable=False)
        self._copy = sqlite.memory()
        self.log = Log.of(path, self._restoring)
        self.begin_here()

    def begin_here(self) -> None:
        """As it is now is how it will be put back."""
        self.watching.backup(self._copy)
        if self.log is not None:
            self.log.begin_here()
        self._digests, self._seen, self._schema = digests(self.watching), self._version(), self._tables()

    def close(self) -> None:
        """Let go of the database."""
        for conn in (self.watching, self._restoring, self._copy):
            conn.close()
        if self.log is not None:
            self.log.close()

    def changed(self) -> set[str]:
        """The tables in which anything is other than at the beginning; afterwards all is as it was."""
        if self._version() == self._seen:
            return set()
        now = digests(self.watching)
        found = {name for name in now if now[name] != self._digests.get(name)}
        if found:
            self.put_back()
        self._seen = self._version()
        return found

    def put_back(self) -> None:
        """All as it was at the beginning, where anything was written at all."""
        if self.log is not None and self.log.rewind():
            self._seen = self._version()
        elif self._version() != self._seen:
            now = self._tables()
            self._copy.backup(self._restoring)
            # Whatever copying says: nobody has to read the schema anew, unless its tables were moved about.
            self._schema = now if now == self._schema else now + 1
            self._restoring.execute(f"PRAGMA schema_version = {self._schema}")
            if self.log is not None:
                self.log.begin_here()
            self._seen = self._version()

    def is_here(self) -> bool:
        """Whether every row of every table, the trail’s too, is as it was."""
        return everything(self.watching) == everything(self._copy)

    def _version(self) -> int:
        """Another number whenever anybody else has written to the file."""
        return int(self.watching.execute("PRAGMA data_version").fetchone()[0])

    def _tables(self) -> int:
        """Another number whenever the tables were changed, or moved within the file."""
        return int(self.watching.execute("PRAGMA schema_version").fetchone()[0])


def everything(conn: Connection, but: Set[str] = frozenset()) -> dict[str, list[tuple[object, ...]]]:
    """Every row, by table, `but` those of some."""
    named = conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {
        name: [tuple(row) for row in conn.execute(f"SELECT * FROM {name}")]
        for (name,) in named
        if name not in but
    }


def digests(conn: Connection) -> dict[str, str]:
    """The same for what is compared, in short."""
    compared = everything(conn, NOT_COMPARED)
    return {name: hashlib.sha256(repr(rows).encode()).hexdigest() for name, rows in compared.items()}

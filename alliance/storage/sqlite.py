"""What is SQLite's own: which library, which version, how a connection is opened and what it may do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from alliance.storage.proofs import Proofs

if TYPE_CHECKING:
    import sqlite3
else:
    try:  # newer, where it is installed; sqlite-utils, which migrates with it, takes the same
        import pysqlite3 as sqlite3
    except ImportError:
        import sqlite3

Row = sqlite3.Row
Error = sqlite3.Error
IntegrityError = sqlite3.IntegrityError

APPLICATION_ID = 0x414C4C49  # "ALLI", kept in the header of the file
PATIENCE = 5.0  # seconds to wait for a lock
OLDEST = (3, 37, 0)  # the first version with STRICT tables
LIBRARY: str = sqlite3.__name__
VERSION: tuple[int, ...] = sqlite3.sqlite_version_info

Use = Literal["read", "write", "schema"]


class Connection(sqlite3.Connection):
    """A connection to a database. `proofs` is what the trail’s lines are chained with; None where nobody writes any."""

    proofs: Proofs | None = None


class DatabaseFault(Exception):
    """The database must not be served. The message says in a sentence what is wrong and what to do."""


class DatabaseDamaged(DatabaseFault):
    """The database is damaged, or not there: a backup has to be put back."""


def survives_checkpoints(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the bug that loses committed pages when a checkpoint races a writer.

    In the write-ahead log of 3.7.0 to 3.51.2; mended in 3.51.3, 3.50.7 and 3.44.6 (sqlite.org/wal.html,
    “The WAL-reset bug”).
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def safe_journal(version: tuple[int, ...] = VERSION) -> Literal["wal", "delete"]:
    """The journal mode in which no acknowledged answer is lost with this version of SQLite."""
    return "wal" if survives_checkpoints(version) else "delete"


def safe_synchronous(journal: str) -> Literal["FULL", "EXTRA"]:
    """How hard to sync so that what was committed survives a power cut.

    A rollback journal needs EXTRA: under FULL its unlinking may not have reached the disk, and the
    journal, found again after the cut, undoes what was committed.
    """
    return "FULL" if journal == "wal" else "EXTRA"


def connect(
    path: Path, use: Use, factory: type[Connection] = Connection, *, durable: bool = True
) -> Connection:
    """Open an existing file, never making one, with every safeguard on.

    `use` says what the connection may do: "read" only reads; "write" changes rows, but neither the schema
    nor what stands in the audit trail; "schema" may do anything and has foreign keys off, as rebuilding a
    table needs. Transactions are explicit. Not bound to a thread: hand it to one at a time.
    What is not `durable` is left to the system to write when it likes.
    """
    return _open(path, "rw", use, factory, durable=durable)


def connect_to_examine(path: Path) -> Connection:
    """Open a file that may be damaged, so that neither looking nor closing changes it.

    A write-ahead log left by a crash would be folded into the file by the last connection to close, so
    then the file is opened read-only. A hot rollback journal can only be read by rolling it back.
    """
    log = path.with_name(path.name + "-wal")
    return _open(path, "ro" if log.exists() and log.stat().st_size else "rw", "read", Connection)


def _open(path: Path, mode: str, use: Use, factory: type[Connection], *, durable: bool = True) -> Connection:
    conn: Connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
        factory=factory,
    )
    try:
        conn.row_factory = Row
        for pragma in (
            f"foreign_keys = {'OFF' if use == 'schema' else 'ON'}",
            "recursive_triggers = ON",  # otherwise REPLACE deletes without firing DELETE triggers
            "secure_delete = ON",  # what is deleted is overwritten
            "trusted_schema = OFF",
            "temp_store = MEMORY",  # nothing of a patient in temporary files
            "cell_size_check = ON",
            "fullfsync = ON",  # macOS: past the drive's own cache; elsewhere without effect
        ):
            conn.execute(f"PRAGMA {pragma}")
        conn.execute(f"PRAGMA synchronous = {safe_synchronous(journal_mode(conn)) if durable else 'OFF'}")
        if use != "schema":
            conn.set_authorizer(_may_read if use == "read" else _may_write)
    except BaseException:
        conn.close()
        raise
    return conn


def new(path: Path) -> Connection:
    """A file of its own for a copy, made anew."""
    conn = sqlite3.connect(path, isolation_level=None, factory=Connection)
    conn.row_factory = Row
    return conn


def memory() -> Connection:
    """A database in memory, for reading off what a schema looks like."""
    conn: Connection = sqlite3.connect(":memory:", isolation_level=None, factory=Connection)
    conn.row_factory = Row
    return conn


def is_complete(statement: str) -> bool:
    """Whether the text ends where a statement ends, a trigger's inner statements included."""
    return sqlite3.complete_statement(statement)


def has_table(conn: Connection, name: str) -> bool:
    """Whether this database has had the change that brings a table."""
    row = conn.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (name,)).fetchone()
    return row is not None


def journal_mode(conn: Connection) -> str:
    """The journal mode in force: "wal", "delete", …"""
    return str(conn.execute("PRAGMA journal_mode").fetchone()[0])


def synchronous(conn: Connection) -> str:
    """How hard this connection syncs: "FULL", "EXTRA", …"""
    level = int(conn.execute("PRAGMA synchronous").fetchone()[0])
    return ("OFF", "NORMAL", "FULL", "EXTRA")[level]


def set_journal(path: Path) -> None:
    """Put the file into the journal mode that is safe with this version; it stays in it.

    Raises DatabaseFault where a write-ahead log would be unsafe, but cannot be left.
    """
    wanted = safe_journal()
    until = time.monotonic() + PATIENCE
    while True:
        conn = _open(path, "rw", "schema", Connection)
        try:
            # Leaving a write-ahead log that others have open fails at once, without SQLite's own waiting.
            mode = str(conn.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0])
            break
        except Error as error:
            if not is_locked(error) or time.monotonic() > until:
                raise
            time.sleep(0.05)
        finally:
            conn.close()
    if mode == "wal" and wanted != "wal":
        raise DatabaseFault(
            f"The database {path} has a write-ahead log, with which this version of SQLite may lose answers. "
            "End other programs that use it and start again."
        )


def wipe(path: Path) -> bool:
    """Let neither the file nor its log hold anything more of what was deleted; False where somebody is in the way.

    Deleted rows are overwritten where they stood, but the log keeps the pages as they were until it is cut off, and
    pages that fell free keep what was never a row, such as the inner nodes of an index.
    """
    conn = _open(path, "rw", "schema", Connection)
    try:
        if _busy(conn):
            return False
        conn.execute("VACUUM")
        return not _busy(conn)
    except Error as error:
        if is_locked(error):
            return False
        raise
    finally:
        conn.close()


def _busy(conn: Connection) -> bool:
    """Write the log back and cut it off; whether a reader or a writer kept that from being done."""
    return bool(conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])


def is_locked(error: Error) -> bool:
    """Whether another connection is in the way."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_damage(error: Error) -> bool:
    """Whether the file is not, or no longer, a database."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_full(error: Error) -> bool:
    """Whether there was no room on the disk."""
    return _code(error) == sqlite3.SQLITE_FULL


def is_out_of_reach(error: Error) -> bool:
    """Whether a lock, the disk or the file is at fault, rather than the statement or its values."""
    if _code(error) is None:
        return isinstance(error, sqlite3.OperationalError)
    return _code(error) in (
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT),
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM),
        *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB),
    )


def _code(error: Error) -> int | None:
    """SQLite's primary result code; errors that the library raises by itself have none."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


# The authorizer is asked while a statement is prepared, not while it runs, and prepared statements are
# kept: it costs nothing that could be measured.
_SCHEMA_CHANGES = {
    getattr(sqlite3, f"SQLITE_{verb}_{noun}")
    for verb in ("CREATE", "DROP")
    for noun in (
        *("TABLE", "INDEX", "TRIGGER", "VIEW", "VTABLE"),
        *("TEMP_TABLE", "TEMP_INDEX", "TEMP_TRIGGER", "TEMP_VIEW"),
    )
} | {
    sqlite3.SQLITE_ALTER_TABLE,
    sqlite3.SQLITE_REINDEX,
    sqlite3.SQLITE_ATTACH,  # VACUUM too, which attaches
    sqlite3.SQLITE_DETACH,
}
_ROW_CHANGES = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
_REWRITES = {sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
_TELLING_PRAGMAS = {  # these take an argument and change nothing
    *("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo"),
    *("foreign_key_list", "foreign_key_check", "quick_check", "integrity_check"),
}


def _may_write(action: int, what: str | None, value: str | None, *_: str | None) -> int:
    if action in _SCHEMA_CHANGES:
        return sqlite3.SQLITE_DENY
    if action in _REWRITES and what in ("audit", "audit_chain"):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and value is not None and what not in _TELLING_PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _may_read(action: int, what: str | None, value: str | None, *_: str | None) -> int:
    return sqlite3.SQLITE_DENY if action in _ROW_CHANGES else _may_write(action, what, value)

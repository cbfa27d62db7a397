"""A clinic's database: opened after it was examined, read in snapshots, written one transaction at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alliance.storage import chain, checks, digests, files, migrations, sqlite
from alliance.storage.changing import whole_change
from alliance.storage.keyring import Keyring
from alliance.storage.sqlite import Connection, DatabaseFault, IntegrityError, Row

__all__ = [
    "Connection",
    "Database",
    "DatabaseFault",
    "DiskFull",
    "Facts",
    "IntegrityError",
    "Row",
    "StorageUnavailable",
]


class StorageUnavailable(Exception):
    """The database could not be reached or written: a lock, the disk, the file. Nothing was kept."""


class DiskFull(StorageUnavailable):
    """There was no room on the disk. Nothing was kept."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an administrator may want to know of the database as it is served. `size` is in bytes."""

    library: str
    version: str
    survives_checkpoints: bool
    journal_mode: str
    synchronous: str
    size: int
    migrations: tuple[str, ...]


class _Here(threading.local):
    """What this thread has in hand."""

    reader: Connection | None = None
    writing = False
    after: list[Callable[[], None]] | None = None


class Database:
    """One clinic's database. Safe to share between threads; to be opened anew in every process."""

    def __init__(self, path: Path, keyring: Keyring, connection: type[Connection] = Connection) -> None:
        """For `open` and `create`, which examine the file first."""
        self.path = path
        self.keyring = keyring
        self._connection = connection
        self._here = _Here()
        self._readers: list[Connection] = []
        self._writers: list[Connection] = []
        self._turn = threading.Lock()  # as SQLite's own lock is not fair, and asks again only now and then
        self._durable = True
        self._closed = False

    @classmethod
    def create(cls, path: Path, keyring: Keyring) -> Database:
        """Make the database of a new clinic, for its owner only. Raises DatabaseFault if one is there."""
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise DatabaseFault(f"There is a database at {path} already; nothing was changed.") from None
        except OSError as error:
            raise DatabaseFault(f"The database {path} cannot be made: {error.strerror}.") from error
        try:
            sqlite.set_journal(path)
            with whole_change(path, keyring) as conn:
                conn.execute(f"PRAGMA application_id = {sqlite.APPLICATION_ID}")
                migrations.apply(conn)
                conn.execute(
                    "INSERT INTO setting (name, value) VALUES (?, ?)", (checks.PROOF, checks.proof(keyring))
                )
        except BaseException as error:
            for suffix in ("", "-wal", "-shm", "-journal"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            if isinstance(error, sqlite.Error):
                raise checks.fault(path, error) from error
            raise
        files.sync_folder(path.parent)
        return cls.open(path, keyring)

    @classmethod
    def open(cls, path: Path, keyring: Keyring, connection: type[Connection] = Connection) -> Database:
        """Open the database of a clinic, bringing an older one to the present schema. Never makes one.

        Raises DatabaseFault before anything is changed if the file may not be served. `connection` is the
        class of the connections handed out.
        """
        count = checks.check(path, keyring)
        try:
            sqlite.set_journal(path)
        except sqlite.Error as error:
            raise checks.fault(path, error) from error
        if count < len(migrations.names()):
            with whole_change(path, keyring) as conn:
                migrations.apply(conn)
                chain.begin(conn)
                digests.begin(conn, keyring)
        return cls(path, keyring, connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads, and sees the database as it stood at its first query.

        Inside another `read` of the same thread, the same connection. Raises StorageUnavailable.
        """
        here = self._here
        if here.writing:
            raise RuntimeError(
                "read() inside write(): use its connection; another would not see what it changed."
            )
        if here.reader is not None:
            yield here.reader
            return
        try:
            here.reader = conn = self._begun("BEGIN")
            try:
                yield conn
            finally:
                here.reader = None
                self._give_back(conn, self._readers)
        except sqlite.Error as error:
            raise _translated(error) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction that may write: committed at the end, undone on any exception.

        One thread writes at a time; others wait, at most 5 seconds here and 5 for other processes. Raises
        StorageUnavailable where the transaction could not begin, go on or be committed, and IntegrityError
        where the database refuses what was to be written.
        """
        here = self._here
        if here.writing:
            raise RuntimeError(
                "write() inside write(): pass its connection on, so that there is one transaction."
            )
        if here.reader is not None:
            raise RuntimeError(
                "write() inside read(): end the reading first, or read with write()’s connection."
            )
        if not self._turn.acquire(timeout=sqlite.PATIENCE):
            raise StorageUnavailable(f"Other writing has taken more than {sqlite.PATIENCE:.0f} seconds.")
        here.writing, here.after = True, []
        try:
            conn = self._begun("BEGIN IMMEDIATE")
            try:
                self.keyring.refresh()  # behind the lock: what is sealed here is sealed with a key that stays
                yield conn
                conn.execute("COMMIT")
            finally:
                self._give_back(conn, self._writers)
            after = here.after
        except sqlite.Error as error:
            raise _translated(error) from error
        finally:
            here.writing, here.after = False, None
            self._turn.release()
        for act in after:
            act()

    def after_commit(self, act: Callable[[], None]) -> None:
        """Inside `write`: have this done once the transaction is committed, and never if it is not.

        By then the next writer may have begun, and nothing of the transaction can be undone.
        """
        if self._here.after is None:
            raise RuntimeError("after_commit() outside write(): there is nothing to wait for.")
        self._here.after.append(act)

    @contextmanager
    def in_bulk(self) -> Iterator[None]:
        """Leave it to the system when to write, while very much is made at once; at the end all is on the disk.

        Only for a database that nobody uses yet: a power cut meanwhile may leave nothing that can be opened.
        """
        self._set_durable(False)
        try:
            yield
        finally:
            self._set_durable(True)
            for suffix in ("", "-wal"):
                files.sync_file(self.path.with_name(self.path.name + suffix))
            files.sync_folder(self.path.parent)

    def close(self) -> None:
        """Close every connection; those still in use are closed when they are given back."""
        self._closed = True
        self._empty_pools()

    def wipe(self) -> bool:
        """Let the file hold nothing more of what was deleted. False where another reader or writer is in the way."""
        if self._here.writing or self._here.reader is not None:
            raise RuntimeError("wipe() inside read() or write(): it would wait for itself.")
        try:
            return sqlite.wipe(self.path)
        except sqlite.Error as error:
            raise _translated(error) from error

    def facts(self) -> Facts:
        """How the database is served, for an administrator."""
        with self.read() as conn:
            return Facts(
                library=sqlite.LIBRARY,
                version=".".join(map(str, sqlite.VERSION)),
                survives_checkpoints=sqlite.survives_checkpoints(sqlite.VERSION),
                journal_mode=sqlite.journal_mode(conn),
                synchronous=sqlite.synchronous(conn),
                size=self.path.stat().st_size,
                migrations=migrations.applied(conn),
            )

    def _begun(self, begin: str) -> Connection:
        """A connection of one's own, the one last given back where there is one, in a transaction."""
        if self._closed:
            raise StorageUnavailable("The database has been closed.")
        reading = begin == "BEGIN"
        pool = self._readers if reading else self._writers
        try:
            conn = pool.pop()
        except IndexError:
            use: sqlite.Use = "read" if reading else "write"
            conn = sqlite.connect(self.path, use, self._connection, durable=self._durable)
            conn.proofs = self.keyring.proofs
        try:
            conn.execute(begin)
        except BaseException:
            self._give_back(conn, pool)
            raise
        return conn

    def _give_back(self, conn: Connection, pool: list[Connection]) -> None:
        """Undo what was not committed, and keep the connection for the next unless it is past use."""
        try:
            if conn.in_transaction:
                conn.execute("ROLLBACK")
            if not self._closed:
                pool.append(conn)
                return
        except sqlite.Error:
            pass  # closing undoes it as well
        conn.close()

    def _set_durable(self, durable: bool) -> None:
        if self._here.writing:
            raise RuntimeError("in_bulk() inside write(): the connection in use would stay as it is.")
        with self._turn:  # nobody is writing, so every connection that may write is in the pool
            self._durable = durable
            self._empty_pools()

    def _empty_pools(self) -> None:
        for pool in (self._readers, self._writers):
            while pool:
                pool.pop().close()


def _translated(error: sqlite.Error) -> Exception:
    """What callers get to see of an error: their own mistakes as they are, everything else as one class."""
    if sqlite.is_full(error):
        return DiskFull("There is no room left on the disk.")
    if sqlite.is_out_of_reach(error):
        return StorageUnavailable(f"The database could not be reached or written: {error}.")
    return error

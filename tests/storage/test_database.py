"""Reading in snapshots, writing in whole transactions, and what happens when the disk or a lock says no."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from alliance.storage import sqlite
from alliance.storage.database import Connection, Database, DatabaseFault, IntegrityError, StorageUnavailable
from alliance.storage.keyring import Keyring
from tests.storage.rows import count, finish, python

ADD = "INSERT INTO setting (name, value) VALUES (?, '1')"


def value(conn: Connection, name: str = "counter") -> int:
    return int(conn.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()["value"])


def test_a_new_database_is_its_owners_alone(db: Database, keyring: Keyring) -> None:
    assert stat.S_IMODE(db.path.stat().st_mode) == 0o600
    assert db.keyring is keyring


def test_a_database_that_is_there_is_left_alone(path: Path, keyring: Keyring) -> None:
    path.write_bytes(b"something else")
    with pytest.raises(DatabaseFault, match=r"There is a database at .* already; nothing was changed"):
        Database.create(path, keyring)
    assert path.read_bytes() == b"something else"


@pytest.mark.parametrize("limit", [100, 20_000])
def test_a_database_that_cannot_be_made_leaves_nothing(path: Path, keyring: Keyring, limit: int) -> None:
    script = f"""
import resource, sys
from pathlib import Path
from alliance.storage.database import Database, DatabaseFault
from alliance.storage.keyring import Keyring
keyring = Keyring.load(Path(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    Database.create(Path(sys.argv[1]), keyring)
except DatabaseFault as fault:
    print(fault)
"""
    [said] = finish(python(script, path, path.with_name("keyring.json")))
    assert "clinic.db cannot be opened: disk I/O error. Look whether the disk has space" in said
    assert [file.name for file in path.parent.iterdir()] == ["keyring.json"]


def test_what_was_written_is_there_after_opening_again(db: Database) -> None:
    with db.write() as conn:
        conn.execute(ADD, ("kept",))
    db.close()
    again = Database.open(db.path, db.keyring)
    with again.read() as conn:
        assert value(conn, "kept") == 1
    again.close()
    assert [file.name for file in sorted(db.path.parent.iterdir())] == ["clinic.db", "keyring.json"]


@pytest.mark.parametrize("exception", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_any_exception_undoes_the_whole_transaction(db: Database, exception: type[BaseException]) -> None:
    with pytest.raises(exception), db.write() as conn:
        conn.execute(ADD, ("one",))
        conn.execute(ADD, ("two",))
        raise exception
    assert count(db, "setting") == 1  # the proof of the key ring
    with db.write() as conn:
        conn.execute(ADD, ("three",))
    assert count(db, "setting") == 2


def test_what_the_database_refuses_is_the_callers_to_see(db: Database) -> None:
    with pytest.raises(IntegrityError, match=r"UNIQUE constraint failed: setting.name"), db.write() as conn:
        conn.execute(ADD, ("one",))
        conn.execute(ADD, ("one",))
    with pytest.raises(sqlite.Error, match="no such table: patiennt"), db.read() as conn:
        conn.execute("SELECT * FROM patiennt")
    assert count(db, "setting") == 1


def test_a_reader_sees_one_moment(db: Database) -> None:
    with ThreadPoolExecutor(1) as other, db.read() as conn:
        before = conn.execute("SELECT count(*) FROM setting").fetchone()[0]
        other.submit(add, db, "meanwhile").result()
        assert conn.execute("SELECT count(*) FROM setting").fetchone()[0] == before
    assert count(db, "setting") == before + 1


def add(db: Database, name: str) -> None:
    with db.write() as conn:
        conn.execute(ADD, (name,))


def test_reading_inside_reading_is_the_same_moment(db: Database) -> None:
    with db.read() as outer, db.read() as inner:
        assert inner is outer
    with db.write():
        pass


@pytest.mark.parametrize(
    ("outer", "inner", "why"),
    [
        ("write", "write", "so that there is one transaction"),
        ("write", "read", "use its connection"),
        ("read", "write", "end the reading first"),
    ],
)
def test_other_nesting_is_a_mistake(db: Database, outer: str, inner: str, why: str) -> None:
    with pytest.raises(RuntimeError, match=why), getattr(db, outer)(), getattr(db, inner)():
        pass
    add(db, "the way is free again")


def test_connections_are_used_again(db: Database) -> None:
    seen = set()
    for _ in range(5):
        with db.read() as reader:
            seen.add(id(reader))
        with db.write() as writer:
            seen.add(id(writer))
    assert len(seen) == 2


def test_threads_never_share_a_connection(db: Database) -> None:
    meeting = threading.Barrier(4)

    def look() -> int:
        with db.read() as conn:
            meeting.wait(10)
            return id(conn)

    with ThreadPoolExecutor(4) as threads:
        assert len({future.result() for future in [threads.submit(look) for _ in range(4)]}) == 4


def test_threads_that_read_and_then_write_lose_nothing(db: Database) -> None:
    with db.write() as conn:
        conn.execute("INSERT INTO setting VALUES ('counter', '0')")

    def count_up(_: int) -> None:
        for _ in range(50):
            with db.write() as conn:
                conn.execute("UPDATE setting SET value = ? WHERE name = 'counter'", (str(value(conn) + 1),))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count_up, range(8)))
    with db.read() as conn:
        assert value(conn) == 400


def test_processes_that_read_and_then_write_lose_nothing(db: Database) -> None:
    with db.write() as conn:
        conn.execute("INSERT INTO setting VALUES ('counter', '0')")
    script = """
import sys
from pathlib import Path
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring
db = Database.open(Path(sys.argv[1]), Keyring.load(Path(sys.argv[2])))
for _ in range(25):
    with db.write() as conn:
        now = int(conn.execute("SELECT value FROM setting WHERE name = 'counter'").fetchone()["value"])
        conn.execute("UPDATE setting SET value = ? WHERE name = 'counter'", (str(now + 1),))
db.close()
"""
    finish(*(python(script, db.path, db.path.with_name("keyring.json")) for _ in range(4)))
    with db.read() as conn:
        assert value(conn) == 100


class Failing(Connection):
    """A connection whose n-th statement from now on fails as a dying disk would."""

    left = 10**9

    def execute(self, *arguments: Any) -> Any:
        Failing.left -= 1
        if Failing.left == 0:
            raise sqlite.sqlite3.OperationalError("disk I/O error")  # type: ignore[attr-defined]
        return super().execute(*arguments)


def test_a_failure_at_any_statement_leaves_all_or_nothing(db: Database) -> None:
    fragile = Database.open(db.path, db.keyring, connection=Failing)
    with fragile.write():
        pass  # so that the connection is there
    for failing in range(1, 6):  # BEGIN, three statements, COMMIT
        Failing.left = failing
        with pytest.raises(StorageUnavailable, match="disk I/O error") as caught, fragile.write() as conn:
            for name in ("one", "two", "three"):
                conn.execute(ADD, (name,))
        assert isinstance(caught.value.__cause__, sqlite.Error)
        assert count(db, "setting") == 1
    Failing.left = 6
    with fragile.write() as conn:
        for name in ("one", "two", "three"):
            conn.execute(ADD, (name,))
    assert count(db, "setting") == 4
    fragile.close()


def test_another_program_that_holds_the_lock(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    holding = sqlite.connect(db.path, "write")
    holding.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable, match="could not be reached or written: database is locked"):
        add(db, "one")
    holding.execute("COMMIT")
    holding.close()
    add(db, "one")
    assert count(db, "setting") == 2


def test_another_thread_that_does_not_end_its_writing(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    with (
        ThreadPoolExecutor(1) as other,
        db.write(),
        pytest.raises(StorageUnavailable, match="Other writing has taken more than"),
    ):
        other.submit(add, db, "one").result()
    add(db, "one")


def test_a_full_disk_keeps_what_was_there(db: Database) -> None:
    """RLIMIT_FSIZE stands in for the disk: the same errors, without filling one."""
    script = """
import resource, sys
from pathlib import Path
from alliance.storage.database import Database, StorageUnavailable
from alliance.storage.keyring import Keyring
db = Database.open(Path(sys.argv[1]), Keyring.load(Path(sys.argv[2])))
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
kept = 0
try:
    while True:
        with db.write() as conn:
            conn.execute("INSERT INTO setting VALUES (?, ?)", (f"row {kept}", "x" * 5000))
        kept += 1
except StorageUnavailable as error:
    print(kept, type(error.__cause__).__name__)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
with db.write() as conn:
    conn.execute("INSERT INTO setting VALUES ('after', '1')")
db.close()
"""
    [said] = finish(python(script, db.path, db.path.with_name("keyring.json")))
    kept = int(said.split()[0])
    assert kept > 10
    assert said.split()[1] == "OperationalError"
    assert count(db, "setting") == 1 + kept + 1


def test_a_closed_database_says_so(db: Database) -> None:
    with db.read():
        db.close()
    assert not db.path.with_name("clinic.db-wal").exists()  # so the last connection was closed as well
    for way in (db.read, db.write):
        with pytest.raises(StorageUnavailable, match="has been closed"), way():
            pass


def test_what_an_administrator_can_learn(db: Database) -> None:
    facts = db.facts()
    assert (facts.library, facts.version) == (sqlite.LIBRARY, ".".join(map(str, sqlite.VERSION)))
    assert (facts.journal_mode, facts.synchronous) in {("wal", "FULL"), ("delete", "EXTRA")}
    assert facts.survives_checkpoints is (facts.journal_mode == "wal")
    assert facts.size == db.path.stat().st_size
    assert facts.migrations[0] == "0001_initial"

"""With the SQLite that comes with Python, whichever it is: served in the mode that is safe with it."""

from __future__ import annotations

import sqlite3
import time

import pytest

from alliance.storage import sqlite
from alliance.storage.database import Database
from tests.storage.rows import count, finish, python

WITH_PYTHONS_OWN = """
import sys
sys.modules["pysqlite3"] = None  # as if it were not installed
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring

def count_up(_):
    for _ in range(20):
        with db.read() as conn:
            conn.execute("SELECT count(*) FROM setting").fetchone()
        with db.write() as conn:
            last = conn.execute("SELECT count(*) FROM setting").fetchone()[0]
            conn.execute("INSERT INTO setting VALUES (?, '1')", (f"row {last}",))

db = Database.open(Path(sys.argv[1]), Keyring.load(Path(sys.argv[2])))
with ThreadPoolExecutor(4) as threads:
    list(threads.map(count_up, range(4)))
facts = db.facts()
db.close()
print(facts.library, facts.version, facts.journal_mode, facts.synchronous)
"""


@pytest.fixture
def own_mode() -> tuple[str, str]:
    mode = sqlite.safe_journal(sqlite3.sqlite_version_info)
    return mode, sqlite.safe_synchronous(mode)


def test_the_same_file_is_served_safely_by_either_library(db: Database, own_mode: tuple[str, str]) -> None:
    with db.write() as conn:
        conn.execute("INSERT INTO setting VALUES ('before', '1')")
    journal = db.facts().journal_mode
    db.close()
    [said] = finish(python(WITH_PYTHONS_OWN, db.path, db.path.with_name("keyring.json")))
    assert said.split() == ["sqlite3", sqlite3.sqlite_version, *own_mode]
    again = Database.open(db.path, db.keyring)
    assert again.facts().journal_mode == journal
    assert count(again, "setting") == 1 + 1 + 80
    again.close()


only_unsafe = pytest.mark.skipif(
    sqlite.safe_journal(sqlite3.sqlite_version_info) == "wal", reason="Python’s own SQLite is mended here"
)
IMPATIENT = "import alliance.storage.sqlite as s; s.PATIENCE = 0.2\n"
ANNOUNCED = 'print("ready", flush=True)\n'
OPENING = "db = Database.open"


@only_unsafe
def test_a_library_that_is_not_safe_with_the_log_in_use_is_not_let_in(db: Database) -> None:
    script = WITH_PYTHONS_OWN.replace(OPENING, IMPATIENT + OPENING)
    with db.read():
        process = python(script, db.path, db.path.with_name("keyring.json"))
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "has been held by another program" in errors
    assert db.facts().journal_mode == "wal"


@only_unsafe
def test_it_waits_for_the_log_to_be_free(db: Database, own_mode: tuple[str, str]) -> None:
    process = python(
        WITH_PYTHONS_OWN.replace(OPENING, ANNOUNCED + OPENING), db.path, db.path.with_name("keyring.json")
    )
    with db.read():
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.4)
    db.close()
    [said] = finish(process)
    assert said.split()[2:] == list(own_mode)

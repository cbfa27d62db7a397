"""Filling a new database without waiting for the disk, and never serving one in that way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Timer

import pytest

from alliance.storage import sqlite
from alliance.storage.database import Database
from tests.storage.rows import count

ADD = "INSERT INTO setting (name, value) VALUES (?, '1')"


def syncing(db: Database) -> str:
    with db.write() as conn:
        return sqlite.synchronous(conn)


def test_nothing_waits_for_the_disk_while_much_is_made(db: Database) -> None:
    served = syncing(db)
    with db.in_bulk():
        assert syncing(db) == "OFF"
    assert syncing(db) == served != "OFF"


def test_after_a_failure_the_disk_is_waited_for_again(db: Database) -> None:
    with pytest.raises(KeyboardInterrupt), db.in_bulk():
        syncing(db)
        raise KeyboardInterrupt
    assert syncing(db) == sqlite.safe_synchronous(sqlite.safe_journal())


def test_a_writer_at_work_when_it_ends_is_not_used_again(db: Database) -> None:
    begun, may_end = Event(), Event()

    def write_slowly() -> None:
        with db.write() as conn:
            conn.execute(ADD, ("slow",))
            begun.set()
            may_end.wait(10)

    with ThreadPoolExecutor(1) as other:
        with db.in_bulk():
            writing = other.submit(write_slowly)
            assert begun.wait(10)
            Timer(0.2, may_end.set).start()
        writing.result()
    assert syncing(db) != "OFF"
    assert count(db, "setting") == 2


def test_not_in_the_middle_of_writing(db: Database) -> None:
    with pytest.raises(RuntimeError, match=r"in_bulk\(\) inside write"), db.write(), db.in_bulk():
        pass
    assert syncing(db) != "OFF"

"""A house that is put back is as it was, whatever was done to its database and whoever looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alliance.actions.passwords import Passwords
from alliance.storage import sqlite
from tests.conftest import Models
from tests.web.beginning import everything
from tests.web.house import House, standing


@pytest.fixture(scope="module")
def house(models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with standing(tmp_path_factory.mktemp("rewinding") / "clinic", models, passwords) as house:
        yield house


def a_row(house: House) -> None:
    with house.cast.clinic.db.write() as conn:
        conn.execute("INSERT INTO setting (name, value) VALUES ('put back', 'x')")


def very_much(house: House) -> None:
    """So much that SQLite itself writes the log back into the file."""
    with house.cast.clinic.db.write() as conn:
        conn.execute("INSERT INTO setting (name, value) VALUES ('put back', ?)", ("x" * 8_000_000,))
    with house.cast.clinic.db.write() as conn:
        conn.execute("UPDATE setting SET value = 'y' WHERE name = 'put back'")


def wiped(house: House) -> None:
    a_row(house)
    assert house.cast.clinic.db.wipe()


def looked_up(house: House) -> list[tuple[object, ...]]:
    """What the product’s own connection sees, and it keeps pages of what it saw before."""
    with house.cast.clinic.db.read() as conn:
        return [tuple(row) for row in conn.execute("SELECT name, value FROM setting ORDER BY name")]


@pytest.mark.parametrize("act", [a_row, very_much, wiped])
def test_all_is_as_it_was_again_and_again(house: House, act: Callable[[House], None]) -> None:
    before = looked_up(house)
    for _ in range(3):
        act(house)
        assert looked_up(house) != before
        house.put_back()
        assert looked_up(house) == before
        a_row(house)  # on what is there again
        house.put_back()
        assert house.beginning.is_here()
        assert house.changed() == set()
    assert house.beginning.watching.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_nothing_is_copied_where_the_log_is_enough(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    log = house.beginning.log
    assert log is not None, "this SQLite has no log that is safe"
    a_row(house)
    assert log.grown
    monkeypatch.delattr(house.beginning, "_copy")  # copying would stumble here
    house.put_back()
    assert not log.grown


def test_others_who_open_it_afresh_see_the_same(house: House) -> None:
    path: Path = house.cast.clinic.config.database
    a_row(house)
    house.put_back()
    conn = sqlite.connect(path, "read")
    try:
        assert everything(conn) == everything(house.beginning.watching)
        assert not conn.execute("SELECT 1 FROM setting WHERE name = 'put back'").fetchone()
    finally:
        conn.close()

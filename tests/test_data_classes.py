"""Every table of the database has its class in the documentation, and what is sealed is said to be."""

from __future__ import annotations

import re
from contextlib import closing

import pytest

from alliance.storage import migrations, sqlite
from alliance.storage.sealed import SEALED
from tests.controls import ROOT

PAGE = (ROOT / "docs" / "data-classes.md").read_text("utf-8")
CLASSES = set(re.findall(r"^\| \*\*(\w+)\*\* \|", PAGE, re.MULTILINE))
ROWS = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", PAGE, re.MULTILINE)


def tables() -> list[str]:
    with closing(sqlite.memory()) as conn:
        migrations.apply(conn)
        rows = conn.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%sqlite%'"
        )
        return sorted(row["name"] for row in rows)


@pytest.mark.control(52)
def test_every_table_has_its_class() -> None:
    assert [name for name, _, _ in ROWS] == tables()
    assert {kind for _, kind, _ in ROWS} == CLASSES


@pytest.mark.control(52)
def test_what_is_sealed_is_said_to_be() -> None:
    said = {f"{name}.{column}" for name, _, sealed in ROWS for column in re.findall(r"\*(\w+)\*", sealed)}
    assert said == {column.name for column in SEALED}


def test_words_are_sealed() -> None:
    sealed = {column.table for column in SEALED}
    assert {name for name, kind, _ in ROWS if kind == "words"} <= sealed

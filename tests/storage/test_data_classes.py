"""Nothing is kept of which the documentation does not say what it is, how long, and whether it is in a copy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alliance.domain.copies import BOTH_LACK
from alliance.domain.retention import RULES
from alliance.storage import erasing, sealed
from alliance.storage.database import Database

PAGE = (Path(__file__).parents[2] / "docs" / "data-classes.md").read_text(encoding="utf-8")
# How a table that is not in the copy is called on the page, and what of the copy’s own words names it.
LEFT_OUT = {"worked out": "worked out", "traces": "Traces"}


def rows(heading: str) -> list[list[str]]:
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


STARRED = {row[0].strip("`"): row[1] for row in rows("Tables")}
TABLES = {
    name: [columns.replace("*", ""), *more]
    for (name, columns), more in zip(STARRED.items(), (row[2:] for row in rows("Tables")), strict=True)
}
KINDS = {row[0] for row in rows("Kinds")}


def schema(db: Database) -> dict[str, list[str]]:
    with db.read() as conn:
        tables = conn.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        return {
            row["name"]: [one["name"] for one in conn.execute(f"PRAGMA table_info({row['name']})")]
            for row in tables.fetchall()
        }


@pytest.mark.control(52)
def test_every_table_and_column_has_a_class(db: Database) -> None:
    told = {name: row[0].split() for name, row in TABLES.items()}
    there = schema(db)
    for name, columns in there.items():
        assert told.get(name) == columns, (
            f"{name} has the columns {columns}: say in docs/data-classes.md what they are"
        )
    assert set(told) == set(there)
    assert list(TABLES) == sorted(TABLES)


@pytest.mark.control(52)
@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_class_is_one_that_is_explained(name: str) -> None:
    columns, kinds, kept, copy = TABLES[name]
    for part in kinds.split("; "):
        named = re.findall(r"`(\w+)`", part)
        assert set(named) <= set(columns.split())
        assert re.sub(r"`\w+`(, )?", "", part).strip() in KINDS, part
    assert kept and copy in {"yes", "nobody’s", *LEFT_OUT}


def test_the_days_are_those_of_the_rules() -> None:
    told = {int(days) for row in TABLES.values() for days in re.findall(r"(\d+) days", row[2])}
    assert told == {rule.days for rule in RULES if rule.days > 1}


@pytest.mark.control(57)
def test_what_reaches_a_patient_is_in_the_copy_or_named_as_left_out(db: Database) -> None:
    """Reaches: by foreign keys, at whatever distance, as an erasure does."""
    with db.read() as conn:
        keys = erasing.references(conn)
    reached = {"patient"}
    while new := {key.child for key in keys if key.parent in reached} - reached:
        reached |= new
    assert len(reached) >= 30
    assert {name for name in reached if TABLES[name][3] == "nobody’s"} == set()
    lacks = " ".join(BOTH_LACK)
    assert all(words in lacks for words in LEFT_OUT.values())


@pytest.mark.control(52)
def test_what_is_sealed_is_said_to_be() -> None:
    said = {f"{name}.{column}" for name, cell in STARRED.items() for column in re.findall(r"\*(\w+)\*", cell)}
    assert said == {column.name for column in sealed.SEALED}
    for one in sealed.SEALED:
        assert re.search("words|contact|secret", TABLES[one.table][1]), f"{one.table} holds something sealed"

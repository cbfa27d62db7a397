"""How tables are written, described and put into one file."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from alliance.exchange import codebook
from alliance.exchange.layout import TABLES, tables
from alliance.exchange.package import EXPORT, Licence, Mark, Package, zipped
from alliance.exchange.research_layout import RESEARCH
from alliance.exchange.tables import Column, Table
from surveys.library import shipped
from tests.exchange.taken import validated

ROOT = Path(__file__).parents[2]
MARK = Mark("K7", "Made up", "Made by nobody", Licence("other-closed", "closed"))
KINDS = Table(
    "kinds",
    "Kinds",
    "one of each kind",
    (
        Column("whole", "whole", "a count", least=1),
        Column("number", "number", "a score", "none", "points", 0, 100),
        Column("text", "text", "what somebody wrote", "nothing"),
        Column("level", "level", "one of two", levels=(("a", "first"), ("b", "second"))),
        Column("day", "day", "a day"),
        Column("moment", "moment", "a moment", "never"),
        Column("yes", "yes", "whether"),
    ),
    ("whole",),
)
ROWS = [
    (1, 2 / 3, "=1+1", "a", "2026-11-20", "2026-11-20T10:00:00.123456Z", 1),
    (2, None, 'two\nlines, “quoted” and "so"', "b", "2026-11-21", None, False),
]


def package(folder: Path) -> Path:
    folder.mkdir()
    with Package(folder, [KINDS], MARK) as made:
        made.add("kinds", ROWS)
        made.finish({"README.txt": "Zaunkönig\n"}, {})
    return folder


def test_cells_are_written_as_the_codebook_says(tmp_path: Path) -> None:
    made = package(tmp_path / "p")
    text = (made / "kinds.csv").read_bytes().decode("utf-8")
    header, first, second = csv.reader(io.StringIO(text, newline=""))
    assert header == [*KINDS.header, EXPORT]
    assert first == ["1", "0.6667", "'=1+1", "a", "2026-11-20", "2026-11-20T10:00:00Z", "true", "K7"]
    assert second == ["2", "", ROWS[1][2], "b", "2026-11-21", "", "false", "K7"]
    [(valid, faults)] = validated(made / "datapackage.json")
    assert valid, faults


def test_a_row_of_another_width_is_refused(tmp_path: Path) -> None:
    with Package(tmp_path, [KINDS], MARK) as made, pytest.raises(ValueError, match="shorter"):
        made.add("kinds", [(1, 2)])


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    one, other = package(tmp_path / "one"), package(tmp_path / "other")
    for number, path in enumerate(sorted(other.iterdir(), reverse=True)):
        os.utime(path, (number * 1e6, number * 1e6))
        path.chmod(0o644)
    packed = [io.BytesIO(), io.BytesIO()]
    for folder, target in zip((one, other), packed, strict=True):
        zipped(folder, target)
    assert packed[0].getvalue() == packed[1].getvalue()


@pytest.mark.parametrize("layout", [TABLES, RESEARCH, tables(held_back=False, comments=False)])
def test_every_column_is_explained_and_every_reference_leads_somewhere(layout: tuple[Table, ...]) -> None:
    by_name = {table.name: table for table in layout}
    for table in layout:
        assert len(set(table.header)) == len(table.header) and set(table.key) <= set(table.header)
        for one in table.refers:
            assert set(one.columns) <= set(table.header) and one.targets == by_name[one.table].key
        for column in table.columns:
            assert column.meaning and column.name.replace("_", "").isalpha()
            assert column.kind != "level" or column.levels
    told = {(row[0], row[1]) for row in codebook.rows(layout)}
    assert told == {(table.name, name) for table in layout for name in table.header}


def test_the_page_of_the_documentation_is_the_codebook() -> None:
    library = shipped()
    english = [one for one in library if one.language == "en"]
    ticks = [one for one in library.checklists() if one.language == "en"]
    page = (ROOT / "docs" / "export-codebook.md").read_text(encoding="utf-8")
    assert page == codebook.in_words(TABLES, english, ticks), "write it anew: alliance export codebook"


def test_wording_that_nobody_may_pass_on_stays_here() -> None:
    library = shipped()
    owned = replace(library.get("after-session"), wording_may_be_shipped=False)
    ticks = replace(library.checklist("what-happened"), wording_may_be_shipped=False)
    told = codebook.in_words(TABLES, [owned], [ticks])
    told += "".join(str(cell) for row in codebook.item_rows(owned) for cell in row)
    assert "| `safe` | safety | 6 9 | not to be passed on |" in told and "`late`" in told
    for words in (*(item.text for item in owned.items), *(tick.quote for tick in ticks.ticks), owned.low_end):
        assert words not in told


def test_a_description_says_size_digest_key_and_terms(tmp_path: Path) -> None:
    described = json.loads((package(tmp_path / "p") / "datapackage.json").read_text(encoding="utf-8"))
    [resource] = described["resources"]
    assert described["name"] == "alliance-export-k7" and described["licenses"][0]["name"] == "other-closed"
    assert resource["bytes"] > 0 and resource["hash"].startswith("sha256:")
    assert resource["schema"]["primaryKey"] == ["whole"] and resource["schema"]["missingValues"] == [""]
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert fields["level"]["constraints"] == {"required": True, "enum": ["a", "b"]}
    assert fields["number"]["constraints"] == {"minimum": 0, "maximum": 100}
    assert "created" not in described and "contributors" not in described

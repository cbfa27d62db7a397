"""Every control is shown by a test that exists, and the page that says so is up to date."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.controls import PAGE, ROOT, ROWS, Control, controls, existing, missing, page

WAITING: frozenset[int] = frozenset()  # rows whose control is not there yet: the page says so
RUNS_WHAT_IT_READS = {"pickle", "marshal", "shelve", "dill", "yaml"}


def test_the_table_has_every_row_once_and_in_order() -> None:
    assert [control.row for control in controls()] == list(ROWS)


@pytest.mark.parametrize("control", controls(), ids=lambda control: str(control.row))
def test_every_row_is_shown_by_tests_that_exist(control: Control) -> None:
    assert [test for test in control.tests if missing(test)] == []
    assert [place for place in control.where if not (ROOT / place).exists()] == []
    assert [name for name in control.asvs if not re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{1,2}", name)] == []
    assert bool(control.tests) == (control.row not in WAITING)


def test_no_mark_names_a_row_that_there_is_not() -> None:
    assert {row for rows in existing().values() for row in rows} <= set(ROWS)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(controls()), "run python -m tests.controls"


def test_a_test_that_does_not_exist_would_be_noticed() -> None:
    assert missing("web/test_headers.py::test_that_there_is_not")
    assert missing("web/test_nowhere.py")
    assert not missing("test_controls.py::test_the_page_is_up_to_date")


def loaded(path: Path) -> set[str]:
    """What a module imports, and what it calls that runs text."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found |= {node.func.id} & {"eval", "exec"}
    return found


def test_nothing_is_read_that_could_run() -> None:
    modules = [path for part in ("alliance", "surveys") for path in (ROOT / part).rglob("*.py")]
    assert len(modules) > 200
    unsafe = RUNS_WHAT_IT_READS | {"eval", "exec"}
    assert {str(path): found for path in modules if (found := loaded(path) & unsafe)} == {}
    assert loaded(Path(__file__)) >= {"ast", "pytest"}

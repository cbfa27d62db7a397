"""The control table: read from controls.toml, completed by the tests that are marked, written as a page.

`python -m tests.controls` writes docs/controls.md anew.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
PAGE = ROOT / "docs" / "controls.md"
ROWS = range(1, 70)

HEAD = """# Controls

What the product does against what can go wrong, and the tests that show it. Each row names requirements of
[OWASP ASVS 5.0.0](https://github.com/OWASP/ASVS), where there is one that asks for it. Written by
`python -m tests.controls`; a row without a test, or a test that does not exist, fails the build.

| row | ASVS | what the product does | where | shown by |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Control:
    """One row. `tests` are ids as pytest takes them, below `tests/`: a file, or one test in it."""

    row: int
    asvs: tuple[str, ...]
    what: str
    where: tuple[str, ...]
    tests: tuple[str, ...]


@cache
def existing() -> dict[str, tuple[int, ...]]:
    """Every test there is, and the rows it is marked with."""
    found: dict[str, tuple[int, ...]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[f"{path.relative_to(TESTS).as_posix()}::{node.name}"] = tuple(_marked(node))
    return found


def _marked(node: ast.FunctionDef) -> Iterator[int]:
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.control":
            yield from (int(ast.literal_eval(argument)) for argument in mark.args)


def controls() -> list[Control]:
    """The table, in order, with the tests that name a row by a mark."""
    told = tomllib.loads((TESTS / "controls.toml").read_text("utf-8"))["control"]
    return [
        Control(row["row"], tuple(row["asvs"]), row["what"], tuple(row["where"]), tuple(_tests(row)))
        for row in told
    ]


def _tests(row: dict[str, list[str]]) -> list[str]:
    named = row["tests"]
    marked = [test for test, rows in existing().items() if row["row"] in rows]
    return [*named, *(test for test in marked if test not in named and test.partition("::")[0] not in named)]


def missing(test: str) -> bool:
    """Whether there is no such test."""
    return not any(each == test or each.startswith(test + "::") for each in existing())


def page(table: list[Control]) -> str:
    """The table as it stands in docs/controls.md."""
    return HEAD + "".join(
        f"| {control.row} | {' '.join(control.asvs) or '–'} | {control.what} | {_code(control.where)} |"
        f" {_code(control.tests)} |\n"
        for control in table
    )


def _code(names: tuple[str, ...]) -> str:
    return "<br>".join(f"`{name}`" for name in names) or "nothing yet"


if __name__ == "__main__":
    PAGE.write_text(page(controls()), encoding="utf-8")

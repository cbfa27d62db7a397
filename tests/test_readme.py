"""What the documentation says of the product is so: its commands and their options. More in tests/docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from alliance.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CALL = re.compile(r"(?:\.venv/bin/|\b)alliance((?: [a-z][a-z-]*)+)")


def commands(group: click.Group = main, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by the words that are typed after `alliance`."""
    for name, command in group.commands.items():
        typed = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, typed)
        else:
            yield typed, command


COMMANDS = dict(commands())


def typed_in(text: str) -> set[str]:
    """The commands that a page tells people to type: in blocks of code and between backticks."""
    code = re.findall(r"```.*?\n(.*?)```", text, re.DOTALL) + re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    return {found[1].strip() for piece in code for found in CALL.finditer(piece)}


def command_in(marks: str) -> str:
    """The one line of code between two marks of the README."""
    between = README.partition(f"<!-- {marks} begin -->")[2].partition(f"<!-- {marks} end -->")[0]
    lines = [line for line in between.splitlines() if line and not line.startswith("```")]
    assert len(lines) == 1, f"between the marks “{marks}” there should be one line of code: {lines}"
    return lines[0]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_in_the_documentation_exists(path: Path) -> None:
    for typed in typed_in(path.read_text(encoding="utf-8")):
        known = any(typed == name or typed.startswith(f"{name} ") for name in COMMANDS)
        group = any(name.startswith(f"{typed} ") for name in COMMANDS)
        assert known or group, f"{path.name} says “alliance {typed}”, and there is no such command"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_its_options(name: str) -> None:
    row = next((line for line in RUNNING.splitlines() if f"`alliance {name}" in line.partition("|")[2]), None)
    assert row is not None, f"docs/running.md has no row for “alliance {name}”"
    assert COMMANDS[name].help, f"“alliance {name}” has no help"
    for option in COMMANDS[name].params:
        if isinstance(option, click.Option):
            assert f"`{option.opts[0]}" in row, f"docs/running.md does not tell of {option.opts[0]} of {name}"


def test_the_two_commands_of_the_readme_are_whole() -> None:
    install = "python3 -m venv .venv && .venv/bin/pip install -q"
    assert command_in("demo") == f"{install} . && .venv/bin/alliance demo"
    assert command_in("tests") == f"{install} -e '.[test]' && .venv/bin/python -m pytest -n auto"


def test_the_checks_run_the_readmes_own_command() -> None:
    """A copy of the command in .ci/run would drift from what people are told to type."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "/<!-- tests begin -->/,/<!-- tests end -->/p" in script
    assert "-m pytest" not in script


def test_these_checks_would_notice() -> None:
    assert typed_in("Run `alliance rank therapists`, or\n```sh\n.venv/bin/alliance serve DIR\n```") == {
        "rank therapists",
        "serve",
    }
    assert typed_in("The alliance demo is plain text.") == set()

"""Every command line of the documentation is one that the program takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from alliance.cli import main
from tests.docs.pages import NAMES, PAGES, blocks

CALLED = re.compile(r"^(?:sudo (?:-u \w+ )?)?(?:\S*/)?alliance ([a-z].*|--\w.*)$")
ENDS = ("|", ">", "&&", "||", ";", "<", "2>", ">>")


def lines(block: str) -> list[str]:
    return block.replace("\\\n", " ").splitlines()


def called(line: str) -> list[str] | None:
    """What is typed after `alliance`, if this line of code calls it."""
    found = CALLED.match(line.partition(" # ")[0].strip().rpartition("&& ")[2])
    if found is None:
        return None
    words = shlex.split(found[1])
    return words[: next((at for at, word in enumerate(words) if word in ENDS), len(words))]


def fault(words: list[str]) -> str:
    """What the program would say to this, if it is not what it takes. Nothing is run."""
    command: click.Command = main
    context = click.Context(main, info_name="alliance")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        found = command.get_command(context, name)
        if found is None:
            return f"there is no “{name}”"
        command, context = found, click.Context(found, parent=context, info_name=name)
    try:
        given, more, _ = command.make_parser(context).parse_args(args=list(words))
    except click.UsageError as error:
        return error.format_message()
    wanted = [each for each in command.params if isinstance(each, click.Argument) and each.required]
    lacking = [each.name for each in wanted if not isinstance(given.get(each.name or ""), str | tuple | list)]
    return f"too much: {more}" if more else f"missing: {lacking}" if lacking else ""


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_line_is_taken(page: Path) -> None:
    for block in [*blocks(page, "sh"), *blocks(page, "")]:
        for line in lines(block):
            words = called(line)
            if words is not None:
                assert fault(words) == "", f"{page.name} says: {line}"


def test_many_were_looked_at() -> None:
    found = [line for page in PAGES for block in blocks(page, "sh") for line in lines(block) if called(line)]
    assert len(found) > 30


@pytest.mark.parametrize(
    "line",
    [
        "alliance rank x",
        "alliance serve",
        "alliance serve a b",
        "sudo -u alliance /opt/x/alliance backup DIR --too x",
        "cd x && .venv/bin/alliance user invite DIR --nickname x",
    ],
)
def test_these_checks_would_notice(line: str) -> None:
    words = called(line)
    assert words is not None and fault(words)


def test_these_checks_let_good_lines_pass() -> None:
    for line in (
        "alliance demo --port 0",
        "alliance user invite DIR --name x --role admin",
        "alliance --version",
    ):
        words = called(line)
        assert words is not None and fault(words) == ""
    assert called("sudo chown -R alliance clinic") is None

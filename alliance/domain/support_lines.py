"""A support card as somebody types it: one statement a line, what it rests on in square brackets at its end."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from alliance.domain.support import SECTIONS, Content, Statement

_RESTS = re.compile(r"\s*\[([^\[\]]*)\]\s*$")
_PART = re.compile(r"(themes?|sources?)\s+(\d{1,2}(?:\s*(?:,|and)\s*\d{1,2})*)", re.IGNORECASE)


class Untraceable(ValueError):
    """What stands in square brackets names neither themes nor sources. Says which line."""


def as_lines(statements: Sequence[Statement]) -> str:
    """`Someone went back to it. [theme 9, source 2]`, a line each."""
    return "\n".join(f"{line.text} [{line.rests_on}]" if line.rests_on else line.text for line in statements)


def read_lines(text: str) -> tuple[Statement, ...]:
    """The statements of a field; empty lines are left out. Raises Untraceable."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return tuple(_statement(line) for line in lines if line)


def _statement(line: str) -> Statement:
    found = _RESTS.search(line)
    if found is None:
        return Statement(line)
    named: dict[str, tuple[int, ...]] = {"theme": (), "source": ()}
    for part in _PART.finditer(found[1]):
        numbers = tuple(int(number) for number in re.findall(r"\d+", part[2]))
        named[part[1].lower().rstrip("s")] += numbers
    if not any(named.values()) or re.sub(r"[\s,;]|and", "", _PART.sub("", found[1])):
        raise Untraceable(line)
    return Statement(line[: found.start()], named["theme"], named["source"])


def to_json(content: Content) -> str:
    """A text as it is kept."""
    sections = {
        name: [[line.text, line.themes, line.sources] for line in getattr(content, name)] for name in SECTIONS
    }
    return json.dumps({"opening": content.opening, **sections}, ensure_ascii=False)


def from_json(text: str) -> Content:
    """The text that `to_json` wrote."""
    kept: dict[str, Any] = json.loads(text)
    sections = (
        tuple(Statement(said, tuple(themes), tuple(sources)) for said, themes, sources in kept[name])
        for name in SECTIONS
    )
    return Content(kept["opening"], *sections)

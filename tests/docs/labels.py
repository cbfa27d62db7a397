"""Every word that stands on a page of the product, piece by piece: what guides may quote."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any

from tests.docs.pages import ROOT

TEMPLATES = ROOT / "alliance" / "templates"
CODE = (ROOT / "alliance" / "web", ROOT / "alliance" / "domain")
TEXTS = ROOT / "surveys" / "instruments"


@cache
def pieces() -> frozenset[str]:
    """Whole texts: between two tags of a template, in quotes in a template or a module, or in a questionnaire."""
    found = [*_of_templates(), *_of_code(), *_of_questionnaires()]
    return frozenset(plain(piece) for piece in found if plain(piece))


def plain(words: str) -> str:
    return " ".join(unescape(words).split())


def _of_templates() -> Iterator[str]:
    for path in TEMPLATES.rglob("*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        for code in re.findall(r"\{[{%].*?[}%]\}", text, re.DOTALL):
            yield from re.findall(r'"([^"\n]*)"', code)
        yield from re.split(r"<[^>]*>|\x00", re.sub(r"\{[{%].*?[}%]\}", "\x00", text, flags=re.DOTALL))


def _of_code() -> Iterator[str]:
    for path in (path for folder in CODE for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _of_questionnaires() -> Iterator[str]:
    for path in TEXTS.glob("*/en.toml"):
        yield from _values(tomllib.loads(path.read_text("utf-8")))


def _values(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for value in told.values():
            yield from _values(value)
    elif isinstance(told, str):
        yield told


def stands_on_a_page(label: str) -> bool:
    """Whether a page has this: as a whole, or as one sentence of a text. “…” stands for anything, such as a code."""
    parts = [part.strip() for part in plain(label).split("…")]
    return all(_known(part) for part in parts if part)


def _known(label: str) -> bool:
    if label in pieces():
        return True
    return label.endswith((".", "?")) and any(
        f" {label} " in f" {piece} " for piece in pieces() if label in piece
    )

"""The documentation as its readers get it: every page, its headings, links, code and quoted words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
LINK = re.compile(r"(!?)\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)")
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


@cache
def text(page: Path) -> str:
    return page.read_text("utf-8")


def prose(page: Path) -> str:
    """The page without its blocks of code and the code between backticks."""
    return re.sub(r"`[^`\n]+`", "`…`", FENCED.sub("", text(page)))


def blocks(page: Path, language: str) -> list[str]:
    """Every block of code in this language."""
    return [found[3] for found in FENCED.finditer(text(page)) if found[2] == language]


def links(page: Path, *, pictures: bool = False) -> list[str]:
    """Where its links lead, or where its pictures are, as they are written."""
    return [found[2] for found in LINK.finditer(prose(page)) if bool(found[1]) is pictures]


@cache
def anchors(page: Path) -> frozenset[str]:
    """What may stand after # in a link to this page, as forges make it of its headings."""
    found: list[str] = []
    for heading in re.findall(r"^#{1,6} +(.+?) *$", FENCED.sub("", text(page)), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        times = sum(re.fullmatch(rf"{re.escape(slug)}(-\d+)?", each) is not None for each in found)
        found.append(f"{slug}-{times}" if times else slug)
    return frozenset(found)

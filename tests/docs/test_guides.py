"""The guides say what the product says, and show pictures that are made of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.labels import stands_on_a_page
from tests.docs.pages import DOCS, links, prose, text
from tests.docs.pictures import IMAGES, MOST_BYTES, PICTURES

GUIDES = sorted((DOCS / "guide").glob("*.md"))
SAID_OF_LABELS = "thick letters"
LABEL = re.compile(r"\*\*([^*]+)\*\*")
PNG_SIZE = slice(16, 24)


def labels(page: Path) -> list[str]:
    return [found for found in LABEL.findall(prose(page)) if found != SAID_OF_LABELS]


def size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG."""
    told = path.read_bytes()[PNG_SIZE]
    return int.from_bytes(told[:4]), int.from_bytes(told[4:])


def test_each_role_has_its_guide() -> None:
    assert [guide.stem for guide in GUIDES] == ["administrator", "patient", "supervisor", "therapist"]
    for guide in GUIDES:
        assert SAID_OF_LABELS in text(guide), "each says what thick letters mean"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_word_in_thick_letters_stands_on_a_page(guide: Path) -> None:
    assert len(labels(guide)) > 10
    assert [label for label in labels(guide) if not stands_on_a_page(label)] == []


@pytest.mark.parametrize(
    "label", ["Rank the therapists", "Make a lin", "Nobody reads these pages.", "Show it … never"]
)
def test_a_word_that_is_gone_would_be_noticed(label: str) -> None:
    assert not stands_on_a_page(label)


def test_every_part_of_the_settings_is_explained() -> None:
    template = (DOCS.parent / "alliance" / "templates" / "admin" / "settings.html").read_text("utf-8")
    parts = re.findall(
        r'<section aria-labelledby="[^"]*">\s*<h2[^>]*>([^<]*)</h2>\s*(?:<p>.*?</p>\s*)?{% call', template
    )
    guide = text(DOCS / "guide" / "administrator.md")
    section = guide.partition("\n## Settings\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| \*\*(.*?)\*\* \|", section, re.MULTILINE) == parts


def test_the_pictures_are_those_that_the_tests_make() -> None:
    shown = {Path(target).stem for guide in GUIDES for target in links(guide, pictures=True)}
    assert shown == set(PICTURES), "python -m tests.docs.pictures makes them"


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_is_there_and_small(name: str) -> None:
    path = IMAGES / f"{name}.png"
    assert path.stat().st_size < MOST_BYTES
    assert size(path) == PICTURES[name].window

"""Every link of the documentation leads somewhere, and every page can be found from the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, NAMES, PAGES, anchors, links, text

INDEX = DOCS / "README.md"


def fault(page: Path, target: str) -> str:
    """What is wrong with this link of this page, if anything."""
    if target.startswith(("https://", "http://")):
        return ""
    path, _, anchor = target.partition("#")
    led_to = (page.parent / path).resolve() if path else page
    if not led_to.exists():
        return f"there is no {target}"
    if anchor and (led_to.suffix != ".md" or anchor not in anchors(led_to)):
        return f"{led_to.name} has no heading for #{anchor}"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in [*links(page), *links(page, pictures=True)]:
        assert fault(page, target) == "", f"in {page.name}"


def test_every_page_stands_in_the_index() -> None:
    named = {(INDEX.parent / target.partition("#")[0]).resolve() for target in links(INDEX)}
    missing = [page.name for page in PAGES if DOCS in page.parents and page != INDEX and page not in named]
    assert missing == [], "say in docs/README.md for whom these pages are"


def test_the_index_is_found_from_the_first_page() -> None:
    assert "docs/README.md" in links(DOCS.parent / "README.md")


def test_every_picture_is_shown_on_a_page_and_says_what_it_shows() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in links(page, pictures=True)}
    kept = {path for path in (DOCS / "images").iterdir() if path.suffix in (".png", ".svg")}
    assert kept <= shown
    for page in PAGES:
        assert "![](" not in text(page), f"a picture of {page.name} says nothing to who cannot see it"


def test_these_checks_would_notice(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One – “two”, *three*\n\n## Same\n\n## Same\n\n```sh\n# no heading [x](y)\n```\n")
    assert anchors(page) == {"one--two-three", "same", "same-1"}
    assert links(page) == []
    assert (
        fault(page, "#same-1") == fault(page, "page.md#same") == fault(page, "https://example.org/#x") == ""
    )
    assert fault(page, "#other") and fault(page, "gone.md") and fault(page, "page.md#gone")

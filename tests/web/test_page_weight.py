"""What patients load, in any language: at most 30 kB in at most four requests, and a page of at most 4 kB packed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.languages import LANGUAGES
from tests.benchmarks.weight import weigh
from tests.cast import Cast
from tests.page import Page, PageClient
from tests.web.posting import ITEMS, page_of, supervise
from tests.web.test_languages import send

MOST_BYTES, MOST_REQUESTS, MOST_PACKED = 30_000, 4, 4_000
every_language = pytest.mark.parametrize("tag", list(LANGUAGES))


def states(client: PageClient, cast: Cast, tag: str) -> Iterator[tuple[str, Page]]:
    """Every state that a link's pages can be in, heaviest names and texts included."""
    address = f"/a/{cast.alder.token}?language={tag}"
    yield "questionnaire", client.page(address)
    wrong = dict.fromkeys(ITEMS, "11") | {"talked": "x", "audience": "x", "comment": "a" * 2143}
    yield "with every problem", page_of(send(client, address, **wrong))  # type: ignore[arg-type]
    low = send(client, address, safe="2", attempt="an-attempt-with-low-answers")
    after = low.headers["Location"]  # type: ignore[attr-defined]
    assert "/more" in after
    yield "what happened", client.page(after)
    yield "receipt", client.page(f"/thanks?language={tag}")
    yield "already", client.page(address)
    for path in ("/a/no-such-link", "/leave", "/a/x/y/z"):
        yield path, page_of(client.get(f"{path}?language={tag}"))


@every_language
def test_every_page_is_light(client: PageClient, cast: Cast, tag: str) -> None:
    supervise(cast, "ruth")
    for name, page in states(client, cast, tag):
        total, requests, packed = weigh(client, page)
        assert requests <= MOST_REQUESTS, name
        assert packed <= MOST_PACKED, f"{name} in {tag}: {packed} bytes packed"
        if name != "with every problem":  # not a first load: style, script and icon are there already
            assert total <= MOST_BYTES, f"{name} in {tag}: {total} bytes"


@every_language
def test_a_page_with_everything_wrong_is_still_no_heavier_than_a_first_load(
    client: PageClient, cast: Cast, tag: str
) -> None:
    pages = dict(states(client, cast, tag))
    first, wrong = (len(pages[name].html.encode()) for name in ("questionnaire", "with every problem"))
    assert first < wrong <= MOST_BYTES

"""The help page: open to whoever works here, true to the product, with its sources."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask

from surveys.library import shipped
from tests.cast import Cast, signed_in
from tests.page import Page, PageClient


@pytest.fixture
def help_page(client: PageClient) -> Page:
    return client.page("/help")


def test_it_is_open_to_all_and_within_everybodys_own_bar(app: Flask, help_page: Page) -> None:
    assert help_page.h1 == "How this works"
    for who in ("jonas", "miriam", "tomasz"):
        page = signed_in(app, who).page("/help")
        assert page.main == help_page.main
        assert "Sign out" in page.text


def test_it_says_how_sure_a_question_is_in_the_words_of_the_other_pages(
    app: Flask, help_page: Page, cast: Cast
) -> None:
    sure = "about one in three was an ordinary up and down"
    jonas = signed_in(app, "jonas")
    assert sure in help_page.main and sure in jonas.page("/caseload").main
    assert "more than half were ordinary ups and downs" in help_page.main
    assert "They are not a clinical validation" in help_page.main


def test_the_study_is_cited_as_it_was_published(help_page: Page) -> None:
    sources = help_page.main.partition("Sources")[2]
    for instrument in (one for one in shipped() if one.language == "en"):
        authors, title, journal, where = cited(instrument.citation)
        assert f"{authors}, “{title}”, {journal}, {where}" in sources
    assert "have not been validated" in sources


def cited(citation: str) -> tuple[str, str, str, str]:
    """Authors, title, journal, year and place of a citation `Authors. Title. Journal. Year;volume:number. Address`."""
    authors, title, journal, where, *_ = citation.split(". ")
    year, _, place = where.partition(";")
    return authors, title, journal, f"{year}, {place}"


def test_every_scale_is_explained(help_page: Page) -> None:
    told = {node.text for node in help_page.root.find_all("dt")}
    for instrument in (one for one in shipped() if one.language == "en"):
        assert {scale.name for scale in instrument.scales if scale.in_alliance} <= told
    assert "Tension" in told  # as pages call what the definition names by its signals


def test_it_says_who_sees_what(help_page: Page) -> None:
    assert (
        "A supervisor sees the same numbers of those they supervise, by code, without the patient’s words."
        in help_page.main
    )
    assert "Nobody is ranked, and nothing here is made for pay or dismissal." in help_page.main
    assert (
        "A patient who asks a supervisor for help is seen to ask by the supervisor alone." in help_page.main
    )


def test_every_link_to_it_arrives(app: Flask, help_page: Page, cast: Cast) -> None:
    jonas = signed_in(app, "jonas")
    anchors = set()
    for path in (
        "/caseload",
        f"/alerts/{cast.alder.alert_id}",
        f"/patients/{cast.alder.patient_id}",
        "/caseload/trends",
    ):
        anchors |= {href.partition("#")[2] for _, href in jonas.page(path).links if href.startswith("/help#")}
    assert anchors == {"how"}
    for anchor in anchors:
        assert help_page.by_id(anchor) is not None


def test_nothing_of_the_machine_is_on_it(help_page: Page) -> None:
    assert "{" not in unescape(help_page.html) and "sqlite" not in help_page.html.lower()

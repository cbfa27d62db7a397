"""All trends in one picture: whoever is in focus stands in the address, and the table says the same in words."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from alliance.actions.caseload import own_trends
from alliance.domain import course as courses
from alliance.domain.trend import Trend
from tests.cast import NOW, Cast, signed_in
from tests.page import Page, PageClient, page_client
from tests.web.posting import course

KEPT_BACK = {"audience": "supervisor", "comment": "Not for Jonas."}


@pytest.fixture
def jonas(app: Flask, cast: Cast) -> PageClient:
    """Jonas Berg with four patients: Alder 14 with a question, three without."""
    course(cast, "Elm 3", 8, None, 9, 8)
    course(cast, "Ash 5", 7, 7, 7)
    course(cast, "Zelkova & Söhne <1>", 8)
    return signed_in(app, "jonas")


def shown(page: Page) -> list[str]:
    """The codes of the patients whose sentence is in sight."""
    return [
        node.get("data-about")
        for node in page.nodes
        if "data-about" in node.attrs and "hidden" not in node.attrs
    ]


def current(page: Page) -> list[str]:
    _neighbours, codes = (node for node in page.nodes if node.has_class("codes"))
    return [link.text for link in codes.find_all("a") if link.get("aria-current") == "true"]


def test_whoever_has_a_question_is_in_focus_first(jonas: PageClient, cast: Cast) -> None:
    page = jonas.page("/caseload/trends")
    assert page.h1 == "Trends" and shown(page) == current(page) == ["Alder 14"]
    assert "One patient with an open question." in page.main


@pytest.mark.parametrize("code", ["Ash 5", "Elm 3", "Zelkova & Söhne <1>"])
def test_the_focus_stands_in_the_address(jonas: PageClient, code: str) -> None:
    page = jonas.page("/caseload/trends")
    address = next(href for words, href in page.links if words == code and "focus" in href)
    focused = jonas.page(address.partition("#")[0])
    assert shown(focused) == current(focused) == [code]
    plot = next(node for node in focused.nodes if "data-chart" in node.attrs)
    spec = jonas.get(plot.get("data-chart"))
    assert spec.status_code == 200 and spec.json != jonas.get("/caseload/trends.json").json


@pytest.mark.parametrize("focus", ["", "Birch 2", "nobody", "elm 3", "\x00", "'\"<>", "é" * 500])
def test_a_focus_on_nobody_of_ones_own_is_as_good_as_none(jonas: PageClient, focus: str) -> None:
    page = page_of_focus(jonas, focus)
    assert shown(page) == ["Alder 14"]
    assert (
        jonas.get("/caseload/trends.json", query_string={"focus": focus}).json
        == jonas.get("/caseload/trends.json").json
    )


def page_of_focus(client: PageClient, focus: str) -> Page:
    response = client.get("/caseload/trends", query_string={"focus": focus})
    assert response.status_code == 200
    return response.page  # type: ignore[attr-defined, no-any-return]


def test_one_can_step_through_everybody_and_back(jonas: PageClient) -> None:
    page, seen = jonas.page("/caseload/trends"), []
    for _ in range(4):
        page = jonas.page(page.link("Next").partition("#")[0])
        seen += shown(page)
    assert sorted(seen) == ["Alder 14", "Ash 5", "Elm 3", "Zelkova & Söhne <1>"]
    assert shown(jonas.page(page.link("Previous").partition("#")[0])) == [seen[-2]]


def test_the_table_says_what_the_course_says(jonas: PageClient, cast: Cast) -> None:
    rows = {row[0]: row[2:] for row in jonas.page("/caseload/trends").tables[0][1:]}
    trends = {trend.dyad.patient.code: trend for trend in own_trends(cast.clinic, cast.viewer("jonas"), NOW)}
    assert list(rows) == list(trends)
    for code, (state, last, asked, repaired) in rows.items():
        trend = trends[code]
        assert last == told(trend)
        assert asked == ("session 7" if code == "Alder 14" else "–") and repaired == "–"
        assert state == (courses.in_words(trend) if code != "Alder 14" else state) and state


def told(trend: Trend) -> str:
    last = trend.last
    assert last is not None and last.alliance is not None and last.reading is not None
    return f"{last.alliance:.0f} ({last.reading.low:.0f} to {last.reading.high:.0f})"


def test_everybodys_sentence_is_in_the_page(jonas: PageClient, cast: Cast) -> None:
    html = jonas.page("/caseload/trends").root
    told = [node.text for node in html.find_all("p") if "data-about" in node.attrs]
    for trend, words in zip(own_trends(cast.clinic, cast.viewer("jonas"), NOW), told, strict=True):
        assert courses.lead(trend, you="You") in words


def test_the_picture_holds_ones_own_and_nobody_elses(app: Flask, jonas: PageClient) -> None:
    response = jonas.get("/caseload/trends.json")
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Alder 14" in response.text and "Birch 2" not in response.text
    assert "Birch 2" in signed_in(app, "claire").get("/caseload/trends.json").text
    assert signed_in(app, "tomasz").get("/caseload/trends.json").status_code == 404
    assert page_client(app).get("/caseload/trends.json").status_code == 303


def test_what_was_kept_back_is_in_no_picture_of_the_therapist(app: Flask, cast: Cast) -> None:
    jonas = signed_in(app, "jonas")
    course(cast, "Oak 7", 8, 9, 8, 9, 2, last=KEPT_BACK)
    told = [jonas.get(path).text for path in ("/caseload/trends.json", "/caseload/trends", "/caseload")]
    assert not any("Not for Jonas" in text or "supervisor" in text for text in told)
    course(cast, "Yew 1", 8, 9, 8, 9, None)
    rows = {row[0]: row[1:] for row in jonas.page("/caseload/trends").tables[0][1:]}
    assert rows["Oak 7"] == rows["Yew 1"]


def test_with_nobody_there_is_no_picture(app: Flask) -> None:
    erik = signed_in(app, "erik")
    page = erik.page("/caseload/trends")
    assert "No patients yet." in page.main
    assert "data-chart" not in page.html and page.tables == [] and "plotly" not in page.html
    assert isinstance(json.loads(erik.get("/caseload/trends.json").text)["data"], list)

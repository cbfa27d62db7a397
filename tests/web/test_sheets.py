"""Sheets for supervision: code instead of name, numbers and picture without a script, words only if ticked in."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from alliance.domain.trend import Trend
from alliance.web.sheet_chart import HEIGHT, WIDTH, sheet_chart
from tests.cast import Cast, signed_in
from tests.factory import dip, make_trend
from tests.page import PageClient
from tests.web.figures import trends
from tests.web.posting import count, course

WORDS = "I was glad that you asked."


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/patients/{cast.alder.patient_id}/sheet"


def test_one_patient_on_one_page(jonas: PageClient, path: str) -> None:
    page = jonas.page(path)
    assert page.h1 == "Alder 14, for supervision"
    assert "Jonas Berg with Miriam Osei" in page.main
    assert [row[0] for row in page.tables[0][1:]] == ["8", "7", "6", "5", "4", "3"]
    assert "Rupture?" in page.main and "To think about together" in page.main
    assert "Confidential." in page.main and "Printed 20 November 2026 by Jonas Berg." in page.main
    assert "Detection 1.0, with the prior it came with" in page.main
    assert "<script" not in page.main and "data-chart" not in page.html


def test_its_picture_is_drawn_in_the_page(jonas: PageClient, path: str) -> None:
    html = jonas.page(path).html
    start = html.index('<svg class="on-paper"')
    drawing = ElementTree.fromstring(html[start : html.index("</svg>", start) + 6])  # noqa: S314 (our own)
    assert "Alliance over eight sessions" in drawing.attrib["aria-label"]
    assert any("30, said so outright" in (text.text or "") for text in drawing.iter("text"))


def test_comments_are_on_it_only_if_the_therapist_ticks_them_in(
    app: Flask, jonas: PageClient, cast: Cast
) -> None:
    told = course(cast, "Elm 3", 8, 8, 8, 8, last={"comment": WORDS})
    page = jonas.page(f"{told.path}/sheet")
    assert WORDS not in page.html and "no comments" in page.main
    ticked = jonas.page(f"{told.path}/sheet?words=yes")
    assert WORDS in ticked.main and "with the patient’s words" in ticked.main
    assert page.form("Show").fields["words"].options == ("yes",)
    for address in (f"{told.path}/sheet", f"{told.path}/sheet?words=yes"):
        assert WORDS not in signed_in(app, "miriam").page(address).html


def test_opening_it_is_opening_the_patient(jonas: PageClient, cast: Cast, path: str) -> None:
    before = count(cast.clinic, "audit")
    jonas.page(path)
    assert count(cast.clinic, "audit") == before + 1


def test_a_patient_without_sessions_has_a_sheet_too(jonas: PageClient, cast: Cast) -> None:
    told = course(cast, "Elm 3")
    assert "No rupture so far" in jonas.page(f"{told.path}/sheet").main


def test_the_open_questions_of_a_caseload_on_paper(app: Flask, jonas: PageClient, cast: Cast) -> None:
    course(cast, "Elm 3", 8, 8, 8, 8)
    page = jonas.page("/caseload/sheet")
    assert "Alder 14" in page.main and "Elm 3" not in page.main
    assert "To think about:" in page.main and "Confidential." in page.main
    assert page.link("Alder 14") == f"/patients/{cast.alder.patient_id}/sheet"
    assert "No patients yet." in signed_in(app, "erik").page("/caseload/sheet").main


# The picture


def parts(trend: Trend) -> ElementTree.Element:
    return ElementTree.fromstring(str(sheet_chart(trend, "A course")))  # noqa: S314 (our own)


def test_a_gap_is_a_gap_and_a_question_a_triangle() -> None:
    drawn = parts(dip())
    (line,) = [path.attrib["d"] for path in drawn.iter("path") if path.attrib["class"] == "line"]
    assert line.count("M") == 4  # three gaps
    assert len([path for path in drawn.iter("path") if path.attrib["class"] == "low"]) == 1
    assert len([path for path in drawn.iter("path") if path.attrib["class"] == "none"]) == 3
    told = [text.text for text in drawn.iter("text")]
    assert "82 now" in told and "usual range" in told and "Session 1" in told and "22" in told


def test_two_sessions_do_not_fill_the_sheet() -> None:
    circles = [float(one.attrib["cx"]) for one in parts(make_trend([80.0, 82.0])).iter("circle")]
    assert max(circles) < WIDTH / 3


@given(trends())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
def test_any_course_can_be_drawn_and_stays_on_the_sheet(trend: Trend) -> None:
    drawn = parts(trend)
    for text in drawn.iter("text"):
        assert 0 <= float(text.attrib["x"]) <= WIDTH and 0 <= float(text.attrib["y"]) <= HEIGHT
    for circle in drawn.iter("circle"):
        assert 0 <= float(circle.attrib["cy"]) <= HEIGHT

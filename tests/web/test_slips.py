"""Slips and forms on paper: printed once, saying nothing of whom they concern or what they are about."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from alliance.domain.paper import read_number
from tests.cast import Cast, signed_in
from tests.page import Page, PageClient, page_client
from tests.page_tree import Node
from tests.web.posting import count, course, page_of, post, supervise


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


def offered(page: Page) -> list[str]:
    """The patients that can be ticked."""
    return [node.text.split(" Session")[0] for node in page.root.find_all("label") if node.has_class("pick")]


def slips_of(page: Page) -> list[Node]:
    return [node for node in page.root.find_all("article") if node.has_class("slip")]


def token_of(slip: Node) -> str:
    found = re.search(r"https://alliance\.example/a/([A-Za-z0-9_-]{27})", slip.text)
    assert found is not None
    return found[1]


def language(cast: Cast, code: str, tag: str) -> None:
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE patient SET language = ? WHERE code = ?", (tag, code))


# Slips


def test_who_has_no_form_back_is_offered_and_an_answer_kept_back_shows_not(
    app: Flask, jonas: PageClient, cast: Cast
) -> None:
    course(cast, "Elm 3", 8, 8)
    course(cast, "Ash 5", 8, None)
    before = jonas.page("/caseload/slips")
    assert offered(before) == ["Alder 14", "Ash 5"]
    assert post(page_client(app), cast.alder.token, audience="supervisor").status_code == 303
    after = jonas.page("/caseload/slips")
    assert (after.main, after.links) == (before.main, before.links)
    assert jonas.page("/caseload").link("Slips to hand out") == "/caseload/slips"


def test_whose_forms_are_paused_gets_none(jonas: PageClient, cast: Cast) -> None:
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE patient SET paused_at = '2026-11-01' WHERE code = 'Alder 14'")
    page = jonas.page("/caseload/slips")
    assert "The forms of all newest sessions are back." in page.main and offered(page) == []


def test_a_slip_opens_the_form_and_says_nothing_else(app: Flask, jonas: PageClient, cast: Cast) -> None:
    course(cast, "Ash 5", None)
    form = jonas.page("/caseload/slips").form("Make the slips")
    page = page_of(jonas.submit(form, {"session": list(form.fields["session"].options)}))
    slips = slips_of(page)
    assert len(slips) == 2
    for slip, code in zip(slips, ("Alder 14", "Ash 5"), strict=True):
        part, stub = slip.elements
        assert stub.has_class("stub") and code in stub.text
        for word in (code, "session", "therap", "Jonas", "Harbour", "clinic.", "questionnaire"):
            assert word not in part.text.replace("alliance.example", "")
        assert "It works until Friday 27 November." in part.text
        assert part.find_all("svg")[0].get("aria-label") == "A square to scan"
    patient = page_client(app)
    assert patient.page(f"/a/{token_of(slips[0])}").h1 == "How was it today?"
    assert post(patient, token_of(slips[0])).status_code == 303
    assert "slip" in jonas.page(f"/patients/{cast.alder.patient_id}").main
    assert token_of(slips[1]) not in jonas.page("/caseload/slips").html


def test_each_slip_speaks_its_patients_language(jonas: PageClient, cast: Cast) -> None:
    course(cast, "Ash 5", None)
    language(cast, "Ash 5", "ar")
    form = jonas.page("/caseload/slips").form("Make the slips")
    page = page_of(jonas.submit(form, {"session": list(form.fields["session"].options)}))
    spoken = [(slip.elements[0].get("lang"), slip.elements[0].get("dir")) for slip in slips_of(page)]
    assert spoken == [("en", "ltr"), ("ar", "rtl")]
    assert page.h1 == "Two slips to print"


def test_a_sessions_page_prints_one(jonas: PageClient, cast: Cast) -> None:
    page = page_of(jonas.submit(jonas.page(f"/sessions/{cast.alder.session_id}").form("Print a slip")))
    assert page.h1 == "One slip to print" and len(slips_of(page)) == 1


def test_nothing_ticked_is_said_at_the_first_box(jonas: PageClient, cast: Cast) -> None:
    response = jonas.submit(jonas.page("/caseload/slips").form("Make the slips"))
    assert response.status_code == 422
    assert "Choose at least one patient" in page_of(response).text


@pytest.mark.parametrize("which", ["another’s", "none there", "no number", "too large"])
def test_a_session_that_is_not_ones_own_makes_none_at_all(jonas: PageClient, cast: Cast, which: str) -> None:
    other = {
        "another’s": str(cast.stories["Birch 2"].session_id),
        "none there": "999999",
        "no number": "x",
        "too large": str(2**63),
    }[which]
    form = jonas.page("/caseload/slips").form("Make the slips")
    before = count(cast.clinic, "invitation")
    data = {"csrf_token": form["csrf_token"], "session": [str(cast.alder.session_id), other]}
    if which in {"another’s", "none there"}:
        assert jonas.post("/caseload/slips", data=data).status_code == 404
        assert count(cast.clinic, "invitation") == before
    else:
        assert len(slips_of(page_of(jonas.post("/caseload/slips", data=data)))) == 1


# The form on paper


def test_a_form_on_paper_has_a_number_and_no_name(jonas: PageClient, cast: Cast) -> None:
    page = page_of(jonas.submit(jonas.page(f"/sessions/{cast.alder.session_id}").form("Print the form")))
    number = page.h1.removeprefix("Form ")
    assert read_number(number) is not None
    paper = next(node for node in page.root.find_all("div") if node.has_class("paper"))
    faces = [node for node in paper.find_all("div") if node.has_class("face")]
    assert len(faces) == 2 and all(number in face.text for face in faces)
    for item in cast.clinic.library.get("after-session").items:
        assert item.text in faces[0].text
    assert [box.text for box in faces[0].find_all("i")][:11] == [str(value) for value in range(11)]
    for words in (
        "Jonas Berg, your therapist, reads it before your next session. So does Miriam Osei",
        "Someone at the clinic opens the envelope and types your answers in.",
    ):
        assert words in faces[0].text
    for words in (
        "Only Miriam Osei, the supervisor",
        "If you tick nothing, it is the first.",
        "Nobody reads this straight away.",
        "01632 960114",
        "Give it to the front desk by Friday 27 November",
    ):
        assert words in faces[1].text
    assert "Alder" not in paper.text


def test_a_short_form_fits_one_page_and_one_without_supervisor_offers_none(app: Flask, cast: Cast) -> None:
    told = course(cast, "Fir 9", None, who="erik")
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE patient SET instrument = 'pulse' WHERE code = 'Fir 9'")
    erik = signed_in(app, "erik")
    page = page_of(erik.submit(erik.page(f"/sessions/{told.sessions[0]}").form("Print the form")))
    paper = next(node for node in page.root.find_all("div") if node.has_class("paper"))
    assert sum(node.has_class("face") for node in paper.find_all("div")) == 1
    assert "supervisor" not in paper.text and "Page 1" not in paper.text


def test_several_supervisors_are_named(jonas: PageClient, cast: Cast) -> None:
    supervise(cast, "ruth")
    page = page_of(jonas.submit(jonas.page(f"/sessions/{cast.alder.session_id}").form("Print the form")))
    assert "So do Miriam Osei and Ruth Adler, the supervisors." in page.main
    assert "Only Miriam Osei and Ruth Adler, the supervisors" in page.main


def test_the_number_on_a_paper_opens_no_page_of_patients(jonas: PageClient, cast: Cast) -> None:
    page = page_of(jonas.submit(jonas.page(f"/sessions/{cast.alder.session_id}").form("Print the form")))
    number = page.h1.removeprefix("Form ")
    for path in (number, number.replace("-", "")):
        jonas.page(f"/a/{path}", 404)

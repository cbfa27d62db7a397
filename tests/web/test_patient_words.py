"""Whose eyes a patient's words and answers are for: what was kept from the therapist looks as if it never came."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from tests.cast import Cast, signed_in
from tests.page import PageClient, page_client
from tests.web.posting import WORSE, Told, answers, course, numbers, post, supervise

PICTURES = ("alliance", "safety", "attunement", "collaboration", *WORSE)
KEPT_BACK = {"audience": "supervisor", "comment": "I did not dare to say.", "raise": "yes"}


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


@pytest.fixture
def miriam(app: Flask) -> PageClient:
    return signed_in(app, "miriam")


def held_back(cast: Cast) -> Told:
    """Four good sessions, then one whose very bad form is for the supervisor's eyes only."""
    return course(cast, "Elm 3", 8, 9, 8, 9, 2, last=KEPT_BACK)


def test_comments_are_quoted_to_whom_they_were_written(
    app: Flask, jonas: PageClient, miriam: PageClient, cast: Cast
) -> None:
    assert post(page_client(app), cast.alder.token, comment="It's “fine”.\nReally.").status_code == 303
    page = jonas.page(f"/patients/{cast.alder.patient_id}")
    quotes = [node.text for node in page.root.find_all("blockquote")]
    assert quotes == ["It's “fine”. Really."]
    assert page.root.find_all("blockquote")[0].find("bdi") is not None
    assert "Written to you. Miriam Osei sees the numbers, not the words." in page.main
    theirs = miriam.page(f"/patients/{cast.alder.patient_id}")
    assert "Really" not in theirs.html
    assert "What Alder 14 writes to Jonas Berg is not shown here." in theirs.main


def test_two_supervisors_are_both_named(jonas: PageClient, cast: Cast) -> None:
    supervise(cast, "ruth")
    page = jonas.page(f"/patients/{cast.alder.patient_id}")
    assert "Miriam Osei and Ruth Adler see the numbers, not the words." in page.main


def test_what_was_kept_from_the_therapist_is_nowhere_on_the_page(jonas: PageClient, cast: Cast) -> None:
    told = held_back(cast)
    page = jonas.page(told.path)
    row = numbers(page)["5"]
    assert row[1] == "–" and row[3:10] == ["–"] * 7 and row[10] == "no form"
    assert [row[0] for row in answers(page).values()] == ["–"] * 12
    assert "4 forms back" in page.main and "Make a link for session 5" in page.main
    assert "dare" not in page.html and "Asks for your help" not in page.html
    assert page.main == jonas.page(told.path).main
    for name in PICTURES:
        path = f"{told.path}/charts/{name}.json"
        assert jonas.get(path).json == jonas.get(path).json
    spec = json.dumps(jonas.get(f"{told.path}/charts/alliance.json").json)
    assert "supervisor" not in spec and "20 of" not in spec


def test_it_looks_to_the_therapist_just_as_if_no_form_had_come(jonas: PageClient, cast: Cast) -> None:
    kept_back, silent = held_back(cast), course(cast, "Oak 7", 8, 9, 8, 9, None)
    for suffix in ("", *(f"/charts/{name}.json" for name in PICTURES)):
        one, other = jonas.get(kept_back.path + suffix), jonas.get(silent.path + suffix)
        assert plain(one.text, kept_back) == plain(other.text, silent)


def plain(text: str, told: Told) -> str:
    """A page without what names the patient and the sessions."""
    for session in told.sessions:
        text = text.replace(f"/sessions/{session}", "/sessions/N")
    text = text.replace(f"{told.path}/", "/patients/N/").replace(told.dyad.patient.code, "CODE")
    return "".join(line for line in text.splitlines(keepends=True) if "csrf_token" not in line)


def test_the_supervisor_sees_it_and_why(miriam: PageClient, cast: Cast) -> None:
    told = held_back(cast)
    page = miriam.page(told.path)
    row = numbers(page)["5"]
    assert row[1] == "20"
    assert [node.text for node in page.root.find_all("blockquote")] == ["I did not dare to say."]
    assert "This was written to you alone." in page.main
    assert (
        "Asks for your help with bringing something up, said after session 5. Jonas Berg does not see this request."
        in page.main
    )
    assert "with Jonas Berg" in page.main
    assert "Add a session" not in page.text and "Make a link" not in page.text


def test_a_supervisors_pictures_tell_the_same(miriam: PageClient, cast: Cast) -> None:
    told = held_back(cast)
    page = miriam.page(told.path)
    for node in [node for node in page.nodes if "data-chart" in node.attrs]:
        spec: Any = miriam.get(node.get("data-chart")).json
        assert spec["data"]
    assert miriam.get(f"{told.path}/charts/alliance.json").text != ""
    assert f"therapist={cast.ids['jonas']}" in page.html


def test_before_the_first_session_each_is_told_what_comes_next(
    miriam: PageClient, jonas: PageClient, cast: Cast
) -> None:
    told = course(cast, "Elm 3")
    assert "Add the first one after you have met." in jonas.page(told.path).main
    assert "Add the first one" not in miriam.page(told.path).main

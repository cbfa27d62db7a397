"""The page on which a supervisor lets a therapist see what a patient had held back."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast, signed_in
from tests.page import PageClient
from tests.web.posting import Told, course, page_of

BUTTON = "Let Jonas Berg see them"


@pytest.fixture
def elm(app: Flask, cast: Cast) -> Told:
    return course(cast, "Elm 3", 8, 8, 4, last={"audience": "supervisor", "comment": "Please help."})


@pytest.fixture
def miriam(app: Flask) -> PageClient:
    return signed_in(app, "miriam")


def test_the_patients_page_leads_to_it_for_the_supervisor_alone(
    app: Flask, miriam: PageClient, elm: Told
) -> None:
    path = f"/sessions/{elm.sessions[-1]}/release"
    page = miriam.page(elm.path)
    assert "Kept from Jonas Berg:" in page.main and path in str(page.links)
    assert path not in str(signed_in(app, "jonas").page(elm.path).links)
    signed_in(app, "jonas").page(path, 404)


def test_it_asks_for_the_patients_word_first(app: Flask, miriam: PageClient, elm: Told) -> None:
    page = miriam.page(f"/sessions/{elm.sessions[-1]}/release")
    assert "Let Jonas Berg see session 3?" in page.main
    assert "and what Elm 3 wrote with them" in page.main
    form = page.form(BUTTON)
    assert form["said_so"] is None
    refused = miriam.submit(form)
    assert refused.status_code == 422
    assert page_of(refused).errors == [
        "Tick this only if the patient told you so. Otherwise leave it as it is"
    ]
    response = miriam.submit(form, {"said_so": ["yes"]})
    assert response.status_code == 303
    after = miriam.page(response.headers["Location"])
    assert "Jonas Berg can see the answers to session 3 now." in after.main
    assert "Kept from Jonas Berg:" not in after.main
    assert "Please help." in signed_in(app, "jonas").page(elm.path).main
    miriam.page(f"/sessions/{elm.sessions[-1]}/release", 404)


def test_it_needs_a_form_of_our_own(miriam: PageClient, elm: Told) -> None:
    path = f"/sessions/{elm.sessions[-1]}/release"
    assert miriam.post(path, data={"said_so": "yes"}).status_code == 400
    miriam.page(path)

"""Forms that came back on paper, as those who type them in meet them."""

from __future__ import annotations

import pytest
from flask import Flask

from alliance.actions import slips
from alliance.domain.paper import spaced
from tests.cast import NOW, Cast, answer, signed_in
from tests.page import Page, PageClient
from tests.web.posting import GOOD, kept, page_of


@pytest.fixture
def number(cast: Cast) -> str:
    return slips.print_form(cast.clinic, cast.viewer("jonas"), cast.alder.session_id, NOW).number


@pytest.fixture
def tomasz(app: Flask) -> PageClient:
    return signed_in(app, "tomasz")


@pytest.fixture
def miriam(app: Flask) -> PageClient:
    return signed_in(app, "miriam")


def enter(client: PageClient, number: str, button: str, **changed: str) -> Page:
    """Type the form in: the page that this leads to."""
    form = client.page(f"/paper/{number}").form(button)
    return page_of(client.submit(form, {**GOOD, **changed}, follow_redirects=True))


FIRST, SECOND = "Keep the first entry", "Keep the second entry"


def test_from_the_number_to_the_answer(
    tomasz: PageClient, miriam: PageClient, cast: Cast, number: str
) -> None:
    start = tomasz.page("/paper")
    response = tomasz.submit(start.form("Open the form"), {"number": spaced(number).lower()})
    assert (response.status_code, response.headers["Location"]) == (303, f"/paper/{number}")
    page = tomasz.page(f"/paper/{number}")
    assert page.h1 == f"Form {spaced(number)}, first entry"
    assert "The paper says Friday 20 November" in page.main and "Jonas Berg" in page.main
    page = enter(tomasz, number, FIRST, comment="I said what I wanted.")
    assert page.h1 == "Forms on paper" and "Kept. Now it is typed in a second time" in page.main
    assert "The second entry" in page.main and "by Tomasz Nowak" in page.main
    assert "I said what I wanted" not in miriam.get(f"/paper/{number}").text
    form = miriam.page(f"/paper/{number}").form(SECOND)
    assert {form[name] for name in (*GOOD, "comment", "talked")} == {""}
    page = enter(miriam, number, SECOND, comment="I said what I wanted.")
    assert "Both times the same. It is stored" in page.main
    told = kept(cast.clinic)
    assert told is not None and told.comment == "I said what I wanted."
    assert miriam.page(f"/paper/{number}").h1 == f"Form {spaced(number)} is done with"
    assert "typed in from paper" in miriam.page(f"/patients/{cast.alder.patient_id}").main


def test_differences_stand_side_by_side(tomasz: PageClient, cast: Cast, number: str) -> None:
    enter(tomasz, number, FIRST, safe="8", talked="helped", comment="Good.", audience="both")
    page = enter(tomasz, number, SECOND, safe="3", talked="", comment="Good", audience="")
    assert "Three fields differ between the two entries." in page.main
    rows = [row[:3] for row in page.tables[0][1:]]
    assert rows == [
        ["I felt safe with my therapist.", "8", "3"],
        [
            "Today, did you and your therapist talk about how things are between the two of you?",
            "Yes, and it helped",
            "nothing ticked",
        ],
        ["Is there anything you want to say about today?", "Good.", "Good"],
    ]
    store = "Store it as it stands on the paper"
    response = tomasz.submit(page.form(store), {"comment": "Good!"})
    assert response.status_code == 422
    again = page_of(response)
    assert "Say for each of them what stands on the paper" in again.main
    assert again.form(store)["comment"] == "Good!"
    done = page_of(
        tomasz.submit(
            again.form(store), {"safe": "", "talked": "little", "comment": "Good!"}, follow_redirects=True
        )
    )
    assert "Stored as it stands on the paper." in done.main
    told = kept(cast.clinic)
    assert told is not None and (told.talked, told.comment) == ("little", "Good!")
    assert "safe" not in told.answers


def test_what_the_form_does_not_allow_comes_back_as_it_was_typed(tomasz: PageClient, number: str) -> None:
    form = tomasz.page(f"/paper/{number}").form(FIRST)
    response = tomasz.submit(form, {**GOOD, "safe": "77", "comment": "Stays."})
    page = page_of(response)
    assert response.status_code == 422 and "Pick one number from 0 to 10" in page.main
    assert (page.form(FIRST)["heard"], page.form(FIRST)["comment"]) == ("8", "Stays.")
    response = tomasz.submit(tomasz.page(f"/paper/{number}").form(FIRST))
    assert response.status_code == 422 and "Nothing is filled in yet." in page_of(response).main
    page = page_of(tomasz.submit(page_of(response).form(FIRST), follow_redirects=True))
    assert "Kept. Now it is typed in a second time" in page.main


@pytest.mark.parametrize("typed", ["", "K7Q2", "K7Q2-M9XD", "<b>"])
def test_a_number_that_is_none_is_asked_for_again(tomasz: PageClient, typed: str) -> None:
    response = tomasz.submit(tomasz.page("/paper").form("Open the form"), {"number": typed})
    assert response.status_code == 422
    assert page_of(response).form("Open the form")["number"] == typed


def test_whoever_types_sees_nothing_of_the_patient(tomasz: PageClient, cast: Cast, number: str) -> None:
    answer(cast.clinic, cast.alder.token, NOW, 3, comment="Between us.")
    pages = [tomasz.page("/paper"), tomasz.page(f"/paper/{number}")]
    pages.append(enter(tomasz, number, FIRST))
    pages.append(enter(tomasz, number, SECOND, safe="1"))
    for page in pages:
        for secret in ("Alder", "Between us", "usually", "lower"):
            assert secret not in page.text
        assert not any(address.startswith(("/patients", "/sessions", "/alerts")) for _, address in page.links)


@pytest.mark.parametrize("audience", ["both", "supervisor"])
def test_what_is_said_does_not_depend_on_an_answer_that_is_there(
    tomasz: PageClient, cast: Cast, number: str, audience: str
) -> None:
    answer(cast.clinic, cast.alder.token, NOW, 3, audience=audience)
    assert "first entry" in tomasz.page(f"/paper/{number}").h1
    enter(tomasz, number, FIRST)
    assert "Both times the same. It is stored" in enter(tomasz, number, SECOND).main


def test_an_answer_on_paper_that_was_kept_back_shows_nowhere_to_the_therapist(
    app: Flask, tomasz: PageClient, cast: Cast, number: str
) -> None:
    jonas = signed_in(app, "jonas")
    places = (f"/patients/{cast.alder.patient_id}", f"/sessions/{cast.alder.session_id}", "/caseload/slips")
    before = [jonas.page(place).main for place in places]
    for button in (FIRST, SECOND):
        enter(tomasz, number, button, audience="supervisor")
    assert [jonas.page(place).main for place in places] == before
    for path in ("/paper", f"/paper/{number}"):
        jonas.page(path, 404)

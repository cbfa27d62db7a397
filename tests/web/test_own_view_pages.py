"""The pages of a therapist’s own view, and of what waits for it; and that nobody else sees any of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from alliance.actions import own_view
from alliance.actions.passwords import Passwords
from tests.cast import NOW, Cast, signed_in
from tests.page import PageClient, page_client
from tests.web.posting import count, page_of, post
from tests.web.twins import Twins, addresses, differences, masked, twins

SHOW, KEEP = "Show them now", "Keep my view"
COUNTS_THE_TRAIL = {
    "/admin/audit"
}  # that somebody opened a page stands there, also of a page nobody else sees
COVERED = "Session 8: the answers are here. Give your own view first, or show them now."


@pytest.fixture
def jonas(app: Flask) -> PageClient:
    return signed_in(app, "jonas")


@pytest.fixture
def session(cast: Cast) -> str:
    return f"/sessions/{cast.alder.session_id}"


@pytest.fixture
def patient(cast: Cast) -> str:
    return f"/patients/{cast.alder.patient_id}"


def covered(app: Flask, cast: Cast, jonas: PageClient) -> None:
    """Jonas wants to be asked first, and then Alder 14 answers about session 8."""
    form = jonas.page("/account").form("Save")
    assert jonas.submit(form, {"wanted": ["yes"]}).status_code == 303
    assert (
        post(page_client(app), cast.alder.token, held="7", comment="It was hard to say.").status_code == 303
    )


def test_it_is_offered_on_the_sessions_page_and_given_on_its_own(
    jonas: PageClient, cast: Cast, session: str
) -> None:
    page = jonas.page(session)
    assert "until you open a page that shows the answers to this session" in page.main
    assert f"{session}/own-view" in str(page.links)
    form = jonas.page(f"{session}/own-view").form(KEEP)
    assert form.fields["safe"].options == (*map(str, range(11)), "")
    assert form.fields["noticed"].options == ("no", "yes") and form["noticed"] is None
    response = jonas.submit(form, {"safe": "8", "held": "1", "noticed": "no"})
    assert (response.status_code, response.headers["Location"]) == (303, session)
    assert "Nobody but you sees it." in jonas.page(session).main
    assert "You have given it." in jonas.page(session).main
    assert count(cast.clinic, "own_view") == 1
    assert "It stays as it is." in jonas.page(f"{session}/own-view").main
    again = jonas.submit(form, {"safe": "2"})
    assert again.status_code == 422 and "It stays as it is" in page_of(again).main


def test_what_cannot_be_understood_comes_back_with_the_rest(
    jonas: PageClient, cast: Cast, session: str
) -> None:
    form = jonas.page(f"{session}/own-view").form(KEEP)
    response = jonas.submit(form, {"safe": "8"}, extra={"heard": "11"})
    assert response.status_code == 422
    page = page_of(response)
    assert page.form(KEEP)["safe"] == "8"
    assert page.errors == ["Pick one number from 0 to 10, or leave the sentence out"]
    empty = jonas.submit(form, {})
    assert page_of(empty).errors == ["Answer at least one of the sentences, or go back without a view"]
    assert count(cast.clinic, "own_view") == 0


def test_it_needs_a_form_of_our_own(jonas: PageClient, cast: Cast, session: str) -> None:
    for path in (f"{session}/own-view", f"{session}/show-now", "/account/own-view-first"):
        assert jonas.post(path, data={"safe": "8", "wanted": "yes"}).status_code == 400
    assert count(cast.clinic, "own_view") == count(cast.clinic, "own_view_first") == 0


def test_it_is_off_until_somebody_wants_it(jonas: PageClient, app: Flask, cast: Cast, patient: str) -> None:
    assert jonas.page("/account").form("Save")["wanted"] is None
    assert post(page_client(app), cast.alder.token).status_code == 303
    assert "the answers are here" not in jonas.page(patient).main
    assert "Ask me for my own view first" not in signed_in(app, "miriam").page("/account").text


def test_answers_wait_behind_a_sentence_and_two_buttons(
    app: Flask, jonas: PageClient, cast: Cast, session: str, patient: str
) -> None:
    covered(app, cast, jonas)
    for path in (patient, session):
        page = jonas.page(path)
        assert COVERED in page.main
        assert "It was hard to say." not in page.text
    assert "Alder 14, session 8" in jonas.page("/caseload").main
    assert [row[0] for row in jonas.page(patient).tables[0][1:]] == list("7654321")
    form = jonas.page(f"{session}/own-view").form(KEEP)
    assert jonas.submit(form, {"safe": "9", "heard": "9", "team": "9", "noticed": "no"}).status_code == 303
    page = jonas.page(patient)
    assert COVERED not in page.main and "It was hard to say." in page.main
    assert "One session in both views so far" in page.main
    assert "In session 8 Alder 14 kept something back, and you had noticed no tension." in page.main
    both = next(table for table in page.tables if table[0][1].startswith("Side by side"))
    assert both[1] == ["8", "", "9.0", "8.0", "+1.0", "7", "no"]


def test_they_can_be_shown_at_once(
    app: Flask, jonas: PageClient, cast: Cast, session: str, patient: str
) -> None:
    covered(app, cast, jonas)
    response = jonas.submit(jonas.page(patient).form(SHOW))
    assert (response.status_code, response.headers["Location"]) == (303, patient)
    assert "It was hard to say." in jonas.page(patient).main
    assert "Closed: the answers to this session have been on your pages." in jonas.page(session).main
    assert KEEP not in jonas.page(f"{session}/own-view").text


# Nobody else sees it


@pytest.fixture
def pair(cast: Cast, clock: time_machine.Traveller, tmp_path: Path, passwords: Passwords) -> Iterator[Twins]:
    yield from twins(cast, tmp_path, passwords)


@pytest.mark.parametrize("who", ["miriam", "claire", "ruth", "tomasz"])
def test_to_everybody_else_a_clinic_with_an_own_view_looks_like_one_without(pair: Twins, who: str) -> None:
    """In every byte. In the first, Jonas gives his view and wants to be asked first from then on."""
    one, viewer = pair[0], pair[0].cast.viewer("jonas")
    own_view.ask_first(one.cast.clinic, viewer, True, NOW)
    ratings = {"safe": 3, "heard": 4, "team": 2, "held": 9}
    own_view.give(one.cast.clinic, viewer, one.session_id, ratings=ratings, noticed="yes", now=NOW)
    own_view.show_now(one.cast.clinic, viewer, one.session_id, NOW)
    for world in pair:
        world.answer(world.tokens[0], 8)
    answers = []
    for world in pair:
        client = world.client(who)
        open_to = [one for one in addresses(world) if one[1] not in COUNTS_THE_TRAIL]
        answers.append({called: masked(client.get(address)) for called, address in open_to})
    assert differences(*answers) == []

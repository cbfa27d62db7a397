"""The sheet for a supervision hour lies between the two: it says what both may know, and not a word more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from alliance.actions import own_view, sharing
from alliance.actions.passwords import Passwords
from alliance.storage import audit
from tests.actions.test_muting import mute, rules
from tests.cast import NOW, Cast, answer, signed_in
from tests.page import PageClient
from tests.web.posting import course, end_supervision, link, page_of, supervise
from tests.web.twins import Twins, World, masked, twins

KEPT = {
    "audience": "supervisor",
    "comment": "He would not understand.",
    "raise": "yes",
    "talked": "not-helped",
}


@pytest.fixture
def miriam(app: Flask, cast: Cast) -> PageClient:
    return signed_in(app, "miriam")


def path(cast: Cast, who: str = "jonas") -> str:
    return f"/supervision/therapists/{cast.ids[who]}/agenda"


def test_it_says_what_is_open_with_its_age_and_how_sure_it_is(miriam: PageClient, cast: Cast) -> None:
    page = miriam.page(
        miriam.page(f"/supervision/therapists/{cast.ids['jonas']}").link(
            "Sheet for the next supervision hour"
        )
    )
    assert page.h1 == "Jonas Berg, for supervision"
    assert "Alder 14 said so outright, since 13 Nov (7 days), not yet seen After session 7" in page.main
    assert (
        "To think about together Alder 14: When did I feel least present, and what was going on in me?"
        in page.main
    )
    assert "Confidential. Codes instead of names, no comments." in page.main
    assert "Printed 20 November 2026 for Miriam Osei. Detection 1.0: a reason to ask" in page.main
    assert "Repaired since 23 October Nothing yet." in page.main


def test_what_was_repaired_since_the_last_hour_is_on_it(miriam: PageClient, cast: Cast) -> None:
    for _ in range(3):
        answer(cast.clinic, link(cast), NOW, 9)
    page = miriam.page(path(cast))
    assert "Alder 14, 20 Nov. Opened in session 7, repaired in session" in page.main
    assert "What helped Alder 14 to come back?" in page.main
    answered = miriam.submit(page.form("Show"), {"since": "2026-11-20"})
    assert "Repaired since 20 November" in page_of(answered).main


@pytest.mark.parametrize("since", ["2026-11-21", "2024-01-01", "soon", ""])
def test_a_day_that_cannot_be_is_asked_for_again(miriam: PageClient, cast: Cast, since: str) -> None:
    response = miriam.get(f"{path(cast)}?since={since}")
    assert response.status_code == (200 if not since else 422)
    if since:
        assert "Enter a day" in page_of(response).main and "Alder 14" in page_of(response).main


def test_shown_cases_come_with_their_question_and_no_words(miriam: PageClient, cast: Cast) -> None:
    elm = course(cast, "Elm 3", 8, 9, 8, last={"comment": "It was hard."})
    jonas, asked = cast.viewer("jonas"), "What did I miss?"
    sharing.show(cast.clinic, jonas, elm.dyad.patient.id, None, NOW, question=asked)
    page = miriam.page(path(cast))
    assert "Elm 3, until 20 December. “What did I miss?”" in page.main
    assert "It was hard" not in page.html


def test_silence_is_told_once(miriam: PageClient, cast: Cast) -> None:
    course(cast, "Elm 3", 8, 9, None, None, None)
    page = miriam.page(path(cast))
    silent = "Quiet Elm 3 No form after the last three sessions. Before that, 2 of 2 came back."
    assert silent in page.main and page.main.count("No form after") == 1
    assert "What might the form be like for Elm 3 to fill in?" in page.main


def test_with_nothing_to_say_it_says_so(app: Flask, cast: Cast) -> None:
    supervise(cast, "miriam", "erik")
    page = signed_in(app, "miriam").page(path(cast, "erik"))
    assert "Nothing is open, nothing was repaired since 23 October" in page.main
    assert "Who has been on your mind, although nothing is open?" in page.main


def test_many_open_things_stay_on_one_page_by_their_codes(miriam: PageClient, cast: Cast) -> None:
    for number in range(10):
        course(cast, f"Elm {number}", 8, 9, 8, 9, 8, 2)
    page = miriam.page(path(cast))
    assert page.html.count("was rated") == 7
    assert "Open too: Elm 6 (today), Elm 7 (today), Elm 8 (today), Elm 9 (today)." in page.main


def test_questions_that_rest_stand_in_one_line(miriam: PageClient, cast: Cast) -> None:
    assert "Resting" not in miriam.page(path(cast)).main
    rules(cast, '["ratings"]')  # what a patient says outright never rests
    assert "was rated" in miriam.page(path(cast)).main
    mute(cast)
    page = miriam.page(path(cast))
    assert "Alder 14 (until 18 December). Jonas Berg is asked again" in page.main
    assert "was rated" not in page.main, "what rests is not told in full"


def test_only_who_supervises_today_has_it_and_the_trail_keeps_it(
    app: Flask, miriam: PageClient, cast: Cast
) -> None:
    miriam.page(path(cast))
    with cast.clinic.db.read() as conn:
        assert audit.latest(conn, 1)[0].action == "open agenda"
    miriam.page(path(cast, "claire"), 404)
    signed_in(app, "jonas").page(path(cast), 404)
    end_supervision(cast)
    miriam.page(path(cast), 404)


# What the therapist may not know is not on it


@pytest.fixture
def pair(cast: Cast, clock: time_machine.Traveller, tmp_path: Path, passwords: Passwords) -> Iterator[Twins]:
    yield from twins(cast, tmp_path, passwords)


def sheets(pair: Twins) -> list[object]:
    def of(world: World) -> object:
        address = f"/supervision/therapists/{world.cast.ids['jonas']}/agenda"
        return masked(world.client("miriam").get(address))

    return [of(world) for world in pair]


@pytest.mark.parametrize("level", [2, 8])
def test_what_was_kept_back_changes_no_byte_of_it(
    pair: Twins, clock: time_machine.Traveller, level: int
) -> None:
    """In one clinic an answer was held back, with words and a wish for help; in the other nobody answered."""
    pair[0].answer(pair[0].tokens[0], level, **KEPT)
    one, other = sheets(pair)
    assert one == other
    for week in range(3):
        clock.shift(timedelta(days=7))
        for world in pair:
            token = world.hold()[1]
            world.answer(token, 9 if week else 8)
        one, other = sheets(pair)
        assert one == other, week


def test_an_answer_that_is_open_would_be_noticed(pair: Twins) -> None:
    pair[0].answer(pair[0].tokens[0], 2)
    one, other = sheets(pair)
    assert one != other


def test_what_waits_for_the_own_view_is_not_given_away(app: Flask, cast: Cast) -> None:
    jonas = cast.viewer("jonas")
    own_view.ask_first(cast.clinic, jonas, True, NOW)
    answer(cast.clinic, cast.alder.token, NOW + timedelta(minutes=1), 9)
    later = course(cast, "Elm 3", 8, 9, 8, 9, 8, 2)
    assert later.sessions
    page = signed_in(app, "miriam").page(path(cast))
    assert "Elm 3" not in page.main

"""The receipt: it has arrived, who reads it, and when. Never what was answered, and no way back to it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from alliance.actions import caseload
from alliance.actions import clinic as clinics
from alliance.actions.passwords import Passwords
from alliance.app import create_app
from alliance.domain.therapy import Channel
from tests.cast import NOW, Cast
from tests.page import Page, PageClient, page_client
from tests.web.posting import GOOD, ITEMS, count, end_supervision, link, page_of, post, supervise

TODAY = NOW.date()


def token_of_a_session(cast: Cast, next_on: date | None) -> str:
    viewer = cast.viewer("jonas")
    session = caseload.add_session(
        cast.clinic, viewer, cast.alder.patient_id, held_on=TODAY, next_on=next_on, now=NOW
    )
    return caseload.issue_link(cast.clinic, viewer, session.id, channel=Channel.LINK, now=NOW)


def receipt(client: PageClient, token: str, **more: str) -> Page:
    response = post(client, token, more)
    assert response.status_code == 303
    page = client.page(response.headers["Location"])
    if not page.forms:
        return page
    stopped = client.submit(page.form("Add this"), press="Stop here, I am done")
    return client.page(stopped.headers["Location"])


def test_sending_leads_away_from_the_link(client: PageClient, cast: Cast) -> None:
    response = post(client, cast.alder.token, comment="A very private thing.")
    assert response.status_code == 303
    assert response.headers["Location"] == "/thanks"
    assert cast.alder.token not in response.get_data(as_text=True) + str(response.headers)
    assert "private" not in response.get_data(as_text=True) + str(response.headers)


def test_its_cookie_reaches_no_other_page_and_no_script(client: PageClient, cast: Cast) -> None:
    cookie = post(client, cast.alder.token).headers["Set-Cookie"]
    parts = cookie.split("; ")
    assert parts[0].startswith("receipt=")
    assert {"Secure", "HttpOnly", "Path=/thanks", "SameSite=Strict", "Max-Age=600"} <= set(parts)
    assert "Jonas" not in cookie and "Berg" not in cookie


def test_it_names_who_reads_it_and_the_next_day(client: PageClient, cast: Cast) -> None:
    page = receipt(client, token_of_a_session(cast, date(2026, 12, 3)))
    assert page.h1 == "Thank you. It has arrived."
    assert "Jonas Berg reads this before your next session, on Thursday 3 December." in page.main
    assert "Nobody reads this straight away. You can call at any time, day or night." in page.main
    assert dict(page.links)["112"] == "tel:112"
    assert page.forms == [] and "/a/" not in page.html


def test_without_a_next_day_none_is_named(client: PageClient, cast: Cast) -> None:
    page = receipt(client, token_of_a_session(cast, None))
    assert "Jonas Berg reads this before your next session." in page.main


def test_a_day_that_has_come_is_not_called_the_next(
    client: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    token = token_of_a_session(cast, TODAY + timedelta(days=5))
    clock.move_to(NOW + timedelta(days=5))
    assert "Jonas Berg reads this before your next session." in receipt(client, token).main


@pytest.mark.parametrize(
    ("supervisors", "words"),
    [(["miriam"], "Miriam Osei reads this"), (["miriam", "ruth"], "Miriam Osei and Ruth Adler read this")],
)
def test_what_was_kept_from_the_therapist_names_the_supervisors(
    client: PageClient, cast: Cast, supervisors: list[str], words: str
) -> None:
    for who in supervisors[1:]:
        supervise(cast, who)
    page = receipt(client, cast.alder.token, audience="supervisor")
    assert words in page.main
    assert "Jonas Berg" not in page.html


def test_without_the_cookie_it_says_the_same_less_by_name(app: Flask, client: PageClient, cast: Cast) -> None:
    named = receipt(client, cast.alder.token)
    plain = page_client(app).page("/thanks")
    assert (plain.h1, plain.title, plain.links) == (named.h1, named.title, named.links)
    assert "The people you chose read it before your next session." in plain.main
    assert "Berg" not in plain.html


def thanks_with(app: Flask, cookie: str) -> Page:
    """The receipt for a browser that sends this; a client that keeps cookies would send its own instead."""
    bare = PageClient(app, app.response_class, use_cookies=False)
    return page_of(bare.get("/thanks", headers={"Cookie": cookie}))


@pytest.mark.parametrize(
    "cookie",
    [
        "x",
        "é",
        "AAAA",
        "=" * 40,
        "A" * 3000,
        "%00",
        '{"readers":["Mallory"]}',
        "AQE",
        "AQNrMUFBQUE=",
        '"',
        ";",
    ],
)
def test_a_cookie_that_is_not_ours_is_as_good_as_none(app: Flask, cookie: str) -> None:
    page = thanks_with(app, f"receipt={cookie}")
    assert "The people you chose read it before your next session." in page.main
    assert "Mallory" not in page.html


def test_the_cookie_of_another_clinic_is_as_good_as_none(
    app: Flask, client: PageClient, cast: Cast, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cookie = post(client, cast.alder.token).headers["Set-Cookie"].split(";")[0]
    assert "Jonas Berg" in thanks_with(app, cookie).main
    with clinics.create(
        tmp_path_factory.mktemp("other") / "clinic",
        settings_at_start=cast.clinic.settings(),
        public_url="https://other.example",
        now=NOW,
        passwords=Passwords(memory_kib=8, passes=1),
    ) as other:
        page = thanks_with(create_app(other, testing=True), cookie)
    assert "The people you chose read it" in page.main


@pytest.mark.parametrize("value", ["0", "3", "7", "10"])
def test_no_answer_is_on_it(client: PageClient, cast: Cast, value: str) -> None:
    end_supervision(cast)
    picked = {**dict.fromkeys(ITEMS, value), "comment": "The quick brown fox.", "talked": "not-helped"}
    page = receipt(client, token_of_a_session(cast, None), **picked)
    told = page.text
    for number in ("01632 960114", "112"):
        told = told.replace(number, "")
    assert not re.search(r"\d", told)
    assert "fox" not in page.html and "help" not in told.replace("I need help now", "")


def test_good_and_bad_answers_get_the_same_receipt(app: Flask, cast: Cast) -> None:
    pages = []
    for answers in (GOOD, dict.fromkeys(ITEMS, "0"), {"safe": "", "comment": "Only words."}):
        pages.append(receipt(page_client(app), link(cast), attempt="", **answers).html)
    assert len(set(pages)) == 1


def test_coming_back_to_it_changes_nothing(client: PageClient, cast: Cast) -> None:
    first = receipt(client, cast.alder.token)
    responses = count(cast.clinic, "response")
    assert client.page("/thanks").html == first.html
    assert client.post("/thanks").status_code == 405
    assert count(cast.clinic, "response") == responses

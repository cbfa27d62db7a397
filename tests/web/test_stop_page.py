"""The stop link: it asks when opened, ends it when pressed, works for ever, and tells nothing to whoever looks."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.cli.logs import Discreet
from alliance.domain.contact import EndedBy
from alliance.languages import LANGUAGES
from alliance.mail.discretion import telling
from alliance.storage import contacts as stored
from tests.actions.sending import everything
from tests.actions.stories import trail
from tests.cast import NOW, Cast, signed_in
from tests.page import PageClient
from tests.post_office import Written, agree, open_office, run, with_mail, written_to


@pytest.fixture
def sent(cast: Cast) -> Written:
    return written_to(cast, cast.alder)


def ended_by(cast: Cast) -> list[str | None]:
    with cast.clinic.db.read() as conn:
        return [row["ended_by"] for row in conn.execute("SELECT ended_by FROM contact ORDER BY id")]


def test_opening_the_link_asks_and_changes_nothing(cast: Cast, client: PageClient, sent: Written) -> None:
    before = everything(cast.clinic)
    page = client.page(f"/stop/{sent.stop}")
    client.head(f"/stop/{sent.stop}")
    assert page.h1 == "Do you want no more of these messages?"
    assert page.forms[0].buttons == ["Stop these messages"]
    assert everything(cast.clinic) == before


def test_the_button_ends_it_without_cookies_or_script(cast: Cast, app: Flask, sent: Written) -> None:
    browser = app.test_client(use_cookies=False)
    answer = browser.post(f"/stop/{sent.stop}")
    assert answer.status_code == 200
    assert "You will get no more of these messages." in answer.text
    assert "Set-Cookie" not in answer.headers
    assert ended_by(cast) == [EndedBy.LINK]
    assert ("patient", None, "end contact", "contact", 1) in trail(cast.clinic)


def test_a_mailbox_may_press_it_by_itself(cast: Cast, app: Flask, sent: Written) -> None:
    """One click in the mailbox (RFC 8058): no page was opened before, and nothing is sent along but this."""
    answer = app.test_client(use_cookies=False).post(
        f"/stop/{sent.stop}",
        data={"List-Unsubscribe": "One-Click"},
        headers={"User-Agent": "Mailbox", "Origin": "https://mailbox.example"},
    )
    assert answer.status_code == 200
    assert ended_by(cast) == [EndedBy.LINK]


def test_stopping_twice_is_calm(cast: Cast, client: PageClient, sent: Written) -> None:
    pages = [client.submit(client.page(f"/stop/{sent.stop}").forms[0]).page.main for _ in range(2)]  # type: ignore[attr-defined]
    assert pages[0] == pages[1]
    assert len([line for line in trail(cast.clinic) if line[2] == "end contact"]) == 1


def test_it_works_for_ever_and_for_what_was_agreed_to_since(
    cast: Cast, client: PageClient, sent: Written, clock: time_machine.Traveller
) -> None:
    agree(cast, cast.alder.patient_id, at=NOW + timedelta(days=400), address="elm@home.example")
    clock.move_to(NOW + timedelta(days=3650))
    client.post(f"/stop/{sent.stop}")
    assert ended_by(cast) == [EndedBy.ASKED_AGAIN, EndedBy.LINK]


def test_nothing_is_sent_afterwards_and_the_therapist_sees_that_it_ended(
    cast: Cast, app: Flask, client: PageClient, sent: Written
) -> None:
    client.post(f"/stop/{sent.stop}")
    with open_office() as office:
        for days in range(7):
            run(with_mail(cast.clinic, office.port), NOW + timedelta(days=days))
        assert office.got == []
    page = signed_in(app, "jonas").page(f"/patients/{cast.alder.patient_id}/contact")
    assert "Ended on 20 November, by the link in an e-mail. Nothing is sent." in page.main


def test_the_address_is_gone_from_the_database(cast: Cast, client: PageClient, sent: Written) -> None:
    client.post(f"/stop/{sent.stop}")
    with cast.clinic.db.read() as conn:
        contact = stored.get(conn, cast.clinic.keyring, 1)
    assert contact.address == ""


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_was_cut_off_says_so(cast: Cast, client: PageClient, sent: Written, method: str) -> None:
    before = everything(cast.clinic)
    answer = getattr(client, method)(f"/stop/{sent.stop[:-1]}")
    assert answer.status_code == 404
    assert "This link is not whole." in answer.page.main
    assert "Nothing has been stopped yet." in answer.page.main
    assert everything(cast.clinic) == before


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_page_of_it_tells_what_it_is_about(
    cast: Cast, client: PageClient, sent: Written, tag: str
) -> None:
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE patient SET language = ?", (tag,))
    for answer in (
        client.get(f"/stop/{sent.stop}"),
        client.post(f"/stop/{sent.stop}"),
        client.get("/stop/x", headers={"Accept-Language": tag}),
        client.put(f"/stop/{sent.stop}"),
        client.post(f"/stop/{sent.stop}", data="x" * 70_000),
    ):
        page = answer.page  # type: ignore[attr-defined]
        assert telling(f"{page.title} {page.text}", tag, "en") == []
        assert "Harbour" not in page.html, "the clinic’s name"
        assert "112" not in page.text
        assert "alliance" not in page.text.lower()
    asked = client.get(f"/stop/{sent.stop}").page  # type: ignore[attr-defined]
    assert asked.root.find("html").get("lang") == tag
    assert asked.root.find("html").get("dir") == LANGUAGES[tag].direction


def test_the_page_is_light(client: PageClient, sent: Written) -> None:
    page = client.page(f"/stop/{sent.stop}")
    assert len(page.html) < 1500
    assert "<script" not in page.html


def test_a_stop_link_leaves_the_staffs_session_alone(app: Flask, sent: Written) -> None:
    jonas = signed_in(app, "jonas")
    answer = jonas.get(f"/stop/{sent.stop}")
    assert "Jonas" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_no_log_holds_a_stop_link(sent: Written) -> None:
    told = logging.LogRecord("x", logging.ERROR, "x", 1, "GET /stop/%s failed", (sent.stop,), None)
    assert Discreet("%(message)s").format(told) == "GET /stop/… failed"

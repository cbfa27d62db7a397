"""Every way a link can end has its own calm page, with somebody to call, and takes nothing away."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine

from alliance.storage import responses
from tests.cast import NOW, Cast
from tests.page import Page, PageClient
from tests.web.posting import ATTEMPT, GOOD, count, kept, link, page_of, post, post_raw

A_WEEK = timedelta(hours=168)


def is_calm(page: Page) -> None:
    """Whoever came here is told that it is not their fault, and whom to call."""
    assert dict(page.links)["01632 960114"] == "tel:01632960114"
    assert dict(page.links)["112"] == "tel:112"
    assert "Leave this page" in dict(page.links)
    asks = [(*form.fields, *form.buttons) for form in page.forms]  # for nothing, but to say one thing
    assert not page.staff and asks in ([], [("These answers are not mine",)])
    assert not {"error", "wrong link", "expired", "sorry"} & set(page.text.lower().split())


# Unknown


@pytest.mark.parametrize(
    "token", ["x", "Epr75EjEL-FXe_N_8v_3zj9AbO", "%00", "%ED%A0%80", "é", "a" * 3000, "..", "{{7*7}}"]
)
def test_an_unknown_link(client: PageClient, cast: Cast, token: str) -> None:
    for response in (client.get(f"/a/{token}"), post(client, token)):
        assert response.status_code == 404
        page = page_of(response)
        assert page.h1 == "This link does not work."
        assert "You have not done anything wrong." in page.main
        assert dict(page.links)["01632 960100"] == "tel:01632960100"
        is_calm(page)
        assert token not in page.html.replace('"x"', "") or token in {"x", ".."}
    assert count(cast.clinic, "attempt") == 14


# Ended


def test_a_link_works_to_its_last_second(
    client: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    token = link(cast)
    clock.move_to(NOW + A_WEEK - timedelta(seconds=1))
    client.page(f"/a/{token}")
    clock.move_to(NOW + A_WEEK)
    page = client.page(f"/a/{token}", 410)
    assert page.h1 == "This link has ended."
    assert "Links work for seven days. You have not done anything wrong." in page.main
    assert "call the front desk on 01632 960100, Monday to Friday, 9 to 5" in page.main
    assert "kept safe" not in page.main  # nothing has been sent
    is_calm(page)


def test_what_is_sent_late_counts_for_a_day(
    client: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    token = link(cast)
    clock.move_to(NOW + A_WEEK + timedelta(hours=23, minutes=59))
    assert post(client, token).status_code == 303
    assert kept(cast.clinic).answers["safe"] == 8


def test_what_is_sent_later_still_is_kept_and_said_so(
    client: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    token = link(cast)
    before = count(cast.clinic, "response"), count(cast.clinic, "attempt")
    clock.move_to(NOW + A_WEEK + timedelta(hours=24))
    response = post(client, token, comment="Too late?")
    assert response.status_code == 410
    page = page_of(response)
    assert (
        "What you sent just now is kept safe, but it came too late to be added to the session." in page.main
    )
    assert "Too late?" not in page.html
    is_calm(page)
    assert (count(cast.clinic, "response"), count(cast.clinic, "attempt")) == (before[0], before[1] + 1)


def test_clocks_set_back_revive_nothing_that_was_answered(
    client: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    token = link(cast)
    assert post(client, token).status_code == 303
    clock.move_to(NOW - timedelta(days=400))
    assert client.page(f"/a/{token}").h1 == "We already have your answers for this session."


# Already


def test_a_second_answer_meets_a_calm_page_and_is_kept(client: PageClient, cast: Cast) -> None:
    assert post(client, cast.alder.token, comment="The first.").status_code == 303
    attempts = count(cast.clinic, "attempt")
    response = post(client, cast.alder.token, comment="The second.", attempt="another-page-altogether")
    assert response.status_code == 200
    page = page_of(response)
    assert page.h1 == "We already have your answers for this session."
    assert "They are safe, and nothing has been changed." in page.main
    assert "tell Jonas Berg in your next session" in page.main
    is_calm(page)
    assert "The first." not in page.html and "The second." not in page.html
    assert kept(cast.clinic).comment == "The first."
    assert count(cast.clinic, "attempt") == attempts + 1
    with cast.clinic.db.read() as conn:
        body = responses.attempt_body(conn, cast.clinic.keyring, "another-page-altogether")
    assert body is not None and b"The+second." in body


def test_an_answered_link_shows_no_answer(client: PageClient, cast: Cast) -> None:
    assert post(client, cast.alder.token, comment="Only between us.").status_code == 303
    page = client.page(f"/a/{cast.alder.token}")
    assert page.h1 == "We already have your answers for this session."
    assert "Only between us." not in page.html
    is_calm(page)
    assert not any(
        character.isdigit()
        for character in page.main.replace("01632 960100", "")
        .replace("9 to 5", "")
        .replace("01632 960114", "")
        .replace("112", "")
    )


def test_the_same_page_sent_again_gives_the_same_receipt(client: PageClient, cast: Cast) -> None:
    first = post(client, cast.alder.token)
    again = post(client, cast.alder.token)
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert count(cast.clinic, "response") == 15


# Too large


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_too_much_has_a_kind_page(client: PageClient, cast: Cast, kind: str) -> None:
    response = post_raw(client, cast.alder.token, b"comment=" + b"a" * 65536, kind)
    assert response.status_code == 413
    page = page_of(response)
    assert page.h1 == "That was too long to send."
    assert "Go back one page: your answers are still there." in page.main
    is_calm(page)
    assert post(client, cast.alder.token).status_code == 303  # and then it goes through


def test_a_gigabyte_announced_is_refused_unread(client: PageClient, cast: Cast) -> None:
    announced = {"CONTENT_LENGTH": "1000000000", "wsgi.input": Endless()}
    response = client.post(f"/a/{cast.alder.token}", environ_overrides=announced)
    assert response.status_code == 413


class Endless(io.RawIOBase):
    """A body that never ends; whoever reads far into it is caught."""

    given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += max(size, 1)
        assert self.given < 1_000_000, "the body is read although it is too large"
        return b"a" * max(size, 1)


def test_the_longest_page_is_not_too_much(client: PageClient, cast: Cast) -> None:
    longest = "\U0001f642" * 2000  # four bytes, each written with three signs
    assert post(client, cast.alder.token, comment=longest).status_code == 303
    assert kept(cast.clinic).comment == longest


# Another version of the form


def test_a_page_of_another_version_comes_back_with_its_answers(client: PageClient, cast: Cast) -> None:
    response = post(client, cast.alder.token, form="after-session 0.9", comment="Still here?", safe="3")
    assert response.status_code == 422
    page = page_of(response)
    assert "This page is from an earlier version of the form. Your answers are still here" in page.main
    form = page.form("Send my answers")
    assert form["comment"] == "Still here?"
    assert {name: form[name] for name in GOOD} == {**GOOD, "safe": "3"}
    assert (form["form"], form["attempt"]) == ("after-session 1.0", ATTEMPT)
    assert client.submit(form).status_code == 303
    assert kept(cast.clinic).comment == "Still here?"

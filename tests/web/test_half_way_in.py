"""Half way in: after the password, and after a rest. Whatever is wrong there is said, and opens nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.actions import accounts, authenticators
from tests.cast import NOW, PASSWORD, Cast, address, signed_in
from tests.page import PageClient, page_client
from tests.web.posting import page_of


def half_in(app: Flask, who: str = "jonas") -> PageClient:
    """Somebody who has given the password and has the second step before them."""
    client = page_client(app)
    form = client.page("/sign-in").form("Sign in")
    assert client.submit(form, {"email": address(who), "password": PASSWORD}).status_code == 303
    return client


def without_a_second_step(cast: Cast) -> None:
    authenticators.reset(cast.clinic, cast.ids["jonas"], NOW, actor=cast.viewer("tomasz"))


def test_whoever_is_half_way_in_is_led_on_and_not_asked_again(app: Flask) -> None:
    client = half_in(app)
    response = client.get("/sign-in?next=/account")
    assert (response.status_code, response.headers["Location"]) == (303, "/sign-in/code?next=/account")


def test_an_account_closed_half_way_in_gets_no_further(app: Flask, cast: Cast) -> None:
    client = half_in(app)
    form = client.page("/sign-in/code").form("Sign in")
    accounts.disable(cast.clinic, cast.ids["jonas"], NOW, actor="command")
    assert client.submit(form, {"code": "123456"}).headers["Location"] == "/sign-in"
    assert client.get("/caseload").status_code == 303


def test_a_wrong_code_leaves_the_app_that_is_being_set_up_as_it_was(app: Flask, cast: Cast) -> None:
    without_a_second_step(cast)
    client = half_in(app)
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in/set-up"
    page = client.page("/sign-in/set-up")
    secret = page.root.find("code").text  # type: ignore[union-attr]
    response = client.submit(page.form("Set up and sign in"), {"code": "000000"})
    again = page_of(response)
    assert (response.status_code, len(again.errors)) == (422, 1)
    assert again.root.find("code").text == secret, "the square that was scanned must go on working"  # type: ignore[union-attr]
    assert client.get("/account").status_code == 303


def test_who_comes_an_hour_late_sets_nothing_up(
    app: Flask, cast: Cast, clock: time_machine.Traveller
) -> None:
    without_a_second_step(cast)
    clock.shift(timedelta(minutes=61))
    client = half_in(app)
    page = client.page("/sign-in/set-up", status=403)
    assert page.forms == [] or all(form.action != "/sign-in/set-up" for form in page.forms)
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize("password", ["not the right password", ""])
def test_after_a_rest_a_wrong_password_opens_nothing(
    app: Flask, clock: time_machine.Traveller, password: str
) -> None:
    client = signed_in(app, "jonas")
    clock.shift(timedelta(minutes=20))
    form = client.page("/sign-in?next=/account").form("Go on")
    response = client.submit(form, {"confirm_password": password})
    assert (response.status_code, len(page_of(response).errors)) == (422, 1)
    assert client.get("/account").status_code == 303


def test_who_has_not_rested_needs_no_password(app: Flask, clock: time_machine.Traveller) -> None:
    client = signed_in(app, "jonas")
    clock.shift(timedelta(minutes=20))
    form = client.page("/sign-in?next=/account").form("Go on")
    assert client.submit(form, {"confirm_password": PASSWORD}).headers["Location"] == "/account"
    assert client.submit(form, {"confirm_password": "anything"}).headers["Location"] == "/account"
    assert client.get("/account").status_code == 200

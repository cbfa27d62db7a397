"""The way in: one page, one answer to whoever may not come in; invitations; one's own account."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from flask import Flask, g

from alliance.actions import accounts, authenticators
from alliance.app import create_app
from alliance.domain.access import NotFound
from alliance.domain.people import Role
from alliance.domain.signing_in import FREE_GUESSES
from alliance.web import second_step, signin
from tests.cast import NOW, PASSWORD, Cast, address, sign_in, signed_in
from tests.page import Page, PageClient, page_client

REFUSED = "Check the e-mail address and the password. Together they do not open an account"


def try_to_enter(client: PageClient, email: str, password: str) -> tuple[int, Page]:
    response = client.submit(client.page("/sign-in").form("Sign in"), {"email": email, "password": password})
    return response.status_code, getattr(response, "page", Page(""))


def invitation(cast: Cast) -> str:
    token = accounts.invite(
        cast.clinic,
        name="Nora Lind",
        email=address("nora"),
        roles=[Role.THERAPIST],
        now=NOW,
        actor="command",
    )
    return f"/welcome/{token}"


@pytest.mark.parametrize(
    ("who", "home"),
    [("jonas", "/caseload"), ("miriam", "/supervision"), ("tomasz", "/admin")],
)
def test_everybody_lands_where_their_work_begins(app: Flask, who: str, home: str) -> None:
    response = signed_in(app, who).get("/")
    assert (response.status_code, response.headers["Location"].removesuffix("/people")) == (303, home)


def test_who_is_signed_out_lands_at_the_way_in(client: PageClient) -> None:
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (address("jonas"), "not the right password"),
        (address("nobody"), PASSWORD),
        (address("dana"), PASSWORD),
        (address("jonas"), "x" * 129),
        (address("nobody"), "x" * 5000),
    ],
)
def test_every_refusal_reads_the_same(client: PageClient, email: str, password: str) -> None:
    status, page = try_to_enter(client, email, password)
    assert (status, page.errors, page.title) == (422, [REFUSED], "Error: Sign in – Alliance")
    assert page.form("Sign in")["email"] == email
    assert page.form("Sign in")["password"] == ""
    assert client.get("/account").status_code == 303


def test_refusals_differ_in_nothing_but_the_address(client: PageClient) -> None:
    pages = []
    for who in ("jonas", "nobody", "dana"):
        form = client.page("/sign-in").form("Sign in")
        response = client.submit(form, {"email": address(who), "password": "not the right one"})
        page = response.get_data(as_text=True).replace(address(who), "…")
        pages.append(re.sub(r'(csrf_token" value|data-options)="[^"]*"', "", page))
    assert len({page.partition("csrf_token")[0] for page in pages}) == 1
    assert len({page.partition("</form>")[2] for page in pages}) == 1
    assert len({len(page) for page in pages}) == 1


@pytest.mark.parametrize(
    ("email", "password", "errors"),
    [
        ("", "", ["Enter your e-mail address", "Enter your password"]),
        ("", PASSWORD, ["Enter your e-mail address"]),
        (address("jonas"), "", ["Enter your password"]),
        ("x" * 255, PASSWORD, ["Enter an e-mail address of at most 254 characters"]),
    ],
)
def test_what_is_missing_is_said_in_one_voice(
    client: PageClient, email: str, password: str, errors: list[str]
) -> None:
    status, page = try_to_enter(client, email, password)
    assert (status, page.errors) == (422, errors)


def test_who_is_signed_in_needs_no_way_in(app: Flask) -> None:
    response = signed_in(app, "jonas").get("/sign-in")
    assert (response.status_code, response.headers["Location"]) == (303, "/")


def test_a_form_of_another_session_signs_nobody_in(app: Flask) -> None:
    """Otherwise somebody could be signed in, unnoticed, as somebody else."""
    form = page_client(app).page("/sign-in").form("Sign in")
    other = page_client(app)
    other.page("/sign-in")
    response = other.submit(form, {"email": address("jonas"), "password": PASSWORD})
    assert response.status_code == 400
    assert other.get("/account").status_code == 303


def test_signing_out_takes_a_post(app: Flask) -> None:
    client = signed_in(app, "jonas")
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400  # no token
    response = client.submit(client.page("/account").form("Sign out"))
    assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/account").status_code == 303


def test_an_invitation_leads_to_a_password_and_to_the_way_in(cast: Cast, client: PageClient) -> None:
    where = invitation(cast)
    page = client.page(where)
    assert (page.h1, page.by_id("email").get("value")) == ("Welcome, Nora Lind", address("nora"))  # type: ignore[union-attr]
    after = client.submit(page.form("Set password"), {"password": PASSWORD}, follow_redirects=True).page  # type: ignore[attr-defined]
    assert after.h1 == "Sign in"
    assert "Your password is set. You can sign in with it now." in after.main
    assert "Your password is set" not in client.page("/sign-in").main  # said once
    assert sign_in(client, "nora").page("/account").main.startswith("Your account Name Nora Lind")


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("", "Enter a password"),
        ("x" * 14, "Choose a password of at least 15 characters. A short sentence works well"),
        ("x" * 129, "Choose a password of at most 128 characters"),
    ],
)
def test_a_password_that_will_not_do_can_be_changed(
    cast: Cast, client: PageClient, password: str, error: str
) -> None:
    where = invitation(cast)
    response = client.submit(client.page(where).form("Set password"), {"password": password})
    page: Page = response.page  # type: ignore[attr-defined]
    assert (response.status_code, page.errors) == (422, [error])
    assert password not in page.html or not password
    assert client.submit(page.form("Set password"), {"password": PASSWORD}).status_code == 303


def test_an_invitation_that_has_ended_says_so(cast: Cast, client: PageClient) -> None:
    where = invitation(cast)
    form = client.page(where).form("Set password")
    assert client.submit(form, {"password": PASSWORD}).status_code == 303
    assert client.page(where, 404).h1 == "This invitation has ended"
    token = client.page("/sign-in").form("Sign in")["csrf_token"]
    again = client.post(where, data={"password": "a password of somebody else", "csrf_token": token})
    assert again.status_code == 404
    assert client.page("/welcome/never-was", 404).h1 == "This invitation has ended"
    sign_in(client, "nora")


def test_opening_an_invitation_often_uses_nothing_up(cast: Cast, client: PageClient) -> None:
    where = invitation(cast)
    for _ in range(3):
        client.page(where)
        client.head(where)
    assert client.submit(client.page(where).form(), {"password": PASSWORD}).status_code == 303


def test_accepting_an_invitation_signs_out_whoever_was_here(cast: Cast, app: Flask) -> None:
    client = signed_in(app, "tomasz")
    form = client.page(invitation(cast)).form("Set password")
    client.submit(form, {"password": PASSWORD})
    assert client.page("/sign-in").h1 == "Sign in"


def test_ones_account_tells_who_one_is_and_until_when(app: Flask) -> None:
    text = signed_in(app, "miriam").page("/account").main
    assert text.startswith(
        "Your account Name Miriam Osei Here as supervisor Signed in Since 10:00. "
        "This ends at 20:00. After 15 minutes without use your password opens it again. How you get in"
    )


def test_after_too_many_wrong_passwords_it_says_when_to_try_again(client: PageClient) -> None:
    tries = [try_to_enter(client, address("jonas"), f"wrong {number}")[0] for number in range(FREE_GUESSES)]
    assert tries == [422] * FREE_GUESSES
    status, page = try_to_enter(client, address("jonas"), PASSWORD)
    assert (status, len(page.errors)) == (429, 1)
    assert re.search(r"\d+:\d\d|second|minute", page.errors[0]), page.errors
    assert client.get("/account").status_code == 303


def test_in_a_demo_the_password_is_enough(cast: Cast, clock: time_machine.Traveller) -> None:
    demo = replace(cast.clinic, config=replace(cast.clinic.config, demo=True))
    authenticators.reset(demo, cast.ids["jonas"], NOW, actor=cast.viewer("tomasz"))
    client = page_client(create_app(demo, testing=True))
    form = client.page("/sign-in?next=/account").form("Sign in")
    response = client.submit(form, {"email": address("jonas"), "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (303, "/account")


@pytest.mark.parametrize("view", [second_step._person, signin.account])
def test_a_wrong_table_of_who_gets_in_lets_nobody_through_all_the_same(
    app: Flask, cast: Cast, view: Callable[[], object]
) -> None:
    """The guard lets nobody in without a session; where it would, these look for themselves."""
    with app.test_request_context("/account", base_url="https://alliance.example"):
        g.viewer, g.half, g.now = cast.viewer("jonas"), None, NOW
        with pytest.raises(NotFound):
            view()

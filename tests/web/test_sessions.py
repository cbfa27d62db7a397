"""Sessions: a cookie that is a key to a row, a new one at each sign-in, dead as soon as the row is gone."""

from __future__ import annotations

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
import time_machine
from flask import Flask

from alliance.actions import accounts
from alliance.actions import clinic as clinics
from alliance.actions.clinic import Clinic
from alliance.app import create_app
from alliance.config import Config
from tests.cast import NOW, PASSWORD, Cast, sign_in, signed_in
from tests.page import PageClient, page_client

NAME = "__Host-alliance"


def value(client: PageClient) -> str:
    cookie = client.get_cookie(NAME)
    assert cookie is not None
    return cookie.value


def inside(app: Flask, client: PageClient) -> dict[str, Any]:
    """What the cookie holds."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return dict(serializer.loads(value(client)))


def with_cookie(app: Flask, cookie: str) -> PageClient:
    client = page_client(app)
    client.set_cookie(NAME, cookie)
    return client


def is_in(client: PageClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: PageClient) -> None:
    response = client.get("/sign-in")
    cookies = response.headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    assert cookies[0].partition("; ")[2] == "Secure; HttpOnly; Path=/; SameSite=Lax"
    assert cookies[0].startswith(f"{NAME}=")


def test_a_demo_has_no_tls_and_says_so_in_the_name(cast: Cast, tmp_path: Any) -> None:
    config = Config.write(tmp_path / "demo", public_url="http://localhost:8080", demo=True)
    made_up = Clinic(config, cast.clinic.keyring, cast.clinic.db, cast.clinic.library, cast.clinic.passwords)
    client = page_client(create_app(made_up, testing=True))
    response = client.get("/sign-in")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("alliance=") and cookie.endswith("; HttpOnly; Path=/; SameSite=Lax")
    assert "Demo. Everyone here is made up." in response.page.text  # type: ignore[attr-defined]
    assert "Strict-Transport-Security" not in response.headers


def test_only_a_demo_says_that_it_is_one(client: PageClient) -> None:
    assert "Demo" not in client.page("/sign-in").text


def test_the_cookie_holds_an_id_and_a_token_and_nothing_else(app: Flask) -> None:
    client = signed_in(app, "jonas")
    client.page("/account")
    assert set(inside(app, client)) == {"sid", "csrf_token"}


def test_signing_in_leaves_nothing_of_the_session_before(app: Flask) -> None:
    client = page_client(app)
    client.page("/sign-in")
    before, planted = inside(app, client), value(client)
    sign_in(client, "jonas")
    client.page("/account")
    after = inside(app, client)
    assert after["csrf_token"] != before["csrf_token"]
    assert not is_in(with_cookie(app, planted))


def test_each_sign_in_has_an_id_of_its_own(app: Flask) -> None:
    client = signed_in(app, "jonas")
    first = inside(app, client)["sid"]
    client.submit(client.page("/account").form("Sign out"))
    sign_in(client, "jonas")
    assert inside(app, client)["sid"] != first
    assert inside(app, signed_in(app, "jonas"))["sid"] != inside(app, client)["sid"]


def test_an_id_of_ones_own_choosing_is_not_taken_up(app: Flask) -> None:
    client = page_client(app)
    with client.session_transaction() as session:
        session["sid"] = "chosen"
    sign_in(client, "jonas")
    assert inside(app, client)["sid"] != "chosen"


def test_a_copied_cookie_is_dead_after_signing_out(app: Flask) -> None:
    client = signed_in(app, "jonas")
    copy = value(client)
    assert is_in(with_cookie(app, copy))
    client.submit(client.page("/account").form("Sign out"))
    assert not is_in(with_cookie(app, copy))


def test_a_closed_account_is_out_at_the_next_request(app: Flask, cast: Cast) -> None:
    client, other = signed_in(app, "jonas"), signed_in(app, "claire")
    accounts.disable(cast.clinic, cast.ids["jonas"], NOW, actor=cast.viewer("tomasz"))
    assert not is_in(client)
    assert is_in(other)


def test_a_new_password_signs_out_everywhere(app: Flask, cast: Cast) -> None:
    client = signed_in(app, "jonas")
    token = accounts.invite_again(cast.clinic, cast.ids["jonas"], NOW, actor="command")
    accounts.accept_invitation(cast.clinic, token, "quite another password", NOW)
    assert not is_in(client)


@pytest.mark.parametrize("spoil", [lambda c: c[:-1] + ("A" if c[-1] != "A" else "B"), lambda c: "x" + c])
def test_a_cookie_that_was_changed_opens_nothing(app: Flask, spoil: Any) -> None:
    assert not is_in(with_cookie(app, spoil(value(signed_in(app, "jonas")))))


def test_a_cookie_of_another_clinic_opens_nothing(app: Flask, cast: Cast, tmp_path: Any) -> None:
    folder = tmp_path / "other"
    with clinics.create(
        folder,
        settings_at_start=cast.clinic.settings(),
        public_url="https://other.example",
        now=NOW,
        passwords=cast.clinic.passwords,
    ) as other:
        assert not is_in(with_cookie(create_app(other, testing=True), value(signed_in(app, "jonas"))))


def test_a_session_ends_after_fifteen_minutes_without_use(app: Flask, clock: time_machine.Traveller) -> None:
    client = signed_in(app, "jonas")
    clock.shift(timedelta(minutes=14))
    assert is_in(client)
    clock.shift(timedelta(minutes=14))
    assert is_in(client)
    clock.shift(timedelta(minutes=15))
    assert not is_in(client)


def test_a_session_ends_after_ten_hours_however_busy(app: Flask, clock: time_machine.Traveller) -> None:
    client = signed_in(app, "jonas")
    for _ in range(59):
        clock.shift(timedelta(minutes=10))
        assert is_in(client)
    clock.shift(timedelta(minutes=9, seconds=59))
    assert is_in(client)
    clock.shift(timedelta(seconds=1))
    assert not is_in(client)


@pytest.mark.parametrize("path", ["/status", "/leave", "/thanks", "/a/unknown", "/static/css/patient.css"])
def test_where_patients_go_there_is_no_session(app: Flask, cast: Cast, path: str) -> None:
    for client in (page_client(app), signed_in(app, "jonas")):
        with client.get(path) as response:
            assert "Set-Cookie" not in response.headers
            assert "Cookie" not in response.headers.get("Vary", "")
            assert "Jonas" not in response.get_data(as_text=True)


def test_answering_neither_reads_nor_sets_a_session(app: Flask, cast: Cast) -> None:
    client = signed_in(app, "jonas")
    page = client.page(f"/a/{cast.alder.token}")
    assert "Sign out" not in page.text
    assert "csrf_token" not in page.html
    assert "Set-Cookie" not in page.headers


def test_after_a_rest_the_password_alone_opens_it_again(app: Flask, clock: time_machine.Traveller) -> None:
    client = signed_in(app, "jonas")
    clock.shift(timedelta(minutes=20))
    turned_away = client.get("/account")
    form = client.page(turned_away.headers["Location"]).form("Go on")
    response = client.submit(form, {"confirm_password": PASSWORD})
    assert response.headers["Location"] == "/account"
    assert is_in(client)


def test_the_cookie_is_a_cookie(client: PageClient) -> None:
    parsed = SimpleCookie(client.get("/sign-in").headers["Set-Cookie"])
    assert parsed[NAME]["expires"] == ""  # it ends with the browser

"""One's own account, and showing once more who one is: where one is signed in, a rest, what is grave."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.actions import second_step
from alliance.storage import audit
from alliance.web import browsers
from tests.cast import NOW, PASSWORD, Cast, address, code, second, signed_in, wait_for_code
from tests.page import PageClient, page_client
from tests.web.posting import page_of

MINUTE = timedelta(minutes=1)


def newest(cast: Cast, count: int = 1) -> list[str]:
    with cast.clinic.db.read() as conn:
        return [line.action for line in audit.latest(conn, count)]


def half(app: Flask, who: str = "jonas", onward: str = "") -> tuple[PageClient, str]:
    client = page_client(app)
    form = client.page(f"/sign-in?next={onward}").form("Sign in")
    response = client.submit(form, {"email": address(who), "password": PASSWORD})
    return client, response.headers["Location"]


@pytest.mark.control(31)
def test_the_password_alone_leads_to_the_second_step_and_nowhere_else(app: Flask) -> None:
    client, where = half(app, onward="/account")
    assert where == "/sign-in/code?next=/account"
    for path in ("/caseload", "/account", "/account/password", "/"):
        assert client.get(path).headers["Location"].startswith("/sign-in")
    assert client.get("/sign-in").headers["Location"] == "/sign-in/code"
    assert client.get("/sign-in/set-up").headers["Location"] == "/sign-in/code"
    assert second(client, where).headers["Location"] == "/account"
    assert client.page("/account").h1 == "Your account"
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_a_wrong_code_is_told_and_the_way_is_kept(app: Flask, cast: Cast) -> None:
    client, where = half(app, onward="/account")
    page = page_of(client.submit(client.page(where).form("Sign in"), {"code": "000 000"}))
    assert page.errors == [second_step.WRONG]
    wait_for_code(cast.clinic)
    assert client.submit(page.form("Sign in"), {"code": code(NOW)}).headers["Location"] == "/account"
    other, where = half(app)
    page = page_of(other.submit(other.page(where).form("Sign in"), {"code": code(NOW)}))
    assert page.errors == [second_step.USED]
    assert other.submit(page.form("Start again")).headers["Location"] == "/sign-in"
    assert other.page("/sign-in").h1 == "Sign in"


def test_a_recovery_code_lets_in_and_says_how_many_are_left(app: Flask, cast: Cast) -> None:
    jonas = signed_in(app, "jonas")
    shown = page_of(jonas.submit(jonas.page("/account").form("Make new recovery codes")))
    codes = [node.text for node in shown.root.find_all("code")]
    client, _ = half(app)
    form = client.page("/sign-in/recovery-code").form("Sign in")
    assert client.submit(form, {"code": "nothing"}).status_code == 422
    client.submit(form, {"code": codes[0].upper()})
    assert "You have nine recovery codes left." in client.page("/account").main
    assert newest(cast, 2) == ["sign in", "use recovery code"]


@pytest.mark.control(42)
def test_ones_own_sessions_are_seen_and_ended(app: Flask, cast: Cast) -> None:
    here, there, elsewhere = (signed_in(app, "jonas") for _ in range(3))
    page = here.page("/account")
    ends = [form for form in page.forms if any(words.startswith("End it") for words in form.buttons)]
    assert len(ends) == 2 and "(here)" in page.main
    assert here.submit(ends[0]).status_code == 303
    assert newest(cast) == ["end own session"]
    assert sorted(client.get("/account").status_code for client in (there, elsewhere)) == [200, 303]
    here.submit(here.page("/account").form("Sign out everywhere else"))
    assert newest(cast) == ["end own other sessions"]
    assert [client.get("/account").status_code for client in (here, there, elsewhere)] == [200, 303, 303]
    claire = signed_in(app, "claire")
    of_jonas = here.page("/account").html
    assert "Claire" not in of_jonas
    stolen = next(form for form in page.forms if "End it" in str(form.buttons))
    token = claire.page("/account").form("Sign out here")["csrf_token"]
    claire.submit(stolen, extra={"csrf_token": token or ""})
    assert here.get("/account").status_code == 200


@pytest.mark.control(39)
def test_a_form_that_rested_goes_on_after_the_password(
    app: Flask, cast: Cast, clock: time_machine.Traveller
) -> None:
    client = signed_in(app, "jonas")
    form = client.page("/patients/new").form("Add this patient")
    typed = {"code": "Elm <3> “x”\u202e"}
    clock.shift(15 * MINUTE)
    asked = client.submit(form, typed)
    assert (asked.status_code, page_of(asked).h1) == (403, "Your password, once more")
    again = client.submit(page_of(asked).form("Go on"), {"confirm_password": "no"})
    assert again.status_code == 422 and page_of(again).form("Go on")["code"] == typed["code"]
    assert newest(cast) == ["refuse confirmation"]
    done = client.submit(page_of(again).form("Go on"), {"confirm_password": PASSWORD})
    assert done.status_code in (303, 422) and "confirm" in newest(cast, 3)
    assert client.get("/caseload").status_code == 200


@pytest.mark.control(39)
def test_a_rest_opens_nothing_even_with_a_token_and_a_clock_put_back(
    app: Flask, cast: Cast, clock: time_machine.Traveller
) -> None:
    client = signed_in(app, "jonas")
    token = client.page("/account").form("Sign out here")["csrf_token"] or ""
    clock.shift(15 * MINUTE)
    assert client.get("/caseload").status_code == 303
    clock.shift(-15 * MINUTE)
    assert client.get("/caseload").status_code == 303
    assert client.post("/account/stay", data={"csrf_token": token}).status_code == 403
    assert client.post("/account/stay", data={"confirm_password": PASSWORD}).status_code == 400  # no token
    for _ in range(5):
        client.post("/account/stay", data={"csrf_token": token, "confirm_password": "no"})
    rests = client.post("/account/stay", data={"csrf_token": token, "confirm_password": PASSWORD})
    assert "Try again in 1 minute" in page_of(rests).main
    clock.shift(MINUTE)
    assert (
        client.post("/account/stay", data={"csrf_token": token, "confirm_password": PASSWORD}).status_code
        == 204
    )


@pytest.mark.control(41)
@pytest.mark.parametrize(
    ("who", "path", "button", "more"),
    [
        ("tomasz", "/admin/people", "Invite and show the link", {}),
        ("tomasz", "/admin/people/{erik}", "Save the roles", {"roles": ["supervisor"]}),
        ("tomasz", "/admin/people/{erik}", "Make a new link", {}),
        ("tomasz", "/admin/people/{erik}", "Take the second step away", {}),
        ("tomasz", "/admin/people/{erik}", "Close this account", {}),
        ("tomasz", "/admin/people/{erik}", "Save name and address", {"email": "erik.l@clinic.example"}),
        ("jonas", "/account", "Make new recovery codes", {}),
    ],
)
def test_what_is_grave_asks_for_the_password_after_five_minutes(
    app: Flask,
    cast: Cast,
    clock: time_machine.Traveller,
    who: str,
    path: str,
    button: str,
    more: dict[str, object],
) -> None:
    client = signed_in(app, who)
    page = client.page(path.format(**cast.ids))
    form = next(
        one for one in page.forms if button in one.buttons or ("name" in one.fields and button in str(one))
    )
    if "Invite" in button:
        more = {"name": "Nora Lind", "email": "nora@clinic.example", "roles": ["therapist"]}
    before = newest(cast)
    clock.shift(5 * MINUTE)
    asked = client.submit(form, more)  # type: ignore[arg-type]
    assert (asked.status_code, page_of(asked).h1) == (403, "Your password, once more")
    assert newest(cast) == before
    done = client.submit(page_of(asked).form("Go on"), {"confirm_password": PASSWORD})
    assert done.status_code in (200, 303)
    assert newest(cast) not in (before, ["confirm"])


def test_the_browser_that_is_known_is_told_by_a_cookie_of_its_own(app: Flask) -> None:
    client, where = half(app)
    assert client.get_cookie("__Host-alliance-known") is None
    sent = second(client, where).headers.getlist("Set-Cookie")
    told = next(one for one in sent if one.startswith("__Host-alliance-known="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(told.split("; "))
    client.submit(client.page("/account").form("Sign out here"))
    assert client.get_cookie("__Host-alliance-known") is not None


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("<script>alert(1)</script>", "Another browser"),
        ("", "Another browser"),
    ],
)
def test_a_browser_is_named_in_two_words(said: str, label: str) -> None:
    assert browsers.label(said) == label

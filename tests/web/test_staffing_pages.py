"""Accounts on the administrator's pages: links shown once, roles, corrections, closing and opening again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.storage import audit
from tests.cast import NOW, PASSWORD, Cast, sign_in, signed_in
from tests.page import Page, PageClient, page_client
from tests.web.posting import last_detail, page_of

PEOPLE = "/admin/people"
INVITE = "Invite and show the link"
NORA = {"name": "Nora Lind", "email": "nora@clinic.example", "roles": ["therapist"]}


@pytest.fixture
def tomasz(app: Flask) -> PageClient:
    return signed_in(app, "tomasz")


def token_on(page: Page) -> str:
    field = page.by_id("link")
    assert field is not None
    return field.get("value").removeprefix("https://alliance.example")


def row(client: PageClient, name: str) -> list[str]:
    return next(row[1:] for row in client.page(PEOPLE).tables[0] if row[0] == name)


def of(cast: Cast, who: str) -> str:
    return f"{PEOPLE}/{cast.ids[who]}"


def test_an_invitation_is_shown_once_and_lets_somebody_in(app: Flask, tomasz: PageClient, cast: Cast) -> None:
    shown = page_of(tomasz.submit(tomasz.page(PEOPLE).form(INVITE), NORA))
    path = token_on(shown)
    assert path.startswith("/welcome/") and path not in tomasz.page(PEOPLE).html
    assert "works once, until Monday 23 November, 10:00" in shown.main
    assert row(tomasz, "Nora Lind")[1:] == [
        "therapist",
        "invited, not yet accepted",
        "made on 20 November, works until 23 November, 10:00",
    ]
    nora = page_client(app)
    nora.submit(nora.page(path).forms[0], {"password": PASSWORD})
    assert nora.get(path).status_code in (404, 410)
    assert row(tomasz, "Nora Lind")[2:] == ["open", "used on 20 November"]
    assert sign_in(page_client(app), "nora").page("/caseload").h1 == "Your caseload"


def test_a_new_link_ends_the_one_before(app: Flask, tomasz: PageClient, cast: Cast) -> None:
    first = token_on(page_of(tomasz.submit(tomasz.page(PEOPLE).form(INVITE), NORA)))
    page = tomasz.page(next(address for name, address in tomasz.page(PEOPLE).links if name == "Nora Lind"))
    second = token_on(page_of(tomasz.submit(page.form("Make a new link"))))
    someone = page_client(app)
    assert someone.get(first).status_code in (404, 410)
    assert someone.page(second)


def test_a_link_that_was_not_used_says_so(
    tomasz: PageClient, app: Flask, clock: time_machine.Traveller
) -> None:
    tomasz.submit(tomasz.page(PEOPLE).form(INVITE), NORA)
    clock.move_to(NOW + timedelta(hours=72))
    assert row(signed_in(app, "tomasz"), "Nora Lind")[3] == "made on 20 November, ended unused on 23 November"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter the name"),
        ({"email": "nora"}, "Enter an e-mail address, like name@example.org"),
        ({"email": "jonas@clinic.example"}, "Somebody with this e-mail address has an account already"),
        ({"roles": None}, "Choose what this person does here"),
    ],
)
def test_what_is_missing_is_said_and_nobody_is_invited(
    tomasz: PageClient, changes: dict[str, str | None], sentence: str
) -> None:
    response = tomasz.submit(tomasz.page(PEOPLE).form(INVITE), NORA | changes)
    assert (response.status_code, page_of(response).errors) == (422, [sentence])
    assert "Nora Lind" not in str(tomasz.page(PEOPLE).tables)


def test_roles_count_from_the_next_page_on_after_a_new_sign_in(
    app: Flask, tomasz: PageClient, cast: Cast
) -> None:
    erik = signed_in(app, "erik")
    assert erik.get("/supervision").status_code == 404
    tomasz.submit(
        tomasz.page(of(cast, "erik")).form("Save the roles"), {"roles": ["therapist", "supervisor"]}
    )
    assert erik.get("/supervision").headers["Location"].startswith("/sign-in")
    told = {"roles": ["supervisor", "therapist"], "before": ["therapist"], "sessions_ended": 1}
    assert last_detail(cast.clinic) == told
    assert signed_in(app, "erik").page("/supervision")


@pytest.mark.parametrize(
    ("who", "roles", "sentence"),
    [
        ("tomasz", ["supervisor"], "Nobody else can sign in as an admin. Make somebody else one first"),
        ("jonas", ["supervisor"], "Jonas Berg has patients. Move them to a colleague first"),
        ("miriam", ["therapist"], "Miriam Osei supervises Jonas Berg. End that first"),
        ("erik", None, "Choose what this person does here. To let nobody in with it, close the account"),
    ],
)
def test_a_role_that_somebody_needs_is_not_taken_away(
    tomasz: PageClient, cast: Cast, who: str, roles: list[str] | None, sentence: str
) -> None:
    before = row(tomasz, tomasz.page(of(cast, who)).h1)
    response = tomasz.submit(tomasz.page(of(cast, who)).form("Save the roles"), {"roles": roles})
    assert (response.status_code, page_of(response).errors) == (422, [sentence])
    assert row(tomasz, page_of(response).h1) == before


def test_a_role_that_there_is_not_is_refused(tomasz: PageClient, cast: Cast) -> None:
    form = tomasz.page(of(cast, "erik")).form("Save the roles")
    assert page_of(tomasz.submit(form, extra={"roles": "owner"})).errors == ["Choose among these"]


def test_a_name_and_an_address_are_corrected(app: Flask, tomasz: PageClient, cast: Cast) -> None:
    form = tomasz.page(of(cast, "jonas")).form("Save name and address")
    tomasz.submit(form, {"name": "Jonas Bergmann", "email": "j.bergmann@clinic.example"})
    assert "Jonas Bergmann" in page_client(app).page(f"/a/{cast.alder.token}").text
    assert last_detail(cast.clinic) == {"changed": ["name", "email"]}
    with cast.clinic.db.read() as conn:
        assert "Bergmann" not in str(audit.latest(conn, 5))
    taken = tomasz.submit(
        tomasz.page(of(cast, "erik")).form("Save name and address"), {"email": "CLAIRE@clinic.example"}
    )
    assert page_of(taken).errors == ["Somebody with this e-mail address has an account already"]


def test_closing_ends_what_is_open_and_opening_again_asks_for_a_new_password(
    app: Flask, tomasz: PageClient, cast: Cast
) -> None:
    jonas = signed_in(app, "jonas")
    closed = page_of(
        tomasz.submit(tomasz.page(of(cast, "jonas")).form("Close this account"), follow_redirects=True)
    )
    assert "One patient stays with this therapist until moved." in closed.main
    assert jonas.get("/caseload").status_code == 303
    path = token_on(page_of(tomasz.submit(closed.form("Open it again with a new link"))))
    again = page_client(app)
    form = again.page("/sign-in").form("Sign in")
    old = again.submit(form, {"email": "jonas@clinic.example", "password": PASSWORD})
    assert old.status_code == 422
    again.submit(again.page(path).forms[0], {"password": "another quiet morning"})
    assert sign_in(page_client(app), "jonas", "another quiet morning")


def test_nobody_closes_the_own_account(tomasz: PageClient, cast: Cast) -> None:
    page = tomasz.page(of(cast, "tomasz"))
    assert not any("Close this account" in form.buttons for form in page.forms)
    sent = tomasz.submit(page.form("Make a new link"), extra={})  # the page's own token serves for the next
    token = page_of(sent).root.find("input")
    assert token is not None
    response = tomasz.post(
        f"{of(cast, 'tomasz')}/close", data={"csrf_token": token.get("value")}, follow_redirects=True
    )
    assert "Ask a colleague to close your own account." in page_of(response).main


def test_somebody_is_signed_out_everywhere(app: Flask, tomasz: PageClient, cast: Cast) -> None:
    first, second = signed_in(app, "erik"), signed_in(app, "erik")
    tomasz.submit(tomasz.page(of(cast, "erik")).form("Sign Erik Lund out everywhere"))
    assert [client.get("/caseload").status_code for client in (first, second)] == [303, 303]


def test_sessions_are_seen_and_ended_one_by_one(app: Flask, tomasz: PageClient) -> None:
    erik = signed_in(app, "erik")
    page = tomasz.page("/admin/sessions")
    assert [row[0] for row in page.tables[0][1:]] == ["Erik Lund", "Tomasz Nowak (this browser)"]
    tomasz.submit(page.form("End it: Erik Lund, since 10:00"))
    assert erik.get("/caseload").status_code == 303
    gone = tomasz.submit(page.form("End it: Erik Lund, since 10:00"))
    assert gone.status_code == 404
    assert tomasz.submit(page.form("End it: Erik Lund, since 10:00"), {"session": "é"}).status_code == 404


def test_a_name_is_corrected_without_the_password_and_an_address_is_not(
    tomasz: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    form = tomasz.page(of(cast, "erik")).form("Save name and address")
    clock.shift(timedelta(minutes=6))
    assert tomasz.submit(form, {"name": "Erik Lundh"}).status_code == 303
    asked = tomasz.submit(form, {"email": "erik.lundh@clinic.example"})
    assert page_of(asked).h1 == "Your password, once more"
    assert "erik@clinic.example" in tomasz.page(of(cast, "erik")).html

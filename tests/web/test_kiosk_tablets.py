"""The administrator’s list of tablets, setting one up, and the code on a session’s page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from alliance.domain.kiosk import SETUP_LASTS, typed
from tests.actions.tablets import PIN, set_up
from tests.cast import NOW, Cast, answer, hold, signed_in
from tests.page import Page, PageClient, page_client
from tests.web.posting import page_of

NEW = {"name": "Front desk", "pin": PIN}


def added(admin: PageClient, **changes: str) -> Page:
    response = admin.submit(admin.page("/admin/devices").form("Add it"), {**NEW, **changes})
    assert response.status_code == 200
    return page_of(response)


def link_of(page: Page) -> str:
    field = page.by_id("link")
    assert field is not None
    return field.get("value")


def test_a_tablet_is_added_and_set_up(app: Flask) -> None:
    admin, tablet = signed_in(app, "tomasz"), page_client(app)
    page = added(admin)
    assert page.h1 == "Set up “Front desk”"
    assert "30 minutes" in page.main
    address = link_of(page)
    assert address.startswith("https://alliance.example/kiosk/set-up/")
    row = admin.page("/admin/devices").tables[0][1]
    assert row[:4] == ["Front desk", "20 November", "never", "waits to be set up until 10:30"]
    path = address.removeprefix("https://alliance.example")
    form = tablet.page(path).form("Set up this tablet")
    response = tablet.submit(form, {})
    assert (response.status_code, response.headers["Location"]) == (303, "/kiosk")
    assert tablet.page("/kiosk").h1 == "Welcome. Please type your code."
    assert admin.page("/admin/devices").tables[0][1][3] == "in use"
    assert tablet.page(path, 404).h1 == "This link has ended."


def test_what_makes_a_tablet_is_for_the_server_alone(app: Flask) -> None:
    tablet = page_client(app)
    path = link_of(added(signed_in(app, "tomasz"))).removeprefix("https://alliance.example")
    response = tablet.submit(tablet.page(path).form("Set up this tablet"), {})
    told = next(line for line in response.headers.getlist("Set-Cookie") if "kiosk-tablet=" in line)
    for part in ("__Secure-kiosk-tablet=", "; Secure", "; HttpOnly", "; Path=/kiosk", "; SameSite=Strict"):
        assert part in told


def test_setting_up_signs_the_staff_out_of_this_browser(app: Flask) -> None:
    admin = signed_in(app, "tomasz")
    path = link_of(added(admin)).removeprefix("https://alliance.example")
    admin.submit(admin.page(path).form("Set up this tablet"), {})
    assert admin.get("/admin").status_code == 303
    assert admin.page("/kiosk").h1 == "Welcome. Please type your code."


def test_opening_the_link_changes_nothing(app: Flask, clock: time_machine.Traveller) -> None:
    path = link_of(added(signed_in(app, "tomasz"))).removeprefix("https://alliance.example")
    for _ in range(3):
        page_client(app).page(path)
    clock.move_to(NOW + SETUP_LASTS - timedelta(seconds=1))
    tablet = page_client(app)
    form = tablet.page(path).form("Set up this tablet")
    clock.move_to(NOW + SETUP_LASTS)
    assert page_of(tablet.submit(form, {})).h1 == "This link has ended."


def test_a_browser_that_drops_the_cookie_is_told_so_and_the_link_still_works(app: Flask) -> None:
    """As over plain http on a network: the first page’s cookie does not come back."""
    path = link_of(added(signed_in(app, "tomasz"))).removeprefix("https://alliance.example")
    forgetful = PageClient(app, app.response_class, use_cookies=False)
    response = forgetful.submit(forgetful.page(path).form("Set up this tablet"), {})
    assert response.status_code == 422
    assert "https://alliance.example" in page_of(response).main
    assert "plain http" in page_of(response).main
    tablet = page_client(app)
    assert tablet.submit(tablet.page(path).form("Set up this tablet"), {}).status_code == 303


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Enter a name, such as Front desk"),
        ({"pin": ""}, "Enter a PIN of 6 to 12 digits"),
        ({"pin": "4829"}, "Enter a PIN of 6 to 12 digits"),
        ({"pin": "123456"}, "Choose a PIN that is not one digit over and over, and no digits in a row"),
    ],
)
def test_what_is_wrong_stands_at_its_field(app: Flask, changes: dict[str, str], told: str) -> None:
    admin = signed_in(app, "tomasz")
    response = admin.submit(admin.page("/admin/devices").form("Add it"), {**NEW, **changes})
    assert response.status_code == 422
    assert page_of(response).errors == [told]
    assert PIN not in response.get_data(as_text=True)


def test_a_tablet_is_revoked_at_once(app: Flask, cast: Cast) -> None:
    admin, tablet = signed_in(app, "tomasz"), page_client(app)
    path = link_of(added(admin)).removeprefix("https://alliance.example")
    tablet.submit(tablet.page(path).form("Set up this tablet"), {})
    form = admin.page("/admin/devices").form("Revoke Front desk")
    page = page_of(admin.submit(form, {}, follow_redirects=True))
    assert "“Front desk” is revoked" in page.main
    assert page.tables[0][1][3] == "revoked on 20 November"
    assert [form.buttons for form in page.forms] == [["Sign out"], ["Add it"], ["I am still here"]]
    assert tablet.page("/kiosk", 404).h1 == "This tablet is not ready for questions."


def test_a_new_link_for_a_tablet_that_was_left(app: Flask, cast: Cast) -> None:
    set_up(cast)
    admin = signed_in(app, "tomasz")
    page = page_of(admin.submit(admin.page("/admin/devices").form("New set-up link for Front desk"), {}))
    assert page.h1 == "Set up “Front desk”"


def test_no_tablet_no_row(app: Flask, cast: Cast) -> None:
    page = signed_in(app, "jonas").page(f"/sessions/{cast.alder.session_id}")
    assert "tablet" not in page.main


def test_a_code_is_shown_once_and_large(app: Flask, cast: Cast) -> None:
    set_up(cast)
    jonas = signed_in(app, "jonas")
    form = jonas.page(f"/sessions/{cast.alder.session_id}").form("Make a code")
    page = page_of(jonas.submit(form, {}))
    words = next(node.text for node in page.root.find_all("code"))
    assert len(words) == 9
    assert typed(words)
    assert "Type this on “Front desk”, by 10:10." in page.main
    assert words not in jonas.page(f"/sessions/{cast.alder.session_id}").html


def test_with_several_tablets_the_therapist_picks(app: Flask, cast: Cast) -> None:
    set_up(cast)
    other, _ = set_up(cast, "Room 2")
    jonas = signed_in(app, "jonas")
    form = jonas.page(f"/sessions/{cast.alder.session_id}").form("Make a code")
    assert "“Room 2”" in page_of(jonas.submit(form, {"tablet": other})).main
    for odd in ("", "x", "999999", "9" * 30, "-1"):
        response = jonas.post(form.action, data=dict([*form.data({}), ("tablet", odd)]))
        assert response.status_code == 422, odd


def test_a_supervisor_makes_no_code(app: Flask, cast: Cast) -> None:
    set_up(cast)
    miriam = signed_in(app, "miriam")
    assert "tablet" not in miriam.page(f"/sessions/{cast.alder.session_id}").main


def test_a_held_back_answer_leaves_the_row_as_it_is(app: Flask, cast: Cast) -> None:
    set_up(cast)
    jonas = signed_in(app, "jonas")
    session_id, token = hold(cast, cast.viewer("jonas"), cast.alder.patient_id, NOW)
    before = jonas.page(f"/sessions/{session_id}").main
    answer(cast.clinic, token, NOW, 2, audience="supervisor")
    assert jonas.page(f"/sessions/{session_id}").main == before

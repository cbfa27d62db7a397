"""A patient at the tablet: code, questionnaire, receipt; and nothing of it for the next."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from alliance.actions import devices
from alliance.domain.kiosk import PAGE_LASTS
from tests.actions.tablets import PIN, code_for, fresh_session, set_up
from tests.cast import NOW, Cast, answer, signed_in
from tests.page import PageClient, page_client
from tests.web.posting import GOOD, count, kept, last_detail, page_of

WELCOME = "Welcome. Please type your code."
ARRIVED = "Thank you. It has arrived."


@pytest.fixture
def tablet(app: Flask, cast: Cast) -> PageClient:
    return a_tablet(app, cast)


def a_tablet(app: Flask, cast: Cast, name: str = "Front desk") -> PageClient:
    client = page_client(app)
    client.set_cookie("__Secure-kiosk-tablet", set_up(cast, name)[1], path="/kiosk", secure=True)
    return client


def enter(tablet: PageClient, words: str) -> TestResponse:
    return tablet.submit(page_of(tablet.get("/kiosk")).form("Start"), {"code": words})


def arrive(tablet: PageClient, cast: Cast, session_id: int | None = None) -> None:
    """Type a good code: the questionnaire is open."""
    response = enter(tablet, code_for(cast, session_id=session_id).words)
    assert (response.status_code, response.headers["Location"]) == (303, "/kiosk/answer")


def send(tablet: PageClient, **changes: str) -> TestResponse:
    return tablet.submit(tablet.page("/kiosk/answer").form("Send my answers"), {**GOOD, **changes})


def held_cookies(tablet: PageClient) -> set[str]:
    """The cookies that a tablet has, by what they are for."""
    return {cookie.key.removeprefix("__Secure-kiosk-") for cookie in tablet._cookies.values() if cookie.value}


def test_from_the_code_to_the_receipt_and_back(tablet: PageClient, cast: Cast) -> None:
    arrive(tablet, cast)
    form = tablet.page("/kiosk/answer")
    assert form.h1 == "How was it today?"
    response = tablet.submit(form.form("Send my answers"), GOOD)
    assert (response.status_code, response.headers["Location"]) == (303, "/kiosk/thanks")
    receipt = tablet.get("/kiosk/thanks")
    page = page_of(receipt)
    assert page.h1 == ARRIVED
    assert "You can hand the tablet back." in page.main
    assert re.fullmatch(r"\d+; url=/kiosk/reset", receipt.headers["Refresh"])
    assert page.form("Back to the start").action == "/kiosk/reset"
    assert tablet.page("/kiosk/reset", follow_redirects=True).h1 == WELCOME
    assert held_cookies(tablet) == {"tablet"}
    assert kept(cast.clinic) is not None
    assert last_detail(cast.clinic)["channel"] == "kiosk"


def test_low_answers_lead_to_the_page_with_ticks(tablet: PageClient, cast: Cast) -> None:
    arrive(tablet, cast)
    response = send(tablet, hurt="9", heard="2")
    assert response.headers["Location"] == "/kiosk/more"
    page = tablet.page("/kiosk/more")
    sent = tablet.submit(page.form("Add this"), {"happened": ["judged"]})
    assert sent.headers["Location"] == "/kiosk/thanks"
    assert count(cast.clinic, "follow_up_tick") == 1
    assert tablet.page("/kiosk/thanks").h1 == ARRIVED
    assert tablet.get("/kiosk/more").headers["Location"] == "/kiosk/thanks"


def test_the_next_patient_finds_no_page_of_the_one_before(tablet: PageClient, cast: Cast) -> None:
    arrive(tablet, cast)
    send(tablet, hurt="9")
    tablet.get("/kiosk/more")
    tablet.get("/kiosk")
    for path in ("/kiosk/answer", "/kiosk/more", "/kiosk/once-a-month", "/kiosk/thanks"):
        page = tablet.get(path, follow_redirects=True)
        assert page_of(page).h1 == WELCOME, path
    for path in ("/kiosk/answer", "/kiosk/more", "/kiosk/once-a-month"):
        again = tablet.post(path, data=GOOD, follow_redirects=True)
        assert page_of(again).h1 == WELCOME, path


def test_a_page_of_the_patient_before_is_never_the_next_ones(tablet: PageClient, cast: Cast) -> None:
    """A browser that sends it once more, when the next one’s questionnaire is already open."""
    arrive(tablet, cast)
    body = urlencode(tablet.page("/kiosk/answer").form("Send my answers").data({**GOOD, "comment": "Mine."}))
    arrive(tablet, cast, fresh_session(cast))
    before = count(cast.clinic, "response")
    response = tablet.post("/kiosk/answer", data=body, content_type="application/x-www-form-urlencoded")
    assert (response.status_code, response.headers["Location"]) == (303, "/kiosk")
    assert count(cast.clinic, "response") == before
    assert count(cast.clinic, "attempt") == before


def test_ticks_of_the_patient_before_are_never_the_next_ones(tablet: PageClient, cast: Cast) -> None:
    arrive(tablet, cast)
    send(tablet, hurt="9")
    body = urlencode(tablet.page("/kiosk/more").form("Add this").data({"happened": ["judged"]}))
    arrive(tablet, cast, fresh_session(cast))
    send(tablet, hurt="9")
    response = tablet.post("/kiosk/more", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 303
    assert count(cast.clinic, "follow_up_tick") == 0


def test_a_lost_reply_can_be_asked_for_again(tablet: PageClient, cast: Cast) -> None:
    arrive(tablet, cast)
    form = tablet.page("/kiosk/answer").form("Send my answers")
    visit = tablet.get_cookie("__Secure-kiosk-visit", path="/kiosk")
    assert visit is not None
    for _ in range(2):
        assert tablet.submit(form, GOOD).headers["Location"] == "/kiosk/thanks"
        tablet.set_cookie(
            "__Secure-kiosk-visit", visit.value, path="/kiosk", secure=True
        )  # as if none had come
    assert count(cast.clinic, "attempt") == count(cast.clinic, "response")


def test_what_is_wrong_comes_back_with_every_answer(tablet: PageClient, cast: Cast) -> None:
    arrive(tablet, cast)
    response = send(tablet, comment="a" * 2001)
    assert response.status_code == 422
    form = page_of(response).form("Send my answers")
    assert form["safe"] == GOOD["safe"]
    assert tablet.submit(form, {"comment": "Short."}).headers["Location"] == "/kiosk/thanks"


@pytest.mark.parametrize("words", ["", "2222 2222", "K7M2", "<b>", "\x00" * 9])
def test_a_wrong_code_is_said_calmly_and_once(tablet: PageClient, cast: Cast, words: str) -> None:
    response = enter(tablet, words)
    assert (response.status_code, response.headers["Location"]) == (303, "/kiosk")
    page = tablet.page("/kiosk", 422)
    assert page.title == "Error: Start"
    assert page.errors == ["This code opens nothing here. Look at it once more and type it again."]
    assert page.form("Start")["code"] == ""
    assert not tablet.page("/kiosk").has_problem


def test_after_some_wrong_codes_somebody_is_to_help(tablet: PageClient, cast: Cast) -> None:
    for _ in range(5):
        enter(tablet, "2222 2222")
    assert "ask for a new one" in tablet.page("/kiosk", 422).main
    arrive(tablet, cast)


def test_the_language_of_the_start_is_that_of_the_visit(tablet: PageClient, cast: Cast) -> None:
    start = tablet.page("/kiosk")
    tablet.submit(start.form("Deutsch"), press="Deutsch")
    arrive_in = tablet.get("/kiosk").get_data(as_text=True)
    assert '<html lang="de"' in arrive_in
    tablet.post("/kiosk", data={"code": code_for(cast).words})
    assert '<html lang="de"' in tablet.get("/kiosk/answer").get_data(as_text=True)
    send_form = page_of(tablet.get("/kiosk/answer")).forms[-1]
    tablet.submit(send_form, GOOD)
    assert '<html lang="de"' in tablet.get("/kiosk/thanks").get_data(as_text=True)
    assert '<html lang="en"' in tablet.get("/kiosk/reset", follow_redirects=True).get_data(as_text=True)
    with cast.clinic.db.read() as conn:
        row = conn.execute("SELECT language FROM response ORDER BY id DESC LIMIT 1").fetchone()
    assert row["language"] == "de"


def test_without_a_choice_the_patients_own_language_is_spoken(tablet: PageClient, cast: Cast) -> None:
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE patient SET language = 'ar' WHERE id = ?", (cast.alder.patient_id,))
    arrive(tablet, cast)
    assert '<html lang="ar" dir="rtl"' in tablet.get("/kiosk/answer").get_data(as_text=True)


def test_no_address_says_which_language(tablet: PageClient, cast: Cast) -> None:
    """It would stand in the history, and tell the next one."""
    arrive(tablet, cast)
    for path in ("/kiosk", "/kiosk/answer"):
        page = tablet.page(path)
        assert not [href for _, href in page.links if "language=" in href]
        arrive(tablet, cast, fresh_session(cast))


def test_a_page_left_open_too_long_is_the_start_again(
    tablet: PageClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    arrive(tablet, cast)
    clock.move_to(NOW + PAGE_LASTS + timedelta(seconds=1))
    assert tablet.get("/kiosk/answer").headers["Location"] == "/kiosk"


def test_a_session_that_was_answered_meanwhile(tablet: PageClient, cast: Cast) -> None:
    arrive(tablet, cast)
    answer(cast.clinic, cast.alder.token, NOW, 8)
    page = tablet.page("/kiosk/answer")
    assert page.h1 == "We already have your answers for this session."
    assert tablet.get("/kiosk/answer").headers["Location"] == "/kiosk"


def test_the_tablet_tells_nobody_what_was_held_back(tablet: PageClient, cast: Cast) -> None:
    """Whoever takes the tablet back, or tries it with a new code, sees the same in each case."""
    seen = []
    for audience in ("both", "supervisor"):
        session_id = fresh_session(cast)
        arrive(tablet, cast, session_id)
        response = send(tablet, audience=audience)
        receipt = page_of(tablet.get(response.headers["Location"])).html
        tablet.get("/kiosk/reset")
        seen.append(receipt)
        if audience == "supervisor":
            arrive(tablet, cast, session_id)
            assert tablet.page("/kiosk/answer").h1 == "How was it today?"
            assert page_of(tablet.get(send(tablet).headers["Location"])).html == receipt
    assert seen[0] == seen[1]
    assert "Jonas" not in seen[0]
    assert "Miriam" not in seen[0]


def test_no_name_before_a_code(tablet: PageClient, cast: Cast) -> None:
    for path in ("/kiosk", "/kiosk/leave"):
        text = tablet.page(path).html
        assert not [name for name in ("Jonas", "Miriam", "Alder") if name in text]


def test_staff_leave_with_the_pin(tablet: PageClient) -> None:
    form = tablet.page("/kiosk/leave").form("Leave")
    wrong = tablet.submit(form, {"pin": "482914"})
    assert wrong.status_code == 422
    assert page_of(wrong).errors == ["Enter this tablet’s PIN. The one you typed is another"]
    left = page_of(tablet.submit(form, {"pin": PIN}))
    assert left.h1 == "This browser is no longer one of the clinic’s tablets."
    assert held_cookies(tablet) == set()
    assert tablet.page("/kiosk", 404).h1 == "This tablet is not ready for questions."


def test_after_five_wrong_pins_there_is_a_pause(tablet: PageClient) -> None:
    form = tablet.page("/kiosk/leave").form("Leave")
    for _ in range(5):
        told = page_of(tablet.submit(form, {"pin": "482914"}))
    assert told.errors[0].startswith("Wait ten minutes")
    assert tablet.submit(form, {"pin": PIN}).status_code == 422


def test_a_tablet_with_a_staff_session_in_it_does_not_look_at_it(app: Flask, cast: Cast) -> None:
    jonas = signed_in(app, "jonas")
    jonas.set_cookie("__Secure-kiosk-tablet", set_up(cast)[1], path="/kiosk", secure=True)
    text = jonas.page("/kiosk").html
    assert "Jonas" not in text
    assert "Caseload" not in text


def test_each_cookie_stays_on_the_tablet_and_is_for_the_server_alone(tablet: PageClient, cast: Cast) -> None:
    lines = enter(tablet, code_for(cast).words).headers.getlist("Set-Cookie")
    lines += send(tablet, hurt="9").headers.getlist("Set-Cookie")
    lines += tablet.get("/kiosk/reset").headers.getlist("Set-Cookie")
    assert len(lines) >= 6
    for line in lines:
        for part in ("__Secure-kiosk-", "; Secure", "; HttpOnly", "; Path=/kiosk", "; SameSite=Strict"):
            assert part in line, line


def test_the_cookies_of_a_visit_open_nothing_at_the_address_of_links(
    tablet: PageClient, app: Flask, cast: Cast
) -> None:
    arrive(tablet, cast)
    visit = tablet.get_cookie("__Secure-kiosk-visit", path="/kiosk")
    assert visit is not None
    assert page_client(app).get(f"/a/{visit.value}").status_code == 404


def test_a_revoked_tablet_stops_in_the_middle(tablet: PageClient, cast: Cast) -> None:
    arrive(tablet, cast)
    form = tablet.page("/kiosk/answer").form("Send my answers")
    (device,) = devices.in_use(cast.clinic, cast.viewer("jonas"))
    devices.revoke(cast.clinic, cast.viewer("tomasz"), device.id, NOW)
    assert tablet.submit(form, GOOD).status_code == 404
    assert tablet.get("/kiosk/answer").status_code == 404

"""Two patients in a row at a tablet: the second finds no trace of the first, wherever a person or a script looks."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from tests.journeys.conftest import PageAt
from tests.journeys.look import axe, fits, new_patient, shot
from tests.journeys.tablets import ARRIVED, PIN, WELCOME, Tablet, add_tablet
from tests.journeys.test_patient_journey import CALM, GOOD, HURT, pick

SECRET = "It was hard to say this"
STORES = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookies: document.cookie,
  caches: await caches.keys(), databases: await indexedDB.databases(), state: history.state, title: document.title,
  address: location.href,
})"""
BACK_AND_FORTH = (*["go_back"] * 8, *["go_forward"] * 8)


@pytest.fixture
def tablet(signed_in: PageAt, page_at: PageAt) -> Tablet:
    return add_tablet(signed_in, page_at)


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def no_trace(page: Page) -> None:
    """Nothing of a patient's on this page: no name, no answer, no address but the start's."""
    told = page.content()
    assert heading(page) == WELCOME
    assert SECRET not in told
    assert "your therapist" not in told
    assert page.locator("input:checked").count() == 0
    assert page.get_by_label("Code", exact=True).input_value() == ""
    assert page.url.endswith("/kiosk")


def walk(page: Page, step: str, *, mine: bool = False) -> None:
    """One step through the history, and a reload there: the start each time, or one’s own blank questionnaire.

    The browser keeps no page that came as the answer to a form: it asks whether to send that form once more.
    """
    for act in (step, "reload"):
        try:
            getattr(page, act)()
        except Error as refused:
            assert "ERR_CACHE_MISS" in refused.message
        page.wait_for_timeout(200)  # a page from the browser's memory goes by itself
        page.wait_for_load_state()
        assert SECRET not in page.content()
        assert page.locator(".scale input:checked").count() == 0
        if page.locator("main h1").count() and not mine and "/set-up/" not in page.url:
            no_trace(page)


def first_patient(tablet: Tablet, answers: dict[str, int]) -> None:
    """Answers, meets a mistake on the way, and leaves the tablet at its receipt."""
    tablet.arrive()
    page = tablet.page
    pick(page, answers)
    page.get_by_label("Is there anything you want to say about today?").fill(SECRET + "." * 2000)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Is there anything you want to say about today?").fill(SECRET)
    page.get_by_role("button", name="Send my answers").click()


def test_two_patients_in_a_row(tablet: Tablet) -> None:
    page = tablet.page
    first_patient(tablet, {**GOOD, **CALM, **HURT})
    page.wait_for_url("**/kiosk/more")
    page.locator("input[name=happened]").first.check()
    page.get_by_role("button", name="Add this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ARRIVED)
    page.get_by_role("button", name="Back to the start").click()
    page.wait_for_url("**/kiosk")
    no_trace(page)
    for step in BACK_AND_FORTH:
        walk(page, step)
    page.goto("/kiosk")
    for path in ("/kiosk/answer", "/kiosk/more", "/kiosk/once-a-month", "/kiosk/thanks", "/kiosk/reset"):
        page.goto(path)
        no_trace(page)
    stores = page.evaluate(STORES)
    assert stores.pop("address").endswith("/kiosk")
    assert stores == {
        "local": [], "session": [], "cookies": "", "caches": [], "databases": [], "state": None, "title": "Start",
    }  # fmt: skip
    kept = {cookie["name"] for cookie in page.context.cookies()}
    assert kept == {"kiosk-tablet"}
    # And the second patient, who goes back from an open questionnaire of their own.
    tablet.arrive()
    assert SECRET not in page.content()
    assert page.locator("input:checked:not([value=''])").count() <= 1  # who may see it, as it always stands
    for _ in range(4):
        walk(page, "go_back", mine=True)


def test_history_holds_the_same_addresses_for_everybody(tablet: Tablet) -> None:
    seen: list[str] = []
    tablet.page.on(
        "framenavigated", lambda frame: seen.append(frame.url.partition("://")[2].partition("/")[2])
    )
    first_patient(tablet, {**GOOD, **CALM})
    tablet.page.wait_for_url("**/kiosk/thanks")
    tablet.page.get_by_role("button", name="Back to the start").click()
    tablet.page.wait_for_url("**/kiosk")
    assert set(seen) <= {"kiosk", "kiosk/answer", "kiosk/thanks", "kiosk/reset?"}


def hurry(page: Page, seconds: int) -> None:
    page.clock.run_for(seconds * 1000)


def test_a_tablet_that_nobody_touches_asks_and_then_empties_itself(
    signed_in: PageAt, page_at: PageAt
) -> None:
    tablet = add_tablet(signed_in, page_at)
    page = tablet.page
    page.clock.install()
    tablet.arrive()
    pick(page, {**GOOD, **CALM})
    page.get_by_label("Is there anything you want to say about today?").fill(SECRET)
    question = page.get_by_role("alertdialog")
    for _ in range(12):  # as often as somebody wants
        hurry(page, 62)
        expect(question).to_be_visible()
        expect(question.get_by_role("button", name="Yes, go on")).to_be_focused()
        page.keyboard.press("Enter")
        expect(question).to_be_hidden()
    assert page.get_by_label("Is there anything you want to say about today?").input_value() == SECRET
    hurry(page, 62)
    expect(question).to_be_visible()
    axe(page)
    shot(page, "kiosk-still-there")
    page.clock.run_for(21_000)
    expect(page.get_by_role("heading", level=1)).to_have_text(WELCOME)
    no_trace(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(WELCOME)
    no_trace(page)


def test_a_receipt_goes_back_by_itself(signed_in: PageAt, page_at: PageAt) -> None:
    tablet = add_tablet(signed_in, page_at)
    page = tablet.page
    page.clock.install()
    first_patient(tablet, {**GOOD, **CALM})
    page.wait_for_url("**/kiosk/thanks")
    hurry(page, 32)
    expect(page.get_by_role("heading", level=1)).to_have_text(WELCOME)
    no_trace(page)


def test_a_half_typed_code_goes_by_itself(signed_in: PageAt, page_at: PageAt) -> None:
    page = add_tablet(signed_in, page_at).page
    page.clock.install()
    page.reload()
    page.get_by_label("Code", exact=True).fill("K7M2")
    hurry(page, 62)
    expect(page.get_by_label("Code", exact=True)).to_have_value("")


def test_the_whole_way_by_keyboard(tablet: Tablet) -> None:
    page, code = tablet.page, tablet.code()
    page.bring_to_front()
    tab_to(page, "#code")
    page.keyboard.type(code.lower().replace(" ", ""))
    page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/answer")
    tab_to(page, "input[name=safe]")
    page.keyboard.press("ArrowRight")
    tab_to(page, "form[action$='/answer'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("How was it today?")
    if page.url.endswith("/more"):
        tab_to(page, "button[name=stop]")
        page.keyboard.press("Enter")
    page.wait_for_url("**/kiosk/thanks")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(WELCOME)


def tab_to(page: Page, selector: str) -> None:
    """Tab until this has the focus, as somebody without a mouse would."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.locator(selector).first.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_without_script(signed_in: PageAt, page_at: PageAt) -> None:
    tablet = add_tablet(signed_in, page_at, javascript=False)
    page = tablet.page
    first_patient(tablet, {**GOOD, **CALM})
    page.wait_for_url("**/kiosk/thanks")
    page.get_by_role("button", name="Back to the start").click()
    no_trace(page)
    for _ in range(6):
        walk(page, "go_back")
    page.goto("/kiosk")
    tablet.arrive()
    page.get_by_role("link", name="Start again").click()
    no_trace(page)


def test_staff_leave_with_the_pin(tablet: Tablet) -> None:
    page = tablet.page
    page.get_by_role("link", name="For staff").click()
    page.get_by_label("Staff PIN").fill("111222")
    page.get_by_role("button", name="Leave").click()
    axe(page)
    page.get_by_label("Staff PIN").fill(PIN)
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("no longer one of the clinic’s tablets")
    assert page.context.cookies() == []


LOOKS: dict[str, dict[str, Any]] = {
    "phone": {"width": 360},
    "tablet": {"width": 820, "height": 1180},
    "dark": {"width": 820, "height": 1180, "dark": True},
}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", LOOKS)
def test_every_page_in_every_look(signed_in: PageAt, page_at: PageAt, kind: str, language: str) -> None:
    tablet = add_tablet(signed_in, page_at, **LOOKS[kind])
    page = tablet.page

    def judge(name: str) -> None:
        assert page.locator("html").get_attribute("lang") == language
        axe(page)
        fits(page)
        shot(page, f"kiosk-{name}-{kind}-{language}")

    if language == "ar":
        page.get_by_role("button", name="العربية").click()
    judge("start")
    page.locator("#code").fill("2222 2222")
    page.locator("main form[data-fresh] button").click()
    expect(page.get_by_role("alert")).to_be_focused()
    judge("wrong-code")
    page.locator("#code").fill(tablet.code())
    page.locator("main form[data-fresh] button").click()
    page.wait_for_url("**/kiosk/answer")
    judge("form")
    pick(page, HURT)
    page.locator("main form[action$='/answer'] > button").click()
    page.wait_for_url("**/kiosk/more")
    judge("more")
    page.locator("button[name=stop]").click()
    page.wait_for_url("**/kiosk/thanks")
    judge("receipt")


def test_a_device_that_was_handed_over_and_back(signed_in: PageAt) -> None:
    """From the therapist's screen: Back shows neither the therapist's page nor the patient's answers."""
    page = signed_in("therapist", 1280)
    code, patient = new_patient(page)
    page.goto(patient)
    page.get_by_role("link", name="Add a session").click()
    page.get_by_role("button", name="Add it and go to the form").click()
    page.get_by_role("button", name="Answer here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How was it today?")
    for _ in range(3):
        page.go_back()
        page.wait_for_timeout(200)
        page.wait_for_load_state()
        assert heading(page) == "Sign in"
        assert code not in page.content()
    for _ in range(3):
        page.go_forward()
    page.wait_for_timeout(200)
    pick(page, {**GOOD, **CALM})
    page.get_by_label("Is there anything you want to say about today?").fill(SECRET)
    page.locator("input[name=audience][value=supervisor]").check()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ARRIVED)
    assert "Miriam" not in page.content()  # which would tell that only she reads it
    for step in ("go_back", "go_back", "go_back", "go_forward", "go_forward"):
        getattr(page, step)()
        page.wait_for_timeout(200)
        page.wait_for_load_state()
        assert SECRET not in page.content()
        assert page.locator("textarea").count() == 0 or page.locator("textarea").input_value() == ""
        assert page.locator(".scale input:checked").count() == 0
        assert code not in page.content()

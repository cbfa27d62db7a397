"""Every page, narrow and wide, light and dark: nothing axe minds, nothing that scrolls sideways, and a picture."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageAt
from tests.journeys.look import axe, fits, new_patient, shot
from tests.server import Demo

LOOKS = [(360, False), (360, True), (1280, False)]
IDS = ["phone", "phone-dark", "desk"]
look = pytest.mark.parametrize(("width", "dark"), LOOKS, ids=IDS)


def judge(page: Page, name: str) -> None:
    """Wait for charts, then look at the page as axe, a narrow window and a person would.

    The dark page is the light one in other colours, which is judged whole on its own.
    """
    for chart in page.locator("[data-chart]").all():
        expect(chart.locator(".main-svg").first).to_be_attached()
    axe(page, only_colour=name.endswith("-phone-dark"))
    fits(page)
    assert page.get_by_text("Share chart").count() == 0
    assert page.locator("[data-title*='hare'], .modebar-btn").count() == 0
    shot(page, name)


def first(page: Page, selector: str) -> str:
    """The address of the first link that fits."""
    return page.locator(selector).first.get_attribute("href") or ""


@look
def test_the_therapists_pages(
    signed_in: PageAt, width: int, dark: bool, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.id
    page = signed_in("therapist", width, dark=dark)
    page.goto("/caseload")
    alert, patient = first(page, "a[href^='/alerts/']"), first(page, "tbody a[href^='/patients/']")
    judge(page, f"caseload-{kind}")
    for address, name in (
        ("/caseload?show=silent&order=since", "caseload-narrowed"),
        ("/caseload/sheet", "caseload-sheet"),
        ("/help/cards", "cards"),
        (f"{patient}/sheet", "sheet"),
        ("/caseload/trends", "trends"),
        (alert, "alert"),
        (patient, "patient"),
        (f"{patient}/sessions/new", "new-session"),
        (f"{patient}/form", "what-is-asked"),
        (f"{patient}/contact", "contact"),
        (f"{patient}/marks", "marks"),
        (f"{patient}/share", "show-case"),
        (f"{patient}/mute", "mute"),
        (f"{patient}/rights", "rights"),
        (f"{patient}/end", "end-of-therapy"),
        (f"{patient}/hand-over", "hand-over"),
        ("/patients/new", "new-patient"),
        ("/help", "help"),
        ("/help/evidence", "evidence"),
        ("/account", "account"),
        ("/account/tokens", "tokens"),
        ("/patients/999999", "nothing-here"),
    ):
        page.goto(address)
        judge(page, f"{name}-{kind}")
    page.goto(patient)
    session = first(page, "tbody a[href^='/sessions/']")
    for address, name in ((session, "session"), (f"{session}/own-view", "own-view")):
        page.goto(address)
        judge(page, f"{name}-{kind}")


@look
def test_the_supervisors_pages(
    signed_in: PageAt, width: int, dark: bool, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.id
    page = signed_in("supervisor", width, dark=dark)
    page.goto("/supervision")
    therapist, patient = (
        first(page, "a[href^='/supervision/therapists/']"),
        first(page, "tbody a[href^='/patients/']"),
    )
    judge(page, f"supervision-{kind}")
    for address, name in (
        (therapist, "supervised-trends"),
        (f"{therapist}/agenda", "agenda"),
        (patient, "supervised-patient"),
        (patient.replace("?", "/rights?"), "supervised-rights"),
        ("/supervision/trail", "trail"),
        ("/help/clinic-data", "clinic-data"),
        ("/help/cards/pace/edit", "card"),
        (f"{patient.partition('?')[0]}/sheet", "supervised-sheet"),
    ):
        page.goto(address)
        judge(page, f"{name}-{kind}")


@look
def test_the_administrators_pages(
    signed_in: PageAt, width: int, dark: bool, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.id
    page = signed_in("admin", width, dark=dark)
    page.goto("/admin")
    if (
        width >= 1024
    ):  # the fullest bar of all: who has several roles may get a second line, but of places only
        middles = [page.locator(one).bounding_box() for one in (".bar .mark", ".bar form")]
        assert max(box["y"] for box in middles if box) < min(
            box["y"] + box["height"] for box in middles if box
        )
    for address, name in (
        ("/admin", "administration"),
        ("/admin/people", "people"),
        ("/admin/people/1", "person"),
        ("/admin/supervision", "supervision-relations"),
        ("/admin/patients/move", "move-a-patient"),
        ("/admin/sessions", "signed-in"),
        ("/admin/settings", "settings"),
        ("/admin/instruments", "questionnaires"),
        ("/admin/instruments/after-session/1.0?language=ar", "preview-arabic"),
        ("/admin/mail", "mail"),
        ("/admin/backups", "backups"),
        ("/admin/audit", "audit"),
        ("/admin/devices", "tablets"),
        ("/admin/erasures", "erasures"),
        ("/admin/retention", "retention"),
    ):
        page.goto(address)
        judge(page, f"{name}-{kind}")


@look
def test_the_patients_pages(
    page_at: PageAt, patient_link: str, width: int, dark: bool, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.id
    page = page_at(width, dark=dark)
    page.goto(patient_link)
    judge(page, f"questionnaire-{kind}")
    page.get_by_label("Is there anything you want to say about today?").fill("a" * 2001)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("alert")).to_be_focused()
    judge(page, f"questionnaire-with-a-problem-{kind}")
    for address, name in (
        ("/a/no-such-link", "unknown-link"),
        ("/stop/no-such-link", "unknown-stop-link"),
        ("/thanks", "receipt-without-cookie"),
        ("/leave", "left"),
        ("/sign-in", "sign-in"),
    ):
        page.goto(address)
        judge(page, f"{name}-{kind}")


def test_a_therapist_makes_a_link_and_hands_the_device_over(signed_in: PageAt) -> None:
    page = signed_in("therapist", 360)
    page.goto(new_patient(page)[1])
    page.get_by_role("link", name="Add a session").click()
    page.get_by_role("button", name="Add it and go to the form").click()
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("img", name="A square to scan")).to_be_visible()
    judge(page, "link-and-square")
    page.get_by_role("button", name="Answer here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How was it today?")
    page.goto("/caseload")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_one_patient_at_a_time_is_in_focus(signed_in: PageAt) -> None:
    page = signed_in("therapist", 1280)
    page.goto("/caseload/trends")
    chart = page.locator("[data-chart]")
    expect(chart.locator(".main-svg").first).to_be_attached()
    codes = page.locator("a[data-focus]")
    last = codes.last.get_attribute("data-focus") or ""
    codes.last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("a[data-focus][aria-current='true']")).to_have_text(last)
    expect(page.locator("[data-about]:visible")).to_have_count(1)
    expect(page.locator("[data-about]:visible")).to_contain_text(last)
    expect(chart.get_by_text(last)).to_be_visible()
    expect(page.get_by_role("heading", name="Over the months")).to_be_in_viewport()
    assert "focus=" in page.url
    page.get_by_role("link", name="Next").click()
    expect(page.locator("a[data-focus][aria-current='true']")).to_have_text(
        codes.first.get_attribute("data-focus") or ""
    )


def test_the_trends_can_be_read_without_script(page_at: PageAt, demo_server: Demo) -> None:
    page = page_at(1280, javascript=False)
    who = demo_server.account("therapist")
    page.goto("/")
    page.get_by_label("E-mail").fill(who["email"])
    page.get_by_label("Password").fill(who["password"])
    page.get_by_role("button", name="Sign in").click()
    page.goto("/caseload/trends")
    rows = page.locator("table tbody tr")
    assert rows.count() >= 10
    page.locator("a[data-focus]").last.click()
    expect(page.locator("[data-about]:visible")).to_have_count(1)

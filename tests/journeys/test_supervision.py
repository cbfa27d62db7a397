"""Supervision in a real browser: a case is shown and read, a request is seen through, the sheet fits on one page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageAt
from tests.journeys.look import axe, fits, shot


def press_by_key(page: Page, name: str) -> None:
    """Go to a button and press it without a mouse."""
    button = page.get_by_role("button", name=name)
    button.focus()
    page.keyboard.press("Enter")


def test_a_case_is_shown_by_keyboard_read_and_taken_back(signed_in: PageAt) -> None:
    therapist = signed_in("therapist", 360, dark=True)
    therapist.goto("/caseload")
    link = therapist.locator("tbody a[href^='/patients/']").last
    code, address = link.inner_text(), link.get_attribute("href") or ""
    therapist.goto(address)
    therapist.get_by_role("link", name=re.compile("Show this case to")).focus()
    therapist.keyboard.press("Enter")
    therapist.get_by_label("What would you like to look at together?").fill("What did I miss?")
    axe(therapist)
    fits(therapist)
    press_by_key(therapist, "Show this case to Miriam Osei until")
    expect(therapist.get_by_text("You show this case to Miriam Osei until")).to_be_visible()
    axe(therapist)
    fits(therapist)
    shot(therapist, "case-shown")

    supervisor = signed_in("supervisor", 360, dark=True)
    supervisor.goto("/supervision")
    waiting = supervisor.locator(".agenda > li", has_text="What did I miss?")
    expect(waiting).to_contain_text("newly shown to you")
    waiting.get_by_role("link", name=code).click()
    expect(supervisor.get_by_text("shows you this case until")).to_be_visible()
    axe(supervisor)
    fits(supervisor)
    shot(supervisor, "case-read")

    therapist.reload()
    expect(therapist.get_by_text("it has been opened")).to_be_visible()
    press_by_key(therapist, "Show it no longer")
    expect(therapist.get_by_text("can no longer see what was written to you")).to_be_visible()
    supervisor.reload()
    expect(supervisor.get_by_text("shows you this case until")).to_have_count(0)


def test_a_request_for_help_is_taken_up_and_seen_through(signed_in: PageAt) -> None:
    page = signed_in("supervisor", 360)
    page.goto("/supervision")
    press_by_key(page, "I take this up, Fern 22")
    expect(page.locator(".agenda > li", has_text="Fern 22")).to_contain_text("Taken up by you on")
    press_by_key(page, "It is done, Fern 22")
    theirs = page.locator(".agenda > li", has_text="Fern 22")  # other patients may ask for help meanwhile
    expect(theirs.filter(has_text="asks for help")).to_have_count(0)
    page.get_by_text("Requests for help that are done").click()
    expect(page.get_by_text("Taken up by Miriam Osei on").first).to_be_visible()
    axe(page)
    fits(page)
    shot(page, "help-done")
    press_by_key(page, "Open the request of Fern 22 again")
    expect(page.locator(".agenda > li", has_text="Fern 22")).to_contain_text("asks for help")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_sheet_for_an_hour_is_one_page(signed_in: PageAt, paper: str) -> None:
    page = signed_in("supervisor", 1280, dark=True)
    page.goto("/supervision")
    therapists = [
        link.get_attribute("href") or ""
        for link in page.locator("th a[href^='/supervision/therapists/']").all()
    ]
    for address in dict.fromkeys(therapists):
        page.goto(f"{address}/agenda")
        printed = page.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, address


def test_the_trail_is_narrowed_by_address(signed_in: PageAt) -> None:
    page = signed_in("supervisor", 360)
    page.goto("/supervision/trail")
    page.get_by_label("Patients of").select_option(label="Jonas Berg")
    page.get_by_role("button", name="Show").click()
    assert "therapist=" in page.url
    page.get_by_role("link", name="Older").click()
    assert "page=2" in page.url and "therapist=" in page.url
    expect(page.get_by_text("Page 2 of")).to_be_visible()
    axe(page)
    fits(page)
    shot(page, "trail-page-two")

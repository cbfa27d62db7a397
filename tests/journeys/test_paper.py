"""Paper in a real browser: what is printed fits its pages, and a form is typed in by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageAt
from tests.journeys.look import axe, fits, shot


def pages(page: Page, size: str) -> int:
    """How many sheets of this size it prints on."""
    return page.pdf(format=size).count(b"/Type /Page\n")


def hold(therapist: Page) -> None:
    """Note a session, so that there is one without an answer whatever other journeys have answered."""
    therapist.goto("/caseload?order=patient")
    addresses = [a.get_attribute("href") or "" for a in therapist.locator("main a[href^='/patients/']").all()]
    patient = next(address for address in addresses if address.removeprefix("/patients/").isdigit())
    therapist.goto(f"{patient}/sessions/new")
    therapist.get_by_role("button", name="Add it and go to the form").click()


def print_form(therapist: Page) -> str:
    """Print the form of a session that waits for one: its number."""
    hold(therapist)
    therapist.goto("/caseload/slips")
    session = therapist.locator("input[name=session]").first.get_attribute("value")
    therapist.goto(f"/sessions/{session}")
    therapist.get_by_role("button", name="Print the form").click()
    heading = therapist.get_by_role("heading", level=1, name="Form")
    expect(heading).to_be_visible()
    return heading.inner_text().removeprefix("Form ")


def judge(page: Page, name: str) -> None:
    axe(page)
    fits(page)
    shot(page, name)


@pytest.mark.parametrize(("width", "dark"), [(360, False), (360, True), (1280, False)])
def test_slips_and_the_form_look_right_and_fit_their_paper(signed_in: PageAt, width: int, dark: bool) -> None:
    kind = f"{width}{'-dark' if dark else ''}"
    page = signed_in("therapist", width, dark=dark)
    hold(page)
    page.goto("/caseload/slips")
    judge(page, f"slips-choose-{kind}")
    page.locator("input[name=session]").first.check()
    page.get_by_role("button", name="Make the slips").click()
    expect(page.get_by_role("img", name="A square to scan")).to_be_visible()
    judge(page, f"slips-{kind}")
    assert [pages(page, size) for size in ("A4", "Letter")] == [1, 1]
    print_form(page)
    judge(page, f"form-on-paper-{kind}")
    assert [pages(page, size) for size in ("A4", "Letter")] == [2, 2]


def type_all(page: Page, ratings: list[str], words: str) -> None:
    """Fill the form from its first field to its button with keys alone."""
    expect(page.locator("#safe")).to_be_focused()
    for rating in ratings:
        page.keyboard.type(rating)
        page.keyboard.press("Enter")  # sends nothing: the form is half typed
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # the first of the answers, which is “no”
    page.keyboard.press("Tab")
    page.keyboard.type(words)
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_two_people_type_a_form_in_by_keyboard_alone(signed_in: PageAt, width: int, dark: bool) -> None:
    kind = f"{width}{'-dark' if dark else ''}"
    number = print_form(signed_in("therapist", 1280))
    admin, supervisor = (signed_in(role, width, dark=dark) for role in ("admin", "supervisor"))
    ratings = ["8"] * 9 + ["1"] * 3
    for page, typed, what in (
        (admin, ratings, "first"),
        (supervisor, ["10", *ratings[1:]], "second"),
    ):
        page.goto("/paper")
        judge(page, f"paper-{what}-{kind}")
        page.keyboard.type(number.lower())
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Form {number}, {what} entry")
        judge(page, f"paper-typing-{what}-{kind}")
        type_all(page, typed, "It was hard to come.")
    expect(supervisor.get_by_role("heading", level=1)).to_have_text(f"Form {number}: look at the paper")
    judge(supervisor, f"paper-differs-{kind}")
    admin.reload()
    admin.get_by_role("link", name=number).click()
    admin.get_by_role("combobox").select_option("9")
    admin.get_by_role("button", name="Store it").click()
    expect(admin.get_by_role("status")).to_contain_text("Stored as it stands on the paper.")
    admin.goto(f"/paper/{number.replace('-', '')}")
    expect(admin.get_by_role("heading", level=1)).to_contain_text("is done with")
    judge(admin, f"paper-done-{kind}")


def test_somebody_says_without_script_that_the_answers_are_not_theirs(
    page_at: PageAt, patient_link: str
) -> None:
    page = page_at(360, javascript=False)
    page.goto(patient_link)
    page.get_by_label("8", exact=True).first.check(force=True)
    page.get_by_role("button", name="Send my answers").click()
    page.goto(patient_link)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "We already have your answers for this session."
    )
    page.get_by_text("I did not send these answers").click()
    shot(page, "not-mine")
    page.get_by_role("button", name="These answers are not mine").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. It is noted.")
    shot(page, "noted")

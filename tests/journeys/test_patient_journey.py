"""A patient answers, and the therapist has it: the product's main job, in a real browser from end to end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageAt
from tests.journeys.look import axe, fits, shot

GOOD = dict.fromkeys(("safe", "free", "myself", "heard", "felt", "sense", "team", "say", "useful"), 8)
CALM = dict.fromkeys(("held", "hurt", "leave"), 1)
HURT = {**dict.fromkeys(GOOD, 3), "held": 8, "hurt": 9, "leave": 6}


def pick(page: Page, answers: Mapping[str, int]) -> None:
    """Pick numbers as a finger does, on the number; the short form asks four of the twelve."""
    picked = 0
    for item, value in answers.items():
        number = page.locator(f'label:has(input[name="{item}"][value="{value}"])')
        if number.count():
            number.click()
            picked += 1
    assert picked >= 4


def therapist_named_on(page: Page) -> str:
    """The e-mail address of the therapist whom the questionnaire names."""
    found = re.search(r"([A-Z]\w+) ([A-Z]\w+), your therapist", page.locator("main").inner_text())
    assert found, "the page does not say who reads it"
    return f"{found[1]}.{found[2]}".lower()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_questionnaire_fits_and_reads_well(page_at: PageAt, patient_link: str, width: int) -> None:
    page = page_at(width)
    page.goto(patient_link)
    expect(page.get_by_role("heading", level=1)).to_have_text("How was it today?")
    page.get_by_text("I need help now").first.click()
    fits(page)
    axe(page)
    shot(page, f"questionnaire-{width}")


def test_the_questionnaire_in_the_dark(page_at: PageAt, patient_link: str) -> None:
    page = page_at(390, dark=True)
    page.goto(patient_link)
    axe(page)
    shot(page, "questionnaire-dark")


def test_answering_needs_no_script(page_at: PageAt, patient_link: str) -> None:
    page = page_at(390, javascript=False)
    page.goto(patient_link)
    pick(page, {**GOOD, **CALM})
    if page.locator("input[name=talked]").count():  # the short form does not ask
        page.get_by_text("A little", exact=True).click()
    page.get_by_label("Is there anything you want to say about today?").fill("It’s been a good day.")
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. It has arrived.")
    assert urlsplit(page.url).path == "/thanks"
    page.goto(patient_link)
    expect(page.get_by_role("heading", level=1)).to_contain_text("already have your answers")


def test_going_back_shows_nobodys_answers(page_at: PageAt, patient_link: str) -> None:
    page = page_at(390)
    page.goto(patient_link)
    pick(page, {**GOOD, **CALM})
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/thanks*")
    axe(page)
    shot(page, "receipt")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("already have your answers")
    assert page.locator("input:checked").count() == 0
    axe(page)


def test_a_hard_session_becomes_a_question(page_at: PageAt, signed_in: PageAt, patient_link: str) -> None:
    patient = page_at(390)
    patient.goto(patient_link)
    therapist = therapist_named_on(patient)
    caseload = signed_in(therapist, 1280)
    caseload.goto("/caseload")
    expect(caseload.get_by_role("heading", level=1)).to_have_text("Your caseload")
    waiting = caseload.locator("a[href^='/alerts/']").count()
    pick(patient, HURT)
    patient.get_by_role("button", name="Send my answers").click()
    expect(patient.get_by_role("heading", level=1)).to_have_text("Your answers are saved. Thank you.")
    caseload.goto("/caseload")
    assert caseload.locator("a[href^='/alerts/']").count() > waiting
    axe(caseload)
    shot(caseload, "caseload-after-a-hard-session")

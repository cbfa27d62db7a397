"""A tablet of the demo's clinic, and codes for it, made through the pages as staff make them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageAt
from tests.journeys.look import new_patient

PIN = "482913"
NUMBERS = count(1)
WELCOME = "Welcome. Please type your code."
ARRIVED = "Thank you. It has arrived."


@dataclass
class Tablet:
    """A browser that is one of the clinic's tablets, and a therapist who makes codes for it."""

    page: Page
    name: str
    therapist: Page

    def code(self) -> str:
        """Hold a session with a new patient and make a code for it."""
        self.therapist.goto(new_patient(self.therapist)[1])
        self.therapist.get_by_role("link", name="Add a session").click()
        self.therapist.get_by_role("button", name="Add it and go to the form").click()
        making = self.therapist.get_by_role("button", name="Make a code")
        making.wait_for()  # the page is there: only now can it be told whether it offers more than one tablet
        tablet = self.therapist.get_by_role("radio", name=self.name, exact=True)
        if tablet.count():
            tablet.check()
        making.click()
        return self.therapist.locator(".code-shown").inner_text()

    def arrive(self) -> None:
        """Type a good code."""
        self.page.get_by_label("Code", exact=True).fill(self.code())
        self.page.get_by_role("button", name="Start", exact=True).click()
        self.page.wait_for_url("**/kiosk/answer")


def add_tablet(signed_in: PageAt, page_at: PageAt, width: int = 820, **look: Any) -> Tablet:
    """Add a tablet as the administrator, and set it up."""
    name = f"Tablet {next(NUMBERS)}"
    admin = signed_in("admin", 1280)
    admin.goto("/admin/devices")
    admin.get_by_label("Name").fill(name)
    admin.get_by_label("Staff PIN").fill(PIN)
    admin.get_by_role("button", name="Add it").click()
    address = admin.locator("#link").input_value()
    page = page_at(width, **look)
    page.goto(address)
    page.get_by_role("button", name="Set up this tablet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WELCOME)
    return Tablet(page, name, signed_in("therapist", 1280))

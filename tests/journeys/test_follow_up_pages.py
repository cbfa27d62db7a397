"""What comes after an answer, in a browser: how it looks, by keyboard alone, without script, and what it weighs."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PageAt
from tests.journeys.links import Links, links_of
from tests.journeys.look import open_page
from tests.journeys.test_every_page import judge, look
from tests.journeys.test_patient_journey import CALM, GOOD, HURT, pick
from tests.server import Demo

SAVED, ARRIVED = "Your answers are saved. Thank you.", "Thank you. It has arrived."


@pytest.fixture(scope="module")
def links(demo_server: Demo) -> Links:
    return links_of(demo_server, name="Rook")


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def send(page: Page, link: str, answers: dict[str, int]) -> None:
    page.goto(link)
    pick(page, answers)
    page.get_by_role("button", name="Send my answers").click()


@look
def test_every_page_after_an_answer(
    page_at: PageAt,
    demo_server: Demo,
    width: int,
    dark: bool,
    request: pytest.FixtureRequest,
) -> None:
    kind = request.node.callspec.id
    links = links_of(demo_server, name=f"Wren {kind}")  # the month is asked about from the second answer on
    page = page_at(width, dark=dark)
    send(page, links.new(), {**GOOD, **CALM})
    heading(page, ARRIVED)
    send(page, links.new(), HURT)
    heading(page, SAVED)
    judge(page, f"what-happened-{kind}")
    page.get_by_label("didn’t let me finish").check()
    page.get_by_role("button", name="Add this").click()
    heading(page, ARRIVED)
    judge(page, f"receipt-once-a-month-{kind}")
    page.get_by_role("link", name="Answer them now").click()
    heading(page, "How are things around you?")
    judge(page, f"once-a-month-{kind}")
    page.locator("input[name=home]").nth(3).check(force=True)
    page.get_by_role("button", name="Send my answers").click()
    heading(page, ARRIVED)
    assert urlsplit(page.url).path == "/thanks"
    expect(page.get_by_role("link", name="Answer them now")).to_have_count(0)


def test_it_can_be_ticked_and_stopped_by_keyboard_alone(page_at: PageAt, links: Links) -> None:
    page = page_at(390)
    send(page, links.new(), HURT)
    heading(page, SAVED)
    page.get_by_label("seemed distracted, or was on the phone or typing").focus()
    page.keyboard.press("Space")
    for _ in range(15):
        page.keyboard.press("Tab")
    expect(page.get_by_label("none of these")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add this")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Stop here, I am done")).to_be_focused()
    page.keyboard.press("Enter")
    heading(page, ARRIVED)
    page.go_back()
    heading(page, ARRIVED)


def test_it_is_light_and_asks_for_little(page_at: PageAt, links: Links) -> None:
    page = page_at(360)
    send(page, links.new(), HURT)
    heading(page, SAVED)
    address = page.url
    asked: list[int] = []
    page.on("response", lambda response: asked.append(len(response.body())))
    page.context.clear_cookies()
    page.goto(address)
    heading(page, SAVED)
    assert len(asked) <= 4 and sum(asked) <= 30_000, asked
    boxes = [box.bounding_box() for box in page.locator("label.pick, main button").all()]
    assert all(box is not None and box["height"] >= 44 for box in boxes), boxes


def test_without_script_and_cookies_it_works_the_same(
    browser: Browser, demo_server: Demo, links: Links
) -> None:
    page, _ = open_page(browser, demo_server.url, javascript=False)
    page.goto(links.new())
    for name, value in HURT.items():
        page.locator(f"input[name={name}][value='{value}']").check(force=True)
    page.get_by_role("button", name="Send my answers").click()
    heading(page, SAVED)
    page.context.clear_cookies()
    page.get_by_label("felt judged or talked down to").check()
    page.get_by_role("button", name="Add this").click()
    heading(page, ARRIVED)
    page.context.close()

"""Bad networks, impatient fingers, a second tab, a second phone: what was sent counts once, and nothing is lost."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.journeys.conftest import PageAt
from tests.journeys.links import Links, links_of
from tests.journeys.look import open_page
from tests.journeys.test_patient_journey import CALM, GOOD, pick
from tests.proxy import Line, line_to
from tests.server import Demo

ARRIVED = "Thank you. It has arrived."
ALREADY = "We already have your answers for this session."
SEND = "Send my answers"


@pytest.fixture(scope="module")
def links(demo_server: Demo) -> Links:
    return links_of(demo_server)


@pytest.fixture
def line(demo_server: Demo) -> Iterator[Line]:
    with line_to(demo_server.url) as line:
        yield line


def h1(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_a_lost_reply_is_made_good_by_sending_again(browser: Browser, line: Line, links: Links) -> None:
    link, before = links.new(), links.counted()
    page, _ = open_page(browser, line.url)
    page.goto(link)
    pick(page, {**GOOD, **CALM})
    line.cut_replies = 1000  # the browser tries again by itself, and gives up after a while
    page.get_by_role("button", name=SEND).click(no_wait_after=True)
    with pytest.raises(Error, match="ERR_EMPTY_RESPONSE"):
        page.wait_for_url("**/thanks*")
    expect(page.locator("body.neterror")).to_be_attached()
    assert links.counted() == before + 1, "the reply was to be lost, not the answers"
    line.cut_replies = 0
    page.reload()
    h1(page, ARRIVED)
    assert line.posts >= 2
    assert links.counted() == before + 1
    page.context.close()


def test_replies_lost_many_times_over_never_count_twice(line: Line, links: Links) -> None:
    rounds = 25
    links_, before = [links.new() for _ in range(rounds)], links.counted()
    where = urlsplit(line.url)
    for number, link in enumerate(links_):
        body = urlencode({**GOOD, **CALM, "attempt": f"attempt-number-{number:04}"})
        heads = {"Content-Type": "application/x-www-form-urlencoded"}
        line.cut_replies, replies = 2, []
        for _ in range(3):
            client = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
            client.request("POST", link, body, heads)
            try:
                replies.append(client.getresponse().getheader("Location"))
            except http.client.RemoteDisconnected:
                replies.append(None)
            client.close()
        assert replies[:2] == [None, None]
        assert (replies[2] or "").startswith("/thanks")
    assert links.counted() == before + rounds


def test_without_a_network_the_answers_stay_with_the_patient(
    browser: Browser, demo_server: Demo, links: Links
) -> None:
    link, before = links.new(), links.counted()
    page, _ = open_page(browser, demo_server.url)
    page.goto(link)
    pick(page, {**GOOD, **CALM})
    page.get_by_label("Is there anything you want to say about today?").fill("On the train home.")
    page.context.set_offline(True)
    page.get_by_role("button", name=SEND).click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("no network")
    expect(told).to_be_focused()
    assert links.counted() == before
    page.context.set_offline(False)
    page.get_by_role("button", name=SEND).click()
    h1(page, ARRIVED)
    assert links.counted() == before + 1
    page.context.close()


def test_a_slow_line_and_an_impatient_finger(browser: Browser, line: Line, links: Links) -> None:
    link, before = links.new(), links.counted()
    page, _ = open_page(browser, line.url)
    page.goto(link)
    pick(page, {**GOOD, **CALM})
    line.delay = 1.0
    button = page.get_by_role("button", name=SEND)
    button.dblclick(no_wait_after=True)
    # Not waiting for an address: where the second click ends what the first began, that counts as a failure.
    expect(page).to_have_url(re.compile("/thanks"), timeout=15_000)
    h1(page, ARRIVED)
    assert links.counted() == before + 1
    page.context.close()


def test_back_and_reload_after_sending_show_nothing(page_at: PageAt, links: Links) -> None:
    page = page_at(390)
    link, before = links.new(), links.counted()
    page.goto(link)
    pick(page, {**GOOD, **CALM})
    page.get_by_role("button", name=SEND).click()
    h1(page, ARRIVED)
    page.reload()
    h1(page, ARRIVED)
    page.go_back()
    h1(page, ALREADY)
    page.reload()
    h1(page, ALREADY)
    page.go_forward()
    h1(page, ARRIVED)
    assert links.counted() == before + 1


@pytest.mark.parametrize("where", ["two tabs", "two phones"])
def test_the_second_page_of_the_same_link(page_at: PageAt, links: Links, where: str) -> None:
    first = page_at(390)
    second = first.context.new_page() if where == "two tabs" else page_at(390)
    link, counted, kept = links.new(), links.counted(), links.kept()
    for page in (first, second):
        page.goto(link)
    first.bring_to_front()
    pick(first, {**GOOD, **CALM})
    second.bring_to_front()
    pick(second, dict.fromkeys(GOOD, 2))
    first.bring_to_front()
    first.get_by_role("button", name=SEND).click()
    h1(first, ARRIVED)
    second.bring_to_front()
    second.get_by_role("button", name=SEND).click()
    h1(second, ALREADY)
    expect(second.locator(".lead")).to_contain_text("nothing has been changed")
    assert (links.counted(), links.kept()) == (counted + 1, kept + 2)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_cookies_blocked(browser: Browser, line: Line, links: Links, javascript: bool) -> None:
    line.cookies = False
    page, _ = open_page(browser, line.url, javascript=javascript)
    page.goto(links.new())
    pick(page, {**GOOD, **CALM})
    page.get_by_role("button", name=SEND).click()
    h1(page, ARRIVED)
    assert page.context.cookies() == []
    page.context.close()


def test_a_page_put_right_after_a_problem_counts_once(page_at: PageAt, links: Links) -> None:
    page = page_at(390)
    link, before = links.new(), links.counted()
    page.goto(link)
    pick(page, {**GOOD, **CALM})
    words = page.get_by_label("Is there anything you want to say about today?")
    words.fill("a" * 2001)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.locator(".scale input:checked").count() == len(GOOD) + len(CALM)
    page.reload()  # sends the same page again: the same problem, and nothing lost
    assert page.locator(".scale input:checked").count() == len(GOOD) + len(CALM)
    words.fill("Shorter.")
    page.get_by_role("button", name=SEND).click()
    h1(page, ARRIVED)
    assert links.counted() == before + 1

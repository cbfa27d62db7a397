"""Every state of a patient's pages in every language, narrow: axe, no sideways scroll, the direction it is written in.

And a page that a browser has translated: whatever became of its words, what it posts is what was picked.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from alliance.languages import LANGUAGES, catalogue
from surveys.library import shipped
from tests.journeys.conftest import PageAt
from tests.journeys.links import Links, links_of
from tests.journeys.look import axe, fits, shot
from tests.journeys.test_patient_journey import HURT, pick
from tests.server import Demo

LOOKS = [*((tag, False) for tag in LANGUAGES), ("ar", True)]

# What a browser's own translator does: every text becomes another, two elements deeper; figures stay.
TRANSLATE = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, {
    acceptNode: text => text.data.trim() && !text.parentElement.closest('script, textarea, [translate=no]')
      ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT });
  const found = [];
  while (texts.nextNode()) found.push(texts.currentNode);
  for (const text of found) {
    const outer = document.createElement('font'), inner = document.createElement('font');
    inner.textContent = /\\p{L}/u.test(text.data) ? 'mots traduits 7' : text.data;
    outer.append(inner);
    text.replaceWith(outer);
  }
  document.documentElement.lang = 'fr';
  document.documentElement.classList.add('translated-ltr');
  document.title = 'mots traduits';
  return found.length;
}"""


@pytest.fixture(scope="module")
def links(demo_server: Demo) -> Links:
    return links_of(demo_server)


def judge(page: Page, tag: str, name: str) -> None:
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        tag,
        LANGUAGES[tag].direction,
    ], name
    axe(page)
    fits(page)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    shot(page, f"{name}-{tag}{'-dark' if dark else ''}")


def newest(demo: Demo) -> dict[str, Any]:
    """The newest response as it is stored, without the comment, which is sealed."""
    file = next(demo.folder.rglob("clinic.db"))
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        row = dict(conn.execute("SELECT * FROM response ORDER BY id DESC LIMIT 1").fetchone())
        answers = conn.execute("SELECT item, value FROM answer WHERE response_id = ?", (row["id"],))
        return row | {"answers": {one["item"]: one["value"] for one in answers}}


@pytest.mark.parametrize(("tag", "dark"), LOOKS)
def test_every_state_of_a_patients_pages(page_at: PageAt, links: Links, tag: str, dark: bool) -> None:
    say = catalogue(tag).gettext
    link = links.new()
    page = page_at(320, dark=dark)
    page.goto(link)
    if tag != "en":
        page.get_by_role("link", name=LANGUAGES[tag].name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        shipped().get("after-session", language=tag).heading
    )
    judge(page, tag, "questionnaire")
    written_from(page, LANGUAGES[tag].direction)
    page.get_by_text(say("I need help now"), exact=True).click()
    judge(page, tag, "help-open")
    page.get_by_text(say("I need help now"), exact=True).click()

    pick(page, HURT)
    page.locator("#comment").fill("a" * 2001)
    send = page.get_by_role("button", name=say("Send my answers"), exact=True)
    send.click()
    expect(page.locator(".wrong[role=alert]:visible")).to_be_focused()
    judge(page, tag, "questionnaire-with-a-problem")
    page.locator("#comment").fill("a")
    send.click()

    page.wait_for_url("**/more*")
    assert newest(links.demo)["language"] == tag
    judge(page, tag, "what-happened")
    page.locator("input[type=checkbox]").first.check()
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Thank you. It has arrived."))
    judge(page, tag, "receipt")
    month = page.get_by_role("link", name=say("Answer them now"), exact=True)
    if month.count():
        month.click()
        judge(page, tag, "life-around-therapy")

    for address, name in (
        (link, "already"),
        ("/a/no-such-link", "unknown-link"),
        ("/stop/no-such-link", "unknown-stop-link"),
        ("/thanks", "receipt-without-cookie"),
        ("/leave", "left"),
    ):
        page.goto(f"{address}?language={tag}")
        judge(page, tag, name)


def written_from(page: Page, direction: str) -> None:
    """The row of numbers, its ends, and where the eye begins follow the language; telephone numbers do not."""
    first = page.locator("label:has(input[name=safe][value='0'])").bounding_box()
    last = page.locator("label:has(input[name=safe][value='10'])").bounding_box()
    low = page.locator(".ends span").first.bounding_box()
    heading = page.get_by_role("heading", level=1)
    assert first and last and low
    assert (first["x"] < last["x"]) is (low["x"] < 160) is (direction == "ltr")
    assert heading.evaluate("node => getComputedStyle(node).direction") == direction
    for number in page.locator("a[href^='tel:']").all():
        assert number.evaluate("node => getComputedStyle(node).direction") == "ltr"


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_a_page_that_a_browser_has_translated_posts_what_was_picked(
    page_at: PageAt, links: Links, tag: str
) -> None:
    page = page_at(390)
    page.goto(f"{links.new()}?language={tag}")
    people = page.locator("bdi").all_inner_texts()
    assert page.evaluate(TRANSLATE) > 100
    assert page.locator("bdi").all_inner_texts() == people, "a browser must not translate names"
    assert page.locator("nav a").first.inner_text() in {one.name for one in LANGUAGES.values()}
    answers = {**HURT, "felt": 7, "leave": 0}
    pick(page, answers)
    page.locator("label:has(input[name=talked][value=not-helped])").click()
    page.locator("#comment").fill("mots")
    page.locator("label:has(input[name=audience][value=supervisor])").click()
    page.locator("label:has(input[name=raise])").click()
    fits(page)
    page.locator("main form button").last.click()
    page.wait_for_url("**/more*")
    stored = newest(links.demo)
    assert stored["answers"] == answers
    assert (stored["talked"], stored["audience"], stored["wants_help"]) == ("not-helped", "supervisor", 1)
    assert stored["language"] == tag
    page.evaluate(TRANSLATE)
    page.locator("input[type=checkbox]").first.check()
    page.locator("main form button").first.click()
    page.wait_for_url("**/thanks*")


def test_a_translated_page_that_comes_back_keeps_what_was_picked(page_at: PageAt, links: Links) -> None:
    page = page_at(390)
    page.goto(links.new())
    page.evaluate(TRANSLATE)
    pick(page, HURT)
    page.locator("#comment").fill("a" * 2001)
    page.locator("main form button").last.click()
    expect(page.locator(".wrong[role=alert]:visible")).to_be_focused()
    page.evaluate(TRANSLATE)
    for item, value in HURT.items():
        expect(page.locator(f"input[name={item}][value='{value}']")).to_be_checked()
    page.locator("#comment").fill("a")
    page.locator("main form button").last.click()
    page.wait_for_url("**/more*")
    assert newest(links.demo)["answers"] == HURT

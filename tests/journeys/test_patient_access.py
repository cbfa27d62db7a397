"""The questionnaire for whoever sees, points or reads differently: keyboard, forced colours, large and spaced text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PageAt
from tests.journeys.links import Links, links_of
from tests.journeys.look import axe, fits, open_page, shot
from tests.server import Demo

ITEMS = 12

# Where the keyboard is, on the page as a whole; and whether something lies over it.
WHERE = """() => {
  const at = document.activeElement, box = (at.closest('label') || at).getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2);
  return {
    tag: at.tagName, name: at.name || '', value: at.value || '', text: (at.textContent || '').trim(),
    top: box.top + scrollY, fixed: !!at.closest('.top'),
    covered: !(seen && (at.contains(seen) || (at.closest('label') || at).contains(seen) || seen.contains(at))),
  };
}"""

# Text that would lie under other text, or be cut off by its own box.
CUT_OFF = """() => [...document.querySelectorAll('main *, .top > p')].filter(node => {
  const style = getComputedStyle(node);
  return node.childElementCount === 0 && node.textContent.trim() && node.tagName !== 'OPTION' &&
    node.offsetParent !== null && !node.closest('.spoken') &&
    style.overflow !== 'visible' && style.textOverflow !== 'ellipsis' &&
    (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1);
}).map(node => node.outerHTML.slice(0, 120))"""

# What a reader may set (WCAG 1.4.12), without breaking the page's own policy.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;' +
    ' word-spacing: .16em !important; } p { margin-block-end: 2em !important; }');
  document.adoptedStyleSheets = [sheet];
}"""

SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, summary, label, input:not([type=hidden]), textarea')]
  .filter(node => !node.closest('p, dd, li') || node.matches('.pick, .out, summary'))
  .map(node => [node, (node.closest('label') || node).getBoundingClientRect()])
  .filter(([node, box]) => box.width && (box.width < 24 || box.height < 24))
  .map(([node, box]) => `${node.outerHTML.slice(0, 80)} is ${Math.round(box.width)} by ${Math.round(box.height)}`)"""


@pytest.fixture(scope="module")
def links(demo_server: Demo) -> Links:
    return links_of(demo_server)


@pytest.fixture
def forced(browser: Browser, demo_server: Demo) -> Iterator[Page]:
    """A page in a browser that forces the reader's own colours."""
    page, _ = open_page(browser, demo_server.url)
    page.emulate_media(forced_colors="active")
    yield page
    page.context.close()


def where(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(WHERE)
    return found


def test_the_whole_way_by_keyboard(page_at: PageAt, links: Links) -> None:
    """In reading order, never covered by what stays in sight, and in few keys."""
    page = page_at(390)
    before = links.counted()
    page.goto(links.new())
    tops, rated, keys = [], [], 0
    while True:
        page.keyboard.press("Tab")
        keys += 1
        at = where(page)
        assert not at["covered"], f"something lies over {at}"
        if not at["fixed"]:
            tops.append(at["top"])
        if at["tag"] == "BUTTON":
            break
        if at["value"] == "0" and at["name"]:
            page.keyboard.press("Space")
            page.keyboard.press("ArrowRight")
            keys += 2
            assert where(page)["value"] == "1"
            rated.append(at["name"])
        assert keys < 120, "the button cannot be reached"
    assert len(rated) == ITEMS
    # Words of another script stand a little higher on the same line.
    assert all(after > before - 8 for before, after in pairwise(tops)), "the keyboard jumps about the page"
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/a/" not in url or "/more" in url)
    assert links.counted() == before + 1


def test_twelve_answers_and_sending_take_thirteen_taps(
    browser: Browser, demo_server: Demo, links: Links
) -> None:
    page, _ = open_page(browser, demo_server.url, 360, height=740)
    before = links.counted()
    page.goto(links.new())
    taps = 0
    for fieldset in page.locator("fieldset:has(.scale)").all():
        fieldset.locator("label:has(input[value='8'])").first.click()
        taps += 1
    page.get_by_role("button", name="Send my answers").click()
    taps += 1
    page.wait_for_url(lambda url: not url.endswith("?") and ("/thanks" in url or "/more" in url))
    assert taps == ITEMS + 1
    assert links.counted() == before + 1
    page.context.close()


def test_a_choice_is_seen_in_forced_colours(forced: Page, links: Links) -> None:
    forced.goto(links.new())
    cell = forced.locator(".scale label:has(input[name=safe][value='7'])")
    before = cell.screenshot()
    cell.click()
    forced.get_by_role("heading", level=1).click()  # away from it: not its focus is to be seen
    forced.evaluate("document.activeElement.blur()")
    assert before != cell.screenshot()
    filled = cell.evaluate("label => getComputedStyle(label.querySelector('span')).forcedColorAdjust")
    assert filled == "none", "only a thin line tells what was picked"
    axe(forced)
    shot(forced, "questionnaire-forced-colours")


@pytest.mark.parametrize("width", [640, 1280])
def test_text_at_twice_its_size(page_at: PageAt, links: Links, width: int) -> None:
    page = page_at(width)
    page.goto(links.new())
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.get_by_text("I need help now").first.click()
    fits(page)
    assert page.evaluate(CUT_OFF) == []
    axe(page)
    shot(page, f"questionnaire-large-text-{width}")


def test_text_as_widely_spaced_as_a_reader_may_set_it(page_at: PageAt, links: Links) -> None:
    page = page_at(360)
    page.goto(links.new())
    page.evaluate(SPACED)
    fits(page)
    assert page.evaluate(CUT_OFF) == []
    shot(page, "questionnaire-spaced-text")


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_to_tap_is_too_small(page_at: PageAt, links: Links, width: int) -> None:
    page = page_at(width)
    page.goto(links.new())
    assert page.evaluate(SMALL_TARGETS) == []
    fits(page)


def test_a_problem_is_said_where_the_reader_is(page_at: PageAt, links: Links) -> None:
    page = page_at(390)
    page.goto(links.new())
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("alert").first).to_be_focused()
    assert page.title().startswith("Error: ")
    page.get_by_label("Is there anything you want to say about today?").fill("a" * 2001)
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("Is there anything you want to say about today?")).to_be_focused()
    assert not where(page)["covered"]


def test_nothing_moves_for_who_wants_no_motion(page_at: PageAt, links: Links) -> None:
    page = page_at(390)
    page.goto(links.new())
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(node => {"
        " const style = getComputedStyle(node);"
        " return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0 }).length"
    )
    assert moving == 0

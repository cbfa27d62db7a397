"""A real browser against a real server. Every journey also proves that a page speaks to its own server only:
at its end, all it opened must have asked one origin alone, without a violation of the content security policy
and without an error in a script.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browserless import Person
from tests.journeys.links import links_of
from tests.journeys.look import Watch, open_page
from tests.server import Demo, running_demo

QUIET = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]

PageAt = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


def chromium() -> str | None:
    """The browser of this machine: $CHROMIUM, or the first that is installed."""
    known = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next((path for name in known if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        told = "there is no Chromium on this machine: install it, or name it in $CHROMIUM"
        if os.environ.get("ALLIANCE_REQUIRE_BROWSER") == "1":
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One made-up clinic for all journeys; a journey that answers uses up a patient link of its own."""
    with running_demo([sys.executable, "-m", "alliance.cli"], tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture(scope="session")
def unused_links(demo_server: Demo) -> list[str]:
    return list(demo_server.patient_links[2:])  # the first is looked at, and never used; the second see below


@pytest.fixture
def settled_link(demo_server: Demo) -> str:
    """The link of a patient whose usual rating is known. One journey alone may use it up."""
    return demo_server.patient_links[1]


@pytest.fixture
def patient_link(demo_server: Demo, unused_links: list[str]) -> str:
    """A link that no other journey has used: one that the demo prints, then of new patients in their first session."""
    return unused_links.pop() if unused_links else demo_server.url + links_of(demo_server).new()


@pytest.fixture
def page_at(browser: Browser, demo_server: Demo) -> Iterator[PageAt]:
    """Opens a page: `page_at(390)`, `page_at(1280, dark=True)`, `page_at(390, javascript=False)`."""
    opened: list[tuple[Page, Watch]] = []

    def open_one(width: int, **look: Any) -> Page:
        opened.append(open_page(browser, demo_server.url, width, **look))
        return opened[-1][0]

    yield open_one
    for page, _ in opened:
        page.context.close()
    assert [fault for _, watch in opened for fault in watch.faults()] == []


@pytest.fixture
def signed_in(page_at: PageAt, demo_server: Demo) -> PageAt:
    """Opens a page and signs in: `signed_in("therapist", 1280)`.

    By the forms of the pages, but outside the browser, which need not draw a caseload for every journey. Signing in
    through a window is tests/journeys/test_identity.py’s.
    """

    def sign_in(role: str, width: int, **look: Any) -> Page:
        page, who = page_at(width, **look), demo_server.account(role)
        person = Person(demo_server.url)
        person.sign_in(who["email"], who["password"])
        page.context.add_cookies(
            [
                {"name": cookie.name, "value": cookie.value or "", "url": demo_server.url}
                for cookie in person.cookies
            ]
        )
        return page

    return sign_in

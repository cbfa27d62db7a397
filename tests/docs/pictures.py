"""The pictures of the guides, made of the demo: `python -m tests.docs.pictures` makes all of them anew."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.docs.pages import DOCS
from tests.journeys.conftest import QUIET, chromium
from tests.journeys.look import open_page
from tests.server import Demo, running_demo

IMAGES = DOCS / "images"
PHONE, DESK = (390, 720), (1060, 600)
MOST_BYTES = 150_000


@dataclass(frozen=True)
class Picture:
    """What is pictured: who looks, through a window of this size, and what they do to get there."""

    role: str
    window: tuple[int, int]
    go: Callable[[Page], None]


def to(address: str, heading: str = "") -> Callable[[Page], None]:
    """Open an address; `heading` is what is to stand at the top of the window."""

    def go(page: Page) -> None:
        page.goto(address)
        settle(page)
        if heading:
            up(page, heading)

    return go


def up(page: Page, heading: str) -> None:
    page.get_by_role("heading", name=heading).evaluate("heading => heading.scrollIntoView()")


def settle(page: Page) -> None:
    """Wait until every chart is drawn."""
    for chart in page.locator("[data-chart]").all():
        chart.locator(".main-svg").first.wait_for(state="attached")


def first_question(page: Page) -> None:
    page.goto("/caseload")
    page.locator("a[href^='/alerts/']").first.click()
    settle(page)


def whole_course(page: Page) -> None:
    """A course with two ruptures that were mended."""
    page.goto("/caseload")
    page.locator("a[href^='/patients/']", has_text="Larch 73").first.click()
    settle(page)
    up(page, "Alliance, session by session")


def ways_to_answer(page: Page) -> None:
    """The first session of a patient who is added for this, so that those who are there stay as they are."""
    page.goto("/patients/new")
    page.locator("#code").fill("Hazel 16")
    page.get_by_role("button", name="Add this patient").click()
    page.get_by_role("link", name="Add a session").click()
    page.get_by_role("button", name="Add it and go to the form").click()
    page.wait_for_url("**/sessions/*")


def first_part(page: Page) -> None:
    page.get_by_role("heading", level=1).wait_for()


def last_part(page: Page) -> None:
    page.get_by_text("Who may see today’s answers?").evaluate("words => words.scrollIntoView()")


PICTURES = {
    "patient-form": Picture("patient", PHONE, first_part),
    "patient-finish": Picture("patient", PHONE, last_part),
    "therapist-caseload": Picture("therapist", DESK, to("/caseload")),
    "therapist-question": Picture("therapist", DESK, first_question),
    "therapist-course": Picture("therapist", DESK, whole_course),
    "therapist-ways": Picture("therapist", DESK, ways_to_answer),
    "supervisor-open": Picture("supervisor", DESK, to("/supervision")),
    "supervisor-estimates": Picture("supervisor", DESK, to("/supervision", "The therapists you supervise")),
    "admin-house": Picture("admin", DESK, to("/admin")),
    "admin-settings": Picture("admin", DESK, to("/admin/settings")),
}


def take(browser: Browser, demo: Demo, folder: Path) -> Iterator[Path]:
    """Make all of them in this folder, one after the other."""
    windows: dict[str, Page] = {}
    for name, picture in PICTURES.items():
        page = windows.setdefault(picture.role, windows.get(picture.role) or window(browser, demo, picture))
        picture.go(page)
        path = folder / f"{name}.png"
        page.screenshot(path=path, animations="disabled", caret="hide")
        yield path
    for page in windows.values():
        page.context.close()


def window(browser: Browser, demo: Demo, picture: Picture) -> Page:
    """A window of whoever looks, signed in; the patient’s has a questionnaire in it, which nobody sends."""
    width, height = picture.window
    page, _ = open_page(browser, demo.url, width, height=height)
    if picture.role == "patient":
        page.goto(demo.patient_links[0])
        return page
    who = demo.account(picture.role)
    page.goto("/")
    page.get_by_label("E-mail").fill(who["email"])
    page.get_by_label("Password").fill(who["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    return page


def main() -> None:
    command = [sys.executable, "-m", "tests.docs.still"]
    with (
        tempfile.TemporaryDirectory() as place,
        running_demo(command, Path(place), cwd=DOCS.parent) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        for path in take(browser, demo, IMAGES):
            sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes\n")
        browser.close()


if __name__ == "__main__":
    main()

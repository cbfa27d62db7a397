"""What journeys do with a page besides clicking: watch what it asks for, measure it, picture it."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page

SHOTS = Path(os.environ.get("ALLIANCE_SHOTS") or Path(__file__).parent / "shots")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_TAGS = {"type": "tag", "values": STANDARD}
OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# What is wrong comes back, with its places; axe’s lists of all that is right would take longer than finding it.
VIOLATIONS = """async runOnly => {
  const found = await axe.run({ runOnly, resultTypes: ["violations"] });
  return found.violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map(n => n.html) }));
}"""


@dataclass
class Watch:
    """What one browser window asked for, and what went wrong in it."""

    origin: str
    origins: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("request", lambda request: self.origins.add(origin(request.url)))
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def hear(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)

    def faults(self) -> list[str]:
        """A sentence for each thing a page of this product never does."""
        elsewhere = sorted(self.origins - {self.origin})
        return [
            *(f"a page asked {other} for something" for other in elsewhere),
            *(f"a page broke its own policy: {said}" for said in self.violations),
            *(f"a script failed: {said}" for said in self.errors),
        ]


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def open_page(
    browser: Browser,
    address: str,
    width: int = 390,
    *,
    height: int = 900,
    javascript: bool = True,
    dark: bool = False,
    still: bool = True,
) -> tuple[Page, Watch]:
    """A page in a browser window of its own, without the cookies of others, and the watch over it."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        java_script_enabled=javascript,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if still else "no-preference",
        locale="en-GB",
        timezone_id="Europe/London",
    )
    context.set_default_timeout(20_000)
    watch = Watch(origin(address))
    context.on("page", watch.follow)
    return context.new_page(), watch


def axe(page: Page, *, only_colour: bool = False) -> None:
    """Fail with axe's own words on anything it finds against WCAG 2.2 A and AA, or good practice.

    `only_colour` is for a page that has been judged whole in the other colours: no other rule can tell them apart.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    told = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: "
        + "; ".join(html[:120] for html in violation["nodes"])
        for violation in page.evaluate(VIOLATIONS, OF_COLOUR if only_colour else BY_TAGS)
    ]
    assert told == [], f"axe on {page.url}:\n" + "\n".join(told)


def fits(page: Page) -> None:
    """Fail if the page can be scrolled sideways."""
    wide, window = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= window, f"{page.url} is {wide} wide in a window of {window}"


def shot(page: Page, name: str) -> Path:
    """A picture of the whole page, for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


def new_patient(page: Page) -> tuple[str, str]:
    """The code and the address of a patient of one's own, made by the therapist who is signed in on this page.

    The patients that the demo comes with stay as they are: whoever is asked again and again without an answer moves up
    on the caseload, and is no longer where the next journey looks.
    """
    code = f"Teal {secrets.token_hex(3)}"
    page.goto("/patients/new")
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Add this patient").click()
    page.wait_for_url(re.compile(r"/patients/\d+"))
    found = re.search(r"/patients/\d+", page.url)
    assert found
    return code, found[0]

"""P12: what the chart library adds until a therapist can read a patient’s page, as a share of the library’s evaluation.

The page is read once its words are painted: first contentful paint. It is opened with the library and with the library
refused, in turn, each time for the first time in a browser that has seen the sign-in page only. The evaluation is that
of the whole library, from its text, in a page with nothing else.
"""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from functools import partial

from playwright.sync_api import Browser, Page, sync_playwright

from alliance.web.assets import plotly_file
from tests.benchmarks.measuring import WALL, Plan, Result, calmly
from tests.journeys.conftest import QUIET, chromium
from tests.server import Demo, running_demo
from tests.storage.rows import ROOT

EVALUATE = """text => {
  const script = document.createElement("script");
  script.textContent = text;
  const began = performance.now();
  document.head.append(script);
  return performance.now() - began;
}"""
PAINTED = """() => new Promise(done => new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") done(entry.startTime);
}).observe({ type: "paint", buffered: true }))"""
DRAWN = "[data-chart] .main-svg"


def measure(plan: Plan) -> Iterator[Result]:
    path = chromium()
    if path is None:
        plan.say("P12 is left out: there is no Chromium on this machine; name it in $CHROMIUM")
        return
    with (
        running_demo([sys.executable, "-m", "alliance.cli"], plan.place("browser"), cwd=ROOT) as demo,
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=path, args=QUIET) as browser,
    ):
        yield from calmly(partial(paints, plan, demo, browser))


def paints(plan: Plan, demo: Demo, browser: Browser) -> Sequence[Result]:
    text = plotly_file().read_text(encoding="utf-8")
    evaluated, shares, drawn = [], [], []
    for _ in range(plan.rounds):
        page = browser.new_page()
        evaluated.append(page.evaluate(EVALUATE, text))
        page.close()
        without, _ = _painted(demo, browser, refused=True)
        painted, whole = _painted(demo, browser, refused=False)
        shares.append((painted - without) / evaluated[-1])
        drawn.append(whole)
    told = f"the picture stands {statistics.median(drawn):.0f} ms after the page was asked for"
    return (Result("P12", tuple(shares), WALL, tuple(evaluated), "ms", told),)


def _painted(demo: Demo, browser: Browser, *, refused: bool) -> tuple[float, float]:
    """Milliseconds from asking for a patient’s page to its first words, and to its picture where there is one."""
    context = browser.new_context(base_url=demo.url)
    page = context.new_page()
    address = _a_patient(page, demo.account("therapist"))
    if refused:
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.setBlockedURLs", {"urls": ["*/plotly/*"]})
    page.goto(address, wait_until="commit")
    painted = float(page.evaluate(PAINTED))
    drawn = 0.0
    if not refused:
        page.locator(DRAWN).first.wait_for(state="attached")
        drawn = float(page.evaluate("() => performance.now()"))
    context.close()
    return painted, drawn


def _a_patient(page: Page, who: dict[str, str]) -> str:
    """Sign in. The address of the first patient on the caseload."""
    page.goto("/")
    page.get_by_label("E-mail").fill(who["email"])
    page.get_by_label("Password").fill(who["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    links = page.locator("a[href^='/patients/']")
    found = [each.get_attribute("href") or "" for each in links.all()]
    return next(each for each in found if re.fullmatch(r"/patients/\d+", each))

"""Every chart with little, typical and much data, on its own sheet: drawn, whole, and without labels over labels.

No page of the product and no server stand behind it: the sheet holds the specifications, the house's style sheets
and script, and the library. Pictures are kept for people to look at.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from alliance.web.assets import plotly_file
from alliance.web.charts.style import Spec
from tests.journeys.look import shot
from tests.web.gallery import every_chart

STATIC = Path(__file__).parents[2] / "static"
SHEET = "http://gallery.test/"
LOOKS = {
    "desk": {"width": 1280},
    "phone": {"width": 360},
    "desk-dark": {"width": 1280, "dark": True},
    "phone-dark": {"width": 360, "dark": True},
    "paper": {"width": 1280, "paper": True},
}
SEEN_AS = ("deuteranopia", "achromatopsia")

# Every label that is drawn, with its box; and every label of one chart that touches another or leaves its figure.
TOUCHING = """() => {
  const faults = [];
  for (const el of document.querySelectorAll("[data-chart]")) {
    const frame = el.querySelector(".main-svg").getBoundingClientRect();
    const seen = [...el.querySelectorAll(".annotation-text, .xtick text, .ytick text, .textpoint text, .y2tick text")]
      .filter(t => t.textContent.trim() && t.getBoundingClientRect().width > 0)
      .map(t => ({ words: t.textContent, box: t.getBoundingClientRect() }));
    for (const { words, box } of seen)
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1
          || box.bottom > frame.bottom + 1)
        faults.push(`${el.id}: “${words}” is cut off`);
    for (let i = 0; i < seen.length; i++)
      for (let j = i + 1; j < seen.length; j++) {
        const a = seen[i].box, b = seen[j].box, give = 4;
        if (a.left < b.right - give && b.left < a.right - give && a.top < b.bottom - give && b.top < a.bottom - give)
          faults.push(`${el.id}: “${seen[i].words}” touches “${seen[j].words}”`);
      }
  }
  return faults;
}"""


@cache
def specs() -> dict[str, Spec]:
    return every_chart()


def sheet() -> str:
    figures = "".join(
        f'<figure style="max-inline-size: {spec["rem"]}rem">'
        f'<figcaption>{name}</figcaption><div class="plot {spec["size"]}" id="{name}"'
        f' data-chart="/{name}.json" role="img" aria-label="{name}"'
        f"{' data-print=205' if spec['rem'] == 20 else ''}></div></figure>"
        for name, spec in specs().items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gallery</title>'
        '<link rel="stylesheet" href="/css/patient.css"><link rel="stylesheet" href="/css/staff.css">'
        '<link rel="stylesheet" href="/css/plotly-host.css" id="plotly.js-style-global">'
        '<script src="/plotly.js" defer></script><script src="/js/charts.js" defer></script></head>'
        f'<body class="staff"><main>{figures}</main></body></html>'
    )


def serve(route: Route) -> None:
    """The sheet and all that it asks for, from the files of the checkout."""
    path = route.request.url.removeprefix(SHEET)
    if path == "":
        route.fulfill(content_type="text/html", body=sheet())
    elif path == "plotly.js":
        route.fulfill(content_type="text/javascript", body=plotly_file().read_text(encoding="utf-8"))
    elif path.endswith(".json"):
        spec = specs()[path.removesuffix(".json")]["spec"]
        route.fulfill(content_type="application/json", body=json.dumps(spec))
    elif (STATIC / path).is_file():
        route.fulfill(path=STATIC / path)
    else:
        route.fulfill(status=404, body="")


def opened(browser: Browser, width: int, *, dark: bool = False, paper: bool = False) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.route("**/*", serve)
    page.goto(SHEET)
    for one in page.locator("[data-chart]").all():
        one.locator(".main-svg").first.wait_for(state="attached")
    if paper:
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    return page


@pytest.mark.parametrize("look", LOOKS)
def test_every_chart_is_whole_and_no_label_touches_another(browser: Browser, look: str) -> None:
    page = opened(browser, **LOOKS[look])  # type: ignore[arg-type]
    shot(page, f"gallery-{look}")
    assert page.locator(".unseen").count() == 0
    assert page.evaluate(TOUCHING) == []
    page.context.close()


@pytest.mark.parametrize("eye", SEEN_AS)
def test_pictures_for_eyes_that_see_fewer_colours(browser: Browser, eye: str) -> None:
    """What two marks tell apart is told by shape or words too; these pictures are for people to check it by."""
    page = opened(browser, 1280)
    page.context.new_cdp_session(page).send("Emulation.setEmulatedVisionDeficiency", {"type": eye})
    assert shot(page, f"gallery-{eye}").stat().st_size > 10_000
    page.context.close()

"""The charts' script in a real browser: it draws, keeps to the policy, and changes who is in focus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, render_template_string, request
from flask.typing import ResponseReturnValue
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from werkzeug.serving import make_server

from alliance.web import assets, headers
from alliance.web.charts.caseload import caseload_chart
from alliance.web.charts.reply import chart_reply
from alliance.web.charts.trend import trend_chart
from tests.factory import DIP, DIP_TENSION, dip, made_up, make_trend
from tests.journeys.conftest import QUIET, chromium
from tests.journeys.look import Watch, open_page

pytestmark = pytest.mark.journey

MENDED = make_trend([*DIP, 85.0, 84.0, 86.0], tension=DIP_TENSION, number=3, code="Oak 12")
CASELOAD = [dip(), made_up(2, 12, code="Elm 63"), MENDED]
INSTEAD = "The picture did not load. The same numbers are in the table."

PAGE = """<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><title>Charts – Alliance</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/css/patient.css"><link rel="stylesheet" href="/static/css/staff.css">
<link rel="stylesheet" href="/static/css/plotly-host.css" id="plotly.js-style-global">
<script src="{{ plotly_url() }}" defer></script><script src="/static/js/charts.js" defer></script></head>
<body class="staff"><main id="main"><h1 id="name">Charts</h1>
<a data-step="-1" href="?focus={{ trends[focus - 1].dyad.patient.id }}">Previous</a>
<a data-step="1" href="?focus={{ trends[(focus + 1) % 3].dyad.patient.id }}">Next</a>
<ul class="codes">{% for trend in trends %}<li><a href="?focus={{ trend.dyad.patient.id }}"
 data-focus="{{ trend.dyad.patient.code }}"{% if loop.index0 == focus %} aria-current="true"{% endif
 %}>{{ trend.dyad.patient.code }}</a></li>{% endfor %}</ul>
{% for trend in trends %}<p data-about="{{ trend.dyad.patient.code }}"{% if loop.index0 != focus %} hidden{%
 endif %}>About {{ trend.dyad.patient.code }}</p>{% endfor %}
<figure><div class="plot" id="one" role="img" aria-labelledby="name" data-chart="/one.json"></div></figure>
<figure><div class="plot large" id="all" role="img" aria-labelledby="name"
 data-chart="/all.json?focus={{ trends[focus].dyad.patient.id }}"></div></figure>
</main></body></html>"""


def site() -> Flask:
    site = Flask(__name__, static_folder=str(Path(__file__).parents[2] / "static"), static_url_path="/static")
    site.register_blueprint(assets.blueprint)
    headers.install(site, over_tls=False)

    @site.get("/")
    def page() -> str:
        wanted = request.args.get("focus", type=int)
        focus = next((i for i, trend in enumerate(CASELOAD) if trend.dyad.patient.id == wanted), 0)
        return render_template_string(PAGE, trends=CASELOAD, focus=focus)

    @site.get("/one.json")
    def one() -> ResponseReturnValue:
        return chart_reply(trend_chart(dip()))

    @site.get("/all.json")
    def everyone() -> ResponseReturnValue:
        return chart_reply(caseload_chart(CASELOAD, request.args.get("focus", type=int)))

    return site


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site(), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("there is no Chromium on this machine: install it, or name it in $CHROMIUM")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, Watch]]:
    page, watch = open_page(browser, address, 1280)
    yield page, watch
    page.context.close()
    assert watch.faults() == []


def drawn(page: Page) -> Page:
    page.goto("/?focus=101")
    for figure in ("#one", "#all"):
        page.locator(f"{figure} .main-svg").first.wait_for()
    return page


def in_focus(page: Page) -> tuple[str, str]:
    """Whose line is on top, and whose name stands beside it."""
    told = page.locator("#all").evaluate(
        "plot => [plot.data.find(trace => trace.name === 'in focus').meta,"
        " plot.layout.annotations.find(note => note.name === 'in focus').text]"
    )
    return told[0], told[1]


def test_it_draws_within_the_policy_and_offers_no_way_out(opened: tuple[Page, Watch]) -> None:
    page, watch = opened
    drawn(page)
    assert watch.violations == [] and watch.console == []
    page.locator("#one").hover()
    assert page.locator(".modebar-btn").count() == 0
    assert "Share chart" not in page.content()
    width = page.locator("#one").evaluate("plot => [plot.clientWidth, plot.layout.width]")
    assert width[0] == width[1] > 600


def test_colours_follow_the_scheme(opened: tuple[Page, Watch]) -> None:
    page, _ = opened
    drawn(page)
    colour = "plot => plot.data.find(trace => trace.name === 'alliance').line.color"
    assert page.locator("#one").evaluate(colour) == "#0072b2"
    page.emulate_media(color_scheme="dark")
    assert page.locator("#one").evaluate(colour) == "#62b0e2"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#one").evaluate(colour) == "#0072b2"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#one").evaluate(colour) == "#62b0e2"


def test_a_phone_gets_the_narrow_figure(opened: tuple[Page, Watch]) -> None:
    page, _ = opened
    drawn(page)
    page.set_viewport_size({"width": 360, "height": 800})
    expect(page.locator("#one .annotation")).to_have_count(2)
    assert page.locator("#one").evaluate("plot => plot.layout.margin.r") == 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_code_puts_its_patient_in_focus_without_loading_a_page(opened: tuple[Page, Watch]) -> None:
    page, _ = opened
    drawn(page).evaluate("window.stayed = true")
    assert in_focus(page) == ("Rowan 31", "Rowan 31")
    page.get_by_role("link", name="Oak 12").click()
    assert in_focus(page) == ("Oak 12", "Oak 12")
    expect(page.locator("[aria-current]")).to_have_text("Oak 12")
    expect(page.get_by_text("About Oak 12")).to_be_visible()
    expect(page.get_by_text("About Rowan 31")).to_be_hidden()
    assert page.url.endswith("/?focus=103") and page.evaluate("window.stayed")
    marks = (
        "plot => plot.data.filter(trace => trace.name.endsWith(', in focus')).map(trace => trace.customdata)"
    )
    assert page.locator("#all").evaluate(marks) == [[], ["Oak 12"], ["Oak 12"]]


def test_previous_and_next_go_round_by_keyboard(opened: tuple[Page, Watch]) -> None:
    page, _ = opened
    drawn(page)
    page.get_by_role("link", name="Previous").focus()
    page.keyboard.press("Enter")
    assert in_focus(page)[0] == "Oak 12"
    page.keyboard.press("Tab")
    for expected in ("Rowan 31", "Elm 63"):
        page.keyboard.press("Enter")
        assert in_focus(page)[0] == expected
    assert page.evaluate("document.activeElement.textContent") == "Next"


def test_without_script_the_links_lead_there(browser: Browser, address: str) -> None:
    page, _ = open_page(browser, address, 1280, javascript=False)
    page.goto("/?focus=101")
    page.get_by_role("link", name="Next").click()
    assert page.url.endswith("?focus=102")
    expect(page.locator("[aria-current]")).to_have_text("Elm 63")
    page.context.close()


@pytest.mark.parametrize("lost", ["**/*.json*", "**/plotly/*"])
def test_a_picture_that_does_not_load_says_so(browser: Browser, address: str, lost: str) -> None:
    page, watch = open_page(browser, address, 390)

    def lose(route: Route) -> None:
        route.abort()

    page.route(lost, lose)
    page.goto("/")
    expect(page.locator("#one")).to_have_text(INSTEAD)
    expect(page.locator("#all")).to_have_text(INSTEAD)
    assert page.locator("#one").get_attribute("role") is None
    assert watch.errors == [], "and no error in the script"
    page.get_by_role("link", name="Oak 12").click()
    page.wait_for_url("**/?focus=103")
    page.context.close()

"""What the journeys rely on, seen failing: foreign origins, broken policies, failing scripts, axe, width."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.journeys.look import axe, fits, open_page

POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; connect-src 'self'"
HEAD = (
    '<!doctype html><html lang="en"><head><title>Page</title><link rel="icon" href="/icon.svg"></head>'
    "<body><main>"
)
PAGES = {
    "good": "<h1>Page</h1><p>Nothing to see.</p>",
    "inline": "<h1>Page</h1><script>document.title = 'Changed'</script>",
    "elsewhere": '<h1>Page</h1><img src="http://localhost:9/picture.png" alt="">',
    "failing": '<h1>Page</h1><script src="/failing.js"></script>',
    "nameless": '<h1>Page</h1><input type="text">',
    "pale": '<h1>Page</h1><p style="color: #ccc">Hardly to be read.</p>',
    "wide": "<h1>Page</h1><pre>" + "wide " * 400 + "</pre>",
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = Flask(__name__)

    @app.get("/<name>")
    def page(name: str) -> Response:
        return Response(
            HEAD + PAGES[name] + "</main></body></html>", headers={"Content-Security-Policy": POLICY}
        )

    app.add_url_rule("/failing.js", view_func=lambda: Response("nowhere.to.go()", mimetype="text/javascript"))
    app.add_url_rule("/icon.svg", "icon", lambda: Response("<svg/>", mimetype="image/svg+xml"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("inline", "a page broke its own policy"),
        ("elsewhere", "a page broke its own policy"),
        ("elsewhere", "a page asked http://localhost:9"),
        ("failing", "a script failed: nowhere is not defined"),
    ],
)
def test_the_watch_notices(browser: Browser, address: str, name: str, fault: str) -> None:
    page, watch = open_page(browser, address)
    page.goto("/good")
    assert watch.faults() == []
    page.goto(f"/{name}")
    page.context.close()
    assert [said for said in watch.faults() if said.startswith(fault)] != []


def test_the_watch_notices_another_origin(browser: Browser, address: str) -> None:
    page, watch = open_page(browser, address.replace("127.0.0.1", "localhost"))
    page.goto(f"{address}/good")
    page.context.close()
    assert watch.faults() == [f"a page asked {address} for something"]


def test_axe_works_under_the_policy_without_breaking_it(browser: Browser, address: str) -> None:
    page, watch = open_page(browser, address)
    page.goto("/good")
    axe(page)
    page.goto("/nameless")
    with pytest.raises(AssertionError, match="label"):
        axe(page)
    axe(page, only_colour=True)
    page.goto("/pale")
    for only_colour in (True, False):
        with pytest.raises(AssertionError, match="color-contrast"):
            axe(page, only_colour=only_colour)
    page.context.close()
    assert watch.faults() == []


def test_sideways_scrolling_is_noticed(browser: Browser, address: str) -> None:
    page, _ = open_page(browser, address)
    page.goto("/good")
    fits(page)
    page.goto("/wide")
    with pytest.raises(AssertionError, match="wide in a window of 390"):
        fits(page)
    page.context.close()


def test_a_page_can_be_seen_without_script_and_in_the_dark(browser: Browser, address: str) -> None:
    page, _ = open_page(browser, address, javascript=False, dark=True)
    page.goto("/failing")
    assert page.get_by_role("heading", name="Page").is_visible()
    page.context.close()

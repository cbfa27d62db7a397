"""What a patient's GET and POST cost, as multiples of a bare Flask page in the same run.

Cost is processor time of this process: what the code spends, not how long a shared disk takes to say that it
has written. The three alternate, so that a slow moment of the machine meets all alike; medians count.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlencode

import pytest
from flask import Flask

from alliance.actions import answering
from alliance.app import create_app
from tests.actions.sending import STEADY
from tests.cast import NOW, Cast, add_patient, hold

pytestmark = pytest.mark.benchmark

MOST_GET, MOST_POST = 7.0, 22.0
ROUNDS, DYADS = 5, 24


def bare() -> Flask:
    """The least that Flask can do."""
    app = Flask("bare")
    app.add_url_rule("/", "hello", lambda: "hello")
    return app


def call(app: Flask, path: str, method: str = "GET", body: bytes = b"") -> str:
    """One whole WSGI call; its status."""
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "alliance.example",
        "SERVER_PORT": "443",
        "HTTP_HOST": "alliance.example",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    answer = app.wsgi_app(environ, lambda status, *_: told.append(status))
    for _ in answer:
        pass
    answer.close()  # type: ignore[attr-defined]
    return told[0]


def spent(act: Callable[[], object]) -> float:
    """Processor time of one act, in microseconds."""
    before = time.thread_time()
    act()
    return (time.thread_time() - before) * 1e6


def test_a_questionnaire_costs_little_more_than_a_bare_page(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    app, hello = create_app(cast.clinic, testing=True), bare()
    viewer, today = cast.viewer("jonas"), NOW - timedelta(days=30)
    patients = [add_patient(cast, f"Fern {number:03d}", at=today).patient.id for number in range(DYADS)]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    gets, posts = [], []
    for round_ in range(ROUNDS):
        tokens = [hold(cast, viewer, patient, yesterday)[1] for patient in patients]
        units, get_costs, post_costs = [], [], []
        for token, body in zip(tokens, _bodies(round_), strict=False):
            # In turn, so that each finds the processor's caches as the others left them, as on a real server.
            units.append(spent(partial(call, hello, "/")))
            get_costs.append(spent(partial(_opened, app, token)))
            post_costs.append(spent(partial(_sent, app, token, body)))
        unit = statistics.median(units)
        gets.append(statistics.median(get_costs) / unit)
        posts.append(statistics.median(post_costs) / unit)
    get, post = statistics.median(gets), statistics.median(posts)
    with capsys.disabled():
        print(  # noqa: T201 (a benchmark is read)
            f"\nGET {get:.1f} ({min(gets):.1f}–{max(gets):.1f}) and POST {post:.1f} "
            f"({min(posts):.1f}–{max(posts):.1f}) times a bare Flask page, {ROUNDS} rounds"
        )
    assert get <= MOST_GET
    assert post <= MOST_POST


def _opened(app: Flask, token: str) -> None:
    assert call(app, f"/a/{token}") == "200 OK"


def _bodies(round_: int) -> Iterator[bytes]:
    """Pages as browsers post them, each with an attempt of its own."""
    level = 7 + round_ % 2
    while True:
        fields = {"attempt": answering.new_attempt(), "form": "after-session 1.0"}
        items = {item: level if value == 8 else value for item, value in STEADY.items()}
        more = {"talked": "no", "comment": "It was all right today.", "audience": "both"}
        yield urlencode({**fields, **items, **more}).encode()


def _sent(app: Flask, token: str, body: bytes) -> None:
    assert call(app, f"/a/{token}", "POST", body).startswith("303")

"""The database is held by somebody else, or the reply never arrives: calm pages, and every answer once."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from alliance.storage import sqlite
from tests.browserless import Person
from tests.cast import Cast
from tests.faults.rounds import rounds
from tests.page import Page
from tests.proxy import line_to
from tests.served import Served, answers, serving, status
from tests.web.posting import GOOD, count

CALM_WITHIN = 12.0  # seconds
READER_WAITS = 1.0  # seconds
LOST = rounds(20, 200)
WRITES_FOR, READS_FOR = rounds(0, 30), rounds(0, 60)  # seconds that the other program goes on, at least


@pytest.fixture
def served(cast: Cast, tmp_path: Path) -> Iterator[Served]:
    with serving(cast, tmp_path, 'hosts = ["127.0.0.1"]') as running:
        yield running


@contextlib.contextmanager
def held(served: Served, begin: str) -> Iterator[None]:
    """Another program keeps the database for itself: to write, or as it was, to read on."""
    other = sqlite.connect(served.cast.clinic.config.database, "write")
    other.execute(begin)
    other.execute("SELECT count(*) FROM response").fetchone()
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_while_another_program_writes_the_answers_come_back_in_the_page(
    served: Served, record_property: Any
) -> None:
    (token,) = served.links(1)
    before, waited = count(served.cast.clinic, "response"), []
    sent = answers(token, "attempt-that-waits", comment="It was hard.\r\nStill.")
    with held(served, "BEGIN IMMEDIATE"):
        until = time.monotonic() + WRITES_FOR
        while not waited or time.monotonic() < until:
            started = time.monotonic()
            answer = served.raw(sent)
            waited.append(time.monotonic() - started)
            assert (status(answer), waited[-1] < CALM_WITHIN) == (503, True)
    page = Page(answer.partition(b"\r\n\r\n")[2].decode())
    form = page.form("Send my answers")
    assert {name: form[name] for name in GOOD} == dict(GOOD)
    assert (form["comment"], form["attempt"]) == ("It was hard.\r\nStill.", "attempt-that-waits")
    assert count(served.cast.clinic, "response") == before
    assert status(served.raw(sent)) == 303, "the same page, sent once more"
    assert count(served.cast.clinic, "response") == before + 1
    record_property(
        "figures",
        f"locked database, held for {max(WRITES_FOR, sum(waited)):.0f} s: {len(waited)} sendings, each with a calm 503"
        f" after {max(waited):.1f} s at most, and then kept",
    )


def test_a_long_reader_keeps_nobody_from_answering(served: Served, record_property: Any) -> None:
    if served.cast.clinic.db.facts().journal_mode != "wal":
        pytest.skip("without a write-ahead log a reader and a writer wait for one another")
    tokens, took = served.links(max(5, READS_FOR)), []
    with held(served, "BEGIN"):
        began = time.monotonic()
        for number, token in enumerate(tokens):
            time.sleep(max(0.0, began + number * READS_FOR / len(tokens) - time.monotonic()))
            started = time.monotonic()
            assert status(served.raw(answers(token, f"attempt-{token}"))) == 303
            took.append(time.monotonic() - started)
        lasted = time.monotonic() - began
    assert max(took) < READER_WAITS
    record_property(
        "figures",
        f"long reader, for {lasted:.0f} s: {len(took)} submissions took {max(took):.2f} s at most",
    )


def test_a_reply_that_is_lost_loses_nothing_and_doubles_nothing(served: Served, record_property: Any) -> None:
    tokens = served.links(LOST)
    before = count(served.cast.clinic, "response")
    fields = {"form": "after-session 1.0", "audience": "both", **GOOD}
    with line_to(f"http://127.0.0.1:{served.port}") as line:
        for number, token in enumerate(tokens):
            sent = [*fields.items(), ("attempt", f"the-lost-attempt-{number}")]
            line.cut_replies = 1 + number % 2  # now and then the second one too
            for _ in range(1 + number % 2):
                with pytest.raises((HTTPException, URLError, ConnectionError)):
                    Person(line.url).open(f"/a/{token}", sent)
            answered, address, text = Person(line.url).open(f"/a/{token}", sent)
            assert (answered, "/thanks" in address) == (200, True)
            assert Page(text).h1.startswith(("Thank you", "Your answers are saved"))
    assert count(served.cast.clinic, "response") == before + LOST
    with served.cast.clinic.db.read() as conn:
        (most,) = conn.execute(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM response GROUP BY session_id)"
        ).fetchone()
    assert most == 1
    record_property("figures", f"lost replies: {LOST} answers, each kept once")

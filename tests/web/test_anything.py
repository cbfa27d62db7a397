"""Anything at all may be posted to a link: there is always a page, it is soon there, and the house rules hold.

The normal run is short; ANYTHING=20000 makes it long.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import quote_plus

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tests.page import page_client
from tests.web.posting import ITEMS, count, link, page_of, post_raw

CALM = {200, 303, 400, 404, 410, 413, 422, 503}
SLOWEST = 2.0  # seconds of processor time, whatever else the machine is doing
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"

OWN_FIELDS = [*ITEMS, "talked", "comment", "audience", "raise", "attempt", "form", "blank"]
OWN_VALUES = [*map(str, range(-1, 12)), "", "both", "supervisor", "yes", "helped", "after-session 1.0"]
HARD = ["\x00", "\ud800", "\udc00a", "\u202eabc", "👩\u200d👩\u200d👧", "e" + "\u0301" * 1000, "<script>"]
LONG = ["字" * 2000, "字" * 2001]
names = st.sampled_from(OWN_FIELDS) | st.text(max_size=12)
values = st.one_of(*map(st.sampled_from, (OWN_VALUES, HARD, LONG)), st.text(max_size=40))
pairs = st.lists(st.tuples(names, values), max_size=20)


@lru_cache(maxsize=4096)  # most fields of a form are sent as they are, again and again
def quoted(text: str) -> str:
    """As a browser would write it; halves of pairs too, which it would not."""
    return quote_plus(text, errors="surrogatepass")


def encoded(fields: list[tuple[str, str]]) -> bytes:
    """A form as it is mostly sent."""
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in fields).encode()


def in_parts(fields: list[tuple[str, str]]) -> bytes:
    """The same, as forms with files are sent."""

    def raw(text: str) -> bytes:
        return text.encode(errors="surrogatepass")

    told = [
        b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (raw(n), raw(v))
        for n, v in fields
    ]
    return b"".join([*told, b"--x--\r\n"])


KINDS = [URLENCODED, MULTIPART, "multipart/form-data", "text/plain", "application/json", "", "x"]
MANY = [b"a=&" * 10_000, b"safe=3&" * 9_000, b"&" * 65_000, b"%" * 65_536, b"x" * 65_537]
bodies = st.one_of(
    st.tuples(pairs.map(encoded), st.just(URLENCODED)),
    st.tuples(pairs.map(in_parts), st.just(MULTIPART)),
    st.tuples(pairs.map(lambda found: json.dumps(dict(found)).encode()), st.just("application/json")),
    st.tuples(st.binary(max_size=300), st.sampled_from(KINDS)),
    st.tuples(st.sampled_from(MANY), st.sampled_from(KINDS)),
)  # fmt: skip


@contextmanager
def soon() -> Iterator[None]:
    started = time.thread_time()
    yield
    assert time.thread_time() - started < SLOWEST


@pytest.fixture
def waiting(cast: Cast) -> list[str]:
    """The token of a link that waits for an answer, the newest last."""
    return [cast.alder.token]


@settings(
    max_examples=int(os.environ.get("ANYTHING", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(bodies)
@example((b"safe=3", URLENCODED))
@example((b"safe=3&comment=%ED%A0%80&raise=no", URLENCODED))
@example((b"comment=%C3%A9%00&%ED%A0%80=1&attempt=%FF", URLENCODED))
def test_anything_at_all_gets_a_page(
    app: Flask, cast: Cast, waiting: list[str], sent: tuple[bytes, str]
) -> None:
    client, before = page_client(app), count(cast.clinic, "response")
    with soon():
        response = post_raw(client, waiting[-1], *sent)
    assert response.status_code in CALM
    assert count(cast.clinic, "response") == before + (response.status_code == 303)
    if response.status_code == 303:
        assert page_of(client.get(response.headers["Location"])).h1 in {
            "Thank you. It has arrived.",
            "Your answers are saved. Thank you.",  # where something was rated low, there is a second page
        }
        with soon():
            assert post_raw(client, waiting[-1], *sent).status_code in {200, 303}  # the same once more
        waiting.append(link(cast))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=60), bodies)
def test_any_link_at_all_gets_a_page(app: Flask, cast: Cast, token: str, sent: tuple[bytes, str]) -> None:
    client, before = page_client(app), count(cast.clinic, "attempt")
    with soon():
        assert client.get(f"/a/{quote_plus(token)}").status_code in {404, 429}
        assert post_raw(client, quote_plus(token), *sent).status_code in {404, 400, 413, 429}
    assert count(cast.clinic, "attempt") == before

"""What comes over the network and is no visit: very much, very slow, or two things at once. Visitors notice nothing."""

from __future__ import annotations

import resource
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from waitress.adjustments import Adjustments

from alliance.actions import clinic as clinics
from alliance.actions.passwords import Passwords
from alliance.cli.connections import WHOLE_WITHIN, connection
from tests.cast import Cast
from tests.conftest import Models
from tests.page import Page
from tests.served import HOST, URLENCODED, Served, answers, request, serving, status
from tests.web.posting import count
from tests.web.test_headers import EVERYWHERE, PATIENT_CSP

SLOW = 1000
SOON = 2.0  # seconds
MORE = 50 * 1024 * 1024  # bytes


@pytest.fixture
def served(cast: Cast, tmp_path: Path) -> Iterator[Served]:
    with serving(cast, tmp_path) as running:
        yield running


@pytest.fixture
def many_files() -> Iterator[None]:
    """Leave to open as many sockets as the test wants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, SLOW + 500)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def timed(served: Served, sent: bytes) -> tuple[int, float]:
    started = time.monotonic()
    answer = served.raw(sent)
    return status(answer), time.monotonic() - started


BEGUN = [
    b"",
    b"GET / HTTP/1.1\r\nHost: alliance.example\r\n",
    b"POST /a/x HTTP/1.1\r\nHost: alliance.example\r\nContent-Length: 60000\r\n\r\nsafe=",
    b"POST /a/x HTTP/1.1\r\nHost: alliance.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsa",
]


def test_a_thousand_that_never_finish_keep_nobody_waiting(
    served: Served, many_files: None, record_property: Callable[[str, object], None]
) -> None:
    (token,) = served.links(1)
    before, lines = served.resident(), []
    try:
        for number in range(SLOW):
            line = socket.create_connection((HOST, served.port), timeout=30)
            line.sendall(BEGUN[number % len(BEGUN)])
            lines.append(line)
        for line in lines[1::4]:
            line.sendall(b"X-Slow: 1\r\n")  # and one more byte now and then
        assert timed(served, request("GET", "/status"))[0] == 200  # all who came before have been let in
        answered, seconds = timed(served, answers(token))
        grown = served.resident() - before
    finally:
        for line in lines:
            line.close()
    record_property(
        "figures",
        f"{SLOW} slow connections: a submission took {seconds:.2f} s, memory grew by {grown / 2**20:.0f} MB",
    )
    assert (answered, seconds < SOON, grown < MORE) == (303, True, True)
    assert count(served.cast.clinic, "attempt") > 0


def test_much_is_refused_before_it_is_there(served: Served) -> None:
    before = served.resident()
    huge = request("POST", "/a/x", Content_Type=URLENCODED).replace(
        b"Content-Length: 0", b"Content-Length: 1073741824"
    )
    kib65 = request("POST", "/a/x", b"a" * 65 * 1024, Content_Type=URLENCODED)
    chunk = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"
    chunked = (
        b"POST /a/x HTTP/1.1\r\nHost: alliance.example\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 40
    )
    for name, sent, expected in (
        ("1 GB declared", huge, 413),
        ("65 KiB", kib65, 413),
        ("chunks without end", chunked, 413),
        ("a header of 20 KB", request("GET", "/", X_Much="a" * 20_000), 431),
        ("an address of 20 KB", request("GET", "/" + "a" * 20_000), 431),
    ):
        answered, seconds = timed(served, sent)
        assert (name, answered, seconds < SOON) == (name, expected, True)
    assert served.resident() - before < MORE


def test_ten_thousand_fields_are_soon_read(served: Served) -> None:
    (token,) = served.links(1)
    many = request("POST", f"/a/{token}", b"a=1&" * 10_000, Content_Type=URLENCODED)
    tries = [timed(served, many) for _ in range(3)]  # of which others may keep the machine from one
    assert {answered for answered, _ in tries} == {422}
    assert min(seconds for _, seconds in tries) < SOON
    assert timed(served, answers(token))[0] == 303


SMUGGLED = b"GET /status HTTP/1.1\r\nHost: alliance.example\r\n\r\n"
HEAD = b"POST /a/x HTTP/1.1\r\nHost: alliance.example\r\n"
TWO_WAYS = {
    "a length, then chunks": b"Content-Length: 54\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks, then a length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": b"Content-Length: 0\r\nContent-Length: 49\r\n\r\n" + SMUGGLED,
    "the same length twice": b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "two lengths in one": b"Content-Length: 0, 49\r\n\r\n" + SMUGGLED,
    "a length with a sign": b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "a length in hexadecimal": b"Content-Length: 0x0\r\n\r\n" + SMUGGLED,
    "chunks that are said twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "chunks twice in one": b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks of another kind": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks under a space": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks after a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a line that goes on": b"X: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n" + SMUGGLED,
    "a bare line feed": b"X: 1\nContent-Length: 4\r\n\r\n" + SMUGGLED,
    "chunks without a length": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" + SMUGGLED,
}


@pytest.mark.parametrize("name", TWO_WAYS)
def test_what_could_be_read_in_two_ways_is_read_in_none(refusing: Served, name: str) -> None:
    answer = refusing.raw(HEAD + TWO_WAYS[name])
    assert status(answer) in (400, 501), answer
    assert answer.count(b"HTTP/1.") == 1 and b"\r\nup\n" not in answer, "what was hidden was answered"
    assert b"Connection: close" in answer


@pytest.fixture(scope="module")
def refusing(
    models: Models, tmp_path_factory: pytest.TempPathFactory, passwords: Passwords
) -> Iterator[Served]:
    """One server for all that is refused: nothing changes in its clinic."""
    folder = tmp_path_factory.mktemp("refusing")
    shutil.copytree(models.staged, folder / "clinic")
    with clinics.open_clinic(folder / "clinic", passwords=passwords) as opened:
        cast = replace(models.cast, clinic=opened)
        with serving(cast, folder) as running:
            yield running


def test_an_older_request_in_chunks_is_refused(refusing: Served) -> None:
    old = b"POST /a/x HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED
    assert status(refusing.raw(old)) == 400


def test_what_is_well_framed_is_read(refusing: Served) -> None:
    body = b"safe=3"
    lengths = request("POST", "/a/unknown", body, Content_Type=URLENCODED)
    chunks = HEAD + b"Connection: close\r\nTransfer-Encoding: Chunked\r\n\r\n6\r\nsafe=3\r\n0\r\n\r\n"
    for sent in (lengths, chunks):
        assert status(refusing.raw(sent)) == 404
    two = request("GET", "/status").replace(b"Connection: close\r\n", b"") + request("GET", "/status")
    assert refusing.raw(two).count(b"\r\n\r\nup\n") == 2


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"nonsense\r\n\r\n", 400),
        (request("POST", "/a/x", b"a" * 70_000), 413),
        (request("GET", "/", X_Much="a" * 20_000), 431),
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501),
        (request("GET", "/nothing"), 404),
        (request("TRACE", "/"), 405),
        (request("GET", "/", Host="evil.example"), 400),
    ],
    ids=["nonsense", "too much", "too long a head", "a coding", "nothing there", "TRACE", "another host"],
)
def test_every_refusal_carries_the_headers_and_names_no_software(
    refusing: Served, sent: bytes, expected: int
) -> None:
    answer = refusing.raw(sent)
    head, _, body = answer.decode().partition("\r\n\r\n")
    told = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    assert status(answer) == expected
    assert {name: told.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert told["Cache-Control"] == "no-store" and told["Content-Type"].endswith("; charset=utf-8")
    assert told["Content-Security-Policy"].startswith(PATIENT_CSP.partition("style-src")[0])
    assert "Server" not in told
    for word in ("waitress", "werkzeug", "flask", "python", "generated by"):
        assert word not in answer.decode().lower()
    assert body and (told["Content-Type"].startswith("text/plain") or Page(body).h1)


def test_a_request_that_never_ends_is_left() -> None:
    seconds = iter([0.0, 1.0, WHOLE_WITHIN, WHOLE_WITHIN + 1.0])
    kind = connection(over_tls=True, clock=lambda: next(seconds))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = kind(FakeServer(), ours, ("127.0.0.1", 1), Adjustments(), map={})
        for byte in (b"G", b"E"):
            channel.received(byte)
            assert not channel.will_close
        channel.received(b"T")
        assert channel.will_close


class FakeServer:
    """What a connection asks of its server before there is a request."""

    active_channels: ClassVar[dict[int, object]] = {}


def test_many_at_once_are_all_answered(served: Served) -> None:
    tokens = served.links(40)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda token: status(served.raw(answers(token, f"attempt-{token}"))), tokens))
    assert found == [303] * 40

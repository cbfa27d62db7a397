"""Very many at the same moment, over the network: each link counts once, and a crowd at the door keeps no patient."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest

from alliance.actions.passwords import Passwords
from alliance.domain.people import Role
from alliance.storage import staff
from tests.cast import PASSWORD, STAFF, Cast, address, hire
from tests.faults.rounds import LONG, rounds
from tests.served import HOST, URLENCODED, Served, answers, request, serving, status
from tests.web.posting import GOOD, count

LINKS = rounds(20, 200)
AT_ONCE = 16
CROWD = 50
SOON = 1.0  # seconds
TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
COOKIE = re.compile(rb"Set-Cookie: (__Host-alliance=[^;]+)", re.IGNORECASE)


@pytest.fixture
def served(cast: Cast, tmp_path: Path) -> Iterator[Served]:
    with serving(cast, tmp_path) as running:
        yield running


@pytest.mark.control(12)
def test_each_link_counts_once_however_many_send_over_it_at_once(
    served: Served, record_property: Any
) -> None:
    tokens, clinic = served.links(LINKS), served.cast.clinic
    before = {table: count(clinic, table) for table in ("response", "answer", "reading")}
    together = Barrier(AT_ONCE, timeout=60)

    def one(sender: int) -> list[tuple[int, str]]:
        line, told = HTTPConnection(HOST, served.port, timeout=60), []
        for token in tokens:
            fields = {"form": "after-session 1.0", "attempt": f"attempt-of-sender-{sender:02d}", **GOOD}
            together.wait()
            line.request(
                "POST",
                f"/a/{token}",
                urlencode({**fields, "audience": "both", "comment": f"sender {sender}"}),
                {"Content-Type": URLENCODED, "Host": "alliance.example"},
            )
            reply = line.getresponse()
            reply.read()
            told.append((reply.status, reply.headers.get("Location", "")))
        line.close()
        return told

    with ThreadPoolExecutor(AT_ONCE) as pool:
        each = list(pool.map(one, range(AT_ONCE)))
    came = Counter(answer for told in each for answer in told)
    for number in range(LINKS):
        here = Counter(told[number][0] for told in each)
        assert here == {303: 1, 200: AT_ONCE - 1}, f"link {number} was answered {here}"
    after = {table: count(clinic, table) for table in before}
    assert {table: after[table] - before[table] for table in before} == {
        "response": LINKS,
        "answer": LINKS * len(GOOD),
        "reading": LINKS,
    }
    record_property(
        "figures",
        f"one link, {AT_ONCE} senders over the network: {LINKS} links, {sum(came.values())} sent, {LINKS} counted, "
        f"each link once; the others were told calmly that it had arrived",
    )


@pytest.mark.control(48)
def test_a_crowd_that_signs_in_keeps_no_patient_waiting(
    cast: Cast, tmp_path: Path, record_property: Any
) -> None:
    """Checking a password is slow on purpose. The patient is sent on her way while most of the crowd still waits."""
    crowd = a_crowd(cast)
    with serving(cast, tmp_path) as served:
        tokens = served.links(3)
        doors = [at_the_door(served) for _ in crowd]
        with ThreadPoolExecutor(CROWD) as pool:
            started = time.monotonic()
            coming = [
                pool.submit(served.raw, signing_in(who, *door), patience=60)
                for who, door in zip(crowd, doors, strict=True)
            ]
            time.sleep(0.05)
            took, ahead = [], []
            for token in tokens:
                began = time.monotonic()
                assert status(served.raw(answers(token, f"attempt-{token}"))) == 303
                took.append(time.monotonic() - began)
                ahead.append(sum(each.done() for each in coming))
            inside = [each.result() for each in coming]
            seconds = time.monotonic() - started
    assert {status(answer) for answer in inside} == {303}
    assert all(b"/sign-in/code" in answer for answer in inside), "the password was right"
    record_property(
        "figures",
        f"{CROWD} sign in at once ({seconds:.1f} s in all): submissions took "
        + ", ".join(f"{each:.2f}" for each in took)
        + f" s; {ahead[0]} of the crowd had been let in when the first was thanked",
    )
    assert ahead[0] < CROWD / 2, "a patient waited until the others were in"
    if LONG:
        assert max(took) < SOON


def a_crowd(cast: Cast) -> list[str]:
    """Their addresses. Everybody’s password is kept as it is kept in earnest, slow to check."""
    kept = Passwords().hash(PASSWORD)
    people = [f"crowd{number}" for number in range(CROWD)]
    for who in people:
        hire(cast, who, who.title(), Role.THERAPIST)
    with cast.clinic.db.write() as conn:
        for who in (*people, *STAFF):
            staff.set_password(conn, cast.ids[who], kept)
    return [address(who) for who in people]


def at_the_door(served: Served) -> tuple[str, str]:
    """The token of the sign-in form and the cookie that goes with it."""
    page = served.raw(request("GET", "/sign-in"))
    token, cookie = TOKEN.search(page), COOKIE.search(page)
    assert token and cookie, page[:500]
    return token[1].decode(), cookie[1].decode()


def signing_in(email: str, token: str, cookie: str) -> bytes:
    body = urlencode({"csrf_token": token, "email": email, "password": PASSWORD, "next": ""})
    return request("POST", "/sign-in", body.encode(), Content_Type=URLENCODED, Cookie=cookie)

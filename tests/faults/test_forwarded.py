"""What a request says of itself on the way: believed from the clinic’s own proxy, for one thing, and from nobody else.

Against the served process, since the web server decides it and not the application.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from alliance.domain.signing_in import FREE_GUESSES
from alliance.web.guessing import MOST
from tests.cast import Cast, address
from tests.page import Page
from tests.served import URLENCODED, Served, answers, request, serving, status

SOMEBODY = "203.0.113.7"
NOT_BELIEVED = {
    "X_Forwarded_Host": "elsewhere.example",
    "X_Forwarded_Proto": "http",
    "X_Forwarded_Port": "81",
    "X_Forwarded_Prefix": "/elsewhere",
    "X_Real_IP": "198.51.100.99",
    "X_Forwarded_By": "198.51.100.99",
}
Said = Callable[[int], dict[str, str]]


def from_anywhere(number: int) -> dict[str, str]:
    """A client that makes up where it comes from, anew each time, in every way there is."""
    made_up = f"198.51.100.{number + 1}"
    return {**NOT_BELIEVED, "X_Forwarded_For": made_up, "Forwarded": f"for={made_up};host=elsewhere.example"}


def by_the_proxy(number: int) -> dict[str, str]:
    """The same client behind the proxy, which adds the true address behind what the client made up."""
    said = from_anywhere(number)
    return {**said, "X_Forwarded_For": f"{said['X_Forwarded_For']}, {SOMEBODY}"}


def guess_links(served: Served, said: Said) -> list[int]:
    """What comes back for one wrong link after another."""
    return [
        status(served.raw(request("GET", f"/a/wrong-{number}", **said(number)))) for number in range(MOST + 5)
    ]


def guess_passwords(served: Served, said: Said) -> list[str]:
    """What the sign-in page says to one wrong password after another."""
    told = []
    for number in range(FREE_GUESSES + 2):
        page = served.raw(request("GET", "/sign-in", **said(number)))
        cookie = re.search(rb"[Ss]et-[Cc]ookie: ([^;\r]+)", page)
        assert cookie
        form = Page(page.decode().partition("\r\n\r\n")[2]).form("Sign in")
        typed = urlencode(form.data({"email": address("jonas"), "password": f"not the password {number}"}))
        sent = {
            "Cookie": cookie[1].decode(),
            "Content_Type": URLENCODED,
            "Origin": "https://alliance.example",
        }
        told.append(served.raw(request("POST", "/sign-in", typed.encode(), **sent, **said(number))).decode())
    return told


def check_pages(served: Served, said: Said) -> None:
    """Nothing that a request says of the way it came is in what comes back, nor changes it."""
    token = served.links(1)[0]
    for sent in (request("GET", f"/a/{token}", **said(0)), request("GET", "/sign-in", **said(0))):
        back = served.raw(sent).decode()
        assert status(back.encode()) == 200
        assert "elsewhere" not in back
        assert "strict-transport-security: max-age" in back.lower()
        for cookie in re.findall(r"(?i)set-cookie: (.*)\r", back):
            assert cookie.startswith("__Host-")
            assert "; Secure" in cookie
    head, _, body = answers(token).partition(b"\r\n\r\n")
    lines = "".join(f"\r\n{name.replace('_', '-')}: {value}" for name, value in said(0).items())
    back = served.raw(head + lines.encode() + b"\r\n\r\n" + body).decode()
    assert status(back.encode()) == 303
    assert re.search(r"(?i)\r\nlocation: (https://alliance\.example)?/thanks", back), back
    other = request("GET", "/sign-in", **said(0)).replace(
        b"Host: alliance.example", b"Host: elsewhere.example"
    )
    assert status(served.raw(other)) == 400


def check_nothing_was_kept(served: Served) -> None:
    """No address, true or made up, is in the log or in any file of the clinic."""
    folder = served.cast.clinic.config.folder
    for path in [served.log, *(path for path in folder.rglob("*") if path.is_file())]:
        found = path.read_bytes()
        for trace in (b"198.51.100.", b"203.0.113.", b"elsewhere"):
            assert trace not in found, f"{trace.decode()} in {path.name}"


@pytest.mark.control(23)
@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("", from_anywhere),
        ('proxy = "192.0.2.1"', from_anywhere),
        ('proxy = "127.0.0.1"', by_the_proxy),
    ],
    ids=["no proxy", "past the proxy", "through the proxy"],
)
def test_nobody_makes_up_where_they_come_from(cast: Cast, tmp_path: Path, proxy: str, said: Said) -> None:
    with serving(cast, tmp_path, proxy) as served:
        assert guess_links(served, said) == [404] * MOST + [429] * 5
        resting = ["Try again in" in page for page in guess_passwords(served, said)]
        assert resting == [False] * FREE_GUESSES + [True] * 2
        check_pages(served, said)
        if "127" in proxy:
            other = request("GET", "/a/wrong", X_Forwarded_For="203.0.113.8")
            assert status(served.raw(other)) == 404, "somebody else behind the same proxy is counted apart"
        check_nothing_was_kept(served)

"""After signing in one goes on to where one was going: a page of this server, whatever the address says."""

from __future__ import annotations

import pytest
from flask import Flask

from alliance.web.addresses import LONGEST_ADDRESS, local_path
from tests.cast import PASSWORD, address, second
from tests.page import PageClient, page_client

ELSEWHERE = [
    "https://evil.example/",
    "http:evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/caseload",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\x00/evil.example",
    "/\u2028/evil.example",
    "/\u200b/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "caseload",
    "?next=/caseload",
    "",
    "/" + "x" * LONGEST_ADDRESS,
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_address_leads_elsewhere(address: str) -> None:
    assert local_path(address) is None


@pytest.mark.parametrize(
    "address", ["/", "/caseload", "/patients/3?dyad=2", "/caseload/trends#s", "/%2F%2Fevil"]
)
def test_pages_of_this_server_are_kept(address: str) -> None:
    assert local_path(address) == address


def enter(client: PageClient, going_to: str) -> str:
    """Where signing in leads, for somebody whose sign-in page was told to go on there."""
    form = client.page("/sign-in").form("Sign in")
    response = client.submit(
        form, {"email": address("jonas"), "password": PASSWORD}, extra={"next": going_to}
    )
    assert response.status_code == 303
    return second(client, response.headers["Location"]).headers["Location"]


@pytest.mark.parametrize("going_to", ELSEWHERE)
def test_signing_in_leads_home_instead(client: PageClient, going_to: str) -> None:
    assert enter(client, going_to) == "/"


@pytest.mark.parametrize("going_to", ELSEWHERE)
def test_an_address_elsewhere_is_not_even_offered(client: PageClient, going_to: str) -> None:
    page = client.get("/sign-in", query_string={"next": going_to}).page  # type: ignore[attr-defined]
    assert page.form("Sign in")["next"] == ""


@pytest.mark.parametrize("going_to", ELSEWHERE)
def test_nor_does_it_lead_anywhere_for_who_is_signed_in(app: Flask, going_to: str) -> None:
    client = page_client(app)
    enter(client, "/")
    assert client.get("/sign-in", query_string={"next": going_to}).headers["Location"] == "/"


def test_one_goes_on_to_where_one_was_going(client: PageClient) -> None:
    turned_away = client.get("/account?from=bookmark")
    assert turned_away.headers["Location"] == "/sign-in?next=/account?from%3Dbookmark"
    form = client.page(turned_away.headers["Location"]).form("Sign in")
    response = client.submit(form, {"email": address("jonas"), "password": PASSWORD})
    response = second(client, response.headers["Location"])
    assert response.headers["Location"] == "/account?from=bookmark"


def test_the_way_is_kept_through_a_wrong_password(client: PageClient) -> None:
    form = client.page("/sign-in?next=/account").form("Sign in")
    again = client.submit(form, {"email": address("jonas"), "password": "not the right one"}).page  # type: ignore[attr-defined]
    response = client.submit(again.form("Sign in"), {"password": PASSWORD})
    response = second(client, response.headers["Location"])
    assert response.headers["Location"] == "/account"

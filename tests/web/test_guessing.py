"""Wrong links are counted by where they come from; right ones open, however many wrong ones came from there."""

from __future__ import annotations

import gc

import pytest
from flask import Flask

from alliance.web.guessing import MOST, MOST_SOURCES, SECRET_ARGUMENTS, WITHIN, WrongLinks, source
from tests.cast import Cast, signed_in
from tests.page import PageClient, page_client
from tests.post_office import written_to
from tests.web.posting import page_of, post

WAIT = "Wait a few minutes"


def test_thirty_are_let_by_and_the_next_only_when_the_first_are_forgotten() -> None:
    now = [0.0]
    wrong = WrongLinks(lambda: now[0])
    for second in range(MOST):
        now[0] = float(second)
        assert wrong.one_more("203.0.113.7")
    assert not wrong.one_more("203.0.113.7")
    now[0] = WITHIN - 0.5
    assert not wrong.one_more("203.0.113.7"), "asking while one waits counts for nothing, and helps nothing"
    now[0] = WITHIN
    assert wrong.one_more("203.0.113.7")
    assert not wrong.one_more("203.0.113.7")


def test_others_are_counted_apart() -> None:
    wrong = WrongLinks()
    assert [wrong.one_more("203.0.113.7") for _ in range(MOST + 1)].count(False) == 1
    assert wrong.one_more("203.0.113.8")


def test_only_so_many_places_are_remembered() -> None:
    wrong = WrongLinks()
    for number in range(MOST_SOURCES + 500):
        wrong.one_more(str(number))
    assert len(wrong._lately) == MOST_SOURCES


def test_no_address_is_kept_in_memory() -> None:
    wrong = WrongLinks()
    wrong.one_more("203.0.113.77")
    assert "203.0.113.77" not in repr([wrong.__dict__, gc.get_referents(wrong._lately)])
    other = WrongLinks()
    other.one_more("203.0.113.77")
    assert set(other._lately) != set(wrong._lately), "the same address reads differently in every process"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[2001:db8:1:2::7]", "20010db800010002/64"),
        ("2001:db8:1:2:ffff::1", "20010db800010002/64"),
        ("2001:db8:1:3::7", "20010db800010003/64"),
        ("unix:", "unix:"),
        (None, ""),
    ],
)
def test_where_somebody_comes_from(address: str | None, expected: str) -> None:
    assert source(address) == expected


def exhaust(client: PageClient, path: str) -> None:
    for _ in range(MOST):
        assert client.get(path).status_code == 404
    assert client.get(path).status_code == 429


def test_a_thousand_wrong_links_shut_no_right_one_out(client: PageClient, cast: Cast) -> None:
    found = [client.get(f"/a/wrong-{number}").status_code for number in range(1000)]
    assert (found.count(404), found.count(429)) == (MOST, 1000 - MOST)
    assert client.page(f"/a/{cast.alder.token}").h1
    assert post(client, cast.alder.token).status_code == 303
    assert client.page(f"/a/{cast.alder.token}").status == 200  # it was answered, and says so


def secret_addresses(app: Flask) -> list[tuple[str, str]]:
    """Every address that holds a secret, with the methods that look at it, and a secret that opens nothing."""
    found = []
    for rule in app.url_map.iter_rules():
        if SECRET_ARGUMENTS & rule.arguments:
            built = rule.build(dict.fromkeys(rule.arguments, "wrong"), append_unknown=False)
            assert built is not None
            found += [(built[1], method) for method in ("GET", "POST") if method in (rule.methods or ())]
    return found


def test_wherever_a_secret_is_part_of_an_address_guessing_ends_soon(app: Flask) -> None:
    exhaust(page_client(app), "/a/wrong")
    told = {}
    for path, method in secret_addresses(app):
        client = page_client(app)
        data = None
        if method == "POST" and path.startswith("/welcome/"):
            data = {"csrf_token": client.page("/sign-in").form("Sign in")["csrf_token"]}
        response = client.open(path, method=method, data=data)
        told[path, method] = response.status_code
    assert len(told) >= 9
    # These say the same whether the link is right or wrong, and so tell nothing to who guesses.
    assert told.pop(("/a/wrong/more", "GET")) == 303
    assert told.pop(("/a/wrong/not-mine", "POST")) == 303
    told.pop(("/a/wrong/more", "POST"))
    assert set(told.values()) == {429}, told


def test_a_stop_link_and_staff_pages_work_where_guessing_ended(app: Flask, cast: Cast) -> None:
    written = written_to(cast, cast.alder)
    jonas, client = signed_in(app, "jonas"), page_client(app)
    exhaust(client, "/stop/wrong")
    assert client.get(f"/stop/{written.stop}").status_code == 200
    assert jonas.get("/caseload").status_code == 200
    assert jonas.get("/patients/999999").status_code == 404, "no secret is guessed by counting up"


def test_one_is_told_to_wait_and_that_a_right_link_works(client: PageClient) -> None:
    exhaust(client, "/a/wrong")
    response = client.get("/a/wrong")
    page = page_of(response)
    assert (page.h1, response.headers["Retry-After"]) == (WAIT, str(int(WITHIN)))
    assert "If yours is right, it still works." in page.main
    assert response.headers["Cache-Control"] == "no-store" and "Content-Security-Policy" in response.headers
    assert page_of(client.get("/welcome/wrong")).h1 == WAIT
    assert "Warten Sie" in page_of(client.get("/a/wrong?language=de")).h1


def test_a_tablet_that_is_none_is_not_guessed_either(app: Flask) -> None:
    client, found = page_client(app), []
    for number in range(MOST + 1):
        client.set_cookie("__Secure-kiosk-tablet", f"wrong-{number}", path="/kiosk", secure=True)
        found.append(client.get("/kiosk").status_code)
    assert found == [404] * MOST + [429]
    assert page_client(app).get("/kiosk").status_code == 404, "who brings no secret guesses none"

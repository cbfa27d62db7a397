"""Answers that are none, fields that nobody asked for, bodies of other kinds: each gets its page, and loses nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

import pytest

from alliance.storage import responses
from tests.cast import Cast
from tests.page import PageClient
from tests.web.posting import ATTEMPT, GOOD, ITEMS, count, kept, last_detail, page_of, post, post_raw

SEND = "Send my answers"
SLOWEST = 2.0  # seconds of processor time, whatever else the machine is doing
PICK = "Pick one number from 0 to 10, or leave the sentence out"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'


# Answers that are none


FAULTS: Mapping[str, object] = {
    "below the scale": "-1",
    "above the scale": "11",
    "far above": "99999999999999999999",
    "words": "seven",
    "twice": ["3", "4"],
    "twice the same": ["3", "3"],
    "Arabic-Indic": "٣",
    "full width": "７",
    "a fraction": "7.5",
    "a plus": "+7",
    "a nought before it": "07",
    "an underscore": "1_0",
    "a space": " 7",
    "an exponent": "1e1",
    "a NUL": "7\x00",
    "JSON": "[7]",
    "nothing but space": " ",
}


@pytest.mark.parametrize("value", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("item", ["safe", "leave"])
def test_an_answer_that_is_none_is_asked_about_and_the_others_stay(
    client: PageClient, cast: Cast, item: str, value: object
) -> None:
    before = count(cast.clinic, "response")
    response = post(client, cast.alder.token, {item: value, "comment": "Still\nhere.", "talked": "little"})
    assert response.status_code == 422
    page = page_of(response)
    assert page.title == "Error: After your session"
    summary = page.error_summary
    assert summary is not None and "autofocus" in summary.attrs and summary.get("tabindex") == "-1"
    assert "Nothing has been sent yet. Your answers are all still here." in summary.text
    assert page.errors == [PICK]
    assert page.link(PICK) == f"#{item}"
    first = page.by_id(item)
    assert first is not None and (first.get("name"), first.get("value")) == (item, "0")
    fieldset = first.inside("fieldset")
    assert fieldset is not None and fieldset.get("aria-describedby").split() == ["ends", f"{item}-problem"]
    form = page.form(SEND)
    assert {name: form[name] for name in ITEMS} == {**GOOD, item: None}
    assert (form["comment"], form["talked"], form["attempt"]) == ("Still\r\nhere.", "little", ATTEMPT)
    assert count(cast.clinic, "response") == before
    assert client.submit(form).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("talked", "perhaps"),
        ("talked", ["no", "little"]),
        ("audience", "everybody"),
        ("audience", ["both", "supervisor"]),
        ("raise", "no"),
        ("raise", ["yes", "yes"]),
        ("comment", ["one", "two"]),
        ("comment", "a" * 2001),
        ("comment", "\U0001f9d1\u200d\U0001f9b0" * 700),
    ],
)
def test_every_other_field_that_is_wrong_is_shown_at_its_place(
    client: PageClient, cast: Cast, field: str, value: object
) -> None:
    response = post(client, cast.alder.token, {field: value})
    assert response.status_code == 422
    page = page_of(response)
    assert len(page.errors) == 1
    assert page.link(page.errors[0]) == f"#{field}"
    told = page.by_id(f"{field}-problem")
    assert told is not None and told.text == page.errors[0]
    assert {name: page.form(SEND)[name] for name in ITEMS} == GOOD


def test_a_text_that_is_too_long_comes_back_whole_with_its_length(client: PageClient, cast: Cast) -> None:
    written = "It was good.\n" * 165
    page = page_of(post(client, cast.alder.token, comment=written))
    assert page.errors == ["Shorten what you wrote to 2,000 letters. It has 2,144 now"]
    assert page.form(SEND)["comment"] == written.strip().replace("\n", "\r\n")


def test_several_faults_are_all_named_in_the_order_of_the_page(client: PageClient, cast: Cast) -> None:
    response = post(
        client, cast.alder.token, {"leave": "11", "safe": "x", "talked": "?", "comment": "a" * 2002}
    )
    links = [
        href for _, href in page_of(response).links if href in {"#safe", "#leave", "#talked", "#comment"}
    ]
    assert links == ["#safe", "#leave", "#talked", "#comment"]


# What the page does not ask


EXTRA = {
    "role": "admin",
    "therapist_id": "1",
    "score": "100",
    "session_id": "1",
    "csrf_token": "x",
    "__proto__": "y",
}


def test_fields_that_nobody_asked_for_change_nothing_but_are_kept_and_counted(
    client: PageClient, cast: Cast
) -> None:
    assert post(client, cast.alder.token, EXTRA).status_code == 303
    assert kept(cast.clinic).answers == {item: int(value) for item, value in GOOD.items()}
    assert last_detail(cast.clinic) == {"channel": "link", "unknown fields": len(EXTRA)}
    with cast.clinic.db.read() as conn:
        body = responses.attempt_body(conn, cast.clinic.keyring, ATTEMPT)
        session = conn.execute("SELECT session_id FROM response ORDER BY id DESC").fetchone()["session_id"]
    assert body is not None and b"role=admin" in body and b"therapist_id=1" in body
    assert session == cast.alder.session_id


@pytest.mark.parametrize(
    "attempt", ["", "short", "a" * 65, "a b c d e f g h i j", "../../../../etc", "é" * 20, "' OR 1=1 --"]
)
def test_an_attempt_that_no_page_made_is_replaced(client: PageClient, cast: Cast, attempt: str) -> None:
    page = page_of(post(client, cast.alder.token, safe="x", attempt=attempt))
    assert page.form(SEND)["attempt"] != attempt
    assert post(client, cast.alder.token, attempt=attempt).status_code == 303


# Other kinds of bodies


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", json.dumps({"safe": 3, "comment": "\ud800"}).encode(), 422),
        ("application/json", b'{"safe": ', 422),
        ("text/plain", b"safe=3", 422),
        ("", b"safe=3", 422),
        ("nonsense", b"\xff\xfe", 400),
        (URLENCODED, b"", 422),
        (URLENCODED, b"&&&===&&&", 422),
        (URLENCODED, b"safe=%", 422),
        (URLENCODED, b"safe=3&comment=%E4%BD%A0+%zz", 303),
        (URLENCODED, b"a=1&" * 10_000, 422),
        (URLENCODED, b"safe=3&" * 9_000, 422),
        ("multipart/form-data", b"safe=3", 422),
        (MULTIPART, b"--x\r\n", 422),
        (MULTIPART, PART % (b"safe", b"3") + b"--x--", 303),
        (MULTIPART, PART % (b"comment", b"\xff") + b"--x--", 400),
        (MULTIPART, PART % (b"a", b"3") * 300 + b"--x--", 413),
        ("application/x-www-form-urlencoded; charset=utf-16", b"safe=3", 303),
    ],
)  # fmt: skip
def test_every_kind_of_body_gets_its_page(
    client: PageClient, cast: Cast, kind: str, body: bytes, status: int
) -> None:
    started = time.thread_time()
    assert post_raw(client, cast.alder.token, body, kind).status_code == status
    assert time.thread_time() - started < SLOWEST

"""A patient's words are kept as they were typed, or asked about; they are never changed in silence."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tests.page import PageClient, page_client
from tests.web.posting import ATTEMPT, kept, link, page_of, post, post_raw

SEND = "Send my answers"

TEXTS = {
    "emoji in a family": "👩‍👩‍👧‍👦 and 🏳️‍🌈",
    "right to left": "שלום, مرحبا بك",
    "bidi overrides": "a\u202ereversed\u202c b \u2066c\u2069 \u200f",
    "zero width": "a\u200bb\u2060c\ufeffd",
    "a thousand accents": "e" + "\u0301" * 1000,
    "line ends": "one\r\ntwo\rthree\nfour",
    "planes": "\U00010000\U0010ffff\ufdd0\ufffe\uffff",
    "a lone percent": "100 % sure, %41 %u0041 &amp; + & = ; #",
    "looks like markup": "<b>&lt;b&gt;</b> {{ 7*7 }} {% raw %} ${x} `",
    "looks like a formula": "=1+1\n@x\n-2\n+3\tend",
    "line separators": "a\u2028b\u2029c\x0bd".replace("\x0b", ""),
    "replacement": "\ufffd",
    "decomposed": "Zu\u0308rich, Zürich",
    "two thousand": "字" * 2000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_text_is_kept_as_it_was_typed(client: PageClient, cast: Cast, text: str) -> None:
    assert post(client, cast.alder.token, comment=text).status_code == 303
    assert kept(cast.clinic).comment == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_text_comes_back_into_the_page_as_it_was_typed(client: PageClient, cast: Cast, text: str) -> None:
    page = page_of(post(client, cast.alder.token, comment=text, safe="11"))
    expected = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    assert page.form(SEND)["comment"] == expected


def test_control_signs_are_dropped_and_nothing_else(client: PageClient, cast: Cast) -> None:
    assert post(client, cast.alder.token, comment="a\x00b\x07c\x1b[31md\x7fe\x85f\tg").status_code == 303
    assert kept(cast.clinic).comment == "abc[31mdef\tg"


@pytest.mark.parametrize(
    "raw",
    [
        b"%ED%A0%80",
        b"\xed\xa0\x80",
        b"%ED%A0%BD%ED%B8%80",
        b"%FF",
        b"\xff",
        b"%C0%AF",
        b"%F8%88%80%80%80",
        b"%E4%BD",
        b"%C3",
    ],
    ids=repr,
)
def test_bytes_that_are_no_text_are_asked_about(client: PageClient, cast: Cast, raw: bytes) -> None:
    body = b"safe=3&comment=It+was+" + raw + b"+good&attempt=" + ATTEMPT.encode()
    response = post_raw(client, cast.alder.token, body)
    assert response.status_code == 422
    page = page_of(response)
    assert page.errors == ["Some signs in this text cannot be saved. Please type that part again"]
    form = page.form(SEND)
    assert form["safe"] == "3" and form["attempt"] == ATTEMPT
    assert (form["comment"] or "").startswith("It was \ufffd") and (form["comment"] or "").endswith(" good")
    assert client.submit(form, {"comment": "It was good"}).status_code == 303
    assert kept(cast.clinic).comment == "It was good"


def meant(text: str) -> str:
    """What is to be kept of a text: line ends as one sign, no control signs, no space around."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", re.sub("\r\n?", "\n", text)).strip()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_kept_as_it_was_typed(app: Flask, cast: Cast, text: str) -> None:
    response = post(page_client(app), link(cast), comment=text, attempt=None)
    assert response.status_code == 303
    assert kept(cast.clinic).comment == meant(text)

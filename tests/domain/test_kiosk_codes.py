"""Codes as they are read out and typed, PINs, and how often one may be wrong."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.domain import kiosk
from alliance.domain.kiosk import ALPHABET, CODE_BITS, LENGTH, WINDOW, Tablet, Wrong

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
numbers = st.integers(0, 2**CODE_BITS - 1)


def test_a_code_is_long_enough_and_has_no_look_alikes() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)
    assert math.log2(len(ALPHABET)) * LENGTH >= 40


@given(numbers)
def test_what_is_read_out_can_be_typed(number: int) -> None:
    code = kiosk.code_of(number)
    words = kiosk.shown(code)
    assert len(words) == LENGTH + 1
    for way in (words, words.lower(), code, f" {code[:2]}-{code[2:5]} – {code[5:].lower()} "):
        assert kiosk.typed(way) == code


@given(numbers, numbers)
def test_every_number_has_a_code_of_its_own(one: int, other: int) -> None:
    assert (kiosk.code_of(one) == kiosk.code_of(other)) == (one == other)


@pytest.mark.parametrize("number", [-1, 2**CODE_BITS])
def test_no_other_number_has_one(number: int) -> None:
    with pytest.raises(ValueError, match="40 bits"):
        kiosk.code_of(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("K7M2 QX4P", "K7M2QX4P"),
        ("k7m2qx4p", "K7M2QX4P"),
        ("O0Oo IiLl", "00001111"),
        ("K7M2\u00a0QX4P\n", "K7M2QX4P"),
        ("Ｋ７Ｍ２ＱＸ４Ｐ", "K7M2QX4P"),
        ("K٧M٢ QX٤P", "K7M2QX4P"),
        ("K۷M۲ QX۴P", "K7M2QX4P"),
        ("", None),
        ("K7M2 QX4", None),
        ("K7M2 QX4PP", None),
        ("U7M2 QX4P", None),
        ("К7М2 QХ4Р", None),  # Cyrillic
        ("ß7M2 QX4P", None),
        ("K7M2 QX4P" * 1000, None),
        ("\ud800K7M2QX4P", "K7M2QX4P"),
    ],
)
def test_reading_what_was_typed(text: str, code: str | None) -> None:
    assert kiosk.typed(text) == code


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_code_or_nothing(text: str) -> None:
    code = kiosk.typed(text)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


@pytest.mark.parametrize(
    ("pin", "will_do"),
    [
        ("482913", True),
        ("000012345678", True),
        ("12345", False),
        ("1" * 13, False),
        ("48291a", False),
        ("٤٨٢٩١٣", False),
    ],
)
def test_a_pin_is_six_to_twelve_digits(pin: str, will_do: bool) -> None:
    assert kiosk.is_pin(pin) is will_do


@pytest.mark.parametrize(
    ("pin", "simple"),
    [("111111", True), ("123456", True), ("987654", True), ("121212", False), ("482913", False)],
)
def test_a_pin_that_everybody_would_try(pin: str, simple: bool) -> None:
    assert kiosk.too_simple(pin) is simple


def test_wrong_tries_count_for_ten_minutes_from_the_first() -> None:
    wrong = Wrong(0, NOW).again(NOW).again(NOW + timedelta(minutes=9))
    assert (wrong.count, wrong.since) == (2, NOW)
    assert wrong.within(NOW + WINDOW - timedelta(seconds=1)) == 2
    assert wrong.within(NOW + WINDOW) == 0
    assert wrong.again(NOW + WINDOW) == Wrong(1, NOW + WINDOW)


def test_a_clock_that_went_back_lets_nobody_wait_for_ever() -> None:
    assert Wrong(60, NOW).within(NOW - timedelta(hours=1)) == 0


def test_a_tablet_is_awaited_until_its_link_ends() -> None:
    tablet = Tablet(1, "Front desk", NOW, None, None, ready=False, awaits_until=NOW + timedelta(minutes=30))
    assert tablet.awaited(NOW)
    assert not tablet.awaited(NOW + timedelta(minutes=30))
    assert not Tablet(1, "Front desk", NOW, None, None, ready=False, awaits_until=None).awaited(NOW)

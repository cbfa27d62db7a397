"""The number on a form: read however it is typed, and known for wrong where one sign is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.domain.paper import LENGTH, SIGNS, numbered, read_number, spaced

randoms = st.lists(st.integers(0, len(SIGNS) - 1), min_size=LENGTH - 1, max_size=LENGTH - 1)


@given(randoms)
def test_a_number_is_read_however_it_is_typed(random: list[int]) -> None:
    number = numbered(random)
    assert len(number) == LENGTH
    for typed in (number, number.lower(), spaced(number), f" {number[:4]} – {number[4:].lower()}\t"):
        assert read_number(typed) == number


@given(randoms, st.integers(0, LENGTH - 1), st.integers(1, len(SIGNS) - 1))
def test_one_wrong_sign_is_noticed(random: list[int], place: int, off: int) -> None:
    number = numbered(random)
    wrong = SIGNS[(SIGNS.index(number[place]) + off) % len(SIGNS)]
    assert read_number(number[:place] + wrong + number[place + 1 :]) is None


@given(randoms, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_two_signs_that_changed_places_are_noticed(random: list[int], one: int, other: int) -> None:
    number = numbered(random)
    signs = list(number)
    signs[one], signs[other] = signs[other], signs[one]
    assert (read_number("".join(signs)) == number) is (number[one] == number[other])


@pytest.mark.parametrize("typed", ["", "K7Q2", "K7Q2M9XDD", "K7Q2M9X0", "ÄÖÜß-ÄÖÜß", "٢٢٢٢٢٢٢٢", "\x00" * 8])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed) is None


def test_no_sign_looks_like_another() -> None:
    assert not set("01ILO") & set(SIGNS)
    assert len(set(SIGNS)) == len(SIGNS) == 31
    with pytest.raises(ValueError, match="7 numbers"):
        numbered([1, 2, 3])

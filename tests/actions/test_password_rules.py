"""A new password: long enough, and not among those that are tried first. Nothing else is asked of it."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.actions import password_rules
from alliance.actions.password_rules import ABOUT_HERE, BREACHED, COMMON, common, fault_in, is_breached
from alliance.actions.passwords import Passwords, normal

NAMES = ("Harbour Street", "Jonas Berg", "jonas.berg")


@pytest.mark.parametrize(
    ("password", "will_do"),
    [
        ("kolibri am teic", True),  # 15
        ("kolibri am tei", False),
        ("", False),
        ("kolibri am teich " * 3 + "und noch drei", True),  # 64
        (
            "kolibri, drossel, fink und star saßen auf dem Dach und sangen " + "so lange es hell war, " * 3,
            True,
        ),
        ("kolibri am teich" * 8, True),  # 128
        ("kolibri am teich" * 8 + "x", False),
        ("🦜🌊🎈🧭🪁🥁🪴🧶🪵🎻🥝🪐🦔🎏🪶", True),
        ("🦜🌊🎈🧭🪁🥁🪴🧶🪵🎻🥝🪐🦔🎏", False),
        ("ein satz mit ümläuten", True),  # no rule asks for figures, capitals or signs
    ],
)
def test_length_is_what_is_asked_for(password: str, will_do: bool) -> None:
    assert (fault_in(password, NAMES) is None) is will_do


def test_a_fault_says_what_to_do() -> None:
    assert fault_in("short") == "Choose a password of at least 15 characters. A short sentence works well"
    assert fault_in("x" * 129) == "Choose a password of at most 128 characters"


def test_nothing_is_cut_off_before_it_is_judged_or_kept(passwords: Passwords) -> None:
    for length in (72, 127):  # 72 is where some hashes cut off
        same = ("kolibri " * 20)[:length]
        assert not passwords.matches(passwords.hash(same + "x"), same + "y")


def test_the_list_is_as_long_as_it_claims_and_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    password_rules.common.cache_clear()
    assert len(common()) >= 20_000
    listed = sorted(common(), key=lambda word: hashlib.sha256(word.encode()).digest())[:100]
    for word in listed:
        strung = (word * 15)[: max(15, len(word) * 2)]
        assert fault_in(strung) in (COMMON, ABOUT_HERE), strung


@pytest.mark.parametrize(
    "password",
    [
        "PasswordPassword",
        "password1234567890",
        "qwertyuiopasdfgh",
        "sunshine princess",
        "aaaaaaaaaaaaaaa",
        "               ",
        "abcabcabcabcabc",
        "123123123123123123",
        "Iloveyou-Iloveyou",
        "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",  # full width, as some keyboards write it
    ],
)
def test_what_many_people_use_is_refused(password: str) -> None:
    assert fault_in(password, NAMES) is not None


@pytest.mark.parametrize(
    "password",
    [
        "HarbourStreet2026!",
        "Harbour Street clinic",
        "jonas.berg.2026.jonas",
        "Alliance-Therapy-2026",
        "jonasberg123456",
    ],
)
def test_names_of_here_are_refused(password: str) -> None:
    assert fault_in(password, NAMES) == ABOUT_HERE


@pytest.mark.parametrize(
    "password",
    [
        "a quiet morning in November",
        "the street by the harbour smells of tar",
        "correct horse battery staple",
    ],
)
def test_a_sentence_will_do(password: str) -> None:
    assert fault_in(password, NAMES) is None


def breaches(folder: Path, known: list[str], *, counts: bool = True) -> Path:
    file = folder / "breached.txt"
    lines = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in known)
    file.write_text(
        "".join(f"{line}:{n}\r\n" if counts else f"{line.lower()}\n" for n, line in enumerate(lines))
    )
    return file


@pytest.mark.parametrize("counts", [True, False])
def test_a_clinics_own_file_of_breaches_is_looked_at(tmp_path: Path, counts: bool) -> None:
    known = [f"kolibri am teich {n}" for n in range(300)]
    file = breaches(tmp_path, known, counts=counts)
    assert all(is_breached(one, file) for one in known)
    assert not any(is_breached(f"{one}!", file) for one in known)
    assert fault_in(known[7], NAMES, file) == BREACHED
    assert fault_in("kolibri am teich und nirgends sonst", NAMES, file) is None
    assert not is_breached("anything", breaches(tmp_path, []))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=140))
def test_whatever_is_typed_gets_an_answer(password: str) -> None:
    told = fault_in(password, NAMES)
    assert told is None or told.endswith(("well", "characters"))
    if told is None:
        assert 15 <= len(password) <= 128
        assert fault_in(normal(password), NAMES) in (None, fault_in("x" * 14), fault_in("x" * 129))

"""Every questionnaire that patients answer is worded in every language, with the same names in the same places."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from alliance.languages import LANGUAGES
from surveys.checklist import Checklist
from surveys.definition import Instrument
from surveys.library import shipped

WORDED = [one for one in shipped().everything() if isinstance(one, Checklist) or one.kind != "therapist"]
OTHERS = [one for one in WORDED if one.language != "en"]
every_translation = pytest.mark.parametrize(
    "translated", OTHERS, ids=[f"{one.key} {one.language}" for one in OTHERS]
)
# What one language writes like another.
SHARED = {"Nein", "No", "Team"}


def texts(one: Instrument | Checklist) -> Iterator[tuple[str, str]]:
    """Every text by its place, as a patient reads it."""
    for name in ("title", "heading", "lead", "instruction"):
        yield name, getattr(one, name)
    for group in one.groups:
        yield f"groups.{group.id}", group.heading
    if isinstance(one, Checklist):
        yield from ((f"ticks.{tick.id}", tick.text) for tick in one.ticks)
        return
    yield from (("low_end", one.low_end), ("high_end", one.high_end))
    yield from ((f"items.{item.id}", item.text) for item in one.items)
    for question in one.questions:
        yield f"questions.{question.id}", question.text
        yield f"questions.{question.id}.note", question.note
        for option in question.options:
            yield f"questions.{question.id}.{option.value}", option.text
            yield f"questions.{question.id}.{option.value}.note", option.note


def english(one: Instrument | Checklist) -> dict[str, str]:
    (found,) = [other for other in WORDED if other.key == one.key and other.language == "en"]
    return dict(texts(found))


def test_each_is_there_in_every_language() -> None:
    for key in {one.key for one in WORDED}:
        assert {one.language for one in WORDED if one.key == key} == set(LANGUAGES), key


@every_translation
def test_it_says_all_and_nothing_in_english(translated: Instrument | Checklist) -> None:
    original = english(translated)
    found = dict(texts(translated))
    assert [place for place in original if bool(original[place]) != bool(found[place])] == []
    same = {place for place in original if original[place] and original[place] == found[place]}
    assert {original[place] for place in same} <= SHARED


@every_translation
def test_it_names_the_same_people_in_the_same_places(translated: Instrument | Checklist) -> None:
    original = english(translated)
    for place, text in texts(translated):
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", original[place])), place


@every_translation
def test_it_is_called_a_draft_and_ends_its_sentences(translated: Instrument | Checklist) -> None:
    assert not translated.validated
    for place, text in texts(translated):
        assert not re.search(r"['\"!]|\s{2}|^\s|\s$", text), place
        if place.startswith("items."):
            assert text.endswith("."), place


@every_translation
def test_it_says_the_same_numbers(translated: Instrument | Checklist) -> None:
    digits = LANGUAGES[translated.language].digits or "0123456789"
    original = english(translated)
    for place, text in texts(translated):
        plain = text.translate(str.maketrans(digits, "0123456789")).replace("٬", "").replace(".", "")
        assert re.findall(r"\d+", plain) == re.findall(r"\d+", original[place].replace(",", "")), place

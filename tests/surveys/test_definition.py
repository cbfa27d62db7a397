"""A definition checks itself, also where it was not read from a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace

import pytest

from surveys.definition import Instrument, Option
from surveys.library import shipped
from surveys.rules import DefinitionFault

GOOD = shipped().get("after-session")
ITEM, SCALE, GROUP, QUESTION = GOOD.items[0], GOOD.scales[0], GOOD.groups[0], GOOD.questions[0]

# What is built, and the key and words of the fault that follows.
FAULTS: dict[str, tuple[Callable[[], object], str, str]] = {
    "item without text": (lambda: replace(ITEM, text=" "), "items.safe.text", "is empty"),
    "item without short name": (lambda: replace(ITEM, short=""), "items.safe.short", "is empty"),
    "scale without name": (lambda: replace(SCALE, name=""), "scales.safety.name", "is empty"),
    "group without heading": (lambda: replace(GROUP, heading="\n"), "groups.you.heading", "is empty"),
    "question without text": (lambda: replace(QUESTION, text=""), "questions.talked.text", "is empty"),
    "option without text": (
        lambda: replace(QUESTION, options=(Option("no", ""), *QUESTION.options[1:])),
        "questions.talked.options.no.text",
        "is empty",
    ),
    "option twice": (
        lambda: replace(QUESTION, options=(*QUESTION.options, Option("no", "No"))),
        "questions.talked.options",
        "“no” is there twice",
    ),
    "no heading": (lambda: replace(GOOD, heading=""), "heading", "is empty"),
    "no citation": (lambda: replace(GOOD, citation=""), "citation", "is empty"),
    "mode twice": (lambda: replace(GOOD, modes=("screen", "screen")), "modes", "“screen” is there twice"),
    "scale that claims another's item": (
        lambda: replace(GOOD, scales=(replace(SCALE, items=("safe", "free", "heard")), *GOOD.scales[1:])),
        "scales.safety.items",
        "are not the items that name this scale",
    ),
    "scale that misses an item": (
        lambda: replace(GOOD, scales=(replace(SCALE, items=("safe", "free")), *GOOD.scales[1:])),
        "scales.safety.items",
        "are not the items that name this scale",
    ),
    "negative range": (lambda: replace(GOOD, minimum=-5), "maximum", "within 0 to 100"),
    "range too wide for a row": (
        lambda: replace(GOOD, maximum=11),
        "maximum",
        "a row has room for 11 numbers",
    ),
    "endless range": (lambda: replace(GOOD, maximum=101), "maximum", "within 0 to 100"),
    "id of an instrument": (lambda: replace(GOOD, id="After Session"), "id", "is not kebab-case"),
    "version with a word": (lambda: replace(GOOD, version="1.0b"), "version", "two numbers"),
    "version with a zero in front": (lambda: replace(GOOD, version="1.00"), "version", "two numbers"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_sound_cannot_be_built(name: str) -> None:
    build, key, words = FAULTS[name]
    with pytest.raises(DefinitionFault) as caught:
        build()
    assert caught.value.key == key
    assert words in caught.value.fault


def test_a_definition_cannot_be_changed() -> None:
    for part, name in ((GOOD, "version"), (ITEM, "text"), (SCALE, "items"), (QUESTION, "default")):
        with pytest.raises(FrozenInstanceError):
            setattr(part, name, "x")


@pytest.mark.parametrize("language", ["en", "gsw", "pt-BR", "zh-Hant", "zh-Hant-TW"])
def test_language_tags_are_those_of_the_web(language: str) -> None:
    assert replace(GOOD, language=language).language == language


@pytest.mark.parametrize("language", ["", "EN", "english", "en_GB", "en-gb", "../en"])
def test_what_is_no_language_tag_is_refused(language: str) -> None:
    with pytest.raises(DefinitionFault, match="it has to be a tag such as “en”"):
        replace(GOOD, language=language)


def test_an_instrument_is_equal_to_itself_alone() -> None:
    """Forms are kept for each instrument, and looking one up must not compare every text."""
    twin: Instrument = replace(GOOD)
    assert twin != GOOD
    assert twin.items == GOOD.items
    assert twin.values == GOOD.values == tuple(str(n) for n in range(11))

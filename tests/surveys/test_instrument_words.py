"""What patients read: short words, short sentences, one voice, and no promise that is not kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from surveys import forms
from surveys.definition import Instrument
from surveys.library import shipped
from tests.reading_age import HIGHEST_GRADE, grade, syllables

ENGLISH = [one for one in shipped() if one.language == "en" and one.kind != "therapist"]
every_instrument = pytest.mark.parametrize("instrument", ENGLISH, ids=[one.key for one in ENGLISH])
PROBLEMS = [
    "Pick one number from 0 to 10, or leave the sentence out",
    "Shorten what you wrote to 2,000 letters. It has 2,143 now",
    *(forms.CHOICE, forms.TWICE, forms.SIGNS, forms.ONLY_THERAPIST, forms.ONLY_THERAPIST_HELPS),
]


def texts(instrument: Instrument) -> Iterator[str]:
    """Every text on the page, with names filled in."""
    yield from (instrument.title, instrument.heading, instrument.lead, instrument.instruction)
    yield from (instrument.low_end, instrument.high_end)
    yield from (item.text for item in instrument.items)
    yield from (group.heading for group in instrument.groups)
    for question in instrument.questions:
        for part in (question, *question.options):
            for text in filter(None, (part.text, part.note)):
                yield text.format(therapist="Jonas", supervisor="Miriam")


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("safe", 1),
        ("listening", 3),
        ("worked", 1),
        ("something", 3),
        ("noticed", 2),
        ("be", 1),
        ("answered", 2),
    ],
)
def test_the_syllable_counter_counts(word: str, count: int) -> None:
    # “some-thing” has two; a counter that errs upwards is the careful one.
    assert syllables(word) == count


def test_the_grade_tells_plain_from_learned() -> None:
    assert grade("I felt safe with my therapist.") < HIGHEST_GRADE
    assert grade("Attunement to affective communication was experienced as satisfactory.") > 2 * HIGHEST_GRADE


@every_instrument
def test_an_eleven_year_old_can_read_the_page(instrument: Instrument) -> None:
    # The formula is for sentences; shorter pieces count in the whole page below.
    sentences = [text for text in texts(instrument) if len(text.split()) >= 5]
    assert len(sentences) > len(instrument.items)
    hard = {text: round(grade(text), 1) for text in sentences if grade(text) > HIGHEST_GRADE}
    assert hard == {}
    assert grade(" ".join(f"{text.rstrip('.?')}." for text in texts(instrument))) < HIGHEST_GRADE


@pytest.mark.parametrize("problem", PROBLEMS)
def test_an_eleven_year_old_can_read_what_is_wrong(problem: str) -> None:
    assert grade(problem) <= HIGHEST_GRADE
    assert not problem.endswith("."), "the pages put these into lists, without a full stop"


@every_instrument
def test_the_tone_is_calm_and_true(instrument: Instrument) -> None:
    for text in [*texts(instrument), instrument.name, *PROBLEMS]:
        lower = text.lower()
        for word in ("anonym", "please rate", "fail", "invalid", "required", "must", "error", "score", "!"):
            assert word not in lower, text
        assert not re.search(r"['\"]|\s{2}|\s$|^\s", text), f"a straight quote or a stray space: {text}"


@every_instrument
def test_a_sentence_to_rate_is_in_the_first_person(instrument: Instrument) -> None:
    for item in instrument.items:
        assert re.search(r"\b(I|me|My|my|We|we)\b", item.text), item.text
        assert item.text.endswith("."), item.text
        assert len(item.short) <= 14, f"“{item.short}” is too long for a column"
    assert len({item.short for item in instrument.items}) == len(instrument.items)


@every_instrument
def test_staff_see_patients_quoted_in_the_words_they_picked(instrument: Instrument) -> None:
    for item in instrument.items:
        assert item.quote in item.text
        assert len(item.quote.split()) >= 4, f"“{item.quote}” quotes too little to be fair"
        assert not item.quote.endswith(".")


@every_instrument
def test_the_lead_says_how_many_and_that_all_can_be_left_out(instrument: Instrument) -> None:
    count = {12: "Twelve", 8: "Eight", 4: "Four"}[len(instrument.items)]
    assert instrument.lead.startswith(f"{count} short sentences")
    assert instrument.lead.endswith("You can leave out any of them.")
    assert str(instrument.maximum) in instrument.instruction

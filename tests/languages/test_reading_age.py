"""An eleven-year-old can read every English text that a patient meets. (The questionnaires: tests/surveys.)"""

from __future__ import annotations

import re

import pytest

from tests.languages.said import texts
from tests.reading_age import HIGHEST_GRADE, LONGEST_SENTENCE, SHORT, grade, longest_sentence, words

# What typically stands in the places of a text.
NAMES = {
    "therapist": "Jonas", "supervisor": "Miriam", "names": "Jonas", "day": "Thursday", "time": "six",
    "call": "call the front desk", "sentence": "Send it again", "hours": "nine to five", "low": "not at all",
    "high": "fully", "code": "", "where": "room two",
}  # fmt: skip


def filled(text: str) -> str:
    return re.sub(r"%\((\w+)\)s", lambda place: NAMES.get(place[1], "two"), text)


def all_texts() -> list[str]:
    found = []
    for message in texts():
        if message.id:
            found += [filled(text) for text in ([message.id] if isinstance(message.id, str) else message.id)]
    return found


def test_every_text_of_some_length_is_easy() -> None:
    hard = {
        text: round(grade(text), 1)
        for text in all_texts()
        if len(words(text)) >= SHORT and grade(text) > HIGHEST_GRADE
    }
    assert hard == {}


def test_no_sentence_is_long() -> None:
    assert {text for text in all_texts() if longest_sentence(text) > LONGEST_SENTENCE} == set()


def test_short_texts_are_easy_taken_together() -> None:
    short = [text for text in all_texts() if 0 < len(words(text)) < SHORT]
    assert len(short) > 20
    assert grade(". ".join(text.rstrip(".:,") for text in short) + ".") <= HIGHEST_GRADE


@pytest.mark.parametrize(
    ("text", "easy"),
    [
        ("You can leave out any of them.", True),
        ("The questionnaire facilitates systematic identification of difficulties.", False),
    ],
)
def test_the_measure_tells_easy_from_hard(text: str, easy: bool) -> None:
    assert (grade(text) <= HIGHEST_GRADE) is easy


def test_a_colon_and_a_full_stop_end_a_sentence_and_a_comma_does_not() -> None:
    assert longest_sentence("One two: three four five. Six, seven.") == 3

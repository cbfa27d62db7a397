"""What a questionnaire says of itself in FHIR: wording, languages, range, rights; and what it may not say."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from alliance.exchange.fhir.codes import code_system
from alliance.exchange.fhir.names import LONGEST_ID, Names, legal
from alliance.exchange.fhir.questionnaires import HIDDEN, TRANSLATION, questionnaire
from surveys.definition import Instrument
from surveys.library import shipped
from tests.fhir import BASE, faults

NAMES = Names(BASE)
GERMAN, ENGLISH = (shipped().get("after-session", language=tag) for tag in ("de", "en"))


def items(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for item in told.get("item", []):
        found |= {item["linkId"]: item, **items(item)}
    return found


def translations(element: dict[str, Any]) -> dict[str, str]:
    told = [one["extension"] for one in element["extension"] if one["url"] == TRANSLATION]
    return {lang["valueCode"]: content["valueString"] for lang, content in told}


def test_it_is_worded_in_its_language_and_translated_into_the_others() -> None:
    told = questionnaire(NAMES, GERMAN, [GERMAN, ENGLISH])
    assert (told["language"], told["title"], told["version"]) == ("de", "Nach der Sitzung", "1.0")
    assert translations(told["_title"]) == {"en": "After session"}
    safe = items(told)["safe"]
    assert safe["text"].startswith("Ich habe mich") and translations(safe["_text"]) == {
        "en": "I felt safe with my therapist."
    }
    assert safe["type"] == "integer" and not safe["required"]
    assert [one["valueInteger"] for one in safe["extension"]] == [0, 10]
    assert [one["text"] for one in safe["item"]] == ["Gar nicht", "Ganz und gar"]
    assert translations(safe["item"][0]["_text"]) == {"en": ENGLISH.low_end}


def test_it_says_whose_it_is_and_that_it_is_not_validated() -> None:
    told = questionnaire(NAMES, ENGLISH)
    assert told["copyright"].startswith("© The Alliance contributors. CC BY 4.0. Woodbridge J")
    assert told["description"].startswith("Not validated:")
    assert told["url"] == f"{BASE}/Questionnaire/after-session-1.0-en"


def test_the_names_that_a_page_fills_in_are_left_out_and_scores_are_not_for_patients() -> None:
    told = questionnaire(NAMES, ENGLISH)
    texts = [item.get("text", "") for item in items(told).values()]
    options = [
        option["valueCoding"]["display"]
        for item in items(told).values()
        for option in item.get("answerOption", [])
    ]
    assert options and not any("{" in text for text in [*texts, *options])
    assert {"url": HIDDEN, "valueBoolean": True} in items(told)["scores"]["extension"]


def kept_back(one: Instrument) -> Instrument:
    """The same, if its wording belonged to somebody who does not let it be passed on."""
    other = copy.copy(one)
    object.__setattr__(other, "wording_may_be_shipped", False)
    return other


def test_a_wording_that_may_not_be_passed_on_is_not() -> None:
    told = questionnaire(NAMES, kept_back(ENGLISH), [kept_back(GERMAN)])
    assert faults(told) == []
    text = json.dumps([told, code_system(NAMES, [kept_back(ENGLISH)])], ensure_ascii=False)
    for one in (ENGLISH, GERMAN):
        wording = [item.text for item in one.items] + [group.heading for group in one.groups]
        wording += [question.text for question in one.questions] + [one.low_end, one.high_end]
        wording += [
            option.text for question in one.questions for option in question.options if len(option.text) > 9
        ]
        assert not [words for words in wording if f'"{words}"' in text]
    assert "may not be passed on" in told["description"]
    assert items(told).keys() >= {"safe", "leave", "score.safety", "score.alliance"}


@pytest.mark.parametrize(
    "one", [*shipped(), *shipped().checklists()], ids=lambda one: f"{one.key} {one.language}"
)
def test_all_that_is_shipped_is_right(one: Any) -> None:
    assert faults(questionnaire(NAMES, one)) == []


def test_an_id_is_short_enough_whatever_it_is_made_of() -> None:
    long = {legal(f"{'a' * 70}-{number}") for number in range(50)}
    assert len(long) == 50 and max(map(len, long)) <= LONGEST_ID
    assert legal("after-session-1.0-en") == "after-session-1.0-en"

"""The simulation's figures as the pages read them, and the words that stand for figures elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import alliance
from alliance.analysis.track import Level
from alliance.domain.certainty import Experience, how_sure
from alliance.domain.evidence import Evidence
from alliance.domain.wording import number

FOLDER = Path(alliance.__file__).parent
TEXT = (FOLDER / "evidence.json").read_text(encoding="utf-8")
PARTS = (2, 3, 4, 5, 10)
CASELOAD = (FOLDER / "templates" / "therapist" / "caseload.html").read_text(encoding="utf-8")


def about_one_in(percent: float) -> str:
    """`36` → “about one in three”: the nearest simple part of a whole that is at most a half."""
    return f"about one in {number(min(PARTS, key=lambda part: abs(percent - 100 / part)))}"


@pytest.fixture
def evidence() -> Evidence:
    return Evidence.from_json(TEXT)


def test_the_figures_stand_where_they_belong(evidence: Evidence) -> None:
    told = json.loads(TEXT)
    assert (evidence.keep.setting, evidence.ask.setting) == ("keep in mind", "ask now")
    assert evidence.keep.found["step 20"] == told["ours"][0]["found"]["step 20"]
    assert [rule.false for rule in evidence.published] == [rule["false"] for rule in told["published"]]
    assert evidence.ask_worth.soon == told["worth"]["ask now"]["true"]
    assert evidence.ask_worth.ordinary == pytest.approx(100 - evidence.ask_worth.soon)
    assert list(evidence.by_past) == [20, 50, 300, 1000]
    assert evidence.by_past[50].found == told["by past"]["50"]["found"]
    beginning = evidence.beginning
    assert beginning.least < beginning.fitting.false < beginning.most
    assert beginning.fitting.found < evidence.by_past[300].found
    assert evidence.keep.restless_times == evidence.keep.thirds[2] / evidence.keep.thirds[0] > 1


def test_the_words_beside_a_question_are_so(evidence: Evidence) -> None:
    words = about_one_in(evidence.ask_worth.ordinary)
    assert f"{words} such questions was an ordinary up and down" in how_sure(0.2, Level.ASK, Experience())
    assert f"in simulations, {words} was an ordinary up and down" in CASELOAD


def test_more_than_half_of_the_fainter_signs_were_ordinary_however_one_counts(evidence: Evidence) -> None:
    for worth in (evidence.keep_worth, evidence.only_keep_worth):
        assert 50 < 100 - worth.open < worth.ordinary
    assert "more than half of these fainter signs" in how_sure(0.05, Level.KEEP, Experience())
    assert "Fainter signs, more than half of them ordinary ups and downs" in CASELOAD


@pytest.mark.parametrize(
    ("percent", "words"), [(52, "two"), (36, "three"), (33, "three"), (27, "four"), (19, "five"), (9, "ten")]
)
def test_a_share_in_words(percent: float, words: str) -> None:
    assert about_one_in(percent) == f"about one in {words}"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 2}', TEXT.replace('"worth"', '"other"'), TEXT.replace('"step 20"', '"x"')],
    ids=["nothing", "a list", "no format", "another format", "a part missing", "a rupture missing"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="This is no evidence of the simulation"):
        Evidence.from_json(text)

"""How reliably scales measure, as it is kept and as it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliance.domain.scale_figures import FormTold, ScaleFigures, from_json, in_brief, in_words, to_json

SAFETY = ScaleFigures(
    questionnaire="After the session 1.0",
    language="en",
    scale="Safety",
    items=3,
    people=1_240,
    alpha=(0.861, 0.844, 0.876),
    omega=0.873,
    change=0.74,
    sem=4.4,
    at_best=0.121,
    missing=0.003,
)

NAMES = {"en": "English", "de": "Deutsch"}


def told(**changes: object) -> str:
    form = in_words([replace(SAFETY, **changes)], NAMES)[0]  # type: ignore[arg-type]
    ((_, sentences),) = form.scales
    return sentences


def test_a_scale_that_many_answered() -> None:
    assert in_words([SAFETY], NAMES) == [
        FormTold(
            "After the session 1.0",
            "en",
            "English",
            [
                (
                    "Safety",
                    "Alpha is 0.86 (95 % interval 0.84 to 0.88), omega 0.87, from 1,240 people. "
                    "By error of measurement alone a score strays by about 4 points of 100. "
                    "Of what changes within a person from session to session, 0.74 is more than noise between "
                    "its questions. About 12 in 100 scores are at the best end; on the forms that came back, "
                    "fewer than 1 in 100 of its questions were left out.",
                )
            ],
        )
    ]


@pytest.mark.parametrize(("people", "rough"), [(10, True), (99, True), (100, False)])
def test_below_a_hundred_people_it_says_that_the_figures_are_rough(people: int, rough: bool) -> None:
    assert ("Below 100 people, take these figures as rough." in told(people=people)) is rough


@pytest.mark.parametrize(
    ("people", "start"), [(0, "Nobody answered"), (1, "1 person answered"), (9, "9 people answered")]
)
def test_a_few_people_are_not_described(people: int, start: str) -> None:
    sentences = told(people=people)
    assert sentences.startswith(start)
    assert "0.86" not in sentences
    assert "in 100" not in sentences


def test_what_cannot_be_told_is_left_out_in_words() -> None:
    assert "one question alone" in told(items=1, alpha=None, sem=None, change=None)
    nothing = told(alpha=None, sem=None, change=None)
    assert "do not differ enough to tell its alpha" in nothing
    assert "None" not in nothing
    assert "−0.20" in told(alpha=(0.3, -0.2, 0.5))
    assert "omega" not in told(omega=None)


def test_a_noisy_scale_warns_of_single_sessions() -> None:
    assert "a fall in a single session of this scale alone says little" in told(change=0.69)


def test_each_language_has_a_heading_of_its_own() -> None:
    changes = ({}, {"scale": "Rupture"}, {"language": "de"}, {"language": "xx"})
    forms = in_words([replace(SAFETY, **change) for change in changes], NAMES)
    assert [(form.tag, form.language, [name for name, _ in form.scales]) for form in forms] == [
        ("en", "English", ["Safety", "Rupture"]),
        ("de", "Deutsch", ["Safety"]),
        ("xx", "xx", ["Safety"]),
    ]


def test_what_is_kept_comes_back() -> None:
    figures = [SAFETY, ScaleFigures("Pulse 1.0", "en", "Sécurité", 1, 0)]
    assert from_json(to_json(figures)) == figures
    assert from_json('{"format": 3, "layout": "unknown"}') == []


def test_a_night_says_in_brief_what_it_found() -> None:
    other = replace(SAFETY, scale="Attunement", people=80, alpha=(0.7, 0.5, 0.8), change=0.5)
    one_item = ScaleFigures("Pulse 1.0", "en", "Safety", 1, 500)
    assert in_brief([SAFETY, other, one_item]) == [
        "Alpha of 2 scales is 0.70 to 0.86, from 80 to 1,240 people.",
        "A fall in a single session alone says little on 1 of them.",
        "Below 100 people, take these figures as rough.",
    ]
    assert in_brief([SAFETY]) == ["Alpha of one scale is 0.86, from 1,240 people."]


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ([], "Nobody has answered yet"),
        ([replace(SAFETY, people=9)], "cannot be told yet: that takes 10 people"),
        ([replace(SAFETY, alpha=None)], "cannot be told yet"),
    ],
)
def test_a_night_that_found_nothing_says_so(figures: list[ScaleFigures], words: str) -> None:
    (sentence,) = in_brief(figures)
    assert words in sentence

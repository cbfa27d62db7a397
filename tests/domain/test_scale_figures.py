"""How reliably scales measure, as it is kept and as it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliance.domain.scale_figures import (
    FormTold,
    ScaleFigures,
    ScaleTold,
    from_json,
    in_brief,
    in_words,
    to_json,
)

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


def form(*scales: ScaleFigures) -> FormTold:
    (only,) = in_words(scales, NAMES)
    return only


def row(**changes: object) -> ScaleTold:
    (only,) = form(replace(SAFETY, **changes)).scales  # type: ignore[arg-type]
    return only


def test_a_scale_that_many_answered() -> None:
    assert form(SAFETY) == FormTold(
        questionnaire="After the session 1.0",
        tag="en",
        language="English",
        scales=[
            ScaleTold(
                name="Safety",
                people="1,240",
                alpha="0.86 (0.84 to 0.88)",
                omega="0.87",
                error="4",
                change="0.74",
                at_best="12 %",
                left_out="< 1 %",
            )
        ],
        notes=[],
    )


@pytest.mark.parametrize(("people", "rough"), [(10, True), (99, True), (100, False)])
def test_below_a_hundred_people_it_says_that_the_figures_are_rough(people: int, rough: bool) -> None:
    notes = form(replace(SAFETY, people=people)).notes
    assert list(notes) == ["Fewer than 100 people have answered: take these figures as rough."] * rough
    notes = form(SAFETY, replace(SAFETY, scale="Rupture", people=people)).notes
    assert any("take the figures of Rupture as rough" in note for note in notes) is rough


@pytest.mark.parametrize(("people", "who"), [(0, "nobody"), (1, "1 person"), (9, "9 people")])
def test_a_few_people_are_not_described(people: int, who: str) -> None:
    few = replace(SAFETY, people=people)
    why = "Figures are shown from 10 people on: with fewer they would speak of single persons."
    assert form(few).scales == []
    assert form(few).notes == [f"So far {who} answered it whole. {why}"]
    some = form(replace(SAFETY, scale="Attunement"), few)
    assert [scale.name for scale in some.scales] == ["Attunement"]
    assert some.notes == [f"Safety: so far {who}. {why}"]


def test_what_cannot_be_told_is_left_out_and_said_in_words() -> None:
    nothing = row(alpha=None, omega=None, sem=None, change=None)
    assert [nothing.alpha, nothing.omega, nothing.error, nothing.change] == ["–"] * 4
    (why,) = form(replace(SAFETY, alpha=None)).notes
    assert why == "Safety: people do not differ enough to tell how reliable it is."
    (why,) = form(replace(SAFETY, items=1, alpha=None, change=None)).notes
    assert why == "Safety: how reliable one question alone is cannot be told from it."
    assert row(alpha=(0.3, -0.2, 0.5)).alpha == "0.30 (−0.20 to 0.50)"
    assert row(missing=0.0).left_out == "0 %"


def test_a_noisy_scale_warns_of_single_sessions() -> None:
    noisy = [replace(SAFETY, change=0.69), replace(SAFETY, scale="Rupture", change=0.2)]
    assert form(*noisy).notes == ["A fall in a single session of Safety and Rupture alone says little."]


def test_each_language_stands_by_itself() -> None:
    changes = ({}, {"scale": "Rupture"}, {"language": "de"}, {"language": "xx"})
    forms = in_words([replace(SAFETY, **change) for change in changes], NAMES)
    assert [(form.tag, form.language, [scale.name for scale in form.scales]) for form in forms] == [
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

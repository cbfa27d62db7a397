"""How reliably scales measure, as it is kept and as it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliance.domain.scale_figures import FormTold, ScaleFigures, from_json, in_words, to_json

SAFETY = ScaleFigures(
    questionnaire="After the session 1.0",
    language="en",
    scale="Safety",
    items=3,
    people=1_240,
    alpha=(0.861, 0.844, 0.876),
    change=0.74,
    sem=4.4,
    at_best=0.121,
    missing=0.003,
)


def told(**changes: object) -> str:
    ((_, sentences),) = in_words([replace(SAFETY, **changes)])[0].scales  # type: ignore[arg-type]
    return sentences


def test_a_scale_that_many_answered() -> None:
    assert in_words([SAFETY]) == [
        FormTold(
            "After the session 1.0, in “en”",
            [
                (
                    "Safety",
                    "Alpha is 0.86 (95 % interval 0.84 to 0.88), from 1,240 people. "
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


def test_a_noisy_scale_warns_of_single_sessions() -> None:
    assert "a fall in a single session of this scale alone says little" in told(change=0.69)


def test_each_language_has_a_heading_of_its_own() -> None:
    scales = [SAFETY, replace(SAFETY, scale="Rupture"), replace(SAFETY, language="de")]
    assert [(form.heading, [name for name, _ in form.scales]) for form in in_words(scales)] == [
        ("After the session 1.0, in “en”", ["Safety", "Rupture"]),
        ("After the session 1.0, in “de”", ["Safety"]),
    ]


def test_what_is_kept_comes_back() -> None:
    figures = [SAFETY, ScaleFigures("Pulse 1.0", "en", "Sécurité", 1, 0)]
    assert from_json(to_json(figures)) == figures
    assert from_json('{"format": 2, "layout": "unknown"}') == []

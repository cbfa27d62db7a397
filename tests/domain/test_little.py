"""What says little is said, at its threshold and not before, and never as good news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given

from alliance.domain import course, little
from alliance.domain.little import says_little
from alliance.domain.trend import Trend
from surveys.library import shipped
from tests.domain.anything import courses, is_phrase, is_sentence
from tests.factory import make_trend

AFTER_SESSION = shipped().get("after-session")
IDS = [item.id for item in AFTER_SESSION.items]
STEADY = [80.0, 82.0, 79.0, 83.0, 81.0, 80.0]


def with_items(forms: Sequence[Mapping[str, int] | None]) -> Trend:
    """A course of ordinary ratings whose forms hold these answers; None is no form."""
    scores = [None if form is None else 80.0 + i for i, form in enumerate(forms)]
    trend = make_trend(scores)
    points = [replace(point, items=form or {}) for point, form in zip(trend.points, forms, strict=True)]
    return replace(trend, points=points)


def rules(trend: Trend) -> list[str]:
    return [one.rule for one in says_little(trend, AFTER_SESSION)]


@pytest.mark.parametrize(
    ("scores", "run"),
    [
        ([99.0, 100.0], 0),
        ([80.0, 99.0, 98.0, 100.0], 3),
        ([99.0, 100.0, None, 98.0, 100.0, None, 99.0, 100.0], 6),
        ([99.0, 100.0, 97.9], 0),
    ],
)
def test_top_answers_count_from_three_on_and_a_missing_form_does_not_end_them(
    scores: list[float | None], run: int
) -> None:
    assert little.top_run(make_trend(scores).points) == run


def test_six_top_answers_are_told_with_a_way_to_ask() -> None:
    trend = make_trend([80.0, *[100.0] * 6])
    (one,) = says_little(trend)
    assert one.words == "all top answers for six sessions: says little"
    assert one.sentence.endswith("You might ask what would have been one per cent better.")
    assert course.in_words(trend) == one.words
    assert course.lead(trend, you="You") == one.sentence


@pytest.mark.parametrize(("same", "run"), [(4, 0), (5, 5), (7, 7)])
def test_the_same_rating_counts_from_five_on(same: int, run: int) -> None:
    assert little.same_run(make_trend([70.0, *[80.0] * same]).points) == run


def test_forms_that_are_equal_in_every_sentence() -> None:
    form = dict.fromkeys(IDS, 7) | {"held": 1}
    other = form | {"safe": 8}
    assert "same forms" not in rules(with_items([form, form]))
    assert "same forms" not in rules(with_items([form, form, form, other]))
    assert "same forms" in rules(with_items([other, form, None, form, form]))
    few = {"safe": 7, "heard": 7, "team": 7}
    assert "same forms" not in rules(with_items([few] * 4)), "three sentences may well be equal"


def test_one_number_for_everything_says_little_only_where_sentences_turn_round() -> None:
    every = dict.fromkeys(IDS, 10)
    told = says_little(with_items([every | {"safe": 9}] * 2 + [every]), AFTER_SESSION)
    assert "one number" in [one.rule for one in told]
    best = every | dict.fromkeys(("held", "hurt", "leave"), 0)
    assert "one number" not in rules(with_items([best]))
    positive = {item: 10 for item in IDS if item not in ("held", "hurt", "leave")}
    assert "one number" not in rules(with_items([positive])), "nothing in it turns round"


@pytest.mark.parametrize(("answered", "thin"), [(1, True), (7, True), (8, False), (12, False)])
def test_thin_forms_are_told_below_two_thirds(answered: int, thin: bool) -> None:
    form = {item: i % 10 for i, item in enumerate(IDS[:answered])}
    assert ("few" in rules(with_items([form]))) is thin


def test_a_form_of_another_questionnaire_is_not_called_thin() -> None:
    assert "few" not in rules(with_items([{"elsewhere": 3}]))


def test_a_usual_range_that_hides_a_fall_of_twenty_points() -> None:
    swings = make_trend([80.0, 45.0, 92.0, 40.0, 85.0, 50.0, 95.0, 42.0, 88.0, 76.0])
    last = swings.points[-1].reading
    assert last is not None
    assert last.expected - last.low > 20
    assert "wide" in rules(swings)
    assert "wide" not in rules(make_trend(STEADY))
    cut = replace(last, expected=90.0, low=0.0, high=100.0)
    assert not little.is_wide(replace(cut, high=100.0, low=75.0))


def test_a_wide_range_is_not_told_as_being_usual() -> None:
    trend = make_trend(STEADY)
    last = trend.points[-1]
    assert last.reading is not None
    wide = replace(last, reading=replace(last.reading, low=55.0, high=100.0))
    shown = replace(trend, points=[*trend.points[:-1], wide])
    assert course.in_words(shown) == "usual range too wide to say much"
    assert "a fall of twenty points would stay inside it" in course.lead(shown, you="You")


@given(courses())
def test_whatever_says_little_is_a_phrase_and_a_sentence_and_praises_nothing(trend: Trend) -> None:
    for one in says_little(trend, AFTER_SESSION):
        assert is_phrase(one.words)
        assert is_sentence(one.sentence)
        assert "well" not in one.sentence and "good" not in one.sentence

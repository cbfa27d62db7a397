"""What was ticked and how life is around therapy, in words: possibilities, never verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alliance.domain import course, telling
from alliance.domain.follow_up import Around, Happened, Taken, by_type, is_monthly_due, told
from alliance.domain.trend import Trend
from surveys.library import shipped
from tests.factory import dip, make_trend

LIST = shipped().checklist("what-happened")
DAY = date(2026, 11, 20)


def happened(*ticks: str) -> Happened:
    return Happened("what-happened", "1.0", ticks).worded(LIST)


@pytest.mark.parametrize(
    ("ticks", "words"),
    [
        (
            ("judged", "interrupted"),
            " They ticked: “didn’t let me finish” and “I felt judged or talked down to”."
            " Perhaps too much of the therapist.",
        ),
        (
            ("late",),
            " They ticked: “was late, or the time was cut short”. Perhaps too little of the therapist.",
        ),
        (
            ("too-fast", "decided"),
            " They ticked: “pushed me too hard” and “what we did was decided without me”."
            " Perhaps the pace, or the direction of the work.",
        ),
        (("nothing",), " They ticked: “none of these”."),
        (("nothing", "other"), " They ticked: “something else”."),
        ((), ""),
    ],
)
def test_ticks_go_on_from_a_sentence(ticks: tuple[str, ...], words: str) -> None:
    assert told(happened(*ticks)) == words


def test_a_long_list_is_cut_and_a_later_session_is_named() -> None:
    many = happened("distracted", "late", "dismissed", "interrupted", "opinions")
    assert "“didn’t take something seriously” and two more. Perhaps" in told(many)
    four = happened("distracted", "late", "dismissed", "interrupted")
    assert "more" not in told(four)
    assert told(many, later=8).startswith(" After session 8 they ticked: “seemed distracted")
    assert told(None) == ""


def test_by_type_every_tick_stands_under_what_it_may_speak_of() -> None:
    assert by_type(happened("judged", "late", "other")) == (
        "Too little of the therapist: “was late, or the time was cut short”. Too much of the therapist: "
        "“I felt judged or talked down to”. One way to read what was ticked, not a verdict."
    )
    assert by_type(happened("other")) == by_type(None) == ""


def with_ticks(trend: Trend, **ticked: str) -> Trend:
    """The course, with one tick each after sessions such as `s18`."""
    points = [
        replace(point, happened=happened(tick))
        if (tick := ticked.get(f"s{point.number}")) is not None
        else point
        for point in trend.points
    ]
    return replace(trend, points=points)


ASKS = make_trend((80, 82, 81, 83, 82, 80, 50, 52))


def test_the_story_tells_what_was_ticked_last_since_the_question() -> None:
    alert = ASKS.alerts[-1]
    assert alert.session_number == 7
    assert course.lead(ASKS, you="You") == alert.sentence
    told_then = course.lead(with_ticks(ASKS, s7="judged"), you="You")
    assert (
        told_then
        == f"{alert.sentence} They ticked: “I felt judged or talked down to”. Perhaps too much of the therapist."
    )
    later = course.lead(with_ticks(ASKS, s7="judged", s8="late"), you="You")
    assert "After session 8 they ticked: “was late" in later
    assert course.lead(with_ticks(ASKS, s3="late"), you="You") == alert.sentence
    assert "ticked" not in course.lead(with_ticks(dip(), s18="late"), you="You")  # it is being mended


def test_why_we_ask_names_the_type_as_one_reading() -> None:
    trend = with_ticks(ASKS, s7="too-slow")
    reasons = telling.reasons(trend.alerts[-1], trend.points[6], shipped().get("after-session"))
    assert reasons[-1].startswith("The pace: “didn’t push or challenge me enough”.")
    assert reasons[-1].endswith("not a verdict.")
    assert len(reasons) > 1


@pytest.mark.parametrize(
    ("answers", "days", "due"),
    [(1, None, False), (2, None, True), (9, 27, False), (9, 28, True), (2, 400, True), (1, 400, False)],
)
def test_life_around_therapy_is_asked_every_four_weeks_from_the_second_answer_on(
    answers: int, days: int | None, due: bool
) -> None:
    last = None if days is None else DAY - timedelta(days=days)
    assert is_monthly_due(answers, last, DAY) is due


def around(*scores: dict[str, float | None]) -> Around:
    taken = [
        Taken(4 * place, DAY - timedelta(days=28 * (len(scores) - place)), one)
        for place, one in enumerate(scores, start=1)
    ]
    return Around(shipped().get("around-therapy"), taken)


def test_life_around_therapy_is_told_beside_what_it_was_before() -> None:
    first = around({"stability": 30.0, "access": 70.0, "readiness": 65.0})
    assert first.sentence == "Asked for the first time after the session on 20 November."
    assert [(row.name, row.value, row.change) for row in first.rows] == [
        ("A steady life", 30.0, "first time"),
        ("Getting here", 70.0, "first time"),
        ("Being ready for it", 65.0, "first time"),
    ]
    second = around(
        {"stability": 70.0, "access": 70.0}, {"stability": 40.0, "access": 79.0, "readiness": 50.0}
    )
    assert [row.change for row in second.rows] == [
        "down from 70 since 23 October",
        "about the same since 23 October",
        "first time",
    ]
    assert second.sentence == "A steady life: down from 70 since 23 October."
    same = around({"access": 70.0}, {"access": 75.0})
    assert same.sentence == "About as it was the time before."


def test_a_scale_left_out_this_time_keeps_its_last_score_and_day() -> None:
    row = around({"stability": 50.0}, {"stability": 80.0}, {"stability": None, "access": 60.0}).rows[0]
    assert (row.value, row.held_on, row.change) == (80.0, date(2026, 10, 23), "up from 50 since 25 September")
    nothing = around({"stability": None, "access": None, "readiness": None})
    assert nothing.rows == []
    assert nothing.sentence == "The sentences came back, but too few of them were answered."

"""Sessions with an attention of their own: the first ones, and those after a break, a change, an announced end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from alliance.domain import course, early
from alliance.domain.alerts import AlertStatus
from alliance.domain.early import Why
from alliance.domain.marks import CHANGED_WITHIN, Kind, Mark, of_itself, standing
from alliance.domain.trend import Trend
from tests.factory import FIRST, make_dyad, make_trend

STEADY = [80.0, 82.0, 79.0, 83.0, 81.0, 80.0]


def held_after(gaps: Sequence[int], marks: Sequence[Mark] = ()) -> Trend:
    """A course whose sessions stand so many days apart."""
    trend = make_trend([80.0] * (len(gaps) + 1))
    days = [trend.points[0].held_on + timedelta(days=sum(gaps[:i])) for i in range(len(gaps) + 1)]
    points = [replace(point, held_on=day) for point, day in zip(trend.points, days, strict=True)]
    return replace(trend, points=points, marks=tuple(marks))


def told(trend: Trend) -> list[tuple[Why, int, int]]:
    return [(window.why, window.first, window.last) for window in early.windows(trend)]


def test_the_first_three_sessions_are_early_days() -> None:
    for sessions, which in ((1, "first"), (2, "second"), (3, "third")):
        trend = make_trend([80.0] * sessions)
        assert early.in_short(trend) == "early days"
        assert early.in_words(trend).startswith(f"Early days: the {which} session.")
    assert early.in_words(make_trend([80.0, 82.0, 79.0, 83.0])) == ""
    assert early.windows(make_trend([])) == []


@pytest.mark.parametrize(
    ("gaps", "broken"),
    [([7, 7, 7, 27], False), ([7, 7, 7, 28], True), ([28, 28, 28, 28], False), ([21, 21, 21, 41], False),
     ([21, 21, 21, 42], True)],
)  # fmt: skip
def test_a_break_is_four_weeks_and_twice_the_usual_step(gaps: list[int], broken: bool) -> None:
    assert ((Why.BREAK, 5, 7) in told(held_after(gaps))) is broken


def test_three_sessions_after_a_break_have_their_own_attention() -> None:
    back = [7, 7, 7, 7, 49]
    assert early.in_words(held_after(back)).startswith("The first session after a break of seven weeks")
    assert early.in_words(held_after([*back, 7, 7])).startswith(
        "The third session after a break of seven weeks"
    )
    assert early.in_words(held_after([*back, 7, 7, 7])) == ""


def test_a_list_tells_of_a_break_but_not_of_days_that_are_early_anyway() -> None:
    back = held_after([7, 7, 7, 7, 49])
    assert early.in_short(back) == "after a break of seven weeks"
    assert course.in_words(back).endswith("; after a break of seven weeks")
    assert "break" not in course.in_words(held_after([7, 7, 7, 7, 49, 7, 7, 7]))
    assert course.in_words(make_trend([80.0])) == "too early to say"


def test_a_marked_break_counts_however_short() -> None:
    trend = held_after([7] * 6)
    away = Mark(1, Kind.BREAK, trend.points[3].held_on + timedelta(1), trend.points[4].held_on)
    assert (Why.BREAK, 5, 7) in told(replace(trend, marks=(away,)))
    assert told(replace(trend, marks=(replace(away, ends_on=None),))) == [(Why.START, 1, 3)]


def test_an_announced_ending_has_three_sessions() -> None:
    trend = held_after([7] * 6)
    end = Mark(1, Kind.ENDING, trend.points[5].held_on)
    marked = replace(trend, marks=(end,))
    assert (Why.ENDING, 6, 8) in told(marked)
    assert "since the ending was announced on 16 July" in early.in_words(marked)


def test_a_removed_mark_counts_no_more() -> None:
    trend = held_after([7] * 6)
    raised = make_trend([*STEADY, 40.0]).alerts[0].raised_at
    end = Mark(1, Kind.ENDING, trend.points[5].held_on, removed_at=raised)
    assert told(replace(trend, marks=(end,))) == [(Why.START, 1, 3)]
    assert standing([end]) == []


def test_a_change_of_therapist_marks_itself() -> None:
    dyad = make_dyad()
    before = dyad.starts_on - timedelta(days=3)
    (mark,) = of_itself(dyad, before)
    assert mark.kind is Kind.CHANGE
    assert mark.sentence == "Change of therapist on 11 June."
    assert of_itself(dyad, dyad.starts_on - CHANGED_WITHIN - timedelta(1)) == []
    assert of_itself(dyad, None) == []
    trend = replace(make_trend([80.0, 80.0]), marks=(mark,))
    assert early.in_words(trend).startswith("The second session after a change of therapist")
    (leaving,) = of_itself(replace(dyad, ends_on=date(2026, 12, 1)), None)
    assert leaving.sentence == "This therapy with you ends on 1 December."


@pytest.mark.parametrize(
    ("scores", "since"),
    [
        ([49.0, 55.0], 1),
        ([50.0, 50.0], None),
        ([49.0, 59.9, 59.9], 1),
        ([49.0, 60.0, 55.0], None),
        ([70.0, 45.0, None], 2),
    ],
)
def test_low_begins_below_fifty_and_ends_from_sixty_on(scores: list[float | None], since: int | None) -> None:
    assert early.low_since(make_trend(scores)) == since


def test_low_from_the_start_is_a_status_and_told_as_one() -> None:
    trend = make_trend([46.0, 44.0, 47.0, 45.0], status=AlertStatus.ORDINARY)
    assert course.in_words(trend) == "low from the start"
    assert course.lead(trend, you="You") == "Low from the start: since session 1, and the last answer was 45."
    assert "raises no question by itself" in early.in_words(trend)
    later = make_trend([*STEADY, 46.0, 44.0], status=AlertStatus.ORDINARY)
    assert not early.is_low_from_the_start(later)


def test_marks_say_when() -> None:
    august, september = date(2026, 8, 3), date(2026, 9, 7)
    assert Mark(1, Kind.BREAK, august, september).sentence == "Break from 3 August to 7 September."
    assert Mark(1, Kind.BREAK, august).sentence == "Break since 3 August."
    assert Mark(1, Kind.BREAK, date(2025, 12, 20), date(2026, 1, 7)).sentence == (
        "Break from 20 December 2025 to 7 January."
    )
    assert Mark(1, Kind.ENDING, august, september).sentence == (
        "Ending announced on 3 August; last session planned for 7 September."
    )
    assert Mark(1, Kind.EVENT, FIRST, what="hospital").sentence == "Hospital stay: 11 June."


def test_a_table_tells_what_lay_before_a_session() -> None:
    trend = held_after([7, 7, 7, 49])
    away = Mark(1, Kind.EVENT, trend.points[3].held_on + timedelta(2), what="hospital")
    marked = replace(trend, marks=(away,))
    day = f"{away.starts_on.day} {away.starts_on:%B}"
    told = early.happened_before(marked, trend.points[4])
    assert told == ["after a break of seven weeks", f"hospital stay: {day}"]
    assert early.happened_before(marked, trend.points[3]) == []

"""Made-up courses: seeded, in range, and with the ruptures that were asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.demo.courses import Course, Kind, Rupture, days, play

SCALES = {
    "safety": ("safe", "free", "myself"),
    "attunement": ("heard", "felt", "sense"),
    "collaboration": ("team", "say", "useful"),
    "rupture": ("held", "hurt", "leave"),
}
ALLIANCE = ("safety", "attunement", "collaboration")


def score(picked: dict[str, int], *scales: str) -> float:
    return 10 * mean(picked[item] for scale in scales for item in SCALES[scale] if item in picked)


def plain(course: Course, seed: int) -> list[dict[str, int]]:
    """The course with every form back."""
    answered = play(replace(course, misses=0.0, skips=0.0), SCALES, Random(seed))
    return [picked for picked in answered if picked is not None]


@pytest.mark.parametrize(
    ("rupture", "felt"),
    [
        (Rupture(3, 20, lasts=1), [0, 0, 20, 0, 0, 0, 0]),
        (Rupture(3, 20, lasts=3), [0, 0, 20, 20, 20, 0, 0]),
        (Rupture(3, 20), [0, 0, 20, 20, 20, 20, 20]),
        (Rupture(3, 20, over=4), [0, 0, 5, 10, 15, 20, 20]),
        (Rupture(2, 20, lasts=2, over=2), [0, 10, 20, 20, 0, 0, 0]),
    ],
    ids=["dip", "three sessions", "step", "slide", "slow and mended"],
)
def test_a_rupture_is_felt_when_it_was_asked_for(rupture: Rupture, felt: list[float]) -> None:
    assert [rupture.depth_in(number) for number in range(1, 8)] == felt


@given(seed=st.integers(0, 10**6), level=st.floats(0, 100), sway=st.floats(0, 30))
def test_every_answer_is_a_whole_number_from_0_to_10(seed: int, level: float, sway: float) -> None:
    course = Course(8, level, sway=sway, ruptures=(Rupture(4, 40, told=3),), skips=0.2)
    answered = play(course, SCALES, Random(seed))
    assert len(answered) == 8
    for picked in answered:
        assert picked is None or all(value in range(11) for value in picked.values())


def test_the_same_seed_makes_the_same_course_and_another_seed_another() -> None:
    course = Course(20, 80, ruptures=(Rupture(9, 25),), misses=0.2)
    assert play(course, SCALES, Random(7)) == play(course, SCALES, Random(7))
    assert play(course, SCALES, Random(7)) != play(course, SCALES, Random(8))


@given(seed=st.integers(0, 10**6), more=st.floats(1, 40))
def test_a_deeper_rupture_raises_no_rating_and_lowers_no_tension(seed: int, more: float) -> None:
    shallow, deep = (
        plain(Course(10, 80, ruptures=(Rupture(6, depth, lasts=2),)), seed) for depth in (20.0, 20.0 + more)
    )
    for number, (before, after) in enumerate(zip(shallow, deep, strict=True), 1):
        for scale, items in SCALES.items():
            for item in items:
                if number not in (6, 7):
                    assert after[item] == before[item]
                elif scale == "rupture":
                    assert after[item] >= before[item]
                else:
                    assert after[item] <= before[item]


def test_the_depth_and_the_level_are_those_that_were_asked_for() -> None:
    falls, levels = [], []
    for seed in range(200):
        picked = plain(Course(12, 75, growth=0.0, ruptures=(Rupture(7, 25),)), seed)
        before = mean(score(one, *ALLIANCE) for one in picked[:6])
        falls.append(before - mean(score(one, *ALLIANCE) for one in picked[6:]))
        levels.append(before)
    assert mean(levels) == pytest.approx(75, abs=1)
    assert mean(falls) == pytest.approx(25, abs=1.5)


@pytest.mark.parametrize(
    ("kind", "most"),
    [("distance", "attunement"), ("intrusion", "safety"), ("direction", "collaboration")],
)
def test_each_kind_of_rupture_shows_most_in_its_own_scale(kind: Kind, most: str) -> None:
    fallen = dict.fromkeys(ALLIANCE, 0.0)
    for seed in range(40):
        before, after = plain(Course(2, 80, sway=2.0, ruptures=(Rupture(2, 28, kind=kind),)), seed)
        for scale in ALLIANCE:
            fallen[scale] += score(before, scale) - score(after, scale)
    assert max(fallen, key=lambda scale: fallen[scale]) == most


def test_a_restless_course_sways_more_than_a_steady_one() -> None:
    def spread(sway: float) -> float:
        return mean(
            stdev(score(one, *ALLIANCE) for one in plain(Course(20, 70, growth=0.0, sway=sway), seed))
            for seed in range(20)
        )

    assert spread(9.0) > 1.6 * spread(4.0)


def test_all_tens_are_all_tens_with_no_tension() -> None:
    for picked in plain(Course(6, tens=True), 1):
        assert {picked[item] for scale in ALLIANCE for item in SCALES[scale]} == {10}
        assert {picked[item] for item in SCALES["rupture"]} == {0}


def test_who_stops_answering_never_answers_again() -> None:
    answered = play(Course(12, stops=9, misses=0.0), SCALES, Random(3))
    assert [picked is None for picked in answered] == [False] * 8 + [True] * 4


def test_forms_go_missing_but_not_around_a_rupture_nor_at_the_ends() -> None:
    missing: set[int] = set()
    for seed in range(60):
        course = Course(30, misses=0.4, ruptures=(Rupture(15, 20),))
        answered = play(course, SCALES, Random(seed))
        missing |= {number for number, picked in enumerate(answered, 1) if picked is None}
    assert missing == set(range(2, 10)) | set(range(21, 29))


def test_a_short_form_asks_its_own_items_only() -> None:
    short = {"safety": ("safe",), "attunement": ("heard",), "collaboration": ("team",), "rupture": ("held",)}
    answered = play(Course(5, misses=0.0, skips=0.0), short, Random(1))
    assert all(picked is not None and set(picked) == {"safe", "heard", "team", "held"} for picked in answered)


@given(seed=st.integers(0, 10**6), sessions=st.integers(1, 40), pauses=st.floats(0, 0.9))
def test_sessions_are_one_or_two_weeks_apart_up_to_the_last_day(
    seed: int, sessions: int, pauses: float
) -> None:
    last = date(2026, 11, 19)
    held = days(Course(sessions), last, pauses, Random(seed))
    assert (len(held), held[-1]) == (sessions, last)
    apart = [later - earlier for earlier, later in pairwise(held)]
    assert set(apart) <= {timedelta(weeks=1), timedelta(weeks=2)}
    assert apart[-1:] in ([], [timedelta(weeks=1)])

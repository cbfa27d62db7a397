"""Past courses kept in little room: nothing is lost, and a prior learned from them is the same."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis.fitting import fit_prior
from alliance.analysis.odds import Held
from alliance.analysis.past import PastCourses
from tests.analysis.courses import course, rated, wild_courses

courses = st.lists(wild_courses.map(course), max_size=8)


@given(courses)
@settings(max_examples=100, deadline=None)
def test_courses_come_out_as_they_went_in_as_often_as_one_likes(told: list[list[Held]]) -> None:
    past = PastCourses(told)
    assert len(past) == len(told)
    assert list(past) == told == list(past)
    assert all(each in past for each in told)
    assert [*told, [Held(999, answered=False)]][-1] not in past


@given(courses)
@settings(max_examples=50, deadline=None)
def test_the_prior_is_the_same_to_the_last_bit(told: list[list[Held]]) -> None:
    assert fit_prior(PastCourses(told * 10)) == fit_prior(told * 10)


def taken(make: Callable[[], object]) -> int:
    """Bytes that stay in use by what is made; made once before, for what is only kept aside."""
    make()
    gc.collect()
    tracemalloc.start()
    kept = make()
    gc.collect()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept
    return used


def test_a_session_takes_a_third_of_the_room() -> None:
    def one(dyad: int) -> list[Held]:
        return course([rated(70.5 + dyad % 7 + n) for n in range(20)])

    plain = taken(lambda: [one(dyad) for dyad in range(500)])
    assert taken(lambda: PastCourses(map(one, range(500)))) < plain / 3

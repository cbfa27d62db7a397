"""Past courses kept in little room: nothing is lost, and a prior learned from them is the same."""

from __future__ import annotations

import gc
import tracemalloc

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


def test_a_session_takes_less_than_sixty_bytes() -> None:
    def taken(make: object) -> int:
        gc.collect()
        tracemalloc.start()
        kept = make() if callable(make) else None
        used = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert kept
        return used

    def each(dyads: int) -> list[list[Held]]:
        return [course([rated(70.5 + dyad % 7 + n) for n in range(20)]) for dyad in range(dyads)]

    def small() -> PastCourses:
        past = PastCourses()
        for dyad in each(200):
            past.add(dyad)
        return past

    assert taken(small) < 60 * 200 * 20 * 1.2  # arrays grow by an eighth at a time
    assert taken(lambda: each(200)) > 3 * taken(small)

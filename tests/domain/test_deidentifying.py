"""What is told of patients for research: nobody stands out, and nothing is told that is not so."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.domain.deidentifying import (
    LEAST_EXPORTED,
    Groups,
    Known,
    Shown,
    Strangers,
    TooFew,
    alone,
    limit,
    shown,
)

LEAST = st.integers(2, 12)
PATIENTS = st.lists(
    st.builds(Known, st.integers(1, 6), st.sampled_from(["en", "de", "tr"])), min_size=1, max_size=80
)


@pytest.mark.control(58)
@given(PATIENTS, LEAST)
def test_every_combination_that_is_told_is_shared_by_enough(patients: list[Known], least: int) -> None:
    known = dict(enumerate(patients))
    if len(known) < least:
        with pytest.raises(TooFew):
            shown(known, least)
        return
    told = shown(known, least)
    assert told.keys() == known.keys()
    assert min(Counter(told.values()).values()) >= least
    for one, each in told.items():
        assert each.therapist in (known[one].therapist, None) and each.language in (known[one].language, None)
        assert each.therapist is not None or each.language is None
    # Whoever is told by the therapist at all shares the therapist with enough others, too.
    therapists = Counter(each.therapist for each in told.values())
    assert min(therapists.values()) >= least
    assert Groups.of(told).smallest >= least


@given(PATIENTS, LEAST)
def test_where_nobody_stands_out_everything_is_told(patients: list[Known], least: int) -> None:
    known = dict(enumerate(patients))
    if min(Counter(patients).values()) >= least:
        assert shown(known, least) == {
            one: Shown(each.therapist, each.language) for one, each in known.items()
        }


@pytest.mark.control(58)
@given(st.lists(st.integers(1, 60), max_size=60), LEAST)
def test_enough_courses_go_as_far_as_is_told_and_no_further(lengths: list[int], least: int) -> None:
    far = limit(lengths, least)
    if len(lengths) < least:
        assert far == 0
        return
    assert sum(length >= far for length in lengths) >= least > sum(length > far for length in lengths)


def test_few_of_a_language_take_the_next_smallest_group_along() -> None:
    known = {one: Known(1, "en") for one in range(20)} | {one + 20: Known(2, "en") for one in range(9)}
    known[50] = Known(3, "tr")
    told = shown(known, 8)
    assert Counter(told.values()) == {Shown(1, "en"): 20, Shown(None, None): 10}
    found = Groups.of(told)
    assert (found.smallest, found.without_language, found.without_therapist, found.therapists) == (
        10,
        10,
        10,
        1,
    )


def test_names_are_the_same_in_one_export_and_in_no_other() -> None:
    one, other = Strangers(random.SystemRandom()), Strangers(random.SystemRandom())
    names = {one.name("patient", number) for number in range(10_000)}
    assert len(names) == 10_000 and one.name("patient", 7) == one.name("patient", 7)
    assert one.name("patient", 7) != one.name("therapist", 7)
    assert not names & {other.name("patient", number) for number in range(10_000)}


def test_days_are_drawn_from_four_years_that_nobody_lives_in() -> None:
    strangers = Strangers(random.Random(1))
    days = {strangers.first_day() for _ in range(20_000)}
    assert (min(days), max(days), len(days)) == (date(2101, 1, 1), date(2104, 12, 31), 1461)
    assert LEAST_EXPORTED == 8


def test_who_stands_alone_is_counted() -> None:
    assert alone([(7, 7), (7, 7), (7, 8), (), (7,)]) == 3

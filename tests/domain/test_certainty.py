"""What is said of how sure a question is, and what is never said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.track import Level
from alliance.domain.certainty import MOST, Experience, how_sure, in_ten

SEEN = Experience(confirmed=15, refused=10, sessions=1200)  # as often as in the simulations: .0125 a session


@pytest.mark.parametrize(("odds", "expected"), [(0.3, 2), (1.0, 5), (1.6, 6), (4.0, 7), (1e6, 7), (0.001, 1)])
def test_odds_become_a_number_in_ten_and_never_above_seven(odds: float, expected: int) -> None:
    assert in_ten(odds, Level.ASK, SEEN) == expected


def test_a_clinic_with_half_as_many_ruptures_halves_the_odds() -> None:
    rare = Experience(confirmed=15, refused=10, sessions=2400)
    assert in_ten(2.0, Level.ASK, rare) == in_ten(1.0, Level.ASK, SEEN) == 5


@pytest.mark.parametrize(
    "experience",
    [Experience(), Experience(10, 9, 800), Experience(0, 40, 800), Experience(15, 10, 0)],
    ids=["nothing yet", "too few", "none confirmed", "no sessions"],
)
def test_without_enough_experience_there_is_no_number(experience: Experience) -> None:
    assert in_ten(3.0, Level.ASK, experience) is None
    assert "in 10" not in how_sure(3.0, Level.ASK, experience)


def test_below_keep_in_mind_there_is_no_number() -> None:
    assert in_ten(3.0, Level.NONE, SEEN) is None


@given(
    st.floats(1e-9, 1e6),
    st.sampled_from(Level),
    st.builds(Experience, st.integers(0, 500), st.integers(0, 500), st.integers(0, 10_000)),
)
def test_it_is_always_a_sentence_and_never_more_than_the_simulations_support(
    odds: float, level: Level, experience: Experience
) -> None:
    number = in_ten(odds, level, experience)
    assert number is None or 1 <= number <= MOST
    assert how_sure(odds, level, experience).endswith(".")


def test_words_come_from_simulations_first_and_from_the_clinic_later() -> None:
    assert how_sure(1.0, Level.ASK, Experience()) == (
        "In simulations, about one in three such questions was an ordinary up and down. "
        "Once some 20 have been answered here, this says how it is with you."
    )
    assert how_sure(1.0, Level.KEEP, Experience(0, 25, 900)) == (
        "In simulations, more than half of these fainter signs were ordinary ups and downs."
    )
    assert how_sure(1.0, Level.ASK, SEEN) == (
        "About 5 in 10 that something is between you, going by the 25 questions answered in this clinic, "
        "of which 10 turned out to be ordinary."
    )

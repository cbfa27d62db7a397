"""An episode runs from the question to the repair; what the readings say decides, the alerts add the talk."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.track import EpisodeState
from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.episodes import Episode, episodes
from alliance.domain.trend import Point, Trend
from tests.factory import DIP, DIP_TENSION, make_trend, talk

NONE, OPEN, RECOVERING, REPAIRED, UNRESOLVED = EpisodeState
LETTERS = {"-": NONE, "o": OPEN, "r": RECOVERING, "R": REPAIRED, "u": UNRESOLVED}


def course(states: str) -> list[Point]:
    """Points whose readings stand where the letters say; `?` is a session without a reading."""
    trend = make_trend([80.0] * len(states))
    return [
        replace(point, reading=None)
        if letter == "?"
        else replace(point, reading=replace(point.reading, episode=LETTERS[letter]))  # type: ignore[type-var]
        for point, letter in zip(trend.points, states, strict=True)
    ]


def alert(number: int, status: AlertStatus = AlertStatus.NEW, talked: int | None = None) -> Alert:
    made = make_trend(DIP, tension=DIP_TENSION).alerts[0]
    steps = (talk(made.raised_at, talked),) if talked else ()
    return replace(made, session_number=number, status=status, steps=steps)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("", []),
        ("----", []),
        ("--o", [Episode(3)]),
        ("-ooo", [Episode(2)]),
        ("-or", [Episode(2, recovering=3)]),
        ("-orR", [Episode(2, recovering=3, repaired=4)]),
        ("-orR--", [Episode(2, recovering=3, repaired=4)]),
        ("-oror", [Episode(2, recovering=5)]),
        ("-oroo", [Episode(2)]),
        ("-orrR", [Episode(2, recovering=3, repaired=5)]),
        ("orRoR", [Episode(1, recovering=2, repaired=3), Episode(4, recovering=5, repaired=5)]),
        ("-o?r", [Episode(2, recovering=4)]),
        ("-oooouu", [Episode(2, unresolved=6)]),
        ("-oooouru", [Episode(2, unresolved=6)]),
        ("-oooourR", [Episode(2, unresolved=6, recovering=7, repaired=8)]),
    ],
)
def test_readings_say_when_a_rupture_opens_recovers_and_is_repaired(
    states: str, expected: list[Episode]
) -> None:
    assert episodes(course(states), ()) == expected


def test_an_alert_adds_when_it_was_talked_about() -> None:
    found = episodes(course("-oooR--orR"), [alert(2, AlertStatus.TALKED, talked=4), alert(8)])
    assert [episode.talked for episode in found] == [4, None]


def test_the_first_talk_counts_when_a_question_was_raised_twice() -> None:
    found = episodes(
        course("-oooo"), [alert(2, AlertStatus.RAISED, talked=3), alert(4, AlertStatus.TALKED, 5)]
    )
    assert [episode.talked for episode in found] == [3]


@pytest.mark.parametrize("status", [AlertStatus.ORDINARY, AlertStatus.WITHDRAWN])
def test_what_turned_out_to_be_ordinary_was_no_rupture(status: AlertStatus) -> None:
    points = course("-oo--oo")
    assert [episode.opened for episode in episodes(points, [alert(2, status)])] == []
    again = [alert(2, status), alert(3, AlertStatus.SEEN)]
    assert [episode.opened for episode in episodes(points, again)] == [2]


def test_a_question_that_rose_and_then_turned_out_to_be_ordinary_was_no_rupture() -> None:
    found = episodes(course("-ooo"), [alert(2, AlertStatus.RAISED), alert(3, AlertStatus.ORDINARY)])
    assert found == []


def test_a_rupture_that_the_viewer_was_sent_no_alert_for_still_counts() -> None:
    assert episodes(course("-oo"), ()) == [Episode(2)]


def test_state_names_how_far_it_has_come() -> None:
    assert Episode(3).state == "open"
    assert Episode(3, talked=4).state == "open"
    assert Episode(3, recovering=5).state == "recovering"
    assert Episode(3, recovering=5, repaired=6).state == "repaired"


def test_the_detector_and_the_story_agree() -> None:
    trend = make_trend([*DIP, 85.0, 84.0, None, 86.0], tension=DIP_TENSION, talked={18: 20})
    (episode,) = episodes(trend.points, trend.alerts)
    assert (episode.opened, episode.talked, episode.state) == (18, 20, "repaired")
    assert episode.recovering is not None and episode.repaired is not None
    assert 20 < episode.recovering < episode.repaired <= 26


@given(st.lists(st.sampled_from([*LETTERS, "?"]), max_size=30).map("".join))
def test_episodes_follow_one_another(states: str) -> None:
    """Whatever the readings say: steps are in order, and only the last episode may still be open."""
    found = episodes(course(states), ())
    for episode in found:
        steps = [episode.opened, episode.recovering, episode.repaired]
        known = [step for step in steps if step is not None]
        assert known == sorted(known)
        assert known[0] >= 1 and known[-1] <= len(states)
    assert all(episode.state == "repaired" for episode in found[:-1])
    assert [episode.opened for episode in found] == sorted({episode.opened for episode in found})


def test_an_empty_course_has_no_story() -> None:
    trend: Trend = make_trend([])
    assert episodes(trend.points, trend.alerts) == []


@pytest.mark.parametrize(
    ("talked", "said", "confirmed"),
    [
        ({}, None, False),
        ({4: "little", 5: "helped"}, "helped", True),
        ({4: "helped", 5: "not-helped"}, "not-helped", False),
        ({2: "helped"}, None, False),
        ({7: "helped"}, None, False),
    ],
    ids=["nothing", "it helped", "in the end it did not", "before it was asked", "after it was over"],
)
def test_a_repair_that_the_patient_confirms_is_told_from_one_that_only_the_numbers_show(
    talked: dict[int, str], said: str | None, confirmed: bool
) -> None:
    points = [replace(point, talked=talked.get(point.number)) for point in course("-ooorR-")]
    (episode,) = episodes(points, ())
    assert (episode.said, episode.confirmed) == (said, confirmed)

"""Levels, alerts, the patient's own word, and an episode from rupture to repair."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings

from alliance.analysis.prior import DEFAULT, Prior
from alliance.analysis.track import EpisodeState, Level, Reading, Track, rebuild, replay
from tests.analysis.courses import (
    LEARNT,
    SILENT,
    Said,
    course,
    courses,
    priors,
    rated,
    steady,
)

every = settings(max_examples=150, deadline=None)


def readings(*sessions: Said, prior: Prior = DEFAULT, tension: float = 12.0) -> list[Reading]:
    """What is read of these sessions after ten steady ones at 82 with this much tension."""
    _, found = replay(prior, course([*steady(82, 10, tension=tension), *sessions]))
    return found[10:]


def test_an_ordinary_course_raises_no_question() -> None:
    _, found = replay(DEFAULT, course(steady(82, 20)))
    assert {(each.level, each.alert, each.episode, each.rules) for each in found} == {
        (Level.NONE, 0, EpisodeState.NONE, ())
    }
    assert all(each.low < 82 < each.high and each.expected == pytest.approx(82, abs=2) for each in found)


def test_a_fall_raises_one_question_which_a_repair_closes() -> None:
    found = readings(rated(58), rated(60), rated(80), rated(83), rated(82), rated(82), rated(81))
    assert [each.alert for each in found] == [1, 0, 0, 0, 0, 0, 0]
    assert found[0].level is Level.ASK
    assert found[0].rules == ("ratings",)
    assert [name for name, _ in found[0].factors] == ["ratings", "silence", "report"]
    states = [each.episode for each in found]
    assert states[:2] == [EpisodeState.OPEN, EpisodeState.OPEN]
    mended = states.index(EpisodeState.REPAIRED)
    assert states[mended - 1] is EpisodeState.RECOVERING
    assert states[mended + 1] is EpisodeState.NONE


def test_keep_in_mind_can_rise_to_ask_now() -> None:
    found = readings(rated(69), rated(66))
    assert [(each.level, each.alert) for each in found] == [(Level.KEEP, 1), (Level.ASK, 2)]
    assert [each.episode for each in found] == [EpisodeState.OPEN, EpisodeState.OPEN]


def test_four_rated_sessions_without_a_repair_make_it_unresolved_and_silence_does_not_count() -> None:
    found = readings(rated(58), rated(56), SILENT, rated(57), rated(58), rated(56), rated(57))
    assert [each.episode for each in found] == [EpisodeState.OPEN] * 5 + [EpisodeState.UNRESOLVED] * 2


def test_what_was_unresolved_can_still_be_repaired() -> None:
    found = readings(*[rated(62)] * 6, *[rated(84)] * 9)
    states = [each.episode for each in found]
    assert states[5] is EpisodeState.UNRESOLVED
    mended = states.index(EpisodeState.REPAIRED)
    assert states[mended - 1] is EpisodeState.RECOVERING


def test_a_relapse_between_two_better_answers_opens_the_episode_again() -> None:
    found = readings(rated(62), rated(78), rated(83), rated(68), rated(84), rated(84))
    assert [each.episode for each in found] == [
        EpisodeState.OPEN,
        EpisodeState.OPEN,
        EpisodeState.RECOVERING,
        EpisodeState.OPEN,
        EpisodeState.RECOVERING,
        EpisodeState.REPAIRED,
    ]
    assert [each.alert for each in found] == [1, 0, 0, 1, 0, 0]


def test_silence_and_answers_held_back_neither_repair_nor_reopen() -> None:
    for pause in (SILENT, Said()):
        found = readings(rated(62), rated(78), rated(83), pause, pause, rated(84), rated(84))
        assert [each.episode for each in found] == [
            *[EpisodeState.OPEN] * 2,
            *[EpisodeState.RECOVERING] * 3,
            EpisodeState.REPAIRED,
            EpisodeState.NONE,
        ]


def test_the_patients_own_word_is_shown_at_once_and_asked_about_once() -> None:
    found = readings(rated(83, 55), rated(83, 60), rated(82, 12), rated(83, 12), rated(83, 12), rated(83, 12))
    assert [each.own_word for each in found] == [True, True, False, False, False, False]
    assert [each.alert for each in found] == [1, 0, 0, 0, 0, 0]
    assert [each.level for each in found[:2]] == [Level.ASK, Level.ASK]
    assert found[0].rules[0] == "own-word"
    assert found[0].episode is EpisodeState.OPEN
    assert EpisodeState.REPAIRED in [each.episode for each in found]


def test_the_own_word_stays_outside_the_odds() -> None:
    """Where tension is usually 46, one of 50 says nothing by itself; the patient still said it."""
    just_under, just_over = (readings(rated(83, said), tension=46)[0] for said in (49.999, 50.0))
    assert just_over.odds == pytest.approx(just_under.odds, rel=1e-3)
    assert (just_under.level, just_under.alert, just_under.rules) == (Level.NONE, 0, ())
    assert (just_over.level, just_over.alert, just_over.rules[0]) == (Level.ASK, 1, "own-word")


def test_the_own_word_in_an_open_episode_is_no_second_question() -> None:
    found = readings(rated(83, 52), rated(82, 40), rated(83, 52), tension=46)
    assert [each.alert for each in found] == [1, 0, 0]
    assert [each.level for each in found] == [Level.ASK, Level.NONE, Level.ASK]
    assert found[1].episode is EpisodeState.RECOVERING
    assert found[2].episode is EpisodeState.OPEN


def test_the_own_word_raises_what_was_to_be_kept_in_mind_but_not_twice_running() -> None:
    raised = readings(rated(69, 46), rated(75, 51), SILENT, rated(77, 51), tension=46)
    assert [each.level for each in raised] == [Level.KEEP, Level.ASK, Level.KEEP, Level.ASK]
    assert [each.alert for each in raised] == [1, 2, 0, 0]


def test_after_a_repair_the_own_word_asks_anew() -> None:
    found = readings(rated(83, 55), *(rated(83, 12) for _ in range(4)), rated(83, 55))
    assert EpisodeState.REPAIRED in [each.episode for each in found]
    assert found[-1].alert == 1


def test_silence_is_named_where_it_speaks() -> None:
    found = readings(SILENT, SILENT, SILENT, SILENT, prior=LEARNT)
    assert [each.silent_run for each in found] == [1, 2, 3, 4]
    speaking = [each for each in found if each.level is not Level.NONE]
    assert speaking and all(each.rules == ("silence",) for each in speaking)
    assert speaking[0].alert == 1
    assert readings(SILENT, rated(82))[1].silent_run == 0


def test_the_largest_reason_comes_first() -> None:
    found = readings(rated(70, 48), prior=LEARNT)[0]
    factors = dict(found.factors)
    assert found.rules == tuple(sorted(found.rules, key=lambda name: -factors[name]))
    assert set(found.rules) == {"ratings", "report"}
    assert [factor for _, factor in found.factors] == sorted(factors.values(), reverse=True)


def test_the_usual_range_keeps_to_the_scale() -> None:
    _, found = replay(DEFAULT, course([rated(100, 0)] * 8 + [rated(2)] * 8))
    assert all(0 <= each.low <= each.high <= 100 for each in found)
    assert found[7].expected > 98


@every
@given(priors, courses)
def test_what_holds_in_every_course(prior: Prior, sessions: list[Said]) -> None:
    _, found = replay(prior, course(sessions))
    silent = 0
    for before, now in itertools.pairwise([None, *found]):
        assert now is not None
        silent = 0 if now.answered else silent + 1
        assert now.silent_run == silent
        was = before.level if before else Level.NONE
        episode = before.episode if before else EpisodeState.NONE
        mended = episode in (EpisodeState.NONE, EpisodeState.REPAIRED)
        if now.alert == 1:
            assert was is Level.NONE and now.level is not Level.NONE
        elif now.alert == 2:
            assert was is Level.KEEP and now.level is Level.ASK
        elif now.level is not Level.NONE:
            assert not mended, "a level came on without a question"
        if now.alert or now.level is not Level.NONE:
            assert now.episode in (EpisodeState.OPEN, EpisodeState.UNRESOLVED)
        if now.episode is EpisodeState.REPAIRED:
            assert episode is EpisodeState.RECOVERING and now.answered
        if now.own_word:
            assert now.level is Level.ASK and now.rules[0] == "own-word"
            assert not (before and before.own_word and now.alert)


@every
@given(priors, courses)
def test_a_rebuild_without_readings_ends_where_a_replay_does(prior: Prior, sessions: list[Said]) -> None:
    held = course(sessions)
    assert rebuild(prior, held).to_json() == replay(prior, held)[0].to_json()


@every
@given(priors, courses)
def test_one_step_at_a_time_through_storage_is_the_same_as_a_replay(
    prior: Prior, sessions: list[Said]
) -> None:
    whole, found = replay(prior, course(sessions))
    text = Track.start(prior).to_json()
    for held, reading in zip(course(sessions), found, strict=True):
        track = Track.from_json(text)
        assert track.advance(prior, held) == reading
        text = track.to_json()
    assert text == whole.to_json()
    assert Track.from_json(text) == whole
    assert whole.last_number == len(sessions)


def test_the_state_does_not_grow_with_the_course() -> None:
    track = Track.start(LEARNT)
    lengths = []
    for held in course(steady(82, 400)):
        track.advance(LEARNT, held)
        lengths.append(len(track.to_json()))
    assert max(lengths) < 600


def test_sessions_may_be_missing_but_not_out_of_order() -> None:
    track = Track.start(DEFAULT)
    track.advance(DEFAULT, rated(80).numbered(3))
    for number in (3, 2):
        with pytest.raises(ValueError, match=f"Session {number} does not come after session 3"):
            track.advance(DEFAULT, rated(80).numbered(number))
    assert track.last_number == 3


GOOD = Track.start(DEFAULT).to_json()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        GOOD[:-1],
        "[" * 100_000,
        GOOD.replace('"format":1', '"format":2'),
        GOOD.replace('"line":null', '"line":-1.0'),
        GOOD.replace('"line":null', '"line":"60"'),
        GOOD.replace('"level":"none"', '"level":"loud"'),
        GOOD.replace('"level":"none"', '"level":[]'),
        GOOD.replace('"episode":"none"', '"episode":7'),
        GOOD.replace('"silent_run":0', '"silent_run":-1'),
        GOOD.replace('"last_number":0', '"last_number":true'),
        GOOD.replace('"own_word":false', '"own_word":0'),
        GOOD.replace('"odds":[', '"odds":[1.0,'),
        GOOD.replace('"odds":[', '"odds":"', 1).replace('],"level', '","level'),
        GOOD.replace("82.0", "NaN"),
        GOOD.replace("82.0", "1e400"),
        GOOD.replace("82.0", "1" + "0" * 400),
        GOOD.replace("82.0", "true"),
        GOOD.replace("8.0", "-8.0"),
        GOOD.replace(",1,0]", ",2,0]"),
        GOOD.replace(",1,0]", ",1,3]"),
    ],
)
def test_a_damaged_state_is_refused_with_a_sentence(text: str) -> None:
    assert text != GOOD
    with pytest.raises(ValueError, match="This dyad’s stored baseline cannot be read"):
        Track.from_json(text)

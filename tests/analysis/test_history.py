"""Sessions of before: they teach what is usual, show no level, and leave the question of now to the sessions of now."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.odds import Held
from alliance.analysis.prior import DEFAULT
from alliance.analysis.state import BEGINS, FORM_SD, HeldBefore, HeldElsewhere
from alliance.analysis.track import EpisodeState, Level, Track, rebuild, replay
from tests.analysis.courses import LEARNT, SILENT, Said, rated, wild_courses

KINDS: dict[str, type[Held]] = {"": Held, "same": HeldBefore, "other": HeldElsewhere}
STEADY = [rated(84.0), rated(86.0), rated(82.0), rated(85.0), rated(83.0), rated(85.0)]


def numbered(before: list[Said], here: list[Said], kind: str = "same") -> list[Held]:
    past = [KINDS[kind]._make(said.numbered(n)) for n, said in enumerate(before, 1)]
    return past + [said.numbered(len(before) + n) for n, said in enumerate(here, 1)]


@given(wild_courses, wild_courses, st.sampled_from(["same", "other"]), st.sampled_from([DEFAULT, LEARNT]))
def test_whatever_was_before_asks_nothing_and_can_be_read_anew(before, here, kind, prior) -> None:  # type: ignore[no-untyped-def]
    held = numbered(before, here, kind)
    track, readings = replay(prior, held)
    for reading in readings[: len(before)]:
        assert (reading.level, reading.alert, reading.episode) == (Level.NONE, 0, EpisodeState.NONE)
        assert (reading.own_word, reading.rules, reading.ask_below) == (False, (), None)
    assert rebuild(prior, held).to_json() == track.to_json()
    kept = track.to_json()
    assert Track.from_json(kept).to_json() == kept
    assert ("past" in json.loads(kept)) == bool(before and not here)
    if len(held) > 1:  # kept and taken up at any place, it goes on as if it had not been
        for place in (1, len(before), len(held) - 1):
            half = Track.from_json(rebuild(prior, held[:place]).to_json())
            for session in held[place:]:
                half.pass_by(prior, session)
            assert half.to_json() == kept


@given(wild_courses)
def test_the_question_of_now_is_asked_afresh(before) -> None:  # type: ignore[no-untyped-def]
    """However the past ended, the chance that a rupture is going on is that of a first session."""
    track = rebuild(DEFAULT, numbered(before, []))
    track.odds.rank = 0
    crossed = Track.from_json(track.to_json())
    if before:
        crossed._cross(DEFAULT, Held(len(before) + 1, answered=False))
        assert crossed.odds.odds == BEGINS / (1.0 - BEGINS)
        assert replace(crossed.odds, odds=track.odds.odds) == track.odds


def test_an_old_rupture_neither_asks_nor_hides() -> None:
    low = [rated(40.0, 60.0), rated(38.0, 70.0)]
    back = replay(DEFAULT, numbered([*STEADY, *low], [rated(84.0)]))[1][-1]
    again = replay(DEFAULT, numbered([*STEADY, *low], [rated(40.0)]))[1][-1]
    assert (back.level, back.alert) == (Level.NONE, 0)
    assert (again.level, again.alert) == (Level.ASK, 1)


def test_history_narrows_what_is_usual_and_another_questionnaire_the_level_less() -> None:
    new = replay(DEFAULT, numbered([], [rated(84.0)]))[1][-1]
    same = replay(DEFAULT, numbered(STEADY, [rated(84.0)]))[1][-1]
    other = replay(DEFAULT, numbered(STEADY, [rated(84.0)], "other"))[1][-1]
    assert same.high - same.low < other.high - other.low < new.high - new.low
    assert same.give_or_take == other.give_or_take < new.give_or_take


def test_the_weight_of_a_level_after_another_form_is_that_of_the_two_variances_together() -> None:
    track = rebuild(DEFAULT, numbered(STEADY, [], "other"))
    odds = track.odds
    variance, weight = odds.squares / odds.squares_weight, odds.expected_weight
    odds.change_form(DEFAULT)
    assert variance / odds.expected_weight == pytest.approx(variance / weight + FORM_SD**2)


def test_silence_of_before_is_counted_as_any() -> None:
    track = rebuild(DEFAULT, numbered([*STEADY, SILENT, SILENT], []))
    assert (
        track.silent_run == 2
        and track.odds.unanswered > rebuild(DEFAULT, numbered(STEADY, [])).odds.unanswered
    )


@pytest.mark.parametrize("past", ["", "elsewhere", 1, None, True])
def test_a_state_that_says_nonsense_of_its_past_is_refused(past: object) -> None:
    stored = json.loads(rebuild(DEFAULT, numbered(STEADY, [])).to_json()) | {"past": past}
    with pytest.raises(ValueError, match="where its last session was rated"):
        Track.from_json(json.dumps(stored))

"""The line “below this we ask”: what it promises is what the next answer does."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings

from alliance.analysis.odds import Odds, ask_below, step
from alliance.analysis.prior import DEFAULT, Prior
from tests.analysis.courses import (
    LEARNT,
    SILENT,
    Said,
    likely_courses,
    priors,
    rated,
    state_after,
    steady,
    track_after,
)


def comes_on(state: Odds, prior: Prior, total: float) -> bool:
    """Whether “keep in mind” comes on at this total, scales as usual around it, tension at its usual."""
    mean = sum(state.offsets) / 3
    safety, attunement, collaboration = (total + offset - mean for offset in state.offsets)
    held = Said(scales=(safety, attunement, collaboration), rupture=state.tension).numbered(99)
    trial = copy.copy(state)
    step(trial, prior, held)
    return trial.rank > 0


@settings(max_examples=200, deadline=None)
@given(priors, likely_courses)
@example(DEFAULT, [])
@example(LEARNT, [rated(80)])
@example(replace(DEFAULT, o_mean=(6.0, 6.0, 6.0)), [Said(total=80.0)])
def test_a_rating_below_the_line_asks_and_one_above_does_not(prior: Prior, sessions: list[Said]) -> None:
    state = state_after(prior, sessions)
    assume(state.rank == 0)
    line = ask_below(state, prior)
    room = max(map(abs, state.offsets)) + 0.2
    if line is None:
        assert not comes_on(state, prior, room)
        return
    assume(room <= line <= 100 - room)
    assert comes_on(state, prior, line - 0.1)
    assert not comes_on(state, prior, line + 0.1)


def test_there_is_a_line_at_the_first_session_and_it_rises_as_the_dyad_becomes_known() -> None:
    first = ask_below(Odds.start(DEFAULT), DEFAULT)
    known = ask_below(state_after(DEFAULT, steady(82, 15)), DEFAULT)
    assert first is not None and known is not None
    assert 40 < first < 60 < known < 75


def test_no_line_is_drawn_where_no_rating_would_ask() -> None:
    restless = state_after(DEFAULT, steady(55, 30, wobble=(0, 30, -30)))
    assert ask_below(restless, DEFAULT) is None
    assert not comes_on(restless, DEFAULT, 1.0)


def test_the_line_rests_while_a_question_is_open_and_moves_again_after_the_repair() -> None:
    track = track_after(DEFAULT, steady(82, 10))
    readings = [
        track.advance(DEFAULT, session.numbered(number))
        for number, session in enumerate([rated(82), rated(60), rated(58), *steady(80, 9)], 11)
    ]
    opened = next(index for index, each in enumerate(readings) if each.alert)
    repaired = next(index for index, each in enumerate(readings) if each.episode == "repaired")
    assert opened == 1 and repaired > opened + 2
    assert readings[0].ask_below != readings[1].ask_below
    assert {each.ask_below for each in readings[opened : repaired + 1]} == {readings[opened].ask_below}
    assert readings[repaired + 1].ask_below != readings[repaired].ask_below


def test_the_line_of_a_reading_is_the_one_from_before_the_answer() -> None:
    state = state_after(DEFAULT, steady(82, 9))
    track = track_after(DEFAULT, steady(82, 9))
    before = ask_below(state, DEFAULT)
    for session in (rated(40), rated(90), SILENT):
        assert copy.deepcopy(track).advance(DEFAULT, session.numbered(10)).ask_below == before


@pytest.mark.parametrize("offsets", [(6.0, 0.0, -6.0), (-2.0, 10.0, -8.0)])
def test_the_line_is_a_total_whatever_the_usual_distance_of_the_scales(
    offsets: tuple[float, float, float],
) -> None:
    plain = ask_below(state_after(DEFAULT, steady(80, 12)), DEFAULT)
    shaped = [
        Said(scales=(score + offsets[0], score + offsets[1], score + offsets[2]), rupture=12.0)
        for score in (each.scales[0] or 0.0 for each in steady(80, 12))
    ]
    assert ask_below(state_after(DEFAULT, shaped), DEFAULT) == pytest.approx(plain, abs=1)

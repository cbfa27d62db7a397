"""The design for ratings alone: against another program for it, its laws, and episodes from alert to repair."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alliance.analysis.forecast import Baseline, plain_rating
from alliance.analysis.odds import Held
from alliance.analysis.prior import DEFAULT_RATINGS, RatingsPrior
from alliance.analysis.ratings_only import DRIFT_LIMIT, RatingsReading, RatingsTrack
from alliance.analysis.track import EpisodeState, Level
from tests.analysis.courses import SILENT, Said, course, courses, rated, scores, steady

GOLDEN = json.loads((Path(__file__).parent / "golden_ratings_only.json").read_text(encoding="utf-8"))
OF_GOLDEN = RatingsPrior(mu0=80, tau2=150, s0sq=36, nu0=8, phi=0.35, p0=0.12)

every = settings(max_examples=150, deadline=None)
priors = st.builds(
    RatingsPrior,
    mu0=st.floats(30, 90),
    tau2=st.floats(1, 400),
    nu0=st.floats(8, 60),
    s0sq=st.floats(1, 200),
    phi=st.floats(0, 0.6),
    p0=st.floats(0.01, 0.6),
)


def readings_of(sessions: list[Said], prior: RatingsPrior = DEFAULT_RATINGS) -> list[RatingsReading]:
    track = RatingsTrack.start(prior)
    return [track.advance(held) for held in course(sessions)]


@pytest.mark.parametrize("case", GOLDEN, ids=range(len(GOLDEN)))
def test_both_charts_agree_with_an_independent_program(case: dict[str, Any]) -> None:
    """golden_ratings_only.json was written once by another implementation; nothing of it is used here."""
    told = [SILENT if rating is None else Said(total=rating) for rating in case["ratings"]]
    readings = readings_of(told, OF_GOLDEN)
    assert [reading.expected for reading in readings] == pytest.approx(case["expected"], rel=1e-8)
    for reading, z in zip(readings, case["z"], strict=True):
        assert reading.z == (None if z is None else pytest.approx(z, abs=1e-8))
    assert [";".join(reading.rules) for reading in readings] == case["rules"]
    assert [reading.alert for reading in readings] == case["alert"]


def test_the_golden_courses_reach_every_rule() -> None:
    told = [rules for case in GOLDEN for rules in case["rules"]]
    for rule in ("drop", "drift", "silence", "low"):
        assert any(rules == rule for rules in told), rule


@every
@given(priors, courses, st.floats(-29, 9))
def test_z_does_not_depend_on_where_the_scale_begins(
    prior: RatingsPrior, sessions: list[Said], shift: float
) -> None:
    """The same ratings and prior so many points further up or down: the same z, shifted expectations."""
    told = [held for held in course(sessions) if plain_rating(held) is not None]
    ratings = [plain_rating(held) or 0.0 for held in told]
    assume(all(0 <= rating + shift <= 100 for rating in ratings))
    here, there = Baseline.start(prior), Baseline.start(replace(prior, mu0=prior.mu0 + shift))
    for rating in ratings:
        first, second = here.forecast(), there.forecast()
        assert first.z(rating) == pytest.approx(second.z(rating + shift), abs=1e-6)
        assert first.expected + shift == pytest.approx(second.expected, abs=1e-6)
        here.learn(rating, first)
        there.learn(rating + shift, second)


@every
@given(priors, courses)
def test_every_number_stays_finite_and_bounded(prior: RatingsPrior, sessions: list[Said]) -> None:
    track = RatingsTrack.start(prior)
    for held in course(sessions * 3):
        reading = track.advance(held)
        baseline = track.baseline
        assert 0 <= baseline.level <= 100
        assert 0 < baseline.level_weight <= max(12, prior.s0sq / prior.tau2)
        assert 8 <= baseline.squares_weight <= max(40, prior.nu0)
        assert 0 < baseline.squares < math.inf
        assert -100 <= reading.expected <= 200
        assert 3 <= reading.give_or_take < math.inf
        assert -4 <= track.drift <= 0
        assert reading.z is None or -4 <= reading.z <= 4
        assert reading.drop_below is None or 0 <= reading.drop_below <= 90


@every
@given(priors, courses, scores)
def test_the_line_is_where_a_drop_begins(prior: RatingsPrior, sessions: list[Said], rating: float) -> None:
    track = RatingsTrack.start(prior)
    for held in course(sessions):
        track.advance(held)
    reading = track.advance(Held(99, True, total=rating))
    line = -1.0 if reading.drop_below is None else reading.drop_below
    assume(abs(rating - line) > 1e-6)
    assert ("drop" in reading.rules) is (rating < line)


@every
@given(priors, courses, scores, scores)
def test_a_lower_rating_never_has_a_higher_z(
    prior: RatingsPrior, sessions: list[Said], one: float, other: float
) -> None:
    track = RatingsTrack.start(prior)
    for held in course(sessions):
        track.advance(held)
    forecast = track.baseline.forecast()
    assert forecast.z(min(one, other)) <= forecast.z(max(one, other))


def test_a_first_session_is_measured_by_the_clinic() -> None:
    first = Baseline.start(DEFAULT_RATINGS).forecast()
    assert (first.expected, first.freedom) == (82, 8)
    assert first.spread == pytest.approx(math.sqrt(36 + 140))


def test_a_drop_needs_ten_points_however_steady_the_dyad() -> None:
    calm = [rated(80)] * 30
    assert readings_of([*calm, rated(70.5)])[-1].rules == ()
    found = readings_of([*calm, rated(69.5)])[-1]
    assert (found.rules[0], found.level, found.alert) == ("drop", Level.ASK, 1)


def test_a_slide_is_found_as_drift_before_any_single_drop() -> None:
    sliding = readings_of([*steady(82, 12), *(rated(82 - down) for down in (4, 8, 11, 13, 14))])
    asked = [reading for reading in sliding if reading.alert]
    assert [reading.rules for reading in asked] == [("drift",)]
    assert asked[0].drift is not None
    assert asked[0].drift <= -DRIFT_LIMIT


def test_an_alert_is_new_once() -> None:
    fallen = readings_of([*steady(82, 12), rated(50), SILENT, rated(50), rated(80), rated(45)])[12:]
    assert [reading.alert for reading in fallen] == [1, 0, 0, 0, 1]


def test_a_crash_teaches_no_more_than_two_spreads() -> None:
    for deep in (5, 40):
        track = RatingsTrack.start(DEFAULT_RATINGS)
        for held in course([*steady(82, 12), rated(deep)]):
            track.advance(held)
        assert track.baseline.level > 80


def test_repair_takes_two_answers_back_at_the_level_before() -> None:
    told = readings_of(
        [*steady(82, 12), rated(50), rated(81), SILENT, rated(55), rated(80), rated(82), rated(82)]
    )
    assert [reading.episode.value for reading in told[11:]] == [
        "none", "open", "recovering", "recovering", "open", "recovering", "repaired", "none",
    ]  # fmt: skip


def test_four_answers_without_repair_leave_it_unresolved_and_still_mendable() -> None:
    told = readings_of([*steady(82, 12), *[rated(55)] * 4, Said(), SILENT, rated(55), rated(82), rated(82)])
    states = [reading.episode for reading in told[12:]]
    assert states[:6] == [EpisodeState.OPEN] * 6  # neither silence nor an answer held back counts
    assert states[6:] == [EpisodeState.UNRESOLVED, EpisodeState.RECOVERING, EpisodeState.REPAIRED]


def test_what_was_usual_is_frozen_while_an_episode_is_open() -> None:
    """A long rupture draws the level down; being back at that lower level is no repair."""
    told = readings_of([*steady(82, 12), *[rated(60)] * 10])
    assert told[-1].expected < 70
    assert told[-1].episode is EpisodeState.UNRESOLVED


def test_silence_speaks_once_after_an_uneasy_rating_or_an_unlikely_run() -> None:
    uneasy = readings_of([*steady(82, 12), rated(73), SILENT, SILENT, SILENT])[12:]
    assert [reading.rules for reading in uneasy] == [(), ("silence",), (), ()]
    assert [reading.silent_run for reading in uneasy] == [0, 1, 2, 3]
    run = readings_of([*steady(82, 12), SILENT, SILENT, SILENT])[12:]
    assert [reading.alert for reading in run] == [0, 1, 0]
    often = readings_of([*[rated(82), SILENT] * 10, SILENT, SILENT, SILENT])
    assert not any(reading.rules for reading in often)


def test_low_is_a_status_that_asks_nothing() -> None:
    low = readings_of([rated(level) for level in (60, 48, 58, 61, 55)])
    assert [reading.low for reading in low] == [False, True, True, False, False]
    assert low[2].rules == ("low",)
    assert (low[2].level, low[2].alert) == (Level.NONE, 0)


def test_sessions_must_come_in_order() -> None:
    track = RatingsTrack.start(DEFAULT_RATINGS)
    track.advance(Held(4, True, total=80.0))
    with pytest.raises(ValueError, match="Session 4 does not come after session 4"):
        track.advance(Held(4, True, total=80.0))

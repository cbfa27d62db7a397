"""Alerts are counted as a therapist would meet them, and thresholds found that give so many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alliance.analysis.simulation.courses import Courses, Rupture, simulate
from alliance.analysis.simulation.forms import Flags
from alliance.analysis.simulation.rules import cut_off, individuals
from alliance.analysis.simulation.scoring import Calm, false_rate, found, new_alerts
from alliance.analysis.simulation.traces import Cusum, Points
from alliance.analysis.simulation.tuning import threshold_for
from alliance.analysis.simulation.worlds import BASE, Shape


def drawn(*dyads: str) -> tuple[Flags, Courses]:
    """A dyad a word: “.” answered, “F” answered and flagged, “-” unanswered, “f” unanswered and flagged."""
    marks = np.array([list(dyad) for dyad in dyads]).T
    shape = marks.shape
    empty = np.zeros(shape)
    courses = Courses(
        sessions=np.full(shape[1], shape[0]),
        scales=np.zeros((shape[0], 3, shape[1])),
        rating=empty,
        tension=empty,
        answered=np.isin(marks, [".", "F"]),
        onset=np.full(shape[1], -1),
        fall=empty,
        spread=np.arange(shape[1], dtype=float),
        level=empty,
        usual_tension=np.zeros(shape[1]),
    )
    return np.isin(marks, ["F", "f"]), courses


@pytest.mark.parametrize(
    ("dyad", "new"),
    [
        ("..FFF.F", [2, 6]),
        ("F-F.F", [0, 4]),  # the flag was only waiting for an answer
        ("FfF", [0]),
        (".f.f", [1, 3]),
        (".f-f", [1]),
        ("....", []),
    ],
)
def test_an_alert_is_new_where_the_flag_was_off_before(dyad: str, new: list[int]) -> None:
    flags, courses = drawn(dyad)
    assert np.flatnonzero(new_alerts(flags, courses)[:, 0]).tolist() == new


def test_false_alerts_are_counted_per_100_answers_and_by_third() -> None:
    flags, courses = drawn("F.F..", ".....", "..FF.", "-----", "F-F-F", "F.F.F")
    assert false_rate(flags, courses) == pytest.approx(100 * (2 + 1 + 1 + 3) / 23)
    calm = Calm.of(flags, courses)
    assert calm.false == false_rate(flags, courses)
    assert calm.thirds == pytest.approx((100 * 2 / 10, 100 * 1 / 5, 100 * 4 / 8))
    assert calm.flagged == pytest.approx(100 * 10 / 23)


@pytest.mark.parametrize(
    ("shape", "dyad", "delay"),
    [
        (Shape.ONE, "..F....", 0),
        (Shape.ONE, "...F...", 1),
        (Shape.ONE, "....F..", None),
        (Shape.STEP, ".....F.", 3),
        (Shape.STEP, "......F", None),
        (Shape.SLIDE, "......F", 4),
        (Shape.THREE, "F....F.", 3),
        (Shape.STEP, ".FFFFFF", None),  # on before the onset: nothing new
        (Shape.STEP, ".F.F.F.", 1),
    ],
)
def test_a_rupture_is_found_by_a_new_alert_in_time(shape: Shape, dyad: str, delay: int | None) -> None:
    flags, courses = drawn(dyad)
    hit, after = found(flags, replace(courses, onset=np.array([2])), Rupture(shape, 20.0))
    assert hit.tolist() == [delay is not None]
    if delay is not None:
        assert after.tolist() == [delay]


def test_an_early_sign_opens_the_window_a_session_earlier() -> None:
    flags, courses = drawn("....F..")
    known = replace(courses, onset=np.array([1]))
    step = Rupture(Shape.ONE, 20.0)
    assert not found(flags, known, step)[0][0]
    flags, _ = drawn("...F...")
    assert not found(flags, known, step)[0][0]
    assert found(flags, replace(known, sign_first=True), step)[0][0]


CALM = simulate(BASE, np.random.default_rng(51), 1500)


@pytest.mark.parametrize("target", [0.5, 2.0, 3.2])
def test_a_threshold_gives_the_false_rate_it_was_sought_for(target: float) -> None:
    trace = individuals(CALM)
    assert false_rate(trace.flags(threshold_for(trace, CALM, target)), CALM) == pytest.approx(
        target, abs=0.02
    )


def test_where_ratings_come_in_steps_the_nearer_side_is_taken() -> None:
    coarse = replace(CALM, rating=10 * np.round(CALM.rating / 10))
    trace = cut_off(coarse)
    chosen = threshold_for(trace, CALM, 2.0)
    rates = {points: false_rate(trace.flags(points), CALM) for points in (chosen - 10, chosen, chosen + 10)}
    assert min(rates, key=lambda points: abs(rates[points] - 2.0)) == chosen


def test_a_rule_that_cannot_come_near_gets_the_nearest_it_can() -> None:
    often = np.random.default_rng(52).random(CALM.rating.shape) < 0.1
    trace = Points(individuals(CALM).score, CALM.answered & often)
    flags = trace.flags(threshold_for(trace, CALM, 2.0))
    assert false_rate(flags, CALM) > 5
    assert (flags & ~(CALM.answered & often)).sum() <= 1


def test_a_sum_of_evidence_comes_down_again() -> None:
    evidence = np.array([[1.0], [5.0], [np.nan], [-1.0], [-1.0], [3.0]])
    assert Cusum(evidence).flags(2.0)[:, 0].tolist() == [False, True, False, True, False, True]

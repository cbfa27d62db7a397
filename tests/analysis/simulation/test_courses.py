"""The made-up worlds are as they are said to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from alliance.analysis.simulation.clinics import CELLS, Cells, stream
from alliance.analysis.simulation.courses import FEWEST, MOST, Caseload, Courses, Rupture, simulate
from alliance.analysis.simulation.forms import Forms
from alliance.analysis.simulation.worlds import BASE, CHANGED, MIXED, Shape, World

SLIDE = Rupture(Shape.SLIDE, 20.0)


def made(world: World = BASE, happens: Rupture | Caseload | None = None, dyads: int = 4000) -> Courses:
    return simulate(world, np.random.default_rng(41), dyads, happens)


def test_the_base_world_looks_like_published_ratings() -> None:
    calm = made()
    rated = calm.rating[np.isfinite(calm.rating)]
    several = np.isfinite(calm.rating).sum(0) > 2
    assert rated.mean() == pytest.approx(83.5, abs=0.7)
    assert np.nanstd(np.nanmean(calm.rating, 0)) == pytest.approx(11.7, abs=0.5)
    within = np.nanmean(np.nanvar(calm.rating[:, several], 0, ddof=1)) ** 0.5
    assert within == pytest.approx(6.3, abs=0.4)
    assert (rated >= 98).mean() == pytest.approx(0.17, abs=0.02)
    assert calm.answered.sum() / calm.held.sum() == pytest.approx(0.89, abs=0.01)
    assert np.median(calm.sessions) == pytest.approx(14, abs=1)
    assert (calm.sessions.min(), calm.sessions.max()) == (FEWEST, MOST)


def test_dyads_stand_in_order_and_nothing_happens_after_the_end() -> None:
    calm = made(CHANGED["tension absent in 30 %"])
    assert (np.diff(calm.sessions) <= 0).all()
    assert [int(each) for each in calm.held.sum(1)] == calm.running
    assert not calm.answered[~calm.held].any()
    for values in (calm.rating, calm.tension, calm.scales[:, 1]):
        assert np.isnan(values[~calm.answered]).all()
    low, high = np.nanmin(calm.scales), np.nanmax(calm.scales)
    assert (low >= 0, high) == (True, 100)


def test_the_same_numbers_make_the_same_courses() -> None:
    one, other = (made(MIXED["in turn, items missing"], Caseload(), 50) for _ in range(2))
    for each in fields(one):
        assert np.array_equal(
            getattr(one, each.name), getattr(other, each.name), equal_nan=each.name != "sign_first"
        )
    assert stream(1, "calm").random() != stream(1, "past").random() != stream(2, "past").random()


@pytest.mark.parametrize("name", CELLS)
def test_ruptures_have_their_depth_shape_and_time(name: str) -> None:
    rupture = CELLS[name]
    courses = Cells.of(BASE, 42, 300, [name]).ruptured[name]
    last = np.full(300, 3) if rupture.early else np.maximum(3, courses.sessions - 2)
    assert (courses.onset >= (1 if rupture.early else 2)).all()
    assert (courses.onset <= last).all()
    assert len(set(courses.onset.tolist())) > 2
    depth = rupture.depth * np.sqrt(courses.spread**2 + 25 / 3) if rupture.in_own_spreads else rupture.depth
    shapes = {
        Shape.ONE: [1, 0, 0, 0, 0],
        Shape.THREE: [1, 1, 1, 0.5, 0],
        Shape.STEP: [1, 1, 1, 1, 1],
        Shape.SLIDE: [0.25, 0.5, 0.75, 1, 1],
    }
    everyone = np.arange(300)
    for since, share in enumerate(shapes[rupture.shape]):
        there = courses.onset + since < MOST
        found = courses.fall[np.minimum(courses.onset + since, MOST - 1), everyone]
        assert found[there] == pytest.approx((share * depth * np.ones(300))[there])
    assert (courses.fall[courses.onset - 1, everyone] == 0).all()


def test_a_rupture_shows_in_ratings_tension_and_silence() -> None:
    courses = made(happens=Rupture(Shape.STEP, 20.0))
    calm, broken = courses.held & (courses.fall == 0), courses.held & (courses.fall > 0)
    assert np.nanmean(courses.rating[calm]) - np.nanmean(courses.rating[broken]) == pytest.approx(19, abs=2)
    raised = np.nanmean(courses.tension[broken]) - np.nanmean(courses.tension[calm])
    assert raised == pytest.approx(20 * (1.4 + 0.2) / 2, abs=1.5)
    missed = [(~courses.answered)[each].mean() for each in (calm, broken)]
    assert missed[1] - missed[0] == pytest.approx(0.20, abs=0.03)


def test_a_caseload_has_its_share_of_ruptures() -> None:
    for share in (0.3, 0.1):
        courses = made(replace(BASE, ruptured=share), Caseload())
        deepest = courses.fall.max(0)
        assert (deepest > 0).mean() == pytest.approx(share, abs=0.03)
        assert set(np.unique(deepest).round(6)) <= {0.0, 2.5, 5.0, 7.5, 10.0, 15.0, 20.0, 22.5, 30.0}
        assert ((courses.onset >= 0) == (deepest > 0)).all()


@pytest.mark.parametrize(
    ("name", "measure", "change"),
    [
        ("neither tension nor silence", lambda c: _link(c), -12),
        ("silence unrelated", lambda c: 100 * c.answered.sum() / c.held.sum(), 4),
        ("mean 60", lambda c: np.nanmean(c.rating), -15),
        ("mean 95", lambda c: 100 * (c.rating >= 98).mean(), 5),
        ("30 % missing", lambda c: 100 * c.answered.sum() / c.held.sum(), -15),
        ("6-session courses", lambda c: np.median(c.sessions), -6),
        ("within SD 9", lambda c: np.median(c.spread), 2.5),
        ("t3 tails", lambda c: 1000 * _tails(c), 3),
        ("drift down .4 a session", lambda c: c.level[25].mean(), -5),
        ("drift up .5 a session", lambda c: c.level[25].mean(), 5),
        ("no growth", lambda c: (c.level[30] - c.level[0]).mean(), -4),
        ("memory .5", lambda c: _carried(c), 0.05),
        ("memory 0", lambda c: _carried(c), -0.05),
        ("nobody reports", lambda c: _link(c), -9),
        ("tension half as strong", lambda c: _link(c), -5),
        ("tension noise 18", lambda c: np.nanstd(c.tension), 2.5),
        ("tension one session ahead", lambda c: _before_the_fall(c), 10),
        ("tension echoes mood", lambda c: _echo(c), -0.1),
        ("tension spikes 5 %, no link", lambda c: 100 * (c.tension > 60).mean(), 0.3),
        ("tension absent in 30 %", lambda c: 100 * np.isfinite(c.tension).mean(), -8),
        ("scales correlated", lambda c: _gap(c, 0, 2) - _gap(c, 0, 1), 0.5),
        ("scales wander", lambda c: _gap(c, 0, 1), 2),
        ("20 % of scales missing", lambda c: _share_missing(c), 0.18),
        ("one-scale form", lambda c: _share_missing(c), 0.66),
        ("total only, no tension", lambda c: _share_missing(c), 1),
        ("rupture in one scale", lambda c: _gap(c, 0, 1), 1),
    ],
)
def test_a_changed_world_is_changed(name: str, measure: Callable[[Courses], float], change: float) -> None:
    """In this measure, by at least so much."""
    happens = Rupture(Shape.STEP, 20.0)
    gained = measure(made(CHANGED[name], happens, 2000)) - measure(made(BASE, happens, 2000))
    assert gained >= change if change > 0 else gained <= change, gained


def _link(courses: Courses) -> float:
    broken = courses.held & (courses.fall > 0)
    return float(np.nanmean(courses.tension[broken]) - np.nanmean(courses.tension[courses.held & ~broken]))


def _tails(courses: Courses) -> float:
    away = (courses.level - courses.level.mean(0)) / courses.spread
    return float((np.abs(away) > 3.5).mean())


def _carried(courses: Courses) -> float:
    change = np.diff(courses.level, axis=0)
    return float(np.corrcoef(change[:-1].ravel(), change[1:].ravel())[0, 1])


def _before_the_fall(courses: Courses) -> float:
    first = courses.fall.astype(bool).argmax(0)
    return float(np.nanmean(courses.tension[first - 1, np.arange(courses.dyads)]))


def _echo(courses: Courses) -> float:
    both = np.isfinite(courses.rating) & (courses.fall == 0)
    away = (courses.level - courses.level.mean(0)) / courses.spread
    return float(np.corrcoef(away[both], courses.tension[both])[0, 1])


def _share_missing(courses: Courses) -> float:
    return float(np.isnan(courses.scales.transpose(0, 2, 1)[courses.answered]).mean())


def _gap(courses: Courses, one: int, other: int) -> float:
    return float(np.nanstd(courses.scales[:, one] - courses.scales[:, other]))


def test_mixed_forms_are_answered_item_by_item() -> None:
    courses = made(MIXED["pulse and after-session in turn"], dyads=500)
    rows = courses.scales.transpose(0, 2, 1)
    tens = np.isclose(rows % 10, 0).all(2)
    # Every dyad has answers in whole tens, and answers that a single item cannot give.
    assert (tens & courses.answered).any(0).mean() > 0.95
    assert (~tens & courses.answered).any(0).mean() > 0.95
    gaps = made(MIXED["in turn, items missing"], dyads=500)
    missing = np.isnan(gaps.scales.transpose(0, 2, 1)[gaps.answered])
    assert 0.04 < missing.mean() < 0.15
    assert np.isnan(gaps.tension[gaps.answered]).mean() > 0.04
    pulse = made(MIXED["pulse alone"], dyads=500)
    assert np.isclose(pulse.scales.transpose(0, 2, 1)[pulse.answered] % 10, 0).all()


def test_a_scale_of_three_items_has_the_noise_of_the_base_world() -> None:
    long, plain = made(MIXED["after-session alone"]), made()
    spreads = [np.nanmean(np.nanvar(each.rating, 0)) ** 0.5 for each in (long, plain)]
    assert spreads[0] == pytest.approx(spreads[1], rel=0.05)
    assert {each.forms for each in MIXED.values()} == {each for each in Forms if each.by_item}

"""The clinic's prior against another program for the same published formulas, and on clinics with little to tell.

golden_fitting.json was written once by an independent implementation; a session is 0 (no form) or the three scales
and tension. That program leaves out the rule that calm reports count alike, so its share of reporters was taken
with that rule added, and it takes the distances of scales around 0 instead of around their clinic's mean.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis.fitted import NOTHING, Fitted
from alliance.analysis.fitting import fit_prior
from alliance.analysis.odds import Held
from alliance.analysis.prior import DEFAULT, DEFAULT_RATINGS
from alliance.analysis.track import replay
from tests.analysis.courses import SILENT, Said, course, rated, wild_courses

GOLDEN = json.loads((Path(__file__).parent / "golden_fitting.json").read_text(encoding="utf-8"))
SAME = {"mu0": "mu0", "tau2": "tau2", "s0sq": "s0sq", "nu0": "nu0", "p0": "miss_rate"}


def held(number: int, told: list[int] | int) -> Held:
    if isinstance(told, int):
        return Held(number, answered=False)
    safety, attunement, collaboration, tension = map(float, told)
    return Held(number, True, (safety, attunement, collaboration), tension)


def dyads_of(case: dict[str, Any]) -> list[list[Held]]:
    return [[held(number, told) for number, told in enumerate(dyad, 1)] for dyad in case["dyads"]]


def of_length(case: dict[str, Any], *, enough: bool) -> bool:
    return (len(case["dyads"]) >= 200) is enough


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_the_design_s_prior_agrees_with_an_independent_program(case: dict[str, Any]) -> None:
    prior, expected = fit_prior(dyads_of(case)).prior, case["design"]
    for ours, theirs in SAME.items() | {(name, name) for name in ("r0", "r_s2", "r_t2", "q", "dp")}:
        assert getattr(prior, ours) == pytest.approx(expected[theirs], rel=1e-7), ours
    assert prior.taui2 == pytest.approx(expected["tau_i"] ** 2, rel=1e-9)
    assert prior.o_mean == pytest.approx(expected["o_mean"], abs=1e-9)
    if of_length(case, enough=True):
        around_zero = prior.o_var + sum(mean**2 for mean in prior.o_mean) / 3
        assert around_zero == pytest.approx(expected["o_var"], rel=1e-9)
    else:
        assert prior.o_var == pytest.approx(expected["o_var"], rel=0.02)


@pytest.mark.parametrize("case", [case for case in GOLDEN if of_length(case, enough=True)], ids=str)
def test_the_prior_for_ratings_alone_agrees_too(case: dict[str, Any]) -> None:
    prior = fit_prior(dyads_of(case)).ratings_prior
    for ours, theirs in SAME.items() | {("phi", "phi")}:
        assert getattr(prior, ours) == pytest.approx(case["ratings"][theirs], rel=1e-7), ours


def test_the_golden_clinics_reach_every_rule() -> None:
    found = [fit_prior(dyads_of(case)) for case in GOLDEN]
    assert {fitted.blended for fitted in found} == {True, False}
    assert any(8 < fitted.ratings_prior.nu0 < 60 for fitted in found)
    assert any(fitted.at_the_top > 0.3 for fitted in found)
    assert any(0 < fitted.prior.dp < 0.15 for fitted in found)
    assert all(fitted.links_learned for fitted in found)


def alike(sessions: Sequence[Said], dyads: int) -> list[list[Held]]:
    return [course(sessions) for _ in range(dyads)]


SHORT = [rated(80), rated(90), rated(70)]


@pytest.mark.parametrize(
    "dyads",
    [[], [[]], [course([rated(80)])], alike(SHORT, 300), alike([SILENT] * 9, 300), alike([Said()] * 9, 300)],
    ids=["no dyads", "no sessions", "one session", "three ratings each", "all missing", "all held back"],
)
def test_without_four_ratings_in_any_dyad_the_defaults_stay(dyads: list[list[Held]]) -> None:
    assert fit_prior(dyads) == NOTHING
    assert (NOTHING.prior, NOTHING.ratings_prior) == (DEFAULT, DEFAULT_RATINGS)


ODD_CLINICS = {
    "one dyad": alike([rated(60), rated(64), rated(57), rated(66), SILENT], 1),
    "constant ratings": [course([rated(level)] * 8) for level in range(40, 90)] * 5,
    "all alike": alike([rated(70, 0)] * 8, 250),
    "all at the top": alike([rated(100, 0)] * 10, 250),
    "all at the bottom": alike([rated(0, 100)] * 10, 250),
    "from end to end": alike([rated(0, 0), rated(100, 100)] * 5, 250),
    "no tension": alike([rated(level, None) for level in (80, 84, 77, 90, 83)], 250),
    "totals alone": alike([Said(total=level) for level in (80, 84, 77, 90, 83)], 250),
    "nothing missing": alike([rated(level) for level in (80, 84, 77, 90, 83)], 250),
    "nearly all missing": alike([*(rated(level) for level in (80, 84, 77, 90)), *([SILENT] * 60)], 60),
}


@pytest.mark.parametrize("clinic", ODD_CLINICS)
def test_odd_clinics_get_numbers_that_work(clinic: str) -> None:
    """Prior checks itself: every number is finite and within its range."""
    fitted = fit_prior(ODD_CLINICS[clinic])
    for level in (0.0, 55.0, 100.0):
        _, readings = replay(fitted.prior, course([rated(level, 40), SILENT, rated(level / 2)] * 3))
        assert all(math.isfinite(reading.odds) for reading in readings)
    assert Fitted.from_json(fitted.to_json()) == fitted


def test_what_nobody_recorded_stays_as_assumed() -> None:
    without_tension = fit_prior(ODD_CLINICS["no tension"])
    assert asdict(without_tension.prior).items() >= {"r0": 12.0, "r_s2": 80.0, "r_t2": 45.0, "q": 0.0}.items()
    assert without_tension.tension_dyads == 0
    totals = fit_prior(ODD_CLINICS["totals alone"])
    assert asdict(totals.prior).items() >= {"taui2": 25.0, "o_mean": (0, 0, 0), "o_var": 16.0}.items()
    assert (totals.scales_dyads, totals.prior.mu0) == (0, pytest.approx(82.8))
    assert fit_prior(ODD_CLINICS["constant ratings"]).ratings_prior.phi == DEFAULT_RATINGS.phi


def test_few_dyads_are_held_by_the_defaults() -> None:
    """(n·found + 50·default)/(n + 50) below 200; one dyad hardly moves anything."""
    sessions = [rated(level, 20) for level in (56, 60, 64, 60)]
    one, some, many = (fit_prior(alike(sessions, dyads)).prior for dyads in (1, 50, 200))
    assert (one.mu0, some.mu0, many.mu0) == (
        pytest.approx((60 + 50 * 82) / 51), pytest.approx(71), pytest.approx(60)
    )  # fmt: skip
    assert some.r0 == pytest.approx(16)
    assert some.tau2 == pytest.approx(math.sqrt(140))  # between all alike: the least, 1, on the log scale
    assert math.log(one.s0sq / 45) == pytest.approx(math.log(many.s0sq / 45) / 51, rel=0.3)


def test_links_need_fifty_dyads_and_tension_among_them() -> None:
    fall = [*(rated(level) for level in (80, 84, 77, 83, 82)), rated(45, 60), rated(40, 70), SILENT]
    assert (fit_prior(alike(fall, 49)).prior.q, fit_prior(alike(fall, 49)).prior.dp) == (0.0, 0.0)
    learned = fit_prior(alike(fall, 50))
    assert learned.prior.q > 0.6
    assert learned.prior.dp == 0.15
    without = fit_prior(alike([Said(total=said.scales[0]) if said.answered else said for said in fall], 50))
    assert (without.prior.q, without.prior.dp) == (0.0, 0.15)


@settings(max_examples=60, deadline=None)
@given(st.lists(wild_courses, max_size=12), st.integers(1, 30))
def test_any_past_gives_a_prior_that_works(courses: list[list[Said]], times: int) -> None:
    fitted = fit_prior([course(sessions) for sessions in courses] * times)
    assert fitted.prior.mu0 == fitted.ratings_prior.mu0
    assert fitted.blended is (fitted.dyads_used < 200)
    assert 0 <= fitted.at_the_top <= 1

"""What was tried to do better, above all for restless patients, and what it gave.

Each is the odds filter with one thing changed. Developed on seeds below 1000.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.special import psi

from alliance.analysis.learning import MOST_SQUARES_WEIGHT
from alliance.analysis.prior import Prior
from alliance.analysis.simulation import rules
from alliance.analysis.simulation.clinics import Cells, Past
from alliance.analysis.simulation.compare import Look, odds
from alliance.analysis.simulation.courses import Courses
from alliance.analysis.simulation.filter import Known, run
from alliance.analysis.simulation.forms import Flags, Numbers
from alliance.analysis.simulation.learning import learn_rating
from alliance.analysis.simulation.plans import Plan, Row
from alliance.analysis.simulation.states import States
from alliance.analysis.simulation.tables import counted
from alliance.analysis.simulation.traces import Level
from alliance.analysis.simulation.tuning import threshold_for
from alliance.analysis.simulation.worlds import CHANGED

USUAL_SPREAD = 7.0
USUAL_LEVEL = 80.0
LOOSER = 5.0
SESSIONS_AT_FIRST = 10.0


def _looser(prior: Prior) -> Prior:
    """The SD prior worth five sessions only, at the same typical variance."""

    def centre(weight: float) -> float:
        return float(psi(weight / 2.0)) - math.log(weight / 2.0)

    return replace(prior, nu0=LOOSER, s0sq=prior.s0sq * math.exp(centre(prior.nu0) - centre(LOOSER)))


def _learn_fast(states: States, rating: Numbers, parts: Numbers, chance: Numbers, rated: Flags) -> None:
    """What the first ten ratings teach of the SD counts twice."""
    squares, weight = states.squares, states.squares_weight
    early = rated & (states.expected_weight < SESSIONS_AT_FIRST) & (weight + 2.0 <= MOST_SQUARES_WEIGHT)
    learn_rating(states, rating, parts, chance, rated)
    states.squares = states.squares + np.where(early, states.squares - squares, 0.0)
    states.squares_weight = states.squares_weight + early


def _by_spread(power: float) -> Look:
    def look(courses: Courses, past: Past) -> Level:
        found = run(courses, past.prior)
        spread = np.maximum(found.give_or_take, 1.0) / USUAL_SPREAD
        return Level(found, courses, harder=spread ** (power - 1.0))

    return look


def _while_unsure(courses: Courses, past: Past) -> Level:
    rated = np.isfinite(courses.rating)
    before = np.cumsum(rated, 0) - rated
    return Level(run(courses, past.prior), courses, harder=1.0 + 3.0 / (before + 1.0))


def _by_level(courses: Courses, past: Past) -> Level:
    found = run(courses, past.prior)
    return Level(found, courses, harder=np.exp(0.02 * (USUAL_LEVEL - found.expected)))


def _told(*parts: str) -> Look:
    def look(courses: Courses, past: Past) -> Level:
        truth = rules.known(courses, past.world.scale_noise, past.world.tension_noise)
        known = Known(
            level=truth.level if "level" in parts else None,
            variance=truth.variance if "SD" in parts else None,
        )
        return Level(run(courses, past.prior, known=known), courses)

    return look


AS_ADOPTED = "as adopted"
TRIALS: dict[str, Look] = {
    AS_ADOPTED: odds,
    "SD prior worth 5 sessions": lambda c, p: odds(c, replace(p, prior=_looser(p.prior))),
    "SD learned twice as fast, ten sessions": lambda c, p: Level(run(c, p.prior, learn=_learn_fast), c),
    "threshold k·s^1.5": _by_spread(1.5),
    "threshold k·s²": _by_spread(2.0),
    "threshold k·s·(1 + 3/n)": _while_unsure,
    "threshold by level": _by_level,
    "off at a quarter": lambda c, p: Level(run(c, p.prior), c, off=0.25),
    "told the SD": _told("SD"),
    "told the level": _told("level"),
    "told both": _told("SD", "level"),
}
"""By the names that the table gives them."""
TOLD = tuple(TRIALS)[-3:]
"""These cannot be built: they say what there is to gain."""

ELSEWHERE = tuple(TRIALS)[:5]
WORLDS = (
    *("t3 tails", "within SD 9", "mean 60", "mean 95", "30 % missing"),
    *("drift down .4 a session", "neither tension nor silence"),
)
TRIAL_CELLS = ("V1 20", "step 10", "step 20", "slide 20", "early 20")


def _pairs() -> Iterator[tuple[str, str]]:
    for world in ("base", *WORLDS):
        yield from ((world, name) for name in (TRIALS if world == "base" else ELSEWHERE))


def trial_rows(plan: Plan) -> Iterator[Row]:
    """Each change at 2.0 false alerts: how these fall on steady and restless dyads, and what is found."""
    cells: dict[tuple[str, int], Cells] = {}
    for name, trial in _pairs():
        world = CHANGED[name]
        for seed in plan.seeds:
            if (name, seed) not in cells:
                cells = {key: kept for key, kept in cells.items() if key[0] == name}
                cells[name, seed] = Cells.of(world, seed, plan.changed_dyads, TRIAL_CELLS)
            here, past = cells[name, seed], Past.of(world, seed, plan.past)
            traces = {kind: TRIALS[trial](each, past) for kind, each in here.ruptured.items()}
            calm = TRIALS[trial](here.calm, past)
            threshold = threshold_for(calm, here.calm, 2.0)
            values = {"threshold": threshold} | counted({"calm": calm} | traces, here, threshold)
            values["restless per steady"] = values["restless"] / max(values["steady"], 1e-9)
            yield Row(name, trial, "2.0 false", seed, values)


def trial_count(plan: Plan) -> int:
    return len(plan.seeds) * sum(1 for _ in _pairs())

"""A caseload in which some dyads go through a rupture: what an alert, and the number shown with it, is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from alliance.analysis.odds import ASK_NOW, KEEP_IN_MIND
from alliance.analysis.simulation.clinics import Past, stream
from alliance.analysis.simulation.compare import AS_IS, CHARTS, CHARTS_FULL, ODDS, Detector, odds
from alliance.analysis.simulation.courses import DEPTHS, Caseload, Courses, simulate
from alliance.analysis.simulation.forms import Flags, Numbers
from alliance.analysis.simulation.plans import Plan, Row
from alliance.analysis.simulation.scoring import new_alerts
from alliance.analysis.simulation.traces import Level
from alliance.analysis.simulation.tuning import threshold_for
from alliance.analysis.simulation.worlds import BASE, CHANGED, World

IN_TIME = 4
"""Sessions from an onset in which an alert is called true."""
SHOWN_PER_RATE = 0.0125
"""The share of held sessions with an onset at which the shown odds are those of the filter."""
STEPS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""The edges between which shown probabilities are put together."""

WORLDS: dict[str, World] = {
    "base": BASE,
    "base, 10 % of dyads": replace(BASE, ruptured=0.10),
    "base, 60 % of dyads": replace(BASE, ruptured=0.60),
    **{name: CHANGED[name] for name in ("neither tension nor silence", "mean 95", "t4 tails")},
}
"""30 % of the dyads go through one rupture where the name says nothing else."""

DETECTORS = (
    replace(CHARTS_FULL, rates=(2.0,)),
    replace(CHARTS, rates=(1.0, 0.5)),
    replace(ODDS, rates=(2.0, 1.0)),
)
KEEP_ONLY = "keep in mind, not at once ask now"


@dataclass(frozen=True, slots=True)
class _Truth:
    """Of each session (40, n): within four sessions of an onset; or besides in a rupture that still lasts."""

    fresh: Flags
    ongoing: Flags

    @classmethod
    def of(cls, courses: Courses) -> _Truth:
        since = np.arange(len(courses.rating))[:, None] - courses.onset
        fresh = (courses.onset >= 0) & (since >= 0) & (since < IN_TIME)
        return cls(fresh, fresh | (courses.fall > 0))


def caseload_rows(plan: Plan) -> Iterator[Row]:
    """How many alerts a caseload brings, how many of them are true, and what they find."""
    for name, world in WORLDS.items():
        for seed in plan.seeds:
            past, courses = _clinic(world, seed, plan)
            calm = simulate(world, stream(seed, "caseload, calm"), plan.dyads * 2)
            truth = _Truth.of(courses)
            for detector in DETECTORS:
                trace = detector.look(courses, past)
                for setting, threshold in _settings(detector, calm, past):
                    new = new_alerts(trace.flags(threshold), courses)
                    values = {"threshold": threshold} | _worth(new, truth, courses)
                    yield Row(name, detector.name, setting, seed, values)
            yield Row(name, ODDS.name, KEEP_ONLY, seed, _keep_only(odds(courses, past), truth, courses))


def caseload_count(plan: Plan) -> int:
    rows = sum(len(each.published) + len(each.rates) for each in DETECTORS) + 1
    return len(WORLDS) * len(plan.seeds) * rows


def _clinic(world: World, seed: int, plan: Plan) -> tuple[Past, Courses]:
    """The same clinic and the same dyads for both tables."""
    dyads = simulate(world, stream(seed, "caseload"), plan.caseload_dyads, Caseload())
    return Past.of(replace(world, ruptured=BASE.ruptured), seed, plan.past), dyads


def _settings(detector: Detector, calm: Courses, past: Past) -> list[tuple[str, float]]:
    trace = detector.look(calm, past)
    tuned = [(f"{rate:.1f} false", threshold_for(trace, calm, rate)) for rate in detector.rates]
    return [*detector.published, *tuned]


def _worth(new: Flags, truth: _Truth, courses: Courses) -> dict[str, float]:
    alerts = max(int(new.sum()), 1)
    depth = courses.fall.max(0)
    hit = np.asarray((new & truth.fresh).any(0))
    shares = {f"found {deep:.0f}": _share(hit, np.isclose(depth, deep)) for deep in DEPTHS}
    return {
        "alerts": 100.0 * float(new.sum() / courses.answered.sum()),
        "true": 100.0 * float((new & truth.fresh).sum() / alerts),
        "true or still open": 100.0 * float((new & truth.ongoing).sum() / alerts),
        "found": _share(hit, np.asarray(depth > 0)),
        **shares,
    }


def _share(hit: Flags, among: Flags) -> float:
    return 100.0 * float(hit[among].mean()) if among.any() else float("nan")


def _keep_only(level: Level, truth: _Truth, courses: Courses) -> dict[str, float]:
    """New questions that are not at once urgent."""
    new = new_alerts(level.flags(KEEP_IN_MIND), courses) & ~level.flags(ASK_NOW)
    worth = _worth(new, truth, courses)
    return {name: worth[name] for name in ("alerts", "true", "true or still open")}


def calibration_rows(plan: Plan) -> Iterator[Row]:
    """The number that would be shown, by the true rate of ruptures, against how often a rupture was going on.

    In every held session, by steps of what is shown; then at the moment of a new alert.
    """
    for name, world in WORLDS.items():
        for seed in plan.seeds:
            past, courses = _clinic(world, seed, plan)
            level = odds(courses, past)
            shown, now = _shown(level, courses), courses.fall > 0
            for low, high in pairwise(STEPS):
                inside = courses.held & (shown >= low) & ((shown < high) | (high == 1.0))
                yield Row(name, ODDS.name, f"{low:g} to {high:g}", seed, _held_against(shown, now, inside))
            recent = _Truth.of(courses).ongoing
            for setting, threshold in AS_IS:
                new = new_alerts(level.flags(threshold), courses)
                values = _held_against(shown, now, new)
                values["now or in the last three"] = float(recent[new].mean()) if new.any() else float("nan")
                yield Row(name, ODDS.name, f"new: {setting}", seed, values)


def calibration_count(plan: Plan) -> int:
    return len(WORLDS) * len(plan.seeds) * (len(STEPS) - 1 + len(AS_IS))


def _shown(level: Level, courses: Courses) -> Numbers:
    rate = float((courses.onset >= 0).sum() / courses.held.sum())
    scaled = level.odds * rate / SHOWN_PER_RATE
    return np.asarray(scaled / (1.0 + scaled))


def _held_against(shown: Numbers, now: Flags, inside: Flags) -> dict[str, float]:
    """Shares from 0 to 1."""
    count = int(inside.sum())
    return {
        "sessions": float(count),
        "shown": float(shown[inside].mean()) if count else float("nan"),
        "rupture now": float(now[inside].mean()) if count else float("nan"),
    }

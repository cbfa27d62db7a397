"""How often detectors are wrong and what they find: in the base world, and in those that differ from it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alliance.analysis.simulation.clinics import CELLS, Cells, Past
from alliance.analysis.simulation.compare import (
    CHARTS,
    CHARTS_FULL,
    DETECTORS,
    ODDS,
    ODDS_UNLEARNED,
    Detector,
)
from alliance.analysis.simulation.plans import Plan, Row
from alliance.analysis.simulation.scoring import Calm, found
from alliance.analysis.simulation.traces import Trace
from alliance.analysis.simulation.tuning import threshold_for
from alliance.analysis.simulation.worlds import BASE, CHANGED, MIXED

CHANGED_CELLS = ("V1 20", "step 10", "step 20", "early 20")


def main_rows(plan: Plan) -> Iterator[Row]:
    """Every detector in the base world, as published and at an equal rate of false alerts."""
    for seed in plan.seeds:
        past, cells = Past.of(BASE, seed, plan.past), Cells.of(BASE, seed, plan.dyads)
        for detector in DETECTORS:
            yield from _settings("base", detector, past, cells, seed)


def main_count(plan: Plan) -> int:
    return len(plan.seeds) * sum(len(each.published) + len(each.rates) for each in DETECTORS)


CHANGED_DETECTORS = tuple(
    Detector(each.name, each.look, each.published, (2.0,))
    for each in (CHARTS, CHARTS_FULL, ODDS_UNLEARNED, ODDS)
)


def world_rows(plan: Plan) -> Iterator[Row]:
    """What becomes of it where the clinic differs; priors and links are learned anew in each world."""
    for name, world in (CHANGED | MIXED).items():
        for seed in plan.seeds:
            past = Past.of(world, seed, plan.past)
            cells = Cells.of(world, seed, plan.changed_dyads, CHANGED_CELLS)
            links = {"q": past.prior.q, "dp": past.prior.dp, "at 98 or more": _at_the_top(cells)}
            for detector in CHANGED_DETECTORS:
                for row in _settings(name, detector, past, cells, seed):
                    row.values.update(links)
                    yield row


def world_count(plan: Plan) -> int:
    rows = sum(len(each.published) + len(each.rates) for each in CHANGED_DETECTORS)
    return len(CHANGED | MIXED) * len(plan.seeds) * rows


def _at_the_top(cells: Cells) -> float:
    rated = cells.calm.rating[np.isfinite(cells.calm.rating)]
    return 100.0 * float((rated >= 98.0).mean())


def _settings(world: str, detector: Detector, past: Past, cells: Cells, seed: int) -> Iterator[Row]:
    """One detector at each of its settings."""
    calm = detector.look(cells.calm, past)
    traces = {name: detector.look(courses, past) for name, courses in cells.ruptured.items()}
    settings = [*detector.published]
    settings += [(f"{rate:.1f} false", threshold_for(calm, cells.calm, rate)) for rate in detector.rates]
    for setting, threshold in settings:
        values = {"threshold": threshold}
        values |= counted({"calm": calm} | traces, cells, threshold)
        yield Row(world, detector.name, setting, seed, values)


def counted(traces: dict[str, Trace], cells: Cells, threshold: float) -> dict[str, float]:
    """What a detector does at one threshold. `traces`: those of the cells by name, and of “calm”."""
    calm = Calm.of(traces["calm"].flags(threshold), cells.calm)
    values = {"false": calm.false, "flagged": calm.flagged}
    values |= dict(zip(("steady", "middling", "restless"), calm.thirds, strict=True))
    for name, courses in cells.ruptured.items():
        hits, delays = found(traces[name].flags(threshold), courses, CELLS[name])
        values[name] = 100.0 * float(hits.mean())
        if name == "step 20":
            values["delay"] = float(delays[hits].mean()) if hits.any() else np.nan
            values["at once"] = 100.0 * float((hits & (delays == 0)).mean())
    return values

"""How much past a clinic needs: what many short and long histories teach, and what the defaults alone are worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alliance.analysis.prior import DEFAULT
from alliance.analysis.simulation.clinics import Cells, Past
from alliance.analysis.simulation.compare import AS_IS, ODDS, UNLEARNED_DP, UNLEARNED_Q, odds
from alliance.analysis.simulation.plans import Plan, Row
from alliance.analysis.simulation.tables import counted
from alliance.analysis.simulation.traces import Trace
from alliance.analysis.simulation.worlds import BASE, CHANGED

SIZES = (20, 50, 300, 1000)
"""Past dyads that a clinic learned from."""
HISTORIES = 8
"""Pasts of each size, each made anew. They are all tried on the same dyads to come."""
HISTORY_CELLS = ("step 20",)

UNLIKE = ("base", "within SD 4", "within SD 9", "mean 60", "mean 95", "tension noise 18")
"""Worlds in which a clinic may find itself before it has learned anything. Defaults were chosen near the first."""
DEFAULT_CELLS = ("step 10", "step 20", "early 20")
AS_IT_BEGINS = "defaults, links off"
DEFAULTS = {
    AS_IT_BEGINS: DEFAULT,
    "defaults, links as assumed": replace(DEFAULT, q=UNLEARNED_Q, dp=UNLEARNED_DP),
}
"""How a clinic begins; and how it would if it believed in the links from the first day."""


def size_name(dyads: int) -> str:
    """What the table calls the size of a history."""
    return f"{dyads} past dyads"


def history_rows(plan: Plan) -> Iterator[Row]:
    """Each history’s prior and links, and what comes of them: a row for each level."""
    for seed in plan.seeds:
        cells = Cells.of(BASE, seed, plan.dyads, HISTORY_CELLS)
        for dyads in SIZES:
            for history in range(1, HISTORIES + 1):
                past = Past.of(BASE, seed, dyads, history)
                links = {"history": float(history), "q": past.prior.q, "dp": past.prior.dp}
                yield from _levels(size_name(dyads), ODDS.name, past, cells, seed, links)


def history_count(plan: Plan) -> int:
    return len(plan.seeds) * len(SIZES) * HISTORIES * len(AS_IS)


def default_rows(plan: Plan) -> Iterator[Row]:
    """The defaults in worlds that differ from what they assume, and what 300 past dyads would have taught."""
    for name in UNLIKE:
        world = CHANGED[name]
        for seed in plan.seeds:
            cells = Cells.of(world, seed, plan.dyads, DEFAULT_CELLS)
            learned = Past.of(world, seed, plan.past)
            for rule, prior in (DEFAULTS | {ODDS.name: learned.prior}).items():
                yield from _levels(name, rule, replace(learned, prior=prior), cells, seed, {})


def default_count(plan: Plan) -> int:
    return len(UNLIKE) * len(plan.seeds) * (len(DEFAULTS) + 1) * len(AS_IS)


def _levels(
    world: str, rule: str, past: Past, cells: Cells, seed: int, values: dict[str, float]
) -> Iterator[Row]:
    """The filter with this prior, at both of its levels as they are."""
    traces: dict[str, Trace] = {"calm": odds(cells.calm, past)}
    traces |= {kind: odds(courses, past) for kind, courses in cells.ruptured.items()}
    for setting, threshold in AS_IS:
        yield Row(world, rule, setting, seed, values | counted(traces, cells, threshold))

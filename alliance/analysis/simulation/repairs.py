"""Whether an episode ends where the rupture does: what the detector calls repaired, after an alert that was true."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alliance.analysis.odds import KEEP_IN_MIND, OFF
from alliance.analysis.simulation.clinics import CELLS, Cells, Past
from alliance.analysis.simulation.compare import ODDS, odds
from alliance.analysis.simulation.courses import Courses
from alliance.analysis.simulation.design import said
from alliance.analysis.simulation.forms import Flags, Numbers
from alliance.analysis.simulation.plans import Plan, Row
from alliance.analysis.simulation.scoring import found
from alliance.analysis.simulation.worlds import BASE

WITHIN = 8
"""Sessions after the alert in which a repair is looked for."""
IN_A_ROW = 2
REPAIR_CELLS = ("V1 20", "V3 20", "step 20", "step 30", "slide 20")
"""The first two are over by themselves; the others last to the end of the course."""


def repair_rows(plan: Plan) -> Iterator[Row]:
    """Of ruptures that “keep in mind” found: how many are called repaired, and after how many sessions."""
    for seed in plan.seeds:
        past, cells = Past.of(BASE, seed, plan.past), Cells.of(BASE, seed, plan.dyads, REPAIR_CELLS)
        for name, courses in cells.ruptured.items():
            level = odds(courses, past)
            hits, delays = found(level.flags(KEEP_IN_MIND), courses, CELLS[name])
            began = np.where(hits, courses.onset + delays, -1).astype(int)
            enough, after = repaired(level.per_point, courses, began)
            done = after > 0
            values = {
                "episodes": float(enough.sum()),
                "repaired": 100.0 * float(done.sum() / max(int(enough.sum()), 1)),
                "after": float(after[done].mean()) if done.any() else float("nan"),
            }
            yield Row("base", ODDS.name, name, seed, values)


def repair_count(plan: Plan) -> int:
    return len(plan.seeds) * len(REPAIR_CELLS)


def repaired(
    odds_per_point: Numbers, courses: Courses, began: np.ndarray[tuple[int], np.dtype[np.int_]]
) -> tuple[Flags, Numbers]:
    """Which episodes had enough rated sessions to be called repaired, and after how many they were: 0 never.

    `odds_per_point`: odds by give or take, (40, n). `began`: index of the session with the alert, −1 without one.
    """
    scored = np.isfinite(courses.rating) | np.isfinite(courses.tension)
    with np.errstate(invalid="ignore"):
        calm = (odds_per_point < KEEP_IN_MIND * OFF) & ~said(courses)
    everyone = np.arange(courses.dyads)
    seen, run, after = (np.zeros(courses.dyads) for _ in range(3))
    for later in range(1, WITHIN + 1):
        number = np.minimum(began + later, len(scored) - 1)
        held = (began >= 0) & (began + later < courses.sessions)
        here = held & scored[number, everyone]
        seen += here
        # Silence alone repairs nothing, but a question that it raises opens the episode again.
        asked = held & ~here & (odds_per_point[number, everyone] >= KEEP_IN_MIND)
        run = np.where(here, np.where(calm[number, everyone], run + 1, 0), np.where(asked, 0, run))
        after = np.where((run == IN_A_ROW) & (after == 0) & here, later, after)
    return seen >= IN_A_ROW, after

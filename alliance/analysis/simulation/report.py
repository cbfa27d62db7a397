"""What a simulation found, in words and tables; every figure in it is read from the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alliance.analysis.simulation.histories import HISTORIES, SIZES
from alliance.analysis.simulation.layouts import (
    calibration_views,
    caseload_views,
    main_views,
    repair_views,
    trial_views,
    world_views,
)
from alliance.analysis.simulation.learned_layouts import default_views, history_views
from alliance.analysis.simulation.plans import Row
from alliance.analysis.simulation.results import Result
from alliance.analysis.simulation.views import Means, View, number

VIEWS: dict[str, Callable[[Sequence[Row]], list[View]]] = {
    "main": main_views,
    "worlds": world_views,
    "caseload": caseload_views,
    "calibration": calibration_views,
    "histories": history_views,
    "defaults": default_views,
    "repair": repair_views,
    "tried": trial_views,
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One figure that the odds filter must reach, `most` or `least`, in the mean of the seeds."""

    table: str
    key: tuple[str, str, str]
    value: str
    limit: float
    is_least: bool

    def kept(self, found: float) -> bool:
        return found >= self.limit if self.is_least else found <= self.limit


KEEP = ("base", "odds filter", "keep in mind")
ASK = ("base", "odds filter", "ask now")
BAR = (
    Promise("main", KEEP, "false", 2.4, False),
    Promise("main", KEEP, "step 20", 85.0, True),
    Promise("main", KEEP, "early 20", 82.0, True),
    Promise("main", KEEP, "step 10", 48.0, True),
    Promise("main", ASK, "false", 0.8, False),
    Promise("main", ASK, "step 20", 74.0, True),
    Promise("worlds", ("neither tension nor silence", "odds filter", "2.0 false"), "step 20", 80.0, True),
)


def bar_view(results: dict[str, Result]) -> View:
    """The bar, with every seed's own figure."""
    lines = []
    for promise in BAR:
        if promise.table in results:
            means = Means(results[promise.table].rows)
            mean = means.of(promise.key, promise.value)
            wanted = f"{'at least' if promise.is_least else 'at most'} {promise.limit:g}"
            seeds = ", ".join(number(value, 2) for value in means.by_seed(promise.key, promise.value))
            reached = "yes" if promise.kept(mean) else "no"
            world, _, setting = promise.key
            lines.append((world, setting, promise.value, wanted, number(mean, 2), seeds, reached))
    note = "What the odds filter has to reach, the mean over the seeds and each seed by itself."
    heads = ("world", "setting", "figure", "wanted", "mean", "by seed", "reached")
    return View("The bar", note, heads, tuple(lines), 7)


def views(results: dict[str, Result]) -> list[View]:
    """All tables that there are, the bar first."""
    bar = bar_view(results)
    found = [view for name, result in results.items() for view in VIEWS[name](result.rows)]
    return ([bar] if bar.lines else []) + [view for view in found if view.lines]


def as_text(results: dict[str, Result]) -> str:
    """For a terminal."""
    return "\n".join(view.as_text() for view in views(results))


INTRODUCTION = """# How often the detector is right and wrong

Written by `alliance simulate` from the files in [simulation](simulation); no figure here was typed. **Simulation, not
clinical validation**: these are made-up courses of therapy whose truth is known. How real patients rate during a
rupture may differ from all of these worlds.
"""

ASSUMED = """## What is assumed

A dyad’s level lies around 82 of 100 (SD 13, therapists 2.5 more), grows a little, and wanders from session to session
(median SD 6, autocorrelation .3). Three scales each have a lasting offset (SD 4) and noise (SD 5), in whole numbers
from 0 to 100. Courses have 5 to 40 sessions (median 14). About one form in nine stays unanswered, 20 points more
during a rupture. Half of the patients put 1.4 times the fall into the tension items, half .2 times.

A rupture lowers the level by 10, 20 or 30 points: *V1* for one session, *V3* for three, *step* to the end, *slide* in
four parts to the end, *early* a step in sessions 2 to 4. “3 SD” is three of the dyad’s own SDs. It counts as found if
a **new** alert comes within 2 (V1), 4, or 6 (slide) sessions, its onset included. A rule that is often on is credited
only for a change.

Each clinic first learns its prior and its links from 300 past dyads, of which 30 % hold ruptures. Rules “as
published” are our own readings that look back only; published criteria mostly use the whole course. With mixed forms
every scale is answered item by item from 0 to 10, three items on *after-session*, one on *pulse*; half of a scale’s
noise is its items’.
"""


def as_page(results: dict[str, Result]) -> str:
    """For the documentation."""
    made = [f"- {name}: {_made(name, result)}" for name, result in results.items()]
    parts = [INTRODUCTION, "\n".join(made) + "\n", *(view.as_markdown() for view in views(results)), ASSUMED]
    return "\n".join(parts)


def _made(name: str, result: Result) -> str:
    plan = result.plan
    for_each = "dyads for each kind of rupture and twice as many without one"
    dyads = {
        "main": f"{plan.dyads} {for_each}",
        "worlds": f"{plan.changed_dyads} {for_each}",
        "tried": f"{plan.changed_dyads} {for_each}",
        "histories": f"{plan.dyads} {for_each}",
        "defaults": f"{plan.dyads} {for_each}",
        "repair": f"{plan.dyads} dyads for each kind of rupture",
    }.get(name, f"{plan.caseload_dyads} dyads")
    seeds = ", ".join(map(str, plan.seeds))
    sizes = ", ".join(map(str, SIZES))
    past = f"{HISTORIES} pasts each of {sizes} dyads" if name == "histories" else f"{plan.past} in the past"
    return f"version {result.version}; seeds {seeds}; {dyads}; {past}"

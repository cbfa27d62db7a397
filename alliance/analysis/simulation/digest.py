"""The few figures that the application itself tells, taken from the simulation's tables."""

from __future__ import annotations

import json
from typing import Any

from alliance.analysis.simulation.caseload import KEEP_ONLY
from alliance.analysis.simulation.histories import AS_IT_BEGINS, SIZES, UNLIKE, size_name
from alliance.analysis.simulation.plans import Row
from alliance.analysis.simulation.results import DIGITS, Result
from alliance.analysis.simulation.views import THIRDS, Key, Means
from alliance.analysis.simulation.worlds import CHANGED

FORMAT = 1
OURS = "odds filter"
LEVELS = ("keep in mind", "ask now")
RUPTURES = ("V1 20", "V3 20", "step 10", "step 20", "step 30", "slide 20", "early 20")
TABLES = ("main", "worlds", "caseload", "histories", "defaults")
PUBLISHED = (
    ("cut-off", "36 of 40"),
    ("drop from the session before", "1 of 40"),
    ("cut-off or drop", "as published"),
    ("reliable change", "1.96"),
    ("drop in own SDs", "1 SD"),
    ("XmR", "3 sigma"),
    ("Q chart", "3 sigma"),
)
ALIKE = "2.0 false"
COMPARED = (
    *(OURS, "odds filter, ratings only", "XmR", "drop from the session before", "cut-off"),
    "knows level and SD, ratings",
)


def evidence_json(results: dict[str, Result]) -> str:
    """What the help pages read: the means over the seeds, the same bytes for the same tables.

    Rates of false alerts are per 100 answered sessions of dyads without a rupture, everything else is per cent.
    Raises ValueError, in a sentence, if one of the five tables it needs, or a figure in them, is not there.
    """
    if missing := [name for name in TABLES if name not in results]:
        raise ValueError(f"The evidence needs the tables {', '.join(TABLES)}; missing: {', '.join(missing)}.")
    main, worlds, caseload, histories, defaults = (Means(results[name].rows) for name in TABLES)
    made = results["main"]
    known = {
        "format": FORMAT,
        "version": made.version,
        "seeds": list(made.plan.seeds),
        "dyads": made.plan.dyads,
        "past": made.plan.past,
        "ours": [_rule(main, OURS, level) for level in LEVELS],
        "published": [_rule(main, *rule) for rule in PUBLISHED],
        "alike": {rule: _mean(main, ("base", rule, ALIKE), "step 20") for rule in COMPARED},
        "worth": {level: _worth(caseload, level) for level in (*LEVELS, KEEP_ONLY)},
        "worlds": _worlds(worlds, results["worlds"].rows),
        "beginning": _beginning(defaults),
        "by past": {str(size): _pair(histories, (size_name(size), OURS, LEVELS[0])) for size in SIZES},
    }
    return json.dumps(known, indent=1) + "\n"


def _mean(means: Means, key: Key, name: str) -> float:
    if not means.by_seed(key, name):
        raise ValueError(f"The tables have no “{name}” of {', '.join(key)}.")
    return round(means.of(key, name), DIGITS)


def _rule(means: Means, rule: str, setting: str) -> dict[str, Any]:
    key = ("base", rule, setting)
    return {
        "rule": rule,
        "setting": setting,
        "false": _mean(means, key, "false"),
        "thirds": [_mean(means, key, third) for third in THIRDS],
        "found": {rupture: _mean(means, key, rupture) for rupture in RUPTURES},
    }


def _worth(means: Means, level: str) -> dict[str, float]:
    """How many alerts there are, and how many are true, where three dyads in ten go through a rupture."""
    return {
        name: _mean(means, ("base", OURS, level), name) for name in ("alerts", "true", "true or still open")
    }


def _worlds(means: Means, rows: tuple[Row, ...]) -> dict[str, float]:
    there = {row.world for row in rows}
    tried = [name for name in CHANGED if name in there]
    false = [_mean(means, (name, OURS, "keep in mind"), "false") for name in tried]
    found = [_mean(means, (name, OURS, ALIKE), "step 20") for name in tried]
    return {"tried": len(tried), "least": min(false), "most": max(false), "found least": min(found)}


def _beginning(means: Means) -> dict[str, float]:
    """A clinic with the defaults alone: where they fit, and over the worlds where they do not."""
    keys = [(world, AS_IT_BEGINS, LEVELS[0]) for world in UNLIKE]
    false = [_mean(means, key, "false") for key in keys]
    return _pair(means, keys[0]) | {"least": min(false), "most": max(false)}


def _pair(means: Means, key: Key) -> dict[str, float]:
    return {"false": _mean(means, key, "false"), "found": _mean(means, key, "step 20")}

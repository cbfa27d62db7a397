"""How the tables about a clinic’s past are shown: how much of it there is, and what to expect without it."""

from __future__ import annotations

from collections.abc import Sequence

from alliance.analysis.simulation.compare import ODDS
from alliance.analysis.simulation.histories import (
    DEFAULT_CELLS,
    DEFAULTS,
    HISTORIES,
    SIZES,
    UNLIKE,
    size_name,
)
from alliance.analysis.simulation.plans import Row
from alliance.analysis.simulation.views import Key, Means, View, number, thirds

KEEP, ASK = "keep in mind", "ask now"
RULES = {**{name: name for name in DEFAULTS}, ODDS.name: "learned"}


def history_views(rows: Sequence[Row]) -> list[View]:
    """What histories of each size teach."""
    means = Means(rows)
    note = (
        f"{HISTORIES} pasts of each size and seed, each with its own prior and links, tried on the same dyads to come. "
        "False alerts per 100 and per cent of step 20 found, thresholds as they are: the mean, and from the least to "
        "the most of each seed’s pasts. Below 200 past dyads the prior is blended with the defaults; below 50 the "
        "links stay off. Learned q and Dp likewise."
    )
    heads = (
        *("past", "false", "by seed", "ask now, false", "by seed", "step 20", "by seed"),
        *("ask now, step 20", "q", "Dp"),
    )
    there = [size_name(dyads) for dyads in SIZES if any(key[0] == size_name(dyads) for key in means.keys)]
    lines = []
    for size in there:
        keep, ask = (size, ODDS.name, KEEP), (size, ODDS.name, ASK)
        lines.append(
            (
                size,
                number(means.of(keep, "false"), 2),
                _reach(rows, keep, "false", 1),
                number(means.of(ask, "false"), 2),
                _reach(rows, ask, "false", 1),
                number(means.of(keep, "step 20")),
                _reach(rows, keep, "step 20", 0),
                number(means.of(ask, "step 20")),
                _over_all(means.by_seed(keep, "q")),
                _over_all(means.by_seed(keep, "dp")),
            )
        )
    return [View("How much past it takes", note, heads, tuple(lines))]


def default_views(rows: Sequence[Row]) -> list[View]:
    """What the defaults do where the clinic is not as they assume."""
    means = Means(rows)
    note = (
        "Before anything is learned: false alerts per 100, thirds, and per cent found (step 10 / step 20 / early 20), "
        "thresholds as they are. Links are off until 50 past dyads are there; “as assumed” would believe in them from "
        "the first day (q .5, Dp .15). “Learned”: what 300 past dyads in the same world make of it."
    )
    found = " / ".join(DEFAULT_CELLS)
    heads = ("world", "prior", "false", "by seed", "thirds", found, "ask now, false", f"ask now, {found}")
    lines = []
    for world in UNLIKE:
        for rule, called in RULES.items():
            keep, ask = (world, rule, KEEP), (world, rule, ASK)
            if keep not in means.keys:
                continue
            lines.append(
                (
                    world,
                    called,
                    number(means.of(keep, "false"), 2),
                    _reach(rows, keep, "false", 1),
                    thirds(means, keep),
                    _found(means, keep),
                    number(means.of(ask, "false"), 2),
                    _found(means, ask),
                )
            )
    return [View("The defaults alone", note, heads, tuple(lines), 2)]


def _found(means: Means, key: Key) -> str:
    return " / ".join(number(means.of(key, name)) for name in DEFAULT_CELLS)


def _reach(rows: Sequence[Row], key: Key, name: str, digits: int) -> str:
    """From the least to the most, seed by seed."""
    seeds: dict[int, list[float]] = {}
    for row in rows:
        if (row.world, row.rule, row.setting) == key:
            seeds.setdefault(row.seed, []).append(row.values[name])
    return ", ".join(
        number(values[0], digits)
        if len(values) == 1
        else f"{number(min(values), digits)}–{number(max(values), digits)}"
        for values in seeds.values()
    )


def _over_all(values: Sequence[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f}"

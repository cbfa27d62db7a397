"""The tables as people read them: means over the seeds, in columns, as text or as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import fill

from alliance.analysis.simulation.caseload import KEEP_ONLY
from alliance.analysis.simulation.clinics import CELLS
from alliance.analysis.simulation.plans import Row
from alliance.analysis.simulation.tables import CHANGED_CELLS
from alliance.analysis.simulation.worlds import CHANGED, MIXED

NOTHING = "–"
WIDTH = 120
Key = tuple[str, str, str]
THIRDS = ("steady", "middling", "restless")


@dataclass(frozen=True, slots=True)
class View:
    """A table to read: a title, what its columns mean, and the cells as text. The first columns are words."""

    title: str
    note: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    words: int = 1

    def as_text(self) -> str:
        """In columns of equal width."""
        cells = [self.heads, *self.lines]
        widths = [max(len(line[place]) for line in cells) for place in range(len(self.heads))]
        rows = ["  ".join(self._padded(line, widths)).rstrip() for line in cells]
        note = [fill(self.note, WIDTH), ""] if self.note else []
        return "\n".join([self.title, "", *note, rows[0], "-" * len(rows[0]), *rows[1:], ""])

    def as_markdown(self) -> str:
        marks = ["---" if place < self.words else "---:" for place in range(len(self.heads))]
        rows = ["| " + " | ".join(line) + " |" for line in (self.heads, marks, *self.lines)]
        note = [fill(self.note, WIDTH), ""] if self.note else []
        return "\n".join([f"## {self.title}", "", *note, *rows, ""])

    def _padded(self, line: Sequence[str], widths: Sequence[int]) -> list[str]:
        return [
            cell.ljust(width) if place < self.words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]


class Means:
    """The values of each world, rule and setting, averaged over the seeds."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups: dict[Key, list[Row]] = {}
        for row in rows:
            self._groups.setdefault((row.world, row.rule, row.setting), []).append(row)

    @property
    def keys(self) -> list[Key]:
        return list(self._groups)

    def of(self, key: Key, name: str) -> float:
        """The mean; NaN where no seed has a value."""
        values = self.by_seed(key, name)
        return sum(values) / len(values) if values else math.nan

    def by_seed(self, key: Key, name: str) -> list[float]:
        """What was found, seed by seed."""
        return [
            row.values[name]
            for row in self._groups.get(key, ())
            if not math.isnan(row.values.get(name, math.nan))
        ]

    def weighted(self, key: Key, name: str, weight: str) -> float:
        """The mean over all that was counted in `weight`."""
        pairs = [(row.values[weight], row.values.get(name, math.nan)) for row in self._groups.get(key, ())]
        known = [(count, value) for count, value in pairs if count and not math.isnan(value)]
        total = sum(count for count, _ in known)
        return sum(count * value for count, value in known) / total if total else math.nan


def number(value: float, digits: int = 0) -> str:
    """As it stands in a table."""
    return NOTHING if math.isnan(value) else f"{value:.{digits}f}"


def thirds(means: Means, key: Key) -> str:
    """False alerts of steady, middling and restless dyads."""
    return " / ".join(number(means.of(key, name), 1) for name in THIRDS)


def main_views(rows: Sequence[Row]) -> list[View]:
    """As published, and at equal rates of false alerts."""
    means = Means(rows)
    heads = ("rule", "setting", "threshold", "false", "thirds", *CELLS, "delay", "at once", "flagged")
    lines: dict[bool, list[tuple[str, ...]]] = {False: [], True: []}
    for key in means.keys:
        lines[key[2].endswith(" false")].append(
            (
                *key[1:],
                number(means.of(key, "threshold"), 3),
                number(means.of(key, "false"), 2),
                thirds(means, key),
                *(number(means.of(key, name)) for name in CELLS),
                number(means.of(key, "delay"), 2),
                number(means.of(key, "at once")),
                number(means.of(key, "flagged"), 1),
            )
        )
    note = (
        "False: new alerts per 100 answered sessions of dyads without a rupture; thirds: the same for steady, "
        "middling and restless dyads. Then per cent of ruptures found in time. Delay in sessions and found at once: "
        "of step 20. Flagged: sessions with the flag on, per 100 answered, without a rupture."
    )
    return [
        View("Rules as they are used", note, heads, tuple(lines[False]), 2),
        View("All rules at the same number of false alerts", "", heads, tuple(lines[True]), 2),
    ]


def world_views(rows: Sequence[Row]) -> list[View]:
    """Changed worlds, and mixed forms."""
    means = Means(rows)
    note = (
        "False alerts per 100 with the thresholds as they are, for the two charts on ratings, the two charts with "
        "their side rules, the odds filter at “keep in mind” (with its range over the seeds) and at “ask now”; "
        "thirds of “keep in mind”. Then per cent found (V1 20 / step 10 / step 20 / early 20) with each rule at 2.0 "
        "false alerts. Links: q and Dp as learned from the past; “assumed” holds them at .5 and .15."
    )
    heads = (
        *("world", "98+", "links", "charts", "charts, full", "keep in mind", "range", "ask now", "thirds"),
        *("charts at 2.0", "charts, full at 2.0", "odds, assumed at 2.0", "odds at 2.0"),
    )
    there = {world for world, _, _ in means.keys}
    return [
        View(title, note, heads, tuple(_world_line(means, name) for name in worlds if name in there))
        for title, worlds in (("Changed worlds", CHANGED), ("Mixed forms", MIXED))
    ]


def _world_line(means: Means, world: str) -> tuple[str, ...]:
    keep = (world, "odds filter", "keep in mind")
    falses = means.by_seed(keep, "false")
    rules = ("two charts, ratings", "two charts, full", "odds filter, links as assumed", "odds filter")
    return (
        world,
        number(means.of(keep, "at 98 or more")) + " %",
        f"{means.of(keep, 'q'):.2f}, {means.of(keep, 'dp'):.2f}",
        number(means.of((world, "two charts, ratings", "as designed"), "false"), 1),
        number(means.of((world, "two charts, full", "as designed"), "false"), 1),
        number(means.of(keep, "false"), 2),
        f"{min(falses):.1f}–{max(falses):.1f}",
        number(means.of((world, "odds filter", "ask now"), "false"), 2),
        thirds(means, keep),
        *(_found(means, (world, rule, "2.0 false")) for rule in rules),
    )


def _found(means: Means, key: Key) -> str:
    """What is found at 2.0 false alerts; with the rate in brackets where a rule cannot come near it."""
    rate = means.of(key, "false")
    off = f" (at {rate:.1f})" if abs(rate - 2.0) > 0.15 else ""
    return "/".join(number(means.of(key, name)) for name in CHANGED_CELLS) + off


def caseload_views(rows: Sequence[Row]) -> list[View]:
    """What alerts are worth."""
    means = Means(rows)
    note = (
        "Alerts per 100 answered sessions; per cent of them within four sessions of an onset, and those besides in a "
        "rupture that still lasts; per cent of ruptures found within four sessions, all and by depth."
    )
    heads = ("world", "rule", "setting", "alerts", "true", "true or still open", "found", "10 / 20 / 30")
    lines = []
    for key in means.keys:
        by_depth = " / ".join(number(means.of(key, f"found {depth}")) for depth in (10, 20, 30))
        worth = [number(means.of(key, name)) for name in ("true", "true or still open", "found")]
        depths = NOTHING if key[2] == KEEP_ONLY else by_depth
        lines.append((*key, number(means.of(key, "alerts"), 1), *worth, depths))
    return [View("A caseload", note, heads, tuple(lines), 3)]


def calibration_views(rows: Sequence[Row]) -> list[View]:
    """What the shown number is worth."""
    means = Means(rows)
    note = (
        "The probability that would be shown, by the true rate of ruptures, and how often a rupture was going on: "
        "in all held sessions by steps of what is shown, then at new alerts (in brackets: or in the last three "
        "sessions). Mean error: over all sessions, of the steps’ means."
    )
    worlds = list(dict.fromkeys(world for world, _, _ in means.keys))
    settings = list(dict.fromkeys(setting for _, _, setting in means.keys))
    lines = []
    for setting in settings:
        cells = [_shown_and_true(means, (world, "odds filter", setting)) for world in worlds]
        lines.append((setting, *cells))
    errors = [number(mean_error(means, world), 3) for world in worlds]
    return [View("The shown number", note, ("shown", *worlds), (*lines, ("mean error", *errors)))]


def _shown_and_true(means: Means, key: Key) -> str:
    shown, true = (means.weighted(key, name, "sessions") for name in ("shown", "rupture now"))
    recent = means.weighted(key, "now or in the last three", "sessions")
    besides = "" if math.isnan(recent) else f" ({recent:.2f})"
    return f"{number(shown, 2)} → {number(true, 2)}{besides}"


def mean_error(means: Means, world: str) -> float:
    """Mean distance of what is shown from what is true, over all held sessions."""
    steps = [key for key in means.keys if key[0] == world and not key[2].startswith("new")]
    counts = [sum(means.by_seed(key, "sessions")) for key in steps]
    gaps = [
        abs(means.weighted(key, "shown", "sessions") - means.weighted(key, "rupture now", "sessions"))
        for key in steps
    ]
    pairs = [(count, gap) for count, gap in zip(counts, gaps, strict=True) if count]
    return sum(count * gap for count, gap in pairs) / sum(count for count, _ in pairs)

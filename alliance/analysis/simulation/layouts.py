"""Which columns each table shows, and what its note says."""

from __future__ import annotations

import math
from collections.abc import Sequence

from alliance.analysis.simulation.caseload import KEEP_ONLY
from alliance.analysis.simulation.clinics import CELLS
from alliance.analysis.simulation.plans import Row
from alliance.analysis.simulation.tables import CHANGED_CELLS
from alliance.analysis.simulation.trials import AS_ADOPTED, TOLD, TRIAL_CELLS, TRIALS
from alliance.analysis.simulation.views import NOTHING, Key, Means, View, number, thirds
from alliance.analysis.simulation.worlds import CHANGED, MIXED


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
    found = []
    for title, worlds in (("Changed worlds", CHANGED), ("Mixed forms", MIXED)):
        names = [name for name in worlds if name in there]
        told = f"{note} {_spread(means, names)}" if names else note
        found.append(View(title, told, heads, tuple(_world_line(means, name) for name in names)))
    return found


def _spread(means: Means, worlds: Sequence[str]) -> str:
    """How far the rate of false alerts moves."""
    rates = [means.of((world, "odds filter", "keep in mind"), "false") for world in worlds]
    inside = sum(1.5 <= rate <= 2.5 for rate in rates)
    return (
        f"“Keep in mind” gives {min(rates):.1f} to {max(rates):.1f} false alerts; {inside} of the {len(rates)} worlds "
        "lie within 1.5 to 2.5."
    )


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


def trial_views(rows: Sequence[Row]) -> list[View]:
    """What was tried."""
    means = Means(rows)
    note = (
        "The odds filter with one thing changed, each at 2.0 false alerts: how these fall on steady, middling and "
        "restless dyads, how many times as many the restless get, and per cent of ruptures found. The last of the base "
        "world cannot be built: they are told the dyad’s true SD, its level, or both, and show what there is to gain. "
        f"{_gains(means)} "
        f"Fairer to the restless and no worse in any figure of any world: {', '.join(no_worse(means)) or 'none'}."
    )
    heads = ("world", "change", "threshold", "thirds", "times", *TRIAL_CELLS)
    lines = [
        (
            *key[:2],
            number(means.of(key, "threshold"), 4),
            thirds(means, key),
            number(means.of(key, "restless per steady"), 1),
            *(number(means.of(key, name), 1) for name in TRIAL_CELLS),
        )
        for key in means.keys
    ]
    return [View("What was tried", note, heads, tuple(lines), 2)]


def repair_views(rows: Sequence[Row]) -> list[View]:
    """Ends of episodes."""
    means = Means(rows)
    note = (
        "Of ruptures found at “keep in mind”: per cent called repaired within eight sessions, that is after two rated "
        "sessions in a row with low odds and no tension of 50 or more, and after how many sessions. V1 and V3 are over "
        "by themselves; the others last, so a repair of these is wrong."
    )
    lines = [
        (
            key[2],
            number(means.of(key, "episodes")),
            *(number(means.of(key, name), 1) for name in ("repaired", "after")),
        )
        for key in means.keys
    ]
    return [View("Repair", note, ("rupture", "episodes", "repaired", "after"), tuple(lines))]


def _gains(means: Means) -> str:
    """What there would be to gain, in the base world."""

    def of(trial: str, name: str) -> float:
        return means.of(("base", trial, "2.0 false"), name)

    def told(trial: str) -> str:
        more = of(trial, "early 20") - of(AS_ADOPTED, "early 20")
        return f"{trial}, {of(trial, 'restless per steady'):.1f} times and {more:+.1f} points of early 20"

    return (
        f"Against {of(AS_ADOPTED, 'restless per steady'):.1f} times as adopted: {'; '.join(map(told, TOLD))}."
    )


def no_worse(means: Means) -> list[str]:
    """The changes that can be built and are worth adopting: better for the restless, and nowhere a loss."""
    figures = dict.fromkeys(TRIAL_CELLS, 1.0) | {"restless per steady": -1.0}

    def better(key: Key) -> bool:
        adopted = (key[0], AS_ADOPTED, key[2])
        return all(
            sign * (means.of(key, name) - means.of(adopted, name)) >= 0.0 for name, sign in figures.items()
        )

    tried = [name for name in TRIALS if name not in (AS_ADOPTED, *TOLD)]
    return [name for name in tried if all(better(key) for key in means.keys if key[1] == name)]


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

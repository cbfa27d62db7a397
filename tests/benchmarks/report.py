"""The figures as a table for people, and as JSON."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from alliance.storage import sqlite
from tests.benchmarks.assured import Assurance
from tests.benchmarks.goals import GOALS, LEFT_OUT, Goal
from tests.benchmarks.measuring import Result, Spread

BEGIN, END = "<!-- figures begin -->", "<!-- figures end -->"
HEAD = (
    *("", "measure", "against", "figure (least–most)", "rounds", "reference (least–most)"),
    *("goal", "stretch", "reached", "note"),
)


def machine() -> dict[str, str]:
    """Where and with what it was measured."""
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "processors": f"{os.cpu_count()} × {processor}",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": f"{'.'.join(map(str, sqlite.VERSION))} ({sqlite.LIBRARY})",
        "libraries": ", ".join(
            f"{name} {version(name)}" for name in ("flask", "waitress", "gunicorn", "plotly")
        ),
        "load before": " ".join(f"{load:.1f}" for load in os.getloadavg()),
    }


def rows(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """A row a result, in the order of the goals."""
    order = list(GOALS)
    return [
        _row(GOALS[result.goal], result)
        for result in sorted(results, key=lambda each: order.index(each.goal))
    ]


def _row(goal: Goal, result: Result) -> tuple[str, ...]:
    sign = "≥" if goal.at_least else "≤"
    unit = f" {goal.unit}" if goal.unit else ""
    asked = ["–" if level is None else f"{sign} {level:g}{unit}" for level in (goal.goal, goal.stretch)]
    reference = ""
    if result.reference:
        reference = f"{_spread(Spread.of(result.reference), 3, exact=False)} {result.unit}"
    figure = f"{goal.figure(result):.{goal.exactly}f}{unit}"
    if len(set(result.values)) > 1:
        figure += f" ({result.spread.least:.{goal.exactly}f}–{result.spread.most:.{goal.exactly}f})"
    note = "; ".join(filter(None, (result.kind, result.note)))
    return (
        *(
            result.goal.replace(" ", " "),
            goal.measure,
            goal.reference or "–",
            figure,
            str(len(result.values)),
        ),
        *(reference or "–", *asked, goal.verdict(result), note),
    )


def _spread(spread: Spread, digits: int, *, exact: bool) -> str:
    least, median, most = (
        f"{value:.{digits}g}" if value < 1_000 else f"{value:,.0f}"
        for value in (spread.least, spread.median, spread.most)
    )
    return f"{median} ({least}–{most})"


def as_text(results: Sequence[Result], assurances: Sequence[Assurance]) -> str:
    """What is printed."""
    table = [HEAD, *rows(results)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEAD) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in table
    ]
    return "\n".join([*_assured(assurances), "", *lines, "", *_left_out()])


def as_markdown(results: Sequence[Result], assurances: Sequence[Assurance], command: str) -> str:
    """What stands in docs/benchmarks.md."""
    told = [f"| {name} | {value} |" for name, value in machine().items()]
    table = ["| " + " | ".join(row) + " |" for row in (HEAD, *rows(results))]
    table.insert(1, "|" + "---|" * len(HEAD))
    return "\n".join(
        [
            f"Measured on {datetime.now(UTC):%-d %B %Y} at {datetime.now(UTC):%H:%M} UTC with `{command}`.",
            *("", "| | |", "|---|---|", *told, ""),
            *(f"- {line}" for line in _assured(assurances)),
            *("", *table, ""),
            *_left_out(),
        ]
    )


def _assured(assurances: Sequence[Assurance]) -> list[str]:
    return [f"{one.what}: {'yes' if one.holds else 'NO'} ({one.told})." for one in assurances]


def _left_out() -> list[str]:
    return [f"{name} is left out: {why}." for name, why in LEFT_OUT.items()]


def into(path: Path, text: str) -> None:
    """Put the figures between their marks. Raises ValueError where the file has none."""
    whole = path.read_text(encoding="utf-8")
    if BEGIN not in whole or END not in whole:
        raise ValueError(f"{path} has no “{BEGIN}” and “{END}” for the figures to stand between.")
    before, _, rest = whole.partition(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def as_json(results: Sequence[Result], assurances: Sequence[Assurance], command: str) -> str:
    """Every round of every figure."""
    figures = []
    for result in results:
        goal = GOALS[result.goal]
        figures.append(
            {
                "id": result.goal, "measure": goal.measure, "against": goal.reference, "unit": goal.unit,
                "kind": result.kind, "figure": goal.figure(result), "rounds": list(result.values),
                "reference": {"unit": result.unit, "rounds": list(result.reference)},
                "goal": goal.goal, "stretch": goal.stretch, "at_least": goal.at_least,
                "reached": goal.verdict(result), "note": result.note,
            }
        )  # fmt: skip
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "command": command, "machine": machine(),
        "python": sys.version, "left_out": LEFT_OUT,
        "assured": [{"what": one.what, "holds": one.holds, "told": one.told} for one in assurances],
        "figures": figures,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

"""The finished tables as data: one CSV a table, and one JSON with all of them, the same bytes every time."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from alliance.analysis.simulation import caseload, histories, repairs, tables, trials
from alliance.analysis.simulation.plans import Plan, Row

FORMAT = 1
DIGITS = 4
LEAD = ("world", "rule", "setting", "seed")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a table is made: `rows`, as they come, and how many there will be."""

    rows: Callable[[Plan], Iterator[Row]]
    count: Callable[[Plan], int]


KINDS: dict[str, Kind] = {
    "main": Kind(tables.main_rows, tables.main_count),
    "worlds": Kind(tables.world_rows, tables.world_count),
    "caseload": Kind(caseload.caseload_rows, caseload.caseload_count),
    "calibration": Kind(caseload.calibration_rows, caseload.calibration_count),
    "histories": Kind(histories.history_rows, histories.history_count),
    "defaults": Kind(histories.default_rows, histories.default_count),
    "repair": Kind(repairs.repair_rows, repairs.repair_count),
    "tried": Kind(trials.trial_rows, trials.trial_count),
}


@dataclass(frozen=True, slots=True)
class Result:
    """One table with what it takes to make it again. `version`: of the product that made it."""

    version: str
    plan: Plan
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, version: str, plan: Plan, rows: Iterable[Row]) -> Result:
        """With its numbers rounded to four places, as they are kept."""
        return cls(version, plan, tuple(_rounded(row) for row in rows))

    @property
    def columns(self) -> list[str]:
        """The names of the values, in the order in which they first come."""
        return list(dict.fromkeys(name for row in self.rows for name in row.values))

    def to_csv(self) -> str:
        """One line a row; an empty field is a number that could not be taken."""
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow([*LEAD, *self.columns])
        for row in self.rows:
            values = [row.values.get(name, math.nan) for name in self.columns]
            writer.writerow([row.world, row.rule, row.setting, row.seed, *map(_field, values)])
        return written.getvalue()


def _rounded(row: Row) -> Row:
    values = {name: round(value, DIGITS) + 0.0 for name, value in row.values.items()}
    return Row(row.world, row.rule, row.setting, row.seed, values)


def _field(value: float) -> str:
    return "" if math.isnan(value) else f"{value:g}" if value == int(value) else str(value)


def to_json(results: dict[str, Result]) -> str:
    """All tables. Free of dates, so that the same run writes the same bytes; null is what could not be taken."""
    told = {name: _told(results[name]) for name in KINDS if name in results}
    lines = [f" {json.dumps(name)}: {text}" for name, text in told.items()]
    return f'{{"format": {FORMAT}, "tables": {{\n' + ",\n".join(lines) + "\n}}\n"


def _told(result: Result) -> str:
    columns = result.columns
    rows = [
        [row.world, row.rule, row.setting, row.seed, *(_or_null(row.values.get(name)) for name in columns)]
        for row in result.rows
    ]
    plan = result.plan
    head = {"version": result.version, "seeds": plan.seeds, "dyads": plan.dyads, "past": plan.past}
    head_text = json.dumps(head | {"columns": [*LEAD, *columns]})[:-1]
    return head_text + ', "rows": [\n  ' + ",\n  ".join(json.dumps(row) for row in rows) + "]}"


def _or_null(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def from_json(text: str) -> dict[str, Result]:
    """What `to_json` wrote. Raises ValueError, in a sentence, for anything else."""
    try:
        stored = json.loads(text)
        if stored["format"] != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        return {name: _read(stored["tables"][name]) for name in stored["tables"]}
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"This is no result of a simulation: {fault}.") from fault


def _read(stored: dict[str, Any]) -> Result:
    names = stored["columns"][len(LEAD) :]
    rows = []
    for world, rule, setting, seed, *values in stored["rows"]:
        known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        rows.append(Row(world, rule, setting, seed, known))
    return Result(
        stored["version"], Plan(tuple(stored["seeds"]), stored["dyads"], stored["past"]), tuple(rows)
    )

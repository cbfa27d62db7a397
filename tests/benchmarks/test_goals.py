"""A short guard over the goals: what is stable beside other work on the machine, in small clinics.

`python -m tests.benchmarks` measures all of it, and in large ones; docs/benchmarks.md has its figures. Here are ratios
of processor time in one process, of rounds in which both sides take turns, exponents, and weights. The best round
counts: what others do on the machine only adds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine

from tests.benchmarks import overview, patient, rebuild, steps, trend
from tests.benchmarks.filled import filled
from tests.benchmarks.goals import GOALS
from tests.benchmarks.measuring import Plan, Result
from tests.benchmarks.overview import Crowded, Size
from tests.cast import NOW, Cast

pytestmark = pytest.mark.benchmark

TIMED_BY_A_CLOCK = {"P3"}
TOO_NEAR_ITS_GOAL = {"P11"}
NEEDS_MANY_ANSWERS = {"P9"}
ROUNDS = 3
Note = Callable[[str, object], None]


def judge(results: Iterable[Result], note: Note) -> None:
    """Every goal must be reached; the figures are told at the end of the run."""
    judged = [
        each for each in results if each.goal not in TIMED_BY_A_CLOCK | NEEDS_MANY_ANSWERS | TOO_NEAR_ITS_GOAL
    ]
    best = [replace(each, values=(min(each.values, key=abs),)) for each in judged]
    figures = {each.goal: GOALS[each.goal].figure(each) for each in best}
    note("figures", "costs: " + ", ".join(f"{name} {figure:.3g}" for name, figure in figures.items()))
    assert judged
    assert {
        each.goal: figures[each.goal] for each in best if GOALS[each.goal].verdict(each) == "missed"
    } == {}


def test_a_patient_costs_little_more_than_a_bare_page(cast: Cast, record_property: Note) -> None:
    judge(patient.costs(cast, ROUNDS), record_property)


def test_a_chart_is_light(tmp_path: Path, record_property: Note) -> None:
    judge(trend.measure(Plan(quick=True, rounds=1, folder=tmp_path)), record_property)


def test_a_long_course_costs_no_more_than_a_short_one(tmp_path: Path, record_property: Note) -> None:
    judge(steps.measure(Plan(quick=True, rounds=ROUNDS, folder=tmp_path)), record_property)


def test_a_rebuild_costs_a_few_times_a_plain_read(tmp_path: Path, record_property: Note) -> None:
    database = filled(tmp_path / "clinic.db", 4_000)
    with database.read() as conn:
        assert rebuild.read_plainly(conn) == 5 * 4_000
        judge(rebuild.rebuilds(conn, ROUNDS), record_property)
    database.close()


def test_pages_cost_no_more_in_a_large_clinic(tmp_path: Path, record_property: Note) -> None:
    plan = Plan(quick=True, rounds=ROUNDS, folder=tmp_path)
    with time_machine.travel(NOW, tick=False):
        few, many = (Crowded(plan, Size(12, weeks, 20, 60)) for weeks in (12, 36))
        many.prove()
        judge(overview.caseloads(few, many, plan.rounds), record_property)
        judge(overview.overview_costs(few, many, plan.rounds), record_property)
        for one in (few, many):
            one.clinic.close()

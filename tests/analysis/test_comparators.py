"""The rules to compare with: against another program for them, and where each begins."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alliance.analysis.comparators import (
    Comparator,
    CutOff,
    IndividualsChart,
    Marked,
    PreviousDrop,
    ReliableDrop,
)
from alliance.analysis.prior import DEFAULT

GOLDEN = json.loads((Path(__file__).parent / "golden_ratings_only.json").read_text(encoding="utf-8"))
RULES: dict[str, Callable[[], Comparator]] = {
    "xmr": IndividualsChart,
    "previous-drop": PreviousDrop,
    "reliable-change": lambda: ReliableDrop(3.7),
    "cut-off": CutOff,
}


def marks(rule: Comparator, ratings: list[float | None]) -> tuple[str, str]:
    """A 1 for every flagged session, and for every new one, as the golden file has them."""
    told = [rule.step(rating) for rating in ratings]
    return "".join(str(int(each.flagged)) for each in told), "".join(str(int(each.new)) for each in told)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("case", GOLDEN, ids=range(len(GOLDEN)))
def test_every_rule_agrees_with_an_independent_program(name: str, case: dict[str, Any]) -> None:
    assert marks(RULES[name](), case["ratings"]) == (case[name], case[f"{name} new"])


def last(rule: Comparator, *ratings: float | None) -> Marked:
    return [rule.step(rating) for rating in ratings][-1]


def test_an_individuals_chart_draws_its_limit_from_the_past_alone() -> None:
    """Mean 82, moving ranges 4, 2, 6: 82.25 − 3·4/1.128."""
    found = last(IndividualsChart(), 80, 84, 82, 83 + 5, None, 40)
    assert found.expected == pytest.approx(83.5)
    assert found.limit == pytest.approx(83.5 - 3 * 4 / 1.128)
    assert found.flagged
    assert last(IndividualsChart(), 80, 84, 82, 10) == Marked(pytest.approx(82.0), None, False, False)
    assert last(IndividualsChart(sigmas=1.0, warm_up=1), 80, 84, 10).limit == pytest.approx(82 - 4 / 1.128)


def test_constant_ratings_leave_a_chart_without_width() -> None:
    assert not last(IndividualsChart(), *[77.7] * 20).flagged
    assert last(IndividualsChart(), *[77.7] * 20, 77).flagged


def test_a_drop_is_measured_from_the_last_rating_however_long_ago() -> None:
    assert last(PreviousDrop(), 80) == Marked(None, None, False, False)
    assert last(PreviousDrop(), 80, None, None, 77.5) == Marked(80, 77.5, True, True)
    assert not last(PreviousDrop(), 80, None, 77.6).flagged
    assert not last(PreviousDrop(), 80, 70, 60).new


def test_reliable_change_needs_more_than_error() -> None:
    """|x₂ − x₁| / (√2·SEM) ≥ 1.96: with an SEM of 5, 13.86 points."""
    rule = ReliableDrop(5.0)
    assert rule.points == pytest.approx(13.859, abs=1e-3)
    assert not last(rule, 80, 66.2).flagged
    assert last(ReliableDrop(5.0), 80, 66.1).flagged
    expected = ReliableDrop.expecting(DEFAULT)
    assert expected.points == pytest.approx(1.96 * math.sqrt(2 * (25 + 24) / 3))


def test_a_cut_off_is_the_same_for_everybody() -> None:
    assert [CutOff().step(rating).flagged for rating in (90.1, 90, 20)] == [False, True, True]
    assert CutOff(60).step(None) == Marked(None, 60, False, False)
    assert last(CutOff(), 70, None, 70) == Marked(None, 90, True, False)

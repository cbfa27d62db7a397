"""How much past it takes, and what the defaults are worth: the pasts differ, the dyads to come do not."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from alliance.analysis.prior import DEFAULT
from alliance.analysis.simulation.clinics import Past
from alliance.analysis.simulation.histories import (
    DEFAULTS,
    HISTORIES,
    SIZES,
    UNLIKE,
    default_rows,
    history_count,
    history_rows,
    size_name,
)
from alliance.analysis.simulation.learned_layouts import default_views, history_views
from alliance.analysis.simulation.plans import Plan, Row
from alliance.analysis.simulation.results import from_json
from alliance.analysis.simulation.views import Means
from alliance.analysis.simulation.worlds import BASE, CHANGED

PLAN = Plan((1003,), 100, 60)
KEPT = Path(__file__).parents[3] / "docs" / "simulation" / "simulation.json"


def test_a_clinic_has_one_past_or_another_and_each_comes_out_the_same_again() -> None:
    pasts = [Past.of(BASE, 1003, 60, history).prior for history in (0, 1, 2)]
    assert len(set(pasts)) == 3
    assert Past.of(BASE, 1003, 60).prior == pasts[0]


def test_every_size_has_eight_pasts_that_are_tried_at_both_levels() -> None:
    rows = list(islice(history_rows(PLAN), 2 * HISTORIES * 2))
    assert [row.world for row in rows] == [size_name(20)] * 16 + [size_name(50)] * 16
    assert [row.values["history"] for row in rows[::2]] == [*range(1, 9)] * 2
    assert {row.setting for row in rows[::2]} == {"keep in mind"}
    assert {row.setting for row in rows[1::2]} == {"ask now"}
    assert all(row.values["q"] == 0 == row.values["dp"] for row in rows[:16])
    assert history_count(PLAN) == len(SIZES) * HISTORIES * 2
    again = islice(history_rows(PLAN), 4)
    assert [row.values for row in again] == [row.values for row in rows[:4]]


def test_the_defaults_are_tried_as_a_clinic_begins_and_beside_what_it_would_learn() -> None:
    assert DEFAULTS["defaults, links off"] == DEFAULT
    assert [each.q for each in DEFAULTS.values()] == [0, 0.5]
    assert set(UNLIKE) <= set(CHANGED)
    rows = list(islice(default_rows(PLAN), 12))
    assert [row.world for row in rows] == ["base"] * 6 + ["within SD 4"] * 6
    assert [row.rule for row in rows[:6:2]] == [*DEFAULTS, "odds filter"]


def test_ranges_are_told_seed_by_seed() -> None:
    def row(seed: int, setting: str, false: float) -> Row:
        values = {"false": false, "step 20": 10 * false, "q": false / 10, "dp": 0.1}
        return Row(size_name(300), "odds filter", setting, seed, values)

    rows = [row(seed, setting, rate) for seed, rate in ((1, 1.5), (1, 2.5), (2, 3.0)) for setting in LEVELS]
    (line,) = history_views(rows)[0].lines
    assert line[:3] == ("300 past dyads", "2.33", "1.5–2.5, 3.0")
    assert line[8] == "0.15–0.30"


LEVELS = ("keep in mind", "ask now")


@pytest.fixture(scope="module")
def kept() -> dict[str, Means]:
    results = from_json(KEPT.read_text(encoding="utf-8"))
    return {name: Means(results[name].rows) for name in ("histories", "defaults")}


def test_in_the_kept_tables_no_history_however_short_gives_many_false_alerts(kept: dict[str, Means]) -> None:
    for dyads in SIZES:
        rates = kept["histories"].by_seed((size_name(dyads), "odds filter", "keep in mind"), "false")
        assert len(rates) >= 3 * HISTORIES
        assert max(rates) < 2.6


def test_in_the_kept_tables_learning_mends_what_the_defaults_get_wrong(kept: dict[str, Means]) -> None:
    def false(world: str, rule: str) -> float:
        return kept["defaults"].of((world, rule, "keep in mind"), "false")

    assert [view.title for view in default_views([])] == ["The defaults alone"]
    for world in ("within SD 4", "within SD 9", "mean 60"):
        begins, learned = (abs(false(world, rule) - 2.0) for rule in ("defaults, links off", "odds filter"))
        assert learned < begins

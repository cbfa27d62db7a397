"""What is told of the detector, in the product and in the documentation, is what the simulation found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alliance.analysis.simulation.caseload import KEEP_ONLY
from alliance.analysis.simulation.digest import evidence_json
from alliance.analysis.simulation.histories import AS_IT_BEGINS, HISTORIES, SIZES, UNLIKE, size_name
from alliance.analysis.simulation.results import Result, from_json
from alliance.analysis.simulation.views import Means, number

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
LEVELS = ("keep in mind", "ask now")
RATES = {
    "new questions per 100 answered sessions while nothing is wrong": "false",
    "the same for restless patients": "restless",
    "the same for steady patients": "steady",
}
FOUND = {
    "a lasting fall of 30 points, noticed within four sessions": "step 30",
    "of 20 points": "step 20",
    "of 20 points, in sessions 2 to 4": "early 20",
    "of 20 points for three sessions only": "V3 20",
    "of 20 points for one session only": "V1 20",
    "of 10 points": "step 10",
}
WORTH = {
    "within four sessions of the beginning of a rupture": "true",
    "or later, while it was still open": "true or still open",
}
RULES = ("odds filter", "odds filter, ratings only", "XmR", "drop from the session before", "cut-off")


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    return from_json((ROOT / "docs" / "simulation" / "simulation.json").read_text(encoding="utf-8"))


def rows_of(head: str) -> dict[str, list[str]]:
    """The table of docs/evidence.md whose head starts so, by its first column."""
    lines = PAGE.partition(f"\n{head}")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


def test_the_product_carries_what_the_simulation_found(results: dict[str, Result]) -> None:
    packaged = (ROOT / "alliance" / "evidence.json").read_text(encoding="utf-8")
    assert packaged == evidence_json(results), "alliance simulate … --out … --evidence writes it anew"


def test_without_a_table_or_a_figure_nothing_is_told(results: dict[str, Result]) -> None:
    with pytest.raises(ValueError, match=r"missing: caseload\."):
        evidence_json({name: result for name, result in results.items() if name != "caseload"})
    main = results["main"]
    few = Result(main.version, main.plan, tuple(row for row in main.rows if row.rule != "Q chart"))
    with pytest.raises(ValueError, match="no “false” of base, Q chart, 3 sigma"):
        evidence_json(results | {"main": few})


def test_what_it_says_of_both_levels(results: dict[str, Result]) -> None:
    means = Means(results["main"].rows)
    keys = [("base", "odds filter", level) for level in LEVELS]
    expected = {label: [number(means.of(key, name), 1) for key in keys] for label, name in RATES.items()}
    expected |= {label: [f"{number(means.of(key, name))} %" for key in keys] for label, name in FOUND.items()}
    assert rows_of("| | keep in mind, or more |") == expected


def test_what_it_says_of_the_caseload(results: dict[str, Result]) -> None:
    means = Means(results["caseload"].rows)
    keys = [("base", "odds filter", level) for level in ("ask now", KEEP_ONLY)]
    expected = {
        "questions per 100 answered sessions": [number(means.of(key, "alerts"), 1) for key in keys]
    } | {label: [f"{number(means.of(key, name))} %" for key in keys] for label, name in WORTH.items()}
    assert rows_of("| | “ask now” |") == expected


def test_what_it_says_of_other_rules(results: dict[str, Result]) -> None:
    means = Means(results["main"].rows)
    rules = (*RULES, "knows level and SD, ratings")
    expected = {rule: [f"{number(means.of(('base', rule, '2.0 false'), 'step 20'))} %"] for rule in rules}
    assert rows_of("| rule | lasting") == expected


def test_what_it_says_of_short_and_long_pasts(results: dict[str, Result]) -> None:
    means = Means(results["histories"].rows)
    keys = {str(size): (size_name(size), "odds filter", "keep in mind") for size in SIZES}
    expected = {
        size: [number(means.of(key, "false"), 1), f"{number(means.of(key, 'step 20'))} %"]
        for size, key in keys.items()
    }
    assert rows_of("| past courses |") == expected


def test_what_it_says_of_a_clinic_that_begins(results: dict[str, Result]) -> None:
    means = Means(results["defaults"].rows)
    rates = [means.of((world, AS_IT_BEGINS, "keep in mind"), "false") for world in UNLIKE]
    told = re.sub(r"\s+", " ", PAGE)
    assert f"Where these fit, they give {number(rates[0], 1)} false questions per 100" in told
    assert (len(UNLIKE), HISTORIES) == (6, 8)
    assert f"in five worlds that they do not fit, {number(min(rates), 1)} to {number(max(rates), 1)}." in told
    assert "they can nearly double the false questions" in told
    assert 1.6 < max(rates) / 2.0 < 2.0


def test_it_names_the_seeds_and_the_past(results: dict[str, Result]) -> None:
    plan = results["main"].plan
    told = re.sub(r"\s+", " ", PAGE)
    assert "the seeds {}, {} and {} (means".format(*plan.seeds) in told
    assert f"learned from {plan.past} finished courses" in told


def test_what_it_says_in_words_is_so(results: dict[str, Result]) -> None:
    means = Means(results["main"].rows)
    keep = ("base", "odds filter", "keep in mind")
    assert "about three times the false questions" in PAGE
    assert round(means.of(keep, "restless") / means.of(keep, "steady")) == 3
    assert "Nearly half of 10-point falls are missed, and of one-session dips." in PAGE
    assert all(40 < 100 - means.of(keep, name) < 50 for name in ("step 10", "V1 20"))
    worlds = Means(results["worlds"].rows)
    mixed = ("six times after-session, then pulse", "odds filter", "keep in mind")
    assert "false questions rise a little" in PAGE
    assert 0 < worlds.of(mixed, "false") - means.of(keep, "false") < 1

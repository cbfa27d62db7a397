"""The same numbers as another program for the same published rules.

golden.json was written once by an independent implementation of the odds filter; nothing of it is used here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from alliance.analysis.odds import Held, Odds, step
from alliance.analysis.prior import Prior

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_odds_agree_with_an_independent_implementation(case: dict[str, Any]) -> None:
    prior = Prior(**case["prior"] | {"o_mean": tuple(case["prior"]["o_mean"])})
    state = Odds.start(prior)
    found = [
        step(state, prior, Held(number, answered, tuple(scales), rupture, total))
        for number, (answered, scales, rupture, total) in enumerate(case["sessions"], 1)
    ]
    assert [each.odds for each in found] == pytest.approx(case["odds"], rel=1e-9)
    assert [each.give_or_take for each in found] == pytest.approx(case["give_or_take"], rel=1e-9)
    assert state.as_list()[:15] == pytest.approx(case["state"], rel=1e-9)


def test_the_golden_courses_reach_every_rule() -> None:
    """Ceiling, silence, missing scales, totals, held levels both ways: else agreement would prove little."""
    sessions = [session for case in GOLDEN for session in case["sessions"]]
    far_above = next(case for case in GOLDEN if case["name"] == "far above the usual")
    assert any(all(score is not None and score >= 98.5 for score in scales) for _, scales, _, _ in sessions)
    assert any(not answered for answered, *_ in sessions)
    assert any(scales[0] is None and scales[1] is not None for _, scales, _, _ in sessions)
    assert any(rupture is None and scales[0] is not None for _, scales, rupture, _ in sessions)
    assert any(total is not None for *_, total in sessions)
    usual = sum(sum(scales) for _, scales, _, _ in far_above["sessions"][:10]) / 30
    assert min(far_above["sessions"][12][1]) > usual + 45
    assert max(odds for case in GOLDEN for odds in case["odds"]) > 10
    assert min(odds for case in GOLDEN for odds in case["odds"]) < 0.01

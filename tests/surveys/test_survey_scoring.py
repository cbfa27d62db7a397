"""Scores against hand-worked values, and the reason where there is none. Missing is never zero."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from surveys.definition import Instrument
from surveys.library import shipped
from surveys.loader import load_folder
from surveys.scoring import NoScore, Score, score
from tests.surveys.folders import copied, edit

AFTER, PULSE = shipped().get("after-session"), shipped().get("pulse")


def scored(instrument: Instrument, answers: Mapping[str, int]) -> dict[str, float | str]:
    found = score(instrument, answers)
    return {name: one.value if isinstance(one, Score) else one.reason for name, one in found.items()}


def all_at(instrument: Instrument, value: int) -> dict[str, int]:
    return {item.id: value for item in instrument.items}


@pytest.mark.parametrize(("value", "expected"), [(0, 0.0), (7, 70.0), (10, 100.0)])
def test_the_same_number_everywhere_is_that_score_everywhere(value: int, expected: float) -> None:
    for instrument in (AFTER, PULSE):
        assert set(scored(instrument, all_at(instrument, value)).values()) == {expected}


def test_nothing_answered_is_not_zero() -> None:
    for instrument in (AFTER, PULSE):
        assert set(scored(instrument, {}).values()) == {"not answered"}


def test_one_of_three_is_too_few_and_two_are_enough() -> None:
    assert scored(AFTER, {"safe": 0})["safety"] == "too few items"
    assert scored(AFTER, {"safe": 0, "free": 5})["safety"] == 25.0
    assert scored(PULSE, {"safe": 0})["safety"] == 0.0


@pytest.mark.parametrize(
    ("answers", "alliance"),
    [
        ({"safe": 9, "heard": 6}, 75.0),
        ({"safe": 9, "team": 0}, 45.0),
        ({"safe": 9}, "too few scales"),
        ({"held": 9}, "not answered"),
        ({"safe": 9, "held": 9}, "too few scales"),
    ],
)
def test_the_alliance_needs_two_of_its_three_scales(answers: dict[str, int], alliance: float | str) -> None:
    assert scored(PULSE, answers)["alliance"] == alliance


def test_scales_that_were_begun_but_not_filled_make_too_few_scales() -> None:
    """Something was answered, so it would be untrue to call the alliance not answered."""
    found = scored(AFTER, {"safe": 9, "heard": 9, "team": 9})
    assert found["safety"] == "too few items"
    assert found["alliance"] == "too few scales"


def test_rupture_is_kept_apart() -> None:
    calm = all_at(AFTER, 8) | {"held": 0, "hurt": 0, "leave": 0}
    torn = all_at(AFTER, 8) | {"held": 10, "hurt": 10, "leave": 10}
    assert (scored(AFTER, calm)["rupture"], scored(AFTER, torn)["rupture"]) == (0.0, 100.0)
    assert scored(AFTER, calm)["alliance"] == scored(AFTER, torn)["alliance"] == 80.0


def test_each_scale_counts_alike_in_the_alliance_however_many_items_were_answered() -> None:
    answers = {"safe": 10, "free": 10, "myself": 10, "heard": 0, "felt": 0, "team": 5, "say": 5}
    assert scored(AFTER, answers)["alliance"] == 50.0


@pytest.fixture
def from_one_to_five(tmp_path: Path) -> Instrument:
    """The same items answered from 1 to 5, with “safe” turned round and “pace” for a scale apart."""
    folder = copied(tmp_path)
    edit(folder / "instrument.toml", "minimum = 0\nmaximum = 10", "minimum = 1\nmaximum = 5")
    edit(folder / "instrument.toml", "themes = [6, 9] }", "themes = [6, 9], reversed = true }")
    return load_folder(folder)[0]


def test_another_range_is_stretched_to_0_to_100(from_one_to_five: Instrument) -> None:
    found = scored(
        from_one_to_five,
        {"heard": 1, "felt": 1, "sense": 1, "team": 5, "say": 5, "useful": 5, "held": 3, "hurt": 3},
    )
    assert (found["attunement"], found["collaboration"], found["rupture"]) == (0.0, 100.0, 50.0)


def test_a_reversed_item_is_turned_round_in_its_range(from_one_to_five: Instrument) -> None:
    assert scored(from_one_to_five, {"safe": 1, "free": 5, "myself": 5})["safety"] == 100.0
    assert scored(from_one_to_five, {"safe": 5, "free": 5, "myself": 5})["safety"] == pytest.approx(200 / 3)


def test_half_of_four_items_is_enough_and_one_of_two_scales_is_not(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    structure = folder / "instrument.toml"
    edit(structure, '"collaboration", in_alliance = true, ', '"collaboration", in_alliance = false,')
    edit(structure, 'id = "heard",  scale = "attunement",    ', 'id = "heard", scale = "safety", ')
    for file in (structure, folder / "en.toml"):
        text = file.read_text(encoding="utf-8")
        for ours, own in (
            ("safety", "ease"),
            ("attunement", "grip"),
            ("collaboration", "pull"),
            ("rupture", "edge"),
        ):
            text = text.replace(f'"{ours}"', f'"{own}"').replace(f"\n{ours} =", f"\n{own} =")
        file.write_text(text, encoding="utf-8")
    (instrument,) = load_folder(folder)
    assert not instrument.watched
    assert instrument.scale("ease").items == ("safe", "free", "myself", "heard")
    found = scored(instrument, {"safe": 4, "heard": 8, "team": 10, "say": 10})
    assert found["ease"] == 60.0
    assert found["overall"] == "too few scales" and "alliance" not in found
    assert scored(instrument, {"safe": 4, "heard": 8, "felt": 10})["overall"] == 80.0
    assert scored(instrument, {"safe": 4})["ease"] == "too few items"


def test_one_that_is_asked_once_a_month_has_no_alliance() -> None:
    around = shipped().get("around-therapy")
    assert score(around, all_at(around, 5))["alliance"] == NoScore("too few scales")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"weather": 5}, "after-session 1.0 has no item “weather”"),
        ({"safe": 11}, "11 is no answer to “safe”"),
        ({"safe": -1}, "-1 is no answer to “safe”"),
    ],
)
def test_what_is_no_answer_is_an_error(answers: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        score(AFTER, answers)

"""The codebook says what is asked: every item, scale, question and version of every shipped instrument."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveys.checklist import Checklist
from surveys.definition import Instrument
from surveys.library import shipped

CODEBOOK = (Path(__file__).parents[2] / "docs" / "codebook.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in CODEBOOK.splitlines()
    if line.startswith("| ")
]
INSTRUMENTS = [one for one in shipped() if one.language == "en"]
CHECKLISTS = [one for one in shipped().checklists() if one.language == "en"]
PLAIN = " ".join(CODEBOOK.split())
every_checklist = pytest.mark.parametrize("checklist", CHECKLISTS, ids=[one.key for one in CHECKLISTS])
every_instrument = pytest.mark.parametrize("instrument", INSTRUMENTS, ids=[one.key for one in INSTRUMENTS])


def row(first: str, width: int) -> list[str]:
    found = [cells for cells in ROWS if cells[0] == first and len(cells) == width]
    assert len(found) == 1, f"the codebook has {len(found)} rows for {first}"
    return found[0]


def asked_in(part_id: str, kind: str) -> str:
    return ", ".join(one.id for one in INSTRUMENTS if part_id in {part.id for part in getattr(one, kind)})


@every_instrument
def test_every_item_stands_in_it_with_text_scale_and_themes(instrument: Instrument) -> None:
    for item in instrument.items:
        themes = ", ".join(map(str, item.themes))
        wanted = [f"`{item.id}`", item.text, item.scale, themes, asked_in(item.id, "items")]
        assert row(f"`{item.id}`", 5) == wanted


@every_instrument
def test_every_scale_stands_in_it_with_its_direction(instrument: Instrument) -> None:
    for scale in instrument.scales:
        in_alliance = "yes" if scale.in_alliance else "no"
        assert row(f"`{scale.id}`", 4)[1:3] == [scale.higher_is, in_alliance]


@every_instrument
def test_every_question_stands_in_it_with_its_answers(instrument: Instrument) -> None:
    for question in instrument.questions:
        _, text, answers, where = row(f"`{question.id}`", 4)
        assert text == question.text
        assert where == asked_in(question.id, "questions")
        for option in question.options:
            assert f"`{option.value}`" in answers
        if question.max_length:
            assert f"{question.max_length:,}" in answers


@every_instrument
def test_every_version_stands_in_it_with_its_status(instrument: Instrument) -> None:
    cells = row(f"`{instrument.id}`", 6)
    languages = shipped().languages(instrument.id, instrument.version)
    assert (cells[1], cells[3]) == (instrument.version, str(len(instrument.items)))
    assert sorted(cells[2].split(", ")) == list(languages)
    assert cells[5] == ("validated" if instrument.validated else "not validated")
    assert row(instrument.key, 2)
    for end in (
        f"{instrument.minimum} (“{instrument.low_end}”)",
        f"{instrument.maximum} (“{instrument.high_end}”)",
    ):
        assert end in CODEBOOK


@every_instrument
def test_every_theme_an_item_names_is_told(instrument: Instrument) -> None:
    for theme in {theme for item in instrument.items for theme in item.themes}:
        assert len(row(str(theme), 3)[2]) > 20


@every_instrument
def test_it_names_licence_holder_and_study(instrument: Instrument) -> None:
    plain = " ".join(CODEBOOK.replace("*", "").replace("<", "").replace(">", "").split())
    assert instrument.citation in plain
    assert instrument.licence in plain
    assert instrument.holder.removeprefix("The ") in plain


@every_checklist
def test_every_tick_stands_in_it_as_staff_read_it(checklist: Checklist) -> None:
    for tick in checklist.ticks:
        themes = ", ".join(map(str, tick.themes)) or "–"
        # An item or scale may have the id of a tick; its row has another width or other words.
        assert [f"`{tick.id}`", tick.quote, tick.family or "–", themes] in ROWS
    for family in checklist.families:
        assert f"*{family.id}*" in CODEBOOK
    cells = row(f"`{checklist.id}`", 6)
    assert (cells[1], cells[3]) == (checklist.version, f"{len(checklist.ticks)} ticks")
    assert sorted(cells[2].split(", ")) == list(shipped().languages(checklist.id, checklist.version))
    assert cells[5] == ("validated" if checklist.validated else "not validated")
    assert row(checklist.key, 2)


@every_checklist
def test_the_rule_when_it_is_offered_stands_in_it(checklist: Checklist) -> None:
    low, high = checklist.offered
    assert f"is {low.at_most} or lower" in PLAIN and f"is {high.at_least} or higher" in PLAIN
    assert "any item of safety, attunement or collaboration" in PLAIN
    assert (low.scales, high.scales) == (("safety", "attunement", "collaboration"), ("rupture",))


def test_it_lists_nothing_that_is_not_asked() -> None:
    known = {part.id for one in INSTRUMENTS for part in (*one.items, *one.scales, *one.questions, one)}
    known |= {part.id for one in CHECKLISTS for part in (*one.ticks, one)}
    listed = {cells[0].strip("`") for cells in ROWS if cells[0].startswith("`")}
    assert listed == known

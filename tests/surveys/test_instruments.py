"""What holds for every instrument that is shipped."""

from __future__ import annotations

import hashlib
import re

import pytest

from alliance.languages.phrasing import numeral
from surveys.definition import Instrument
from surveys.library import shipped
from surveys.scoring import Score, score
from tests.surveys.folders import SHIPPED
from tests.surveys.worked_examples import EXAMPLES

INSTRUMENTS = list(shipped())


def each(instruments: list[Instrument]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "instrument", instruments, ids=[f"{one.key} {one.language}" for one in instruments]
    )


every_instrument = each(INSTRUMENTS)
every_session_instrument = each([one for one in INSTRUMENTS if one.kind == "session"])


def test_what_is_shipped_is_what_has_a_worked_example() -> None:
    assert {one.key for one in INSTRUMENTS} == set(EXAMPLES)
    keys = [*EXAMPLES, *(one.key for one in shipped().checklists())]
    assert {one.name for one in SHIPPED.iterdir()} == {key.replace(" ", "-") for key in keys}


@every_instrument
def test_it_asks_what_it_is_written_to_ask(instrument: Instrument) -> None:
    asked = [(item.id, item.scale, item.themes) for item in instrument.items]
    assert asked == [item[:3] for item in EXAMPLES[instrument.key].items]
    if instrument.language == "en":
        assert [item.text for item in instrument.items] == [
            item[3] for item in EXAMPLES[instrument.key].items
        ]


@every_instrument
def test_its_worked_example_scores_as_by_hand(instrument: Instrument) -> None:
    example = EXAMPLES[instrument.key]
    scores = score(instrument, example.answers)
    assert set(scores) == {*(scale.id for scale in instrument.scales), "alliance"}
    assert {name for name, one in scores.items() if isinstance(one, Score)} == set(example.scores)
    for name, value in example.scores.items():
        assert scores[name] == Score(pytest.approx(value, abs=0.0001)), name


@every_session_instrument
def test_its_scales_are_the_four_with_rupture_apart(instrument: Instrument) -> None:
    directions = {scale.id: (scale.in_alliance, scale.higher_is) for scale in instrument.scales}
    assert directions == {
        "safety": (True, "better"),
        "attunement": (True, "better"),
        "collaboration": (True, "better"),
        "rupture": (False, "worse"),
    }
    assert [(instrument.minimum, instrument.maximum)] == [(0, 10)]
    assert not any(item.reversed for item in instrument.items)


@every_instrument
def test_it_says_where_it_comes_from_and_what_it_is_not(instrument: Instrument) -> None:
    assert instrument.licence == "CC BY 4.0"
    assert instrument.wording_may_be_shipped
    assert instrument.holder == "The Alliance contributors"
    assert "10.1186/s40479-023-00219-y" in instrument.citation
    assert "Borderline Personality Disorder and Emotion Dysregulation. 2023;10:13." in instrument.citation
    assert re.fullmatch(r"\d+\.\d+", instrument.version)
    assert not instrument.validated, (
        "a validated wording has to name the study that validated it, here and there"
    )


@every_session_instrument
def test_every_item_traces_back_to_the_alliance_and_what_mends_it(instrument: Instrument) -> None:
    """Themes 6 to 12 are the study's third and fourth domain."""
    for item in instrument.items:
        assert item.themes, item.id
        assert set(item.themes) <= set(range(6, 13)), item.id


@every_session_instrument
def test_its_groups_ask_every_item_once_in_order(instrument: Instrument) -> None:
    on_the_page = [item_id for group in instrument.groups for item_id in group.items]
    assert on_the_page == [item.id for item in instrument.items]
    # The heading of the last group warns that from here on a high answer is bad news.
    directions = [
        {instrument.scale(instrument.item(one).scale).higher_is for one in group.items}
        for group in instrument.groups
    ]
    assert directions == [{"better"}] * (len(directions) - 1) + [{"worse"}]


@every_session_instrument
def test_the_room_it_promises_is_the_room_there_is(instrument: Instrument) -> None:
    comment = instrument.question("comment")
    assert comment.max_length == 2_000
    assert numeral(comment.max_length, instrument.language) in comment.note


@every_session_instrument
def test_who_may_see_it_can_be_chosen_where_there_is_a_supervisor(instrument: Instrument) -> None:
    audience, raised = instrument.question("audience"), instrument.question("raise")
    assert audience.needs_supervisor and raised.needs_supervisor
    assert [option.value for option in audience.options] == ["both", "supervisor"]
    assert audience.default == "both"
    both, supervisor = audience.options
    assert "{therapist}" in both.text and "{supervisor}" in both.text
    assert "{therapist}" not in supervisor.text and "{supervisor}" in supervisor.text
    assert "{therapist}" in supervisor.note


def test_the_pulse_is_four_of_the_after_session_items_word_for_word() -> None:
    pulse, after = shipped().get("pulse"), shipped().get("after-session")
    for item in pulse.items:
        assert item == after.item(item.id)
    for question in pulse.questions:
        assert question == after.question(question.id)
    assert [question.id for question in after.questions] == ["talked", "comment", "audience", "raise"]
    assert [question.id for question in pulse.questions] == ["comment", "audience", "raise"]


@every_instrument
def test_a_published_version_is_never_edited(instrument: Instrument) -> None:
    folder = SHIPPED / instrument.key.replace(" ", "-")
    checksums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    assert checksums == EXAMPLES[instrument.key].checksums, (
        f"{instrument.key} is published, and answers are stored under that version: put the change into a "
        "new version, in a folder of its own, and leave this one as it was"
    )


def test_an_item_a_scale_or_a_question_that_is_not_there_is_an_error() -> None:
    instrument = shipped().get("pulse")
    assert instrument.item("held").short == "Kept back"
    assert instrument.scale("rupture").items == ("held",)
    for lookup in (instrument.item, instrument.scale, instrument.question):
        with pytest.raises(LookupError, match=r"pulse 1\.0 has no \w+ “talked”"):
            lookup("talked")

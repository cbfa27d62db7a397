"""What a patient may send, what is said where something is wrong, and that nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import Form

from surveys import forms
from surveys.definition import Instrument
from surveys.forms import Checked, check, form_for
from surveys.library import shipped
from surveys.rules import RESERVED

AFTER, PULSE = shipped().get("after-session"), shipped().get("pulse")
NUMBER = "Pick one number from 0 to 10, or leave the sentence out"


def sent(
    *pairs: tuple[str, str], instrument: Instrument = AFTER, supervised: bool = True, **fields: str
) -> Checked:
    return check(instrument, ImmutableMultiDict([*fields.items(), *pairs]), supervised)


def test_a_whole_answer_is_read() -> None:
    ratings = {item.id: str(n % 11) for n, item in enumerate(AFTER.items)}
    checked = sent(
        ("raise", "yes"),
        **ratings,
        talked="not-helped",
        comment="Better.",
        audience="supervisor",
        attempt="a",
        form="f",
    )
    assert checked.ok and checked.problems == {}
    assert checked.answers == {name: int(value) for name, value in ratings.items()}
    assert (checked.talked, checked.comment, checked.audience) == ("not-helped", "Better.", "supervisor")
    assert checked.wants_help
    assert checked.unknown == ()
    assert checked.shown == {
        **ratings,
        "talked": "not-helped",
        "comment": "Better.",
        "audience": "supervisor",
        "raise": "yes",
    }


def test_everything_may_be_left_out() -> None:
    for checked in (
        sent(),
        sent(*((item.id, "") for item in AFTER.items), talked="", comment="", audience=""),
    ):
        assert checked.ok
        assert (checked.answers, checked.talked, checked.comment) == ({}, None, "")
        assert (checked.audience, checked.wants_help) == ("both", False)
        assert checked.shown == {}


def test_zero_is_an_answer() -> None:
    assert sent(safe="0").answers == {"safe": 0}
    assert sent(safe="0").shown == {"safe": "0"}


@pytest.mark.parametrize(
    "value",
    [
        "11",
        "-1",
        "1_0",
        "٣",
        "७",
        "７",
        " 7",
        "7 ",
        "7.0",
        "7,5",
        "07",
        "+7",
        "0x7",
        "1e1",
        "seven",
        "true",
        "\x00",
        "\ud800",
    ],
)
@pytest.mark.parametrize("instrument", [AFTER, PULSE], ids=["after-session", "pulse"])
def test_what_is_no_number_on_the_page_is_a_problem(value: str, instrument: Instrument) -> None:
    for item in instrument.items:
        checked = sent((item.id, value), instrument=instrument)
        assert not checked.ok
        assert checked.problems == {item.id: NUMBER}
        assert checked.answers == {}
        assert checked.shown == {}, "no radio button has that value"


def test_a_problem_leaves_the_other_answers_in_sight() -> None:
    checked = sent(safe="8", free="80", comment="Still here", talked="maybe")
    assert checked.problems == {"free": NUMBER, "talked": "Pick one of the answers, or leave this out"}
    assert checked.shown == {"safe": "8", "comment": "Still here"}


@pytest.mark.parametrize("field", ["talked", "audience", "raise"])
def test_an_answer_that_is_not_on_the_page_is_a_problem(field: str) -> None:
    assert sent((field, "no-such")).problems == {field: "Pick one of the answers, or leave this out"}


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("safe", "7", "8"),
        ("safe", "7", "7"),
        ("safe", "", "7"),
        ("talked", "no", "little"),
        ("audience", "both", "supervisor"),
        ("raise", "yes", "yes"),
    ],
)
def test_two_values_for_one_field_are_a_problem_and_neither_is_shown(
    field: str, first: str, second: str
) -> None:
    checked = sent((field, first), (field, second))
    assert set(checked.problems) == {field}
    assert checked.shown == {}
    assert checked.answers == {}


def test_two_texts_are_a_problem_and_both_are_kept_in_sight() -> None:
    checked = sent(("comment", "One."), ("comment", "Two."))
    assert checked.problems == {"comment": forms.TWICE}
    assert checked.shown == {"comment": "One.\nTwo."}


def test_names_that_the_page_does_not_post_are_reported_and_do_no_harm() -> None:
    checked = sent(("weather", "fine"), ("weather", "dull"), ("attempt", "x"), safe="7")
    assert checked.unknown == ("weather",)
    assert checked.ok
    assert sent(talked="no", instrument=PULSE).unknown == ("talked",)
    assert sent(talked="no", instrument=PULSE).talked is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\r\n\r\nc", "a\nb\n\nc"),
        ("a\rb", "a\nb"),
        ("a\tb", "a\tb"),
        ("a\x00b\x07c\x1bd\x7fe\x85f\x9fg", "abcdefg"),
        ("  \r\n two words \n", "two words"),
        ("a \u202eb\u202c \u2067c\u2069 \u200fd", "a \u202eb\u202c \u2067c\u2069 \u200fd"),
        ("👩🏽\u200d🚀 🏳️\u200d🌈 e\u0301", "👩🏽\u200d🚀 🏳️\u200d🌈 e\u0301"),
        ("<b>&amp;</b> {therapist} %s", "<b>&amp;</b> {therapist} %s"),
        ("\x00 \x1f", ""),
    ],
)
def test_words_are_kept_as_written_but_for_controls_and_the_space_around(typed: str, kept: str) -> None:
    checked = sent(comment=typed)
    assert checked.ok
    assert checked.comment == kept
    assert checked.shown.get("comment", "") == kept


def test_letters_are_counted_after_line_ends_are_made_one() -> None:
    assert sent(comment="a\r\n" * 999 + "bc").ok
    assert sent(comment="a\r\n" * 999 + "bcd").problems["comment"].endswith("It has 2,001 now")
    just, over = "ä" * 2000, "ä" * 2143
    assert sent(comment=just).comment == just
    checked = sent(comment=over)
    assert checked.problems == {"comment": "Shorten what you wrote to 2,000 letters. It has 2,143 now"}
    assert checked.shown == {"comment": over}


def test_half_a_sign_is_refused_kindly_and_the_rest_stays() -> None:
    checked = sent(comment="so \ud83d far")
    assert checked.problems == {
        "comment": "Some signs in this text cannot be saved. Please type that part again"
    }
    assert checked.shown == {"comment": "so \ufffd far"}
    checked.comment.encode("utf-8")


def test_without_a_supervisor_nothing_is_asked_that_needs_one() -> None:
    assert {"audience", "raise"} <= set(form_for(AFTER)().data)
    assert not {"audience", "raise"} & set(form_for(AFTER, supervised=False)().data)
    checked = sent(supervised=False, safe="7", audience="both")
    assert checked.ok and checked.unknown == ()
    assert (checked.audience, checked.wants_help) == ("both", False)
    assert checked.shown == {"safe": "7"}


def test_what_was_meant_for_a_supervisor_alone_is_not_given_to_the_therapist_unasked() -> None:
    """The page was drawn while there was a supervisor; now there is none."""
    checked = sent(("raise", "yes"), supervised=False, audience="supervisor", safe="2")
    assert checked.problems == {"audience": forms.ONLY_THERAPIST, "raise": forms.ONLY_THERAPIST_HELPS}
    # The page that comes back asks neither, so sending it again is a yes.
    assert sent(supervised=False, safe="2").ok


def test_forms_are_built_once_for_each_instrument() -> None:
    assert form_for(AFTER) is form_for(AFTER, True) is form_for(AFTER, supervised=True)
    assert len({form_for(AFTER), form_for(AFTER, False), form_for(PULSE), form_for(PULSE, False)}) == 4
    assert issubclass(form_for(AFTER), Form)
    assert list(form_for(PULSE)().data) == ["ratings", "comment", "audience", "raise"]


def test_no_id_can_hide_a_part_of_the_form_class() -> None:
    parts = {name for name in {*dir(Form), *dir(Form())} if not name.startswith("_")}
    ids = {name for name in parts if name == name.lower() and "_" not in name}
    assert {"data", "errors", "validate", "process", "meta"} <= ids <= set(RESERVED)


def test_nothing_of_one_check_is_left_in_the_next() -> None:
    first: Any = sent(safe="7", comment="Mine", talked="no")
    second = sent(free="99")
    assert second.answers == {} and second.comment == "" and second.talked is None
    assert second.shown == {} and set(second.problems) == {"free"}
    assert first.answers == {"safe": 7}

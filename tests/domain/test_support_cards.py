"""The support cards: what is shipped says what it rests on, faults name their place, and each question has its card."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.domain.alerts import Alert
from alliance.domain.follow_up import Happened
from alliance.domain.support import LONGEST, MOST_LINES, SECTIONS, Kind, Statement
from alliance.domain.support_files import FOLDER, CardFault, read_cards, shipped
from alliance.domain.support_fit import fitting, is_slide
from alliance.domain.support_lines import Untraceable, as_lines, from_json, read_lines, to_json
from alliance.domain.trend import Trend
from surveys.library import shipped as questionnaires
from tests.factory import make_trend

STEADY = [80.0, 82.0, 79.0, 83.0, 81.0, 80.0]


def test_there_is_a_card_for_every_kind_of_rupture() -> None:
    assert set(shipped()) == set(Kind)
    families = questionnaires().checklist("what-happened", "1.0", "en").families
    assert {family.id for family in families} <= {kind.value for kind in Kind}


@pytest.mark.parametrize("kind", Kind)
def test_every_line_that_is_shipped_rests_on_something_that_is_listed(kind: Kind) -> None:
    card = shipped()[kind]
    numbers = {source.number for source in card.sources}
    for _, line in card.content.statements:
        assert line.themes or line.sources
        assert set(line.sources) <= numbers
    assert {number for _, line in card.content.statements for number in line.sources} == numbers
    for line in card.content.experts:
        assert line.sources, "experts are cited"
    assert all(line.text.startswith("“") and line.text.endswith("”") for line in card.content.say)


def test_the_advice_is_to_understand_now_and_to_change_later() -> None:
    for card in shipped().values():
        told = " ".join([card.content.opening, *(line.text for line in card.content.experts)]).lower()
        assert any(word in told for word in ("later", "understand", "explore", "ask", "together")), card.kind


def copied(tmp_path: Path, name: str, change: Callable[[str], str]) -> Path:
    folder = tmp_path / "cards"
    shutil.copytree(FOLDER, folder)
    path = folder / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("pace.toml", lambda text: text.replace("[10]", "[13]", 1), "pace.toml: patients.1: names theme 13"),
        ("pace.toml", lambda text: text.replace(", themes = [10]", "", 1), "patients.1: rests on no theme"),
        ("pace.toml", lambda text: text.replace('["experts"]', '["rumour"]', 1), "“rumour” is not in sources.toml"),
        ("pace.toml", lambda text: text.replace('name = "The pace"', 'name = ""'), "pace.toml: name: is empty"),
        ("pace.toml", lambda text: text + "\ncolour = 1\n", "pace.toml: colour: is not a key"),
        ("pace.toml", lambda text: text.replace("together", "alone"), "pace.toml: together: is missing"),
        ("drift.toml", lambda _: "say = [", "drift.toml: is not sound TOML"),
        ("sources.toml", lambda text: text.replace("year = 2018", "year = 18", 1), "sources.1.year"),
    ],
)  # fmt: skip
def test_a_fault_names_its_file_and_place(
    tmp_path: Path, name: str, change: Callable[[str], str], told: str
) -> None:
    with pytest.raises(CardFault) as fault:
        read_cards(copied(tmp_path, name, change))
    assert told in str(fault.value)


def test_a_missing_card_is_a_fault(tmp_path: Path) -> None:
    folder = copied(tmp_path, "pace.toml", lambda text: text)
    (folder / "silence.toml").unlink()
    with pytest.raises(CardFault, match=r"silence\.toml: is missing"):
        read_cards(folder)


# As somebody types it


@pytest.mark.parametrize("kind", Kind)
def test_a_card_can_be_typed_as_it_stands(kind: Kind) -> None:
    content = shipped()[kind].content
    for name in SECTIONS:
        assert read_lines(as_lines(getattr(content, name))) == getattr(content, name)
    assert from_json(to_json(content)) == content


@pytest.mark.parametrize(
    ("typed", "themes", "sources"),
    [
        ("Go slowly.", (), ()),
        ("Go slowly. [theme 8]", (8,), ()),
        ("Go slowly.[Themes 8, 9; source 2]", (8, 9), (2,)),
        ("  Go   slowly. [sources 1 and 3]  ", (), (1, 3)),
    ],
)
def test_what_a_line_rests_on_stands_at_its_end(
    typed: str, themes: tuple[int, ...], sources: tuple[int, ...]
) -> None:
    assert read_lines(f"\n{typed}\n\n") == (Statement("Go slowly.", themes, sources),)


@pytest.mark.parametrize("typed", ["Go. [see above]", "Go. []", "Go. [theme]", "Go. [theme 8, my view]"])
def test_brackets_that_name_neither_are_asked_about(typed: str) -> None:
    with pytest.raises(Untraceable):
        read_lines(typed)


@given(st.text(max_size=120))
def test_whatever_is_typed_is_read_or_asked_about(text: str) -> None:
    try:
        lines = read_lines(text)
    except Untraceable:
        return
    assert all(line.text == " ".join(line.text.split()) for line in lines)


def test_a_card_holds_only_what_can_be_read() -> None:
    content = shipped()[Kind.PACE].content
    for line in (Statement("a" * (LONGEST + 1)), Statement(" "), Statement("one\ntwo"), Statement("\u202e")):
        with pytest.raises(ValueError, match=r"say\.1"):
            replace(content, say=(line,))
    with pytest.raises(ValueError, match=f"has {MOST_LINES + 1} lines"):
        replace(content, say=(Statement("Well?"),) * (MOST_LINES + 1))


# Which card fits


def asked(trend: Trend) -> Alert:
    return trend.alerts[-1]


def with_ticks(trend: Trend, *families: str) -> Trend:
    told = Happened("what-happened", "1.0", (), families=families)
    return replace(trend, points=[*trend.points[:-1], replace(trend.points[-1], happened=told)])


def test_what_was_ticked_comes_first_in_its_order() -> None:
    trend = with_ticks(make_trend([*STEADY, 40.0]), "pace", "distance")
    assert fitting(asked(trend), trend)[:2] == (Kind.PACE, Kind.DISTANCE)


def test_a_low_start_has_its_own_card() -> None:
    trend = make_trend([30.0])
    assert fitting(asked(trend), trend) == (Kind.EARLY_LOW,)
    ticked = with_ticks(trend, "intrusion")
    assert fitting(asked(ticked), ticked) == (Kind.INTRUSION, Kind.EARLY_LOW)


def test_forms_that_stop_coming_are_silence() -> None:
    alert = replace(asked(make_trend([*STEADY, 40.0])), rules=("silence",), session_number=9)
    assert fitting(alert, make_trend([*STEADY, None, None, None]))[0] is Kind.SILENCE


def test_a_slide_is_drift_and_a_fall_is_not() -> None:
    slide, fall = make_trend([*STEADY, 76.0, 71.0, 66.0]), make_trend([*STEADY, 79.0, 78.0, 55.0])
    assert is_slide(slide.answered) and not is_slide(fall.answered)
    sign = replace(asked(make_trend([*STEADY, 40.0])), session_number=9, rules=("ratings",))
    assert Kind.DRIFT in fitting(sign, slide) and Kind.DRIFT not in fitting(sign, fall)


def test_small_signs_that_add_up_are_drift() -> None:
    trend = make_trend([*STEADY, 40.0])
    assert fitting(replace(asked(trend), rules=()), trend)[0] is Kind.DRIFT


@pytest.mark.parametrize(
    ("scale", "kind"),
    [("safety", Kind.INTRUSION), ("attunement", Kind.DISTANCE), ("collaboration", Kind.DIRECTION)],
)
def test_without_ticks_the_scale_that_fell_most_decides(scale: str, kind: Kind) -> None:
    trend = make_trend([*STEADY, 40.0])
    last = trend.points[-1]
    scores = {**last.scores, "safety": 78.0, "attunement": 78.0, "collaboration": 78.0, scale: 20.0}
    trend = replace(trend, points=[*trend.points[:-1], replace(last, scores=scores)])
    assert fitting(asked(trend), trend) == (kind,)


@given(
    st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=12),
    st.sampled_from([(), ("ratings",), ("report",), ("own-word", "ratings"), ("silence",)]),
)
def test_every_question_has_a_card_and_none_twice(scores: list[float | None], rules: tuple[str, ...]) -> None:
    trend = make_trend(scores)
    sign = asked(make_trend([*STEADY, 40.0]))
    for point in trend.points:
        kinds = fitting(replace(sign, session_number=point.number, rules=rules), trend)
        assert kinds and len(set(kinds)) == len(kinds)

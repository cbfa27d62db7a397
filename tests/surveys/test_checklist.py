"""The checklist of what happened: what it asks, when it is offered, what its ticks say, and every fault it can have."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from surveys.checklist import check_ticks
from surveys.library import InstrumentFault, Library, shipped
from surveys.loader import load_folder
from tests.surveys.faulty_checklist import RULE_FAULTS, STRUCTURE_FAULTS, TEXT_FAULTS
from tests.surveys.folders import SHIPPED, copied, edit
from tests.surveys.test_instrument_words import HIGHEST_GRADE, grade

NAME = "what-happened-1.0"
LIST = shipped().checklist("what-happened")
TODAY = date(2026, 11, 20)
AFTER, PULSE = shipped().get("after-session"), shipped().get("pulse")
FAMILIES = {
    "distance": {"distracted", "workbook", "dismissed", "late"},
    "intrusion": {"judged", "opinions", "threatened", "trust", "interrupted"},
    "pace": {"too-fast", "too-slow"},
    "direction": {"decided", "unclear", "off-target"},
    "": {"other", "nothing"},
}
THEMES = {"distance": {7}, "intrusion": {8}, "pace": {10}, "direction": {11, 12}}
CHECKSUMS = {
    "instrument.toml": "72921e02805da39adbdba33c76ed227b8ea593c61292b137ebacf3a2b9793fef",
    "en.toml": "1a59a2a96a1eaa4d86ac6a44056001b12af4afae73b7f3532e883f795502137e",
    "es.toml": "8fb563dae1a28a168bde20ab7c79caf1db6df7674c3fa55a947d4901396fe5a5",
    "de.toml": "5c461c197224d81a473d5645f3b1377b8975a987c38fc18d468b0c20caae212f",
    "tr.toml": "6bb68dc268839e0fbfcadf73fcac341e8ef2c96e0fdc230a156c42758aacfabd",
    "ar.toml": "7b8b014fbacbfbca020cec810d1dbb41d2deb83b037f5f025a9e68d357cde02b",
}
FAULTS = [
    *(("instrument.toml", name, change) for name, change in STRUCTURE_FAULTS.items()),
    *(("en.toml", name, change) for name, change in TEXT_FAULTS.items()),
]


def test_it_asks_what_it_is_written_to_ask() -> None:
    found: dict[str, set[str]] = {}
    for tick in LIST.ticks:
        found.setdefault(tick.family, set()).add(tick.id)
    assert found == FAMILIES
    for tick in LIST.ticks:
        assert set(tick.themes) <= THEMES.get(tick.family, set())
        assert bool(tick.themes) == bool(tick.family)
    assert [tick.id for tick in LIST.ticks if tick.alone] == ["nothing"]
    assert [tick.id for tick in LIST.ticks] == [one for group in LIST.groups for one in group.ticks]


def test_no_group_of_the_page_is_a_family() -> None:
    for group in LIST.groups[:3]:
        assert len({LIST.tick(one).family for one in group.ticks}) > 1, group.heading


def test_a_published_version_is_never_edited() -> None:
    found = {name: hashlib.sha256((SHIPPED / NAME / name).read_bytes()).hexdigest() for name in CHECKSUMS}
    assert found == CHECKSUMS


@pytest.mark.parametrize("instrument", [AFTER, PULSE], ids=lambda one: one.id)
def test_it_is_offered_when_something_in_this_very_response_was_off(instrument: object) -> None:
    assert instrument in (AFTER, PULSE)
    for item in instrument.items:
        worse = item.scale == "rupture"
        for value in range(11):
            due = value >= 3 if worse else value <= 5
            assert LIST.is_due(instrument, {item.id: value}) is due, (item.id, value)
            assert (shipped().follow_up(instrument, {item.id: value}, TODAY) is LIST) is due
    fine = {item.id: 2 if item.scale == "rupture" else 6 for item in instrument.items}
    assert not LIST.is_due(instrument, fine)
    assert LIST.is_due(instrument, fine | {"held": 3})
    assert not LIST.is_due(instrument, {})


def test_it_is_not_offered_after_anything_else() -> None:
    around = shipped().get("around-therapy")
    assert shipped().follow_up(around, {item.id: 0 for item in around.items}, TODAY) is None


def test_a_turned_item_counts_as_it_is_scored(tmp_path: Path) -> None:
    copied(tmp_path, "around-therapy-1.0")
    copied(tmp_path, "pulse-1.0")
    copied(tmp_path, NAME)
    after = copied(tmp_path)
    edit(
        after / "instrument.toml",
        '"safety",        themes = [6, 9]',
        '"safety", reversed = true, themes = [6]',
    )
    library = Library(tmp_path)
    turned, checklist = library.get("after-session"), library.checklist("what-happened")
    assert checklist.is_due(turned, {"safe": 5})
    assert checklist.is_due(turned, {"safe": 10})
    assert not checklist.is_due(turned, {"safe": 4})


def test_it_is_offered_in_no_language_it_is_not_worded_in(tmp_path: Path) -> None:
    for name in ("after-session-1.0", "pulse-1.0", "around-therapy-1.0", NAME):
        folder = copied(tmp_path, name)
        if name == "after-session-1.0":
            texts = (folder / "en.toml").read_text(encoding="utf-8")
            (folder / "fr.toml").write_text(texts.replace('"en"', '"fr"', 1), encoding="utf-8")
    library = Library(tmp_path)
    assert library.follow_up(library.get("after-session", language="en"), {"safe": 0}, TODAY) is not None
    assert library.follow_up(library.get("after-session", language="fr"), {"safe": 0}, TODAY) is None
    assert library.monthly("fr", TODAY) is None
    assert library.monthly("en", TODAY) is library.get("around-therapy")


def said(*ticked: str) -> tuple[list[str], list[str]]:
    return (
        [tick.quote for tick in LIST.speaking(ticked)],
        [family.id for family in LIST.families_of(ticked)],
    )


def test_ticks_say_their_quotes_and_their_families_in_the_order_of_the_page() -> None:
    assert said("judged", "interrupted") == (
        ["didn’t let me finish", "I felt judged or talked down to"],
        ["intrusion"],
    )
    assert said("off-target", "late", "too-slow")[1] == ["distance", "pace", "direction"]
    assert said("other") == (["something else"], [])


def test_none_of_these_speaks_only_alone() -> None:
    assert said("nothing") == (["none of these"], [])
    assert said("nothing", "late")[0] == ["was late, or the time was cut short"]


@pytest.mark.parametrize(
    ("posted", "ticks", "unknown"),
    [
        ([], (), 0),
        ([("attempt", "x" * 20)], (), 0),
        ([("happened", "late"), ("happened", "judged")], ("late", "judged"), 0),
        ([("happened", "judged"), ("happened", "late"), ("happened", "late")], ("late", "judged"), 0),
        ([("happened", "nothing"), ("happened", "other")], ("other", "nothing"), 0),
        ([("happened", "late"), ("happened", "<b>"), ("happened", "")], ("late",), 2),
        ([("happened", "\udcff"), ("colour", "red")], (), 2),
    ],
)
def test_what_was_posted_is_kept_or_counted(
    posted: list[tuple[str, str]], ticks: tuple[str, ...], unknown: int
) -> None:
    found = check_ticks(LIST, MultiDict(posted))
    assert (found.ticks, found.unknown) == (ticks, unknown)
    assert found.nothing_sent == (not ticks and not unknown)


@pytest.mark.parametrize(
    ("file", "name", "change"), FAULTS, ids=[f"{file}-{name}" for file, name, _ in FAULTS]
)
def test_a_fault_names_file_key_and_what_is_wrong(
    file: str, name: str, change: tuple[str, str, str, str], tmp_path: Path
) -> None:
    old, new, key, words = change
    folder = copied(tmp_path, NAME)
    edit(folder / file, old, new)
    with pytest.raises(InstrumentFault) as caught:
        load_folder(folder)
    assert (caught.value.file, caught.value.key) == (f"{NAME}/{file}", key)
    assert words in caught.value.fault


@pytest.mark.parametrize("name", RULE_FAULTS)
def test_a_rule_that_speaks_of_what_is_not_there_is_a_fault(name: str, tmp_path: Path) -> None:
    old, new, key, words = RULE_FAULTS[name]
    for other in ("after-session-1.0", "pulse-1.0", "around-therapy-1.0"):
        copied(tmp_path, other)
    folder = copied(tmp_path, NAME)
    assert Library(tmp_path).checklist("what-happened").key == "what-happened 1.0"
    edit(folder / "instrument.toml", old, new)
    with pytest.raises(InstrumentFault) as caught:
        Library(tmp_path)
    assert (caught.value.file, caught.value.key) == (f"{NAME}/instrument.toml", key)
    assert words in caught.value.fault


def test_a_checklist_is_no_questionnaire_and_the_other_way_round() -> None:
    assert LIST not in list(shipped())
    with pytest.raises(LookupError, match=r"what-happened 1\.0 is a checklist"):
        shipped().get("what-happened")
    with pytest.raises(LookupError, match=r"pulse 1\.0 is a questionnaire"):
        shipped().checklist("pulse")
    with pytest.raises(LookupError, match="no tick “weather”"):
        LIST.tick("weather")
    assert "what-happened" not in shipped().ids()
    assert shipped().ids("monthly") == ("around-therapy",)


MONTHLY_FAULTS = {
    "in the alliance": (
        '"access",    in_alliance = false',
        '"access",    in_alliance = true',
        "scales.access.in_alliance",
        "beside the alliance",
    ),
    "with a question": (
        "groups = [",
        'questions = [{ id = "comment", kind = "text", max_length = 10 }]\ngroups = [',
        "questions.comment",
        "no place in a monthly one",
    ),
}


@pytest.mark.parametrize("name", MONTHLY_FAULTS)
def test_a_monthly_one_stays_beside_the_alliance(name: str, tmp_path: Path) -> None:
    old, new, key, words = MONTHLY_FAULTS[name]
    folder = copied(tmp_path, "around-therapy-1.0")
    edit(folder / "instrument.toml", old, new)
    with pytest.raises(InstrumentFault) as caught:
        load_folder(folder)
    assert caught.value.key == key
    assert words in caught.value.fault


def test_an_eleven_year_old_can_read_the_page_and_its_tone_is_calm() -> None:
    lines = [
        f"{group.heading.rstrip(' …')} {LIST.tick(one).text}." for group in LIST.groups for one in group.ticks
    ]
    texts = [LIST.title, LIST.heading, LIST.lead, LIST.instruction]
    # The formula is for sentences; shorter pieces count in the whole page below.
    hard = {
        text: round(grade(text), 1) for text in [*texts, *lines] if len(text.split()) >= 8 and grade(text) > 9
    }
    assert hard == {}
    assert grade(" ".join([*texts, *lines])) < HIGHEST_GRADE
    for text in [*texts, *lines, *(tick.quote for tick in LIST.ticks)]:
        for word in ("anonym", "please rate", "fail", "invalid", "must", "error", "score", "!", "therapy"):
            assert word not in text.lower(), text
        assert "'" not in text and '"' not in text, text

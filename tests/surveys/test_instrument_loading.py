"""Whatever is wrong with a definition, the loader says in which file, at which key, and what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from surveys.definition import Instrument
from surveys.loader import load_folder
from surveys.tables import InstrumentFault
from tests.surveys.faulty_structure import STRUCTURE_FAULTS
from tests.surveys.faulty_texts import SAFE_TEXT, TEXT_FAULTS
from tests.surveys.folders import copied, edit

STRUCTURE, TEXTS = "instrument.toml", "en.toml"
FAULTS = [
    *((STRUCTURE, name, change) for name, change in STRUCTURE_FAULTS.items()),
    *((TEXTS, name, change) for name, change in TEXT_FAULTS.items()),
]


@pytest.mark.parametrize(
    ("file", "name", "change"), FAULTS, ids=[f"{file}-{name}" for file, name, _ in FAULTS]
)
def test_a_fault_names_file_key_and_what_is_wrong(
    file: str, name: str, change: tuple[str, str, str, str], tmp_path: Path
) -> None:
    old, new, key, words = change
    folder = copied(tmp_path)
    edit(folder / file, old, new)
    with pytest.raises(InstrumentFault) as caught:
        load_folder(folder)
    assert caught.value.file == f"after-session-1.0/{file}"
    assert caught.value.key == key
    assert words in caught.value.fault
    where = f"after-session-1.0/{file}: {key}: " if key else f"after-session-1.0/{file}: "
    assert str(caught.value) == where + caught.value.fault


# What is done to the folder, and the file and words of the fault that follows.
BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no structure": (lambda folder: (folder / STRUCTURE).unlink(), STRUCTURE, "is missing"),
    "no texts": (lambda folder: (folder / TEXTS).unlink(), TEXTS, "is missing"),
    "not utf-8": (lambda folder: (folder / TEXTS).write_bytes(b'name = "\xff"'), TEXTS, "UTF-8"),
    "a folder as a file": (lambda folder: (folder / "tr.toml").mkdir(), "tr.toml", "cannot be read"),
    "an empty file": (lambda folder: (folder / TEXTS).write_text(""), TEXTS, "is missing"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_is_named(name: str, tmp_path: Path) -> None:
    spoil, file, words = BROKEN[name]
    folder = copied(tmp_path)
    spoil(folder)
    with pytest.raises(InstrumentFault) as caught:
        load_folder(folder)
    assert caught.value.file == f"after-session-1.0/{file}"
    assert words in caught.value.fault


def test_a_file_with_an_impossible_language_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / TEXTS).rename(folder / "English.toml")
    edit(folder / "English.toml", 'language = "en"', 'language = "English"')
    with pytest.raises(InstrumentFault, match="language: is “English”; it has to be a tag such as “en”"):
        load_folder(folder)


def test_a_fault_in_one_language_is_not_hidden_by_a_sound_one(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    second = folder / "tr.toml"
    second.write_text((folder / TEXTS).read_text(encoding="utf-8"), encoding="utf-8")
    edit(second, 'language = "en"', 'language = "tr"')
    assert [one.language for one in load_folder(folder)] == ["en", "tr"]
    edit(second, SAFE_TEXT, "")
    with pytest.raises(InstrumentFault, match=r"tr\.toml: items\.safe: is missing"):
        load_folder(folder)


def test_another_range_and_a_reversed_item_load(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    edit(folder / STRUCTURE, "minimum = 0\nmaximum = 10", "minimum = 1\nmaximum = 5")
    edit(folder / STRUCTURE, "themes = [6, 9] }", "themes = [6, 9], reversed = true }")
    (instrument,) = load_folder(folder)
    assert isinstance(instrument, Instrument)
    assert instrument.values == ("1", "2", "3", "4", "5")
    assert [item.id for item in instrument.items if item.reversed] == ["safe"]


@pytest.mark.parametrize(
    ("given", "quote"), [("", "I felt safe with my therapist"), ('quote = "I felt safe", ', "I felt safe")]
)
def test_an_item_is_quoted_whole_unless_told_otherwise(given: str, quote: str, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    edit(folder / TEXTS, 'short = "Safe", ', f'short = "Safe", {given}')
    assert load_folder(folder)[0].item("safe").quote == quote

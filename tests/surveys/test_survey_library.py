"""Finding an instrument by id, version and language, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveys.library import InstrumentFault, Library, shipped
from tests.surveys.folders import copied, edit, newer

THERE = ", ".join(sorted({one.id for one in shipped().everything()}))


def test_what_is_shipped_is_loaded_once_and_handed_out_as_the_same_objects() -> None:
    assert shipped() is shipped()
    assert shipped().ids() == ("after-session", "pulse")
    first = shipped().get("after-session")
    assert first is shipped().get("after-session", "1.0", "en")
    assert (first.key, first.language) == ("after-session 1.0", "en")
    english = [one.key for one in shipped() if one.language == "en" and one.kind == "session"]
    assert english == ["after-session 1.0", "pulse 1.0"]


def test_versions_are_ordered_by_number_and_the_newest_is_the_one_asked(tmp_path: Path) -> None:
    for version in ("1.10", "1.9"):
        newer(tmp_path, version)
    copied(tmp_path)
    library = Library(tmp_path)
    assert library.versions("after-session") == ("1.0", "1.9", "1.10")
    assert library.get("after-session").version == "1.10"
    assert library.get("after-session", "1.9").version == "1.9"
    assert [one.version for one in library] == ["1.0", "1.9", "1.10"]


def test_the_newest_version_in_a_language_is_the_newest_worded_in_it(tmp_path: Path) -> None:
    old = copied(tmp_path)
    (old / "tr.toml").write_text((old / "en.toml").read_text(encoding="utf-8"), encoding="utf-8")
    edit(old / "tr.toml", 'language = "en"', 'language = "tr"')
    newer(tmp_path, "2.0")
    library = Library(tmp_path)
    assert library.get("after-session", language="tr").version == "1.0"
    assert library.get("after-session").version == "2.0"
    assert library.languages("after-session") == ("en", "tr")
    assert library.languages("after-session", "2.0") == ("en",)
    assert [(one.version, one.language) for one in library] == [("1.0", "en"), ("1.0", "tr"), ("2.0", "en")]


def test_several_folders_make_one_library(tmp_path: Path) -> None:
    own = tmp_path / "own"
    newer(own, "3.0", "pulse-1.0")
    (own / ".trash").mkdir()
    (own / "README.md").write_text("Our own.", encoding="utf-8")
    library = Library(*(path for path in (tmp_path / "own", copied(tmp_path / "theirs").parent)))
    assert library.ids() == ("after-session", "pulse")


def test_the_same_version_twice_is_refused(tmp_path: Path) -> None:
    copied(tmp_path / "a")
    copied(tmp_path / "b")
    with pytest.raises(InstrumentFault, match=r"after-session 1\.0 is in another folder"):
        Library(tmp_path / "a", tmp_path / "b")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstrumentFault, match="nowhere: is not a folder of instruments"):
        Library(tmp_path / "nowhere")


def test_one_faulty_definition_stops_the_library(tmp_path: Path) -> None:
    copied(tmp_path, "pulse-1.0")
    edit(copied(tmp_path) / "instrument.toml", "maximum = 10", "maximum = -10")
    with pytest.raises(InstrumentFault, match=r"after-session-1\.0/instrument\.toml: maximum: "):
        Library(tmp_path)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("weather",), f"There is no instrument “weather”; there are {THERE}."),
        (("pulse", "9.9"), "pulse has no version “9.9”; it has 1.0."),
        (("weather", "1.0"), f"There is no instrument “weather”; there are {THERE}."),
        (("pulse", "1.0", "tlh"), "pulse has no texts in “tlh”, only in ar, de, en, es, tr."),
        (("pulse", None, "tlh"), "pulse has no texts in “tlh”, only in ar, de, en, es, tr."),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(asked: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(LookupError) as caught:
        shipped().get(*asked)
    assert str(caught.value) == sentence


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    assert Library(tmp_path).ids() == ()
    with pytest.raises(LookupError, match="there are none"):
        Library(tmp_path).versions("pulse")

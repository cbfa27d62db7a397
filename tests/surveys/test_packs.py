"""A folder of one's own, spoiled in every place: the check names what the loader would refuse, and never fails."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from surveys.definition import Instrument
from surveys.library import shipped
from surveys.loader import examine, load_folder
from surveys.packs import Added, read_added
from surveys.tables import ADDED, InstrumentFault
from tests.surveys.folders import TIDE, as_added, copied, edit

GUIDE = Path(__file__).parents[2] / "docs" / "instrument-packs.md"
WRONG = ("3", "true", '"?"', "[]", "[1]", "{}", "1979-05-27")


@pytest.mark.parametrize("file", ["instrument.toml", "en.toml"])
def test_whatever_is_spoiled_the_check_finds_what_the_loader_refuses(file: str, tmp_path: Path) -> None:
    pack = tmp_path / "tide-1.0"
    shutil.copytree(TIDE, pack)
    lines = (TIDE / file).read_text(encoding="utf-8").splitlines()
    spoiled = 0
    for place, line in enumerate(lines):
        value = re.match(r"([a-z_]+ = ).*[^\[{(]$", line)
        for changed in ("", *(f"{value[1]}{wrong}" for wrong in WRONG)) if value else ("",):
            (pack / file).write_text(
                "\n".join([*lines[:place], changed, *lines[place + 1 :]]), encoding="utf-8"
            )
            faults = {(one.file, one.key, one.fault) for one in examine(pack)[1]}
            try:
                load_folder(pack)
            except InstrumentFault as first:
                assert (first.file, first.key, first.fault) in faults, (line, changed)
                spoiled += 1
            else:
                assert not faults, (line, changed)
    assert spoiled > 60


def test_the_guide_shows_a_questionnaire_that_is_one() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert blocks == [(TIDE / name).read_text("utf-8") for name in ("instrument.toml", "en.toml")]


def test_the_guide_tells_every_key() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([a-z_.<>]+)`", text, re.MULTILINE))
    code = "".join(
        (TIDE.parents[3] / "surveys" / name).read_text("utf-8") for name in ("instrument_files.py",)
    )
    read = set(re.findall(r"\.(?:text|filled|whole|flag|texts|wholes|table|tables)\(\"([a-z_]+)\"", code))
    assert read - {part for one in told for part in one.split(".")} == set()


def test_the_detector_watches_what_measures_by_its_scales(tmp_path: Path) -> None:
    assert shipped().get("pulse").watched and not shipped().get("around-therapy").watched
    (tide, *_) = load_folder(TIDE)
    assert isinstance(tide, Instrument) and not tide.watched
    own = copied(tmp_path)
    edit(
        own / "instrument.toml",
        'id = "rupture",       in_alliance = false, higher_is = "worse"',
        'id = "rupture", in_alliance = false, higher_is = "better"',
    )
    with pytest.raises(InstrumentFault, match="the detector reads this scale so"):
        load_folder(own)


def test_what_was_stated_comes_back_as_it_was(tmp_path: Path) -> None:
    pack = tmp_path / "tide-1.0"
    shutil.copytree(TIDE, pack)
    as_added(pack, date(2027, 1, 31))
    added = read_added(pack)
    assert added.ended(date(2027, 2, 1)) and not added.ended(date(2027, 1, 31))
    odd = Added('"Quoted" \\ Söns', "№ 7", None, date(2026, 11, 20), added.files)
    (pack / ADDED).write_text(odd.as_toml(), encoding="utf-8")
    assert read_added(pack) == odd
    edit(pack / ADDED, '"2026-11-20"', '"yesterday"')
    with pytest.raises(InstrumentFault, match=r"added\.toml: added_on: has to be a day"):
        read_added(pack)


def test_a_sentence_that_therapists_rate_too_keeps_their_range(tmp_path: Path) -> None:
    pack = tmp_path / "tide-1.0"
    shutil.copytree(TIDE, pack)
    for file in ("instrument.toml", "en.toml", "de.toml"):
        text = (pack / file).read_text(encoding="utf-8")
        (pack / file).write_text(
            text.replace('"welcome"', '"safe"').replace("welcome =", "safe ="), encoding="utf-8"
        )
    as_added(pack)
    _, (fault,) = shipped().with_own(tmp_path)
    assert "compared with the therapist’s own view, which goes from 0 to 10" in fault.fault

"""The spool cannot be written: whoever answers is thanked all the same, and whoever looks after it is told."""

from __future__ import annotations

import shutil

from alliance.actions.alarms import alarms
from tests.actions.sending import STEADY, page, rows, send
from tests.cast import NOW, Cast


def block_the_spool(cast: Cast) -> None:
    """A file stands where its folder should."""
    folder = cast.clinic.config.folder / "spool"
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("in the way")


def test_an_answer_counts_though_the_spool_cannot_be_written_and_an_alarm_says_so(cast: Cast) -> None:
    block_the_spool(cast)
    before = rows(cast.clinic)["response"]
    receipt = send(cast.clinic, cast.alder.token, page(STEADY), NOW)
    assert receipt.readers == ("Jonas Berg",)
    assert rows(cast.clinic)["response"] == before + 1
    (told,) = [line for line in alarms(cast.clinic.config, NOW) if "second time" in line or "spool" in line]
    assert "20 November" in told


def test_nor_is_anybody_turned_away_where_even_that_cannot_be_noted(cast: Cast) -> None:
    block_the_spool(cast)
    noted = cast.clinic.config.folder / "keeping.json"
    noted.unlink(missing_ok=True)
    (noted / "in the way").mkdir(parents=True)
    before = rows(cast.clinic)["response"]
    send(cast.clinic, cast.alder.token, page(STEADY), NOW)
    assert rows(cast.clinic)["response"] == before + 1

"""An import is taken back whole, as long as nothing rests on it; what breaks off halfway leaves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import time_machine

from alliance.actions import caseload, importing, keeping, restoring, undoing, verifying
from alliance.actions.clinic import open_clinic
from alliance.actions.faults import Fault
from alliance.domain.imported import Form, PastRating, Source
from alliance.storage import readings
from tests.cast import NOW, Cast, add_patient, hold
from tests.histories import BEGAN, JONAS, bring, command, history, trend_of, with_history
from tests.storage.rows import contents

CASES = "patient,therapist,language,instrument,start,end"
YEW = f"Yew 1,{JONAS},en,after-session,2025-03-04,"
# What stays of an import that was undone: that there was one.
STAYS = {"import", "audit", "audit_chain", "audit_head", "digest"}


@pytest.fixture(autouse=True)
def still(clock: time_machine.Traveller) -> Iterator[None]:
    yield


def kept(cast: Cast) -> dict[str, list[tuple[object, ...]]]:
    """Everything but what an undone import leaves, and counts of months that are at nothing again."""
    with cast.clinic.db.read() as conn:
        found = contents(conn)
    months = {
        name: [row for row in found[name] if any(row[2:])] for name in ("course_month", "therapist_month")
    }
    return {name: rows for name, rows in found.items() if name not in STAYS} | months


def undo(cast: Cast, number: int, *options: str) -> Any:
    return command("undo", cast.clinic.config.folder, number, *options)


def whole(cast: Cast) -> bool:
    return verifying.verify(cast.clinic.config.database, cast.clinic.keyring).ok


def test_undone_nothing_is_left_but_that_it_was(cast: Cast) -> None:
    before = kept(cast)
    assert bring(cast, [YEW], header=CASES, kind="caseload").exit_code == 0
    assert bring(cast, history("Yew 1", [80.0, 82.0, 84.0])).exit_code == 0
    assert undo(cast, 2).stdout == "Import 2, 3 sessions, would be undone.\n"
    assert kept(cast) != before
    assert undo(cast, 2, "--go").stdout == "Undone: import 2, 3 sessions.\n"
    assert undo(cast, 1, "--go").stdout == "Undone: import 1, 1 patients.\n"
    assert kept(cast) == before and whole(cast)
    listed = command("list", cast.clinic.config.folder).stdout.splitlines()
    assert [one.split("\t")[2:] for one in listed] == [
        ["caseload", "0 patients", "", "undone"],
        ["ratings", "0 sessions", "an earlier questionnaire", "undone"],
    ]
    assert "is undone already" in undo(cast, 2, "--go").stderr
    assert "There is no import 3 here" in undo(cast, 3, "--go").stderr


def test_what_an_earlier_import_taught_is_there_again(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", [80.0, 82.0, 84.0])
    with cast.clinic.db.read() as conn:
        before = readings.tracks(conn, dyad.id)["shared"].to_json()
    assert bring(cast, history("Elm 1", [60.0, 62.0], first=4)).exit_code == 0
    assert (
        "something was noted since with Elm 1" in undo(cast, 1, "--go").stderr
    )  # the second rests on the first
    assert undo(cast, 2, "--go").exit_code == 0
    with cast.clinic.db.read() as conn:
        assert readings.tracks(conn, dyad.id)["shared"].to_json() == before
    assert whole(cast)


def test_numbers_of_what_was_undone_are_not_given_again(cast: Cast) -> None:
    with_history(cast, "Elm 1", [80.0, 82.0])
    undo(cast, 1, "--go")
    assert bring(cast, history("Elm 1", [80.0, 82.0])).exit_code == 0
    with cast.clinic.db.read() as conn:
        found = conn.execute("SELECT id, import_id FROM imported_session ORDER BY id").fetchall()
    assert [tuple(row) for row in found] == [(3, 2), (4, 2)]
    assert whole(cast)


def test_once_a_session_was_held_here_it_stays(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", [80.0, 82.0])
    hold(cast, cast.viewer("jonas"), dyad.patient.id, NOW)
    result = undo(cast, 1, "--go")
    assert result.exit_code == 1 and "something was noted since with Elm 1" in result.stderr
    assert "put back a backup from before the import" in result.stderr
    assert len(trend_of(cast, dyad).points) == 3


def test_a_patient_with_whom_anything_was_done_stays(cast: Cast) -> None:
    assert bring(cast, [YEW], header=CASES, kind="caseload").exit_code == 0
    undoing.look(cast.clinic, 1)
    trends = caseload.own_trends(cast.clinic, cast.viewer("jonas"), NOW)
    dyad = next(trend.dyad for trend in trends if trend.dyad.patient.code == "Yew 1")
    caseload.choose_form(
        cast.clinic, cast.viewer("jonas"), dyad.patient.id, instrument="pulse", language="en", now=NOW
    )
    with pytest.raises(Fault, match="noted since with Yew 1"):
        undoing.undo(cast.clinic, 1, NOW)


def test_broken_off_halfway_nothing_is_there(cast: Cast) -> None:
    add_patient(cast, "Elm 1")
    rows = [
        PastRating(n + 1, "Elm 1", "", n, BEGAN + timedelta(days=n), 80.0, 80.0, 80.0, None, 80.0, None)
        for n in range(1, 9)
    ]
    before = kept(cast)

    def breaks(rows: Iterable[Any], what: str, _total: int) -> Iterator[Any]:
        yield from islice(rows, 5 if what == "Taking over" else 0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.take_over_ratings(cast.clinic, rows, Source(bytes(32), "Before", Form.SAME), NOW, breaks)
    assert kept(cast) == before and whole(cast)


def test_a_backup_brings_it_back(cast: Cast) -> None:
    dyad = with_history(cast, "Elm 1", [80.0, 82.0, 84.0])
    there, folder = kept(cast), cast.clinic.config.folder
    made = keeping.back_up(cast.clinic.config, cast.clinic.keyring, NOW, folder.parent / "backups")
    assert undo(cast, 1, "--go").exit_code == 0
    cast.clinic.close()
    restoring.restore(Path(made.path), folder, NOW)
    with open_clinic(folder) as clinic:
        again = replace(cast, clinic=clinic)
        assert kept(again) == there and len(trend_of(again, dyad).points) == 3
        assert whole(again)

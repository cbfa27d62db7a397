"""Backups: whole while others write, kept for a while, and what an administrator is told of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alliance.actions import keeping, restoring
from alliance.actions.alarms import alarms
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.keeping import superfluous
from alliance.storage import backups, ballast, safekeeping, snapshots, spool
from alliance.storage.locks import locked_file
from tests.actions.sending import STEADY, page, send
from tests.cast import NOW, Cast, hold
from tests.faults.rounds import rounds

HOUR = timedelta(hours=1)


def back_up(clinic: Clinic, at: timedelta = timedelta(), to: Path | None = None) -> safekeeping.Made:
    return keeping.back_up(clinic.config, clinic.keyring, NOW + at, to)


def test_a_backup_that_is_made_while_others_write_is_of_one_moment(
    cast: Cast, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    clinic, jonas, done = cast.clinic, cast.viewer("jonas"), threading.Event()
    sent: list[str] = []

    def patients() -> None:
        number = 0
        while not done.is_set():
            at = NOW + number * timedelta(seconds=1)
            _, token = hold(cast, jonas, cast.alder.patient_id, NOW)
            send(clinic, token, page(STEADY, comment=f"number {number}"), at)
            sent.append(token)
            number += 1

    thread = threading.Thread(target=patients)
    thread.start()
    try:
        made = []
        for number in range(rounds(3, 40)):
            made.append(back_up(clinic, number * HOUR, tmp_path))
    finally:
        done.set()
        thread.join()
    assert len(sent) > 3
    counts = []
    for number, one in enumerate(made):
        work = tmp_path / f"work-{number}"
        work.mkdir()
        manifest = restoring.unpack(Path(one.path), clinic.keyring, work)
        assert manifest.findings == ()
        assert manifest.counts["answer"] - 12 * manifest.counts["response"] == made_at_rest(cast)
        counts.append(manifest.counts["response"])
    assert counts == sorted(counts)
    record_property(
        "figures",
        f"{len(made)} backups during {len(sent)} submissions: each whole, with {counts[-1]} answers at last",
    )


def made_at_rest(cast: Cast) -> int:
    """How many answers the cast’s own responses have more, or fewer, than twelve each."""
    with cast.clinic.db.read() as conn:
        return int(
            conn.execute(
                "SELECT (SELECT count(*) FROM answer) - 12 * (SELECT count(*) FROM response) AS n"
            ).fetchone()["n"]
        )


def test_of_the_last_two_days_all_are_kept_then_one_a_day_for_a_while() -> None:
    found = [(NOW - number * HOUR, Path(f"{number}")) for number in range(24 * 60)]
    gone = set(superfluous(found, NOW, keep_days=30))
    kept = [at for at, path in found if path not in gone]
    assert sum(NOW - at <= timedelta(hours=48) for at in kept) == 49
    assert len({at.date() for at in kept}) == 31 and len(kept) == 49 + 28
    assert min(kept) > NOW - timedelta(days=31)
    assert superfluous([(NOW - timedelta(days=400 + n), Path(f"{n}")) for n in range(3)], NOW, 30) == []


def test_what_need_not_be_kept_goes_and_nothing_else_in_the_folder(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "somebody-elses.backup").write_text("kept")
    first = [back_up(cast.clinic, number * HOUR, tmp_path).path for number in range(4)]
    last = back_up(cast.clinic, timedelta(days=60), tmp_path).path
    here = {str(path) for path in tmp_path.glob("*.backup")}
    assert here == {last, *first[2:], str(tmp_path / "somebody-elses.backup")}


def test_only_one_is_made_at_a_time(cast: Cast) -> None:
    with locked_file(cast.clinic.config.folder / "backup.lock"), pytest.raises(Fault, match="at this moment"):
        back_up(cast.clinic)


def test_a_damaged_database_makes_no_backup_and_that_is_told(cast: Cast, tmp_path: Path) -> None:
    clinic = cast.clinic
    good = back_up(clinic, to=tmp_path)
    clinic.close()
    path = clinic.config.database
    content = bytearray(path.read_bytes())
    for at in range(3 * 4096, len(content), 8192):
        content[at : at + 64] = bytes(64)
    path.write_bytes(content)
    with pytest.raises(Fault, match="No backup was made"):
        back_up(clinic, HOUR, tmp_path)
    assert [str(one) for one in tmp_path.glob("*.backup")] == [good.path]
    [told] = alarms(clinic.config, NOW + 2 * HOUR)
    assert told.startswith("The backup of 20 November, 11:00 UTC failed: ") and "damaged" in told
    assert list(clinic.config.folder.glob(".backup-*")) == []


def test_a_disk_that_is_not_there_is_told(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "disk").write_text("a file in its place")
    with pytest.raises(Fault, match="No backup was made"):
        back_up(cast.clinic, to=tmp_path / "disk")
    failed = safekeeping.load(cast.clinic.config.folder).backup_failed
    assert failed is not None and str(tmp_path / "disk") in failed.why
    back_up(cast.clinic, HOUR)
    assert alarms(cast.clinic.config, NOW + HOUR) == []


def test_one_that_is_older_than_a_day_or_gone_is_told(cast: Cast) -> None:
    config = cast.clinic.config
    assert alarms(config, NOW)[0].startswith("No backup has been made yet.")
    made = back_up(cast.clinic)
    assert alarms(config, NOW + timedelta(hours=26)) == []
    [stale] = alarms(config, NOW + timedelta(hours=26, minutes=1))
    assert stale.startswith("The last good backup is of 20 November, 10:00 UTC, older than a day.")
    Path(made.path).unlink()
    [missing] = alarms(config, NOW + HOUR)
    assert missing.startswith("The last good backup is not where it was put")


def test_a_spool_that_cannot_be_written_turns_nobody_away_and_is_told_until_a_backup_has_it(
    cast: Cast,
) -> None:
    clinic, jonas = cast.clinic, cast.viewer("jonas")
    back_up(clinic)
    folder = clinic.config.spool_folder
    folder.write_text("a file in its place")
    receipt = send(clinic, cast.alder.token, page(STEADY), NOW + HOUR)
    assert receipt.readers == ("Jonas Berg",)
    [told] = alarms(clinic.config, NOW + HOUR)
    assert told.startswith("Since 20 November, 11:00 UTC what patients send is in the database alone")
    folder.unlink()
    _, token = hold(cast, jonas, cast.alder.patient_id, NOW)
    send(clinic, token, page(STEADY), NOW + HOUR)
    assert len(alarms(clinic.config, NOW + HOUR)) == 1  # the one from before is still in the database alone
    back_up(clinic, 2 * HOUR)
    assert alarms(clinic.config, NOW + 2 * HOUR) == []
    assert len(spool.segments(folder)) == 1


def test_what_an_examination_finds_is_in_the_backup_and_told(cast: Cast) -> None:
    clinic = cast.clinic
    with clinic.db.write() as conn:
        conn.execute("UPDATE answer SET value = 10 - value WHERE response_id = 3")
    made = back_up(clinic)
    assert made.findings and backups.glance(Path(made.path)).findings == made.findings
    [told] = alarms(clinic.config, NOW)
    assert "not as it was written" in told and made.findings[0] in told


def test_a_restore_that_was_cut_off_is_told(cast: Cast) -> None:
    back_up(cast.clinic)
    (cast.clinic.config.folder / snapshots.MARK).touch()
    assert "cut off" in alarms(cast.clinic.config, NOW)[0]


def test_a_file_of_how_it_stands_that_is_damaged_raises_the_alarm_rather_than_hiding_it(cast: Cast) -> None:
    back_up(cast.clinic)
    path = cast.clinic.config.folder / safekeeping.FILE
    path.write_text(path.read_text(encoding="utf-8")[:40], encoding="utf-8")
    assert alarms(cast.clinic.config, NOW)[0].startswith("No backup has been made yet.")


def test_a_made_up_clinic_has_no_alarms(cast: Cast) -> None:
    assert alarms(replace(cast.clinic.config, demo=True), NOW) == []


def test_trying_a_backup_leaves_nothing_behind(cast: Cast) -> None:
    made, config = back_up(cast.clinic), cast.clinic.config
    before = {path.name for path in config.folder.iterdir()}
    restoring.prove(Path(made.path), config, cast.clinic.keyring, NOW + HOUR)
    assert {path.name for path in config.folder.iterdir()} == before
    assert safekeeping.load(config.folder).tested_at == NOW + HOUR


def test_the_ballast_is_made_where_there_is_room_and_let_go_of_once(tmp_path: Path) -> None:
    assert ballast.make(tmp_path) and ballast.make(tmp_path)
    file = tmp_path / "ballast"
    assert file.stat().st_blocks * 512 >= ballast.SIZE
    assert ballast.free(tmp_path) and not ballast.free(tmp_path) and not ballast.is_there(tmp_path)

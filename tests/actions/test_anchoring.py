"""Ends of the trail that are kept outside the database: what a careful hand in the file cannot get past."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alliance.actions import anchoring
from alliance.actions.clinic import Clinic
from alliance.actions.examining import verify_folder
from alliance.actions.faults import Fault
from alliance.cli import main
from alliance.domain.verifying import Report
from alliance.mail.anchor_settings import AnchorSettings
from alliance.mail.settings import MailFault
from alliance.storage import audit, chain, sqlite
from tests.cast import NOW
from tests.post_office import open_office, with_mail


def note(clinic: Clinic, times: int = 1) -> None:
    for _ in range(times):
        with clinic.db.write() as conn:
            audit.record(conn, at=NOW, actor="system", actor_id=None, action="go on")


def cut_off(clinic: Clinic, last: int) -> None:
    """By somebody who kept an old copy of the file: the mark at the end is that of then."""
    with closing(sqlite.connect(clinic.config.database, "schema")) as conn:
        conn.execute(f"ATTACH '{clinic.config.folder / 'then.db'}' AS past")
        guards = conn.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit%'"
        )
        rebuilt = guards.fetchall()
        for name, _ in rebuilt:
            conn.execute(f"DROP TRIGGER {name}")
        conn.execute("DELETE FROM audit_head")
        conn.execute("INSERT INTO audit_head SELECT * FROM past.audit_head")
        for table, key in (("audit_chain", "line"), ("audit", "id")):
            conn.execute(f"DELETE FROM {table} WHERE {key} > ?", (last,))
        for _, sql in rebuilt:
            conn.execute(sql)


@pytest.fixture
def cut(clinic: Clinic) -> Report:
    """Three lines are kept elsewhere, and cut off."""
    note(clinic, 2)
    with closing(sqlite.connect(clinic.config.database, "schema")) as conn:
        conn.execute("VACUUM INTO ?", (str(clinic.config.folder / "then.db"),))
        [last] = conn.execute("SELECT max(id) FROM audit").fetchone()
    note(clinic, 3)
    anchoring.anchor(clinic, NOW)
    assert verify_folder(clinic.config.folder).ok
    cut_off(clinic, last)
    return verify_folder(clinic.config.folder)


def test_an_end_that_was_cut_off_shows_against_what_was_kept(clinic: Clinic, cut: Report) -> None:
    [found] = cut.findings
    assert (found.kind, found.numbers) == ("cut off", (4, 6))
    assert "on 20 November 2026" in found.sentence


def test_kept_lines_that_were_altered_are_told_and_a_mailed_one_still_proves_it(
    clinic: Clinic, cut: Report
) -> None:
    file = clinic.config.folder / anchoring.FILE
    line = file.read_text().strip()
    file.write_text(line.replace("kept 6", "kept 3") + "\n")
    [found] = verify_folder(clinic.config.folder).findings
    assert found.sentence.startswith(f"Line 1 of {file} was altered")
    file.unlink()
    assert verify_folder(clinic.config.folder).ok  # nobody is left who knows: this is what the mail is for
    [found] = verify_folder(clinic.config.folder, [line]).findings
    assert found.kind == "cut off"
    with pytest.raises(Fault, match="is no anchor"):
        verify_folder(clinic.config.folder, [line[:-1] + ("0" if line[-1] != "0" else "1")])


def test_it_is_kept_off_the_machine_too(clinic: Clinic, tmp_path: Path) -> None:
    elsewhere = tmp_path / "mount" / "anchors.txt"
    elsewhere.parent.mkdir()
    with open_office() as office:
        told = with_mail(clinic, office.port)
        anchor = AnchorSettings(elsewhere, "records@harbour.example")
        told = replace(told, config=replace(told.config, anchor=anchor))
        head = anchoring.anchor(told, NOW)
        anchoring.anchor(told, NOW + timedelta(days=1))
        mails = office.mails
    line = elsewhere.read_text().splitlines()[0]
    assert head.line() in line
    assert (clinic.config.folder / anchoring.FILE).read_text() == elsewhere.read_text()
    assert [mail["To"] for mail in mails] == ["records@harbour.example"] * 2
    assert line in mails[0].get_content()
    assert verify_folder(clinic.config.folder, [line]).ok


def test_what_cannot_be_reached_is_told_and_the_rest_is_done(clinic: Clinic, tmp_path: Path) -> None:
    anchor = AnchorSettings(tmp_path / "not mounted" / "anchors.txt", "records@harbour.example")
    told = replace(clinic, config=replace(clinic.config, anchor=anchor))
    with pytest.raises(Fault) as caught:
        anchoring.anchor(told, NOW)
    assert "No such file" in caught.value.sentence
    assert "needs a table [mail]" in caught.value.sentence
    assert (clinic.config.folder / anchoring.FILE).exists()


def test_a_line_that_a_power_cut_left_unfinished_spoils_no_other(clinic: Clinic) -> None:
    file = clinic.config.folder / anchoring.FILE
    anchoring.anchor(clinic, NOW)
    file.write_text(file.read_text() + "kept 9 2026-")
    anchoring.anchor(clinic, NOW)
    lines = file.read_text().splitlines()
    assert lines[0] == lines[2]
    assert [one.numbers for one in verify_folder(clinic.config.folder).findings] == [(2,)]


def test_what_went_with_a_restored_backup_is_known_and_not_missed(clinic: Clinic, cut: Report) -> None:
    """As “cut” leaves it, but by a restore, which says so."""
    assert not cut.ok
    with clinic.db.read() as conn:
        head = chain.head(conn)
    anchoring.note_restored(clinic.config, clinic.keyring, head)
    report = verify_folder(clinic.config.folder)
    assert report.ok
    assert report.notes == ["Lines 4 to 6 of the trail went with a backup that was put back."]
    note(clinic, 5)
    anchoring.anchor(clinic, NOW)
    assert verify_folder(clinic.config.folder).ok


def command(clinic: Clinic, *more: str) -> Result:
    return CliRunner().invoke(main, ["verify", str(clinic.config.folder), *more])


def test_the_command_says_it_in_sentences_and_in_json(clinic: Clinic) -> None:
    whole = command(clinic)
    assert (whole.exit_code, whole.stderr) == (0, "")
    assert whole.stdout.startswith("Everything is as it was written. Looked at: 0 patient")
    with closing(sqlite.connect(clinic.config.database, "schema")) as conn:
        conn.execute("DROP TRIGGER audit_no_update")
        conn.execute("UPDATE audit SET at = '2020-01-01T00:00:00.000000Z'")
    damaged = command(clinic)
    assert damaged.exit_code == 1
    assert "Line 1 of the trail was changed or put in." in damaged.stdout
    told = json.loads(command(clinic, "--json").stdout)
    assert told["ok"] is False
    assert {"trail", "file"} == {one["part"] for one in told["findings"]}
    assert told["counts"]["audit"] == 1


def test_without_its_keys_nothing_is_examined(clinic: Clinic) -> None:
    clinic.config.keyring.rename(clinic.config.folder / "elsewhere.json")
    result = command(clinic)
    assert result.exit_code == 1
    assert "There is no key ring" in result.stderr


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"path": "anchors.txt"}, "the whole path"),
        ({"path": 3}, "text in quotes"),
        ({"email": "nobody"}, "should be an address"),
        ({"mail": "x"}, "is not a setting"),
    ],
)
def test_settings_that_cannot_be_meant(table: dict[str, object], said: str) -> None:
    with pytest.raises(MailFault, match=said):
        AnchorSettings.read(table)

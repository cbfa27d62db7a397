"""`alliance doctor`: a sound clinic is said to be sound, and each thing that is not is named with what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from alliance.actions import accounts, doctor, keeping, rotating
from alliance.actions import clinic as clinics
from alliance.actions.doctor import Finding, examine
from alliance.cli import main
from alliance.domain.clinic import ClinicSettings, CrisisLine
from alliance.domain.people import Role
from alliance.storage import settings as storage
from tests.cast import PASSWORD

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SOUND = ClinicSettings(
    name="Harbour Street",
    crisis_lines=(CrisisLine("Night line", "020 7946 0123"),),
    front_desk="020 7946 0100",
    time_zone="Europe/London",
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A clinic in which everything is in order."""
    made = tmp_path / "clinic"
    with clinics.create(
        made, settings_at_start=SOUND, public_url="https://alliance.example", now=NOW
    ) as clinic:
        token = accounts.invite(
            clinic,
            name="Nadia Haddad",
            email="nadia@clinic.example",
            roles=[Role.ADMIN],
            now=NOW,
            actor="command",
        )
        accounts.accept_invitation(clinic, token, PASSWORD, NOW)
        rotating.make_recovery_key(clinic, NOW)
        keeping.back_up(clinic.config, clinic.keyring, datetime.now(UTC))
    yield made


def looks(folder: Path, now: datetime = NOW) -> list[str]:
    return [finding.sentence for finding in examine(folder, now) if not finding.ok]


def test_a_clinic_without_a_key_on_paper_is_told_of_it(folder: Path) -> None:
    (folder / "keyring.sealed").unlink()
    (sentence,) = looks(folder)
    assert "recovery-key --again" in sentence
    path = folder / "keyring.json"
    path.write_text(json.dumps({k: v for k, v in json.loads(path.read_text()).items() if k != "recovery"}))
    (sentence,) = looks(folder)
    assert sentence.startswith("There is no recovery key: if the key ring is lost")


def change_toml(folder: Path, old: str, new: str) -> None:
    path = folder / "clinic.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def change_settings(folder: Path, **changes: object) -> None:
    told = {name: getattr(SOUND, name) for name in ClinicSettings.__slots__} | changes
    with clinics.open_clinic(folder) as clinic, clinic.db.write() as conn:
        storage.save_clinic_settings(conn, ClinicSettings(**told))


def test_a_sound_clinic_is_said_to_be_sound(folder: Path) -> None:
    findings = list(examine(folder, NOW))
    assert looks(folder) == []
    said = " ".join(finding.sentence for finding in findings)
    for part in (
        "TLS",
        "free on the disk",
        "after-session",
        "SQLite 3.",
        "synchronous",
        "Night line",
        "admin",
    ):
        assert part in said
    assert "Friday 20 November 2026, 10:00 (Europe/London)" in said


def test_the_command_prints_a_line_each_and_fails_if_there_is_anything_to_look_at(folder: Path) -> None:
    result = CliRunner().invoke(main, ["doctor", str(folder)])
    assert (result.exit_code, result.stderr) == (0, "")
    assert all(line.startswith("ok    ") for line in result.stdout.splitlines())
    change_settings(folder, crisis_lines=())
    result = CliRunner().invoke(main, ["doctor", str(folder)])
    assert result.exit_code == 1
    assert [line[:6] for line in result.stdout.splitlines()].count("look  ") == 1


def test_looking_changes_nothing(folder: Path) -> None:
    def everything() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    before = everything()
    list(examine(folder, NOW))
    assert everything() == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"crisis_lines": ()}, "Patients are not told whom to call"),
        ({"front_desk": ""}, "no number of the front desk"),
        ({"time_zone": "Mars/Olympus"}, "Enter a time zone by its name"),
    ],
    ids=["crisis lines", "front desk", "time zone"],
)
def test_what_patients_could_not_use_is_named(folder: Path, changes: dict[str, object], said: str) -> None:
    change_settings(folder, **changes)
    (sentence,) = looks(folder)
    assert said in sentence
    assert "Sign in as admin" in sentence


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("https://alliance.example", "http://localhost:8080", "Put a proxy with TLS before it"),
        ('"127.0.0.1"', '"0.0.0.0"', "Set host in clinic.toml to 127.0.0.1"),
        ("port = 8080", "port = 0", "port should be a number from 1 to 65535"),
        ("port = 8080", "prot = 8080", "“prot” is not a setting"),
    ],
    ids=["no TLS", "open to the network", "no port", "no such setting"],
)
def test_settings_of_the_machine_that_make_no_sense_are_named(
    folder: Path, old: str, new: str, said: str
) -> None:
    change_toml(folder, old, new)
    (sentence,) = looks(folder)
    assert said in sentence


def test_modes_that_let_others_read_are_named(folder: Path) -> None:
    (folder / "clinic.db").chmod(0o644)
    assert [sentence for sentence in looks(folder) if "chmod 600" in sentence]
    (folder / "clinic.db").chmod(0o600)
    (folder / "keyring.json").chmod(0o640)
    assert [sentence for sentence in looks(folder) if "chmod 600" in sentence]
    (folder / "keyring.json").chmod(0o600)
    folder.chmod(0o755)
    assert [sentence for sentence in looks(folder) if "chmod 700" in sentence]


def test_a_key_ring_of_another_clinic_is_noticed(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    clinics.create(other, settings_at_start=SOUND, public_url="https://other.example", now=NOW).close()
    shutil.copy(other / "keyring.json", folder / "keyring.json")
    (sentence,) = looks(folder)
    assert "The key ring is not the one of the database" in sentence


def test_a_database_that_is_gone_or_damaged_is_noticed(folder: Path) -> None:
    whole = (folder / "clinic.db").read_bytes()
    (folder / "clinic.db").write_bytes(whole[:-4096])
    assert ["truncated" in sentence for sentence in looks(folder)] == [True]
    (folder / "clinic.db").unlink()
    assert ["There is no database" in sentence for sentence in looks(folder)] == [True]


def test_a_clock_that_stands_before_what_was_recorded_is_noticed(folder: Path) -> None:
    assert looks(folder, NOW - timedelta(minutes=1)) == []
    (sentence,) = looks(folder, NOW - timedelta(days=1))
    assert "Thursday 19 November 2026" in sentence
    assert "Set the clock" in sentence


def test_a_full_disk_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LITTLE_SPACE", 2**60)
    (sentence,) = looks(folder)
    assert "Make room" in sentence


def test_without_an_admin_nobody_could_change_the_settings(folder: Path) -> None:
    with clinics.open_clinic(folder) as clinic:
        (nadia,) = accounts.list_staff(clinic, actor="command")
        accounts.disable(clinic, nadia.id, NOW, actor="command")
    (sentence,) = looks(folder)
    assert "alliance user invite" in sentence


def test_a_folder_that_is_not_there_is_one_finding(tmp_path: Path) -> None:
    findings = list(examine(tmp_path / "nowhere", NOW))
    assert findings == [Finding(False, findings[0].sentence)]
    assert "alliance init" in findings[0].sentence

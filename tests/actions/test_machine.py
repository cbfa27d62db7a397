"""What the doctor finds around a clinic: whose it is, who can read it, what the machine allows, the nights."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alliance.actions import machine
from alliance.actions.machine import machine_findings
from alliance.config import Config

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a clinic that nobody else can read, made an hour ago by an account of its own."""
    monkeypatch.setattr(machine, "owner_of", lambda _: 1000)
    made = tmp_path / "clinic"
    Config.write(made, "https://alliance.example")
    written(made / "clinic.toml", NOW - timedelta(hours=1))
    return made


def written(path: Path, at: datetime) -> None:
    path.touch(mode=0o600)
    os.utime(path, (at.timestamp(), at.timestamp()))


def looks(folder: Path, **more: object) -> list[str]:
    config = Config(folder, "https://alliance.example", **more)  # type: ignore[arg-type]
    return [finding.sentence for finding in machine_findings(config, NOW) if not finding.ok]


def test_nothing_is_found_where_nothing_is_wrong(folder: Path) -> None:
    assert looks(folder) == []


def test_a_clinic_of_roots_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "owner_of", lambda _: 0)
    (sentence,) = looks(folder)
    assert "belongs to root" in sentence and f"chown -R alliance {folder}" in sentence


@pytest.mark.parametrize("name", ["clinic.db-wal", "spool/1.spool", "keyring.json"])
def test_a_file_that_others_can_read_is_named(folder: Path, name: str) -> None:
    path = folder / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    assert looks(folder) == []
    path.chmod(0o640)
    assert looks(folder) == [f"Other accounts can read {path}. Close it with “chmod 600 {path}”."]


def test_a_folder_within_that_others_can_read_is_named(folder: Path) -> None:
    (folder / "spool").mkdir()
    (folder / "spool").chmod(0o755)
    (sentence,) = looks(folder)
    assert f"chmod 700 {folder / 'spool'}" in sentence


def test_questionnaires_of_the_clinics_own_are_no_secret(folder: Path) -> None:
    (folder / "instruments").mkdir(mode=0o755)
    (folder / "instruments" / "x.toml").touch(mode=0o644)
    assert looks(folder) == []


def test_a_file_of_another_account_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "clinic.db").touch(mode=0o600)
    monkeypatch.setattr(machine, "owner_of", lambda path: 1001 if path.name == "clinic.db" else 1000)
    (sentence,) = looks(folder)
    assert "clinic.db belongs to another account" in sentence and "chown -R" in sentence


def test_the_proxy_is_told(folder: Path) -> None:
    def told(**more: object) -> str:
        config = Config(folder, "https://alliance.example", **more)  # type: ignore[arg-type]
        return " ".join(finding.sentence for finding in machine_findings(config, NOW))

    assert "No proxy is named" in told()
    assert "The proxy at 10.0.0.1 is believed" in told(proxy="10.0.0.1")


@pytest.mark.parametrize(("hard", "found"), [(1024, True), (1999, True), (2000, False), (-1, False)])
def test_too_few_open_files_are_noticed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, hard: int, found: bool
) -> None:
    limit = resource.RLIM_INFINITY if hard < 0 else hard
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, limit))
    assert ["LimitNOFILE=4096" in sentence for sentence in looks(folder)] == ([True] if found else [])


def test_a_machine_without_time_zones_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "available_timezones", lambda: {"UTC"})
    (sentence,) = looks(folder)
    assert "pip install tzdata" in sentence


@pytest.mark.parametrize(
    ("night", "since", "said"),
    [
        (timedelta(hours=25), timedelta(days=90), None),
        (timedelta(hours=50), timedelta(days=90), "was done 50 hours ago"),
        (None, timedelta(days=1), None),
        (None, timedelta(days=3), "has never been done"),
    ],
)
def test_nights_that_are_not_done_are_noticed(
    folder: Path, night: timedelta | None, since: timedelta, said: str | None
) -> None:
    written(folder / "clinic.toml", NOW - since)
    if night is not None:
        written(folder / "anchors.txt", NOW - night)
    found = looks(folder)
    assert len(found) == (said is not None)
    if said:
        assert said in found[0] and f"alliance nightly {folder}" in found[0]


def test_what_goes_while_one_looks_is_no_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "clinic.db-journal").touch(mode=0o600)
    lstat: Callable[[Path], os.stat_result] = Path.lstat

    def gone(path: Path) -> os.stat_result:
        if path.name == "clinic.db-journal":
            path.unlink(missing_ok=True)
        return lstat(path)

    monkeypatch.setattr(Path, "lstat", gone)
    assert looks(folder) == []

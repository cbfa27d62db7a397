"""Calendars at the command line: a trial first, then done; and read by what runs by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alliance.actions import holding
from alliance.actions.clinic import Clinic, open_clinic
from alliance.cli import main
from alliance.config import Config, ConfigFault
from alliance.storage import sessions
from tests.cast import Cast, add_patient, address
from tests.exchange.ics import calendar, entry

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def alliance(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def ics(path: Path, code: str = "Sorrel 3") -> Path:
    at = YESTERDAY.strftime(":%Y%m%dT%H0000Z")
    path.write_bytes(calendar(entry("a", at, summary=code), entry("b", at, summary="Dentist")))
    return path


def set_up(cast: Cast, text: str) -> Path:
    folder = cast.clinic.config.folder
    with (folder / "clinic.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[appointments]\n{text}\n")
    return folder


def held(clinic: Clinic, dyad_id: int) -> int:
    with clinic.db.read() as conn:
        return len(sessions.of_dyad(conn, dyad_id))


def test_a_trial_says_what_would_be_done(cast: Cast, tmp_path: Path) -> None:
    dyad = add_patient(cast, "Sorrel 3", at=YESTERDAY - timedelta(days=5))
    told = (
        "appointments",
        cast.clinic.config.folder,
        ics(tmp_path / "x.ics"),
        "--therapist",
        address("jonas"),
    )
    said = alliance(*told)
    assert said.exit_code == 0
    assert said.stdout == (
        "Calendar of Jonas Berg. Sessions that were held, added: 1. Entries that name no patient: 1.\n"
        "Nothing was changed. Add --go to do it.\n"
    )
    assert held(cast.clinic, dyad.id) == 0
    assert "Dentist" not in alliance(*told, "--go").output
    assert held(cast.clinic, dyad.id) == 1
    assert "Calendar of Jonas Berg. Entries that name no patient: 1.\n" in alliance(*told, "--go").stdout
    assert held(cast.clinic, dyad.id) == 1


def test_what_is_missing_is_asked_for(cast: Cast, tmp_path: Path) -> None:
    folder = cast.clinic.config.folder
    assert "FILE and --therapist belong together" in alliance("appointments", folder, tmp_path / "x").stderr
    none = alliance("appointments", folder)
    assert none.exit_code == 1 and "clinic.toml names no calendar" in none.stderr
    gone = alliance("appointments", folder, tmp_path / "x", "--therapist", address("jonas"))
    assert gone.exit_code == 1 and re.fullmatch(r"Error: There is no calendar at .*x\.\n", gone.stderr)


def test_nightly_reads_what_the_settings_name_and_goes_on_where_one_is_missing(
    cast: Cast, tmp_path: Path
) -> None:
    dyad = add_patient(cast, "Sorrel 3", at=YESTERDAY - timedelta(days=5))
    ics(cast.clinic.config.folder / "jonas.ics")
    folder = set_up(
        cast, f'"{address("claire")}" = "{tmp_path}/nowhere.ics"\n"{address("jonas").upper()}" = "jonas.ics"'
    )
    said = alliance("nightly", folder)
    assert said.exit_code == 1 and "There is no calendar at" in said.stderr
    assert "Calendar of Jonas Berg. Sessions that were held, added: 1." in said.stdout
    assert "Backed up" in said.stdout or "Kept the end of the audit trail" in said.stdout
    assert held(cast.clinic, dyad.id) == 1
    with open_clinic(folder) as clinic:
        assert holding.has_calendar(clinic, cast.viewer("jonas"))
        assert not holding.has_calendar(clinic, cast.viewer("erik"))


@pytest.mark.parametrize(
    "text", ['"jonas" = "jonas.ics"', '"jonas@clinic.example" = 3', '"j@c.example" = " "']
)
def test_settings_that_cannot_be_meant_are_named(cast: Cast, text: str) -> None:
    with pytest.raises(ConfigFault, match=r"\[appointments\] should name a calendar"):
        Config.load(set_up(cast, text))

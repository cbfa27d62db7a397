"""The made-up clinic has its first night once it answers: its own data then say something."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from alliance.actions import administering
from alliance.actions import clinic as clinics
from alliance.actions.administering import ClinicData
from alliance.actions.clinic import Clinic
from alliance.cli.beside import one_night
from alliance.demo.clinic import viewers

PATIENCE = 60.0  # seconds


def told(clinic: Clinic) -> ClinicData:
    return administering.clinic_data(clinic, viewers(clinic)["miriam"])


def test_the_night_is_over_soon_and_fills_the_page(demo_copy: Clinic) -> None:
    assert told(demo_copy).learned_at is None
    since = time.monotonic()
    with one_night(demo_copy.config.folder) as start:
        start()
        while not told(demo_copy).forms and time.monotonic() - since < PATIENCE:
            time.sleep(0.1)
    assert "Learned from 3" in told(demo_copy).sentences[0]
    assert {form.language for form in told(demo_copy).forms} == {"English"}


def test_a_night_that_is_not_over_ends_with_the_server(demo_copy: Clinic) -> None:
    with one_night(demo_copy.config.folder) as start:
        start()
    with clinics.open_clinic(demo_copy.config.folder) as clinic:
        assert len(told(clinic).sentences) > 0
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"nightly {demo_copy.config.folder}" not in listed


def test_where_nobody_starts_it_there_is_none(demo_folder: Path) -> None:
    before = (demo_folder / "clinic.db").stat().st_mtime_ns
    with one_night(demo_folder):
        pass
    assert (demo_folder / "clinic.db").stat().st_mtime_ns == before

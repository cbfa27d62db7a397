"""One made-up clinic for all tests of the demo, as it stood on a Friday afternoon; copies to write in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alliance.actions import clinic as clinics
from alliance.actions.clinic import Clinic
from alliance.demo.clinic import Address, make

AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
ADDRESS = Address("http://127.0.0.1:8642", "127.0.0.1", 8642)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the made-up clinic, closed."""
    folder = tmp_path_factory.mktemp("demo") / "clinic"
    make(folder, ADDRESS, seed=1, now=AT).close()
    return folder


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Iterator[Clinic]:
    """The made-up clinic, to be read only."""
    with clinics.open_clinic(demo_folder) as clinic:
        yield clinic


@pytest.fixture
def demo_copy(demo_folder: Path, tmp_path: Path) -> Iterator[Clinic]:
    """A copy of the made-up clinic, to write in."""
    folder = tmp_path / "clinic"
    shutil.copytree(demo_folder, folder)
    with clinics.open_clinic(folder) as clinic:
        yield clinic

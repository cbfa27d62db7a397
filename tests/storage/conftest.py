"""A new clinic's key ring and database, and rows to write."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.storage.database import Database
from alliance.storage.keyring import Keyring


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, made once, as applying every migration takes longer than most tests of what it made."""
    folder = tmp_path_factory.mktemp("made")
    Database.create(folder / "clinic.db", Keyring.create(folder / "keyring.json")).close()
    return folder


@pytest.fixture
def keyring(made: Path, tmp_path: Path) -> Keyring:
    return Keyring.load(shutil.copy2(made / "keyring.json", tmp_path / "keyring.json"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clinic.db"


@pytest.fixture
def db(made: Path, path: Path, keyring: Keyring) -> Iterator[Database]:
    shutil.copy2(made / "clinic.db", path)
    database = Database.open(path, keyring)
    yield database
    database.close()

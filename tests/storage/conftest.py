"""A new clinic's key ring and database, and rows to write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.storage.database import Database
from alliance.storage.keyring import Keyring


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path / "keyring.json")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clinic.db"


@pytest.fixture
def db(path: Path, keyring: Keyring) -> Iterator[Database]:
    database = Database.create(path, keyring)
    yield database
    database.close()

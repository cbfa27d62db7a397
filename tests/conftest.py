"""A fresh clinic, its cast and its application. With the application comes a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from alliance.actions import clinic as clinics
from alliance.actions.clinic import Clinic
from alliance.actions.passwords import Passwords
from alliance.app import create_app
from alliance.domain.clinic import ClinicSettings, CrisisLine
from tests.cast import NOW, Cast, make_cast
from tests.page import PageClient, page_client

SETTINGS = ClinicSettings(
    name="Harbour Street",
    crisis_lines=(CrisisLine("Harbour Street crisis line", "01632 960114"), CrisisLine("Emergency", "112")),
    front_desk="01632 960100",
    front_desk_hours="Monday to Friday, 9 to 5",
    time_zone="Europe/London",
)


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Argon2 at its cheapest: tests hash often and keep no secrets."""
    return Passwords(memory_kib=8, passes=1)


@pytest.fixture
def clinic(tmp_path: Path, passwords: Passwords) -> Iterator[Clinic]:
    """A clinic in which nobody works yet."""
    made = clinics.create(
        tmp_path / "clinic",
        settings_at_start=SETTINGS,
        public_url="https://alliance.example",
        now=NOW,
        passwords=passwords,
    )
    with made:
        yield made


@pytest.fixture
def cast(clinic: Clinic) -> Cast:
    """The clinic with its cast."""
    return make_cast(clinic)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Friday 20 November 2026, 10:00. It stands still until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(cast: Cast, clock: time_machine.Traveller) -> Flask:
    """The application of the clinic with its cast, at 10:00."""
    return create_app(cast.clinic, testing=True)


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A judging client that is signed out."""
    return page_client(app)

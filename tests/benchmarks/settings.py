"""The clinic that most measures are made in: the tests’ own cast, made without pytest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from alliance.actions import clinic as clinics
from alliance.actions import signing_in
from alliance.actions.clinic import Clinic
from alliance.actions.passwords import Passwords
from alliance.actions.signing_in import NOWHERE
from alliance.app import create_app
from alliance.web import sessions
from tests.cast import NOW, Cast, make_cast
from tests.conftest import SETTINGS


def new_clinic(folder: Path) -> Clinic:
    """A clinic with nobody in it, whose passwords cost little."""
    return clinics.create(
        folder,
        settings_at_start=SETTINGS,
        public_url="https://alliance.example",
        now=NOW,
        passwords=Passwords(memory_kib=8, passes=1),
    )


def opened(folder: Path) -> Clinic:
    """One that was made earlier."""
    return clinics.open_clinic(folder, passwords=Passwords(memory_kib=8, passes=1))


@contextmanager
def staffed(folder: Path) -> Iterator[Cast]:
    """A clinic with the cast at work in it."""
    with new_clinic(folder / "clinic") as clinic:
        yield make_cast(clinic)


def cookie_of(app: Flask, staff_id: int, at: datetime | None = None) -> str:
    """The cookie of a browser in which somebody has just signed in."""
    clinic: Clinic = app.extensions["clinic"]
    with clinic.db.write() as conn:
        raw_id = signing_in.begin(conn, staff_id, at or datetime.now(UTC), NOWHERE, "passkey")
    with app.test_client() as client:
        with client.session_transaction(base_url="https://alliance.example") as session:
            session[sessions.SID] = raw_id
        cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"], domain="alliance.example")
        assert cookie is not None, "the sign-in leaves no cookie"
        return f"{cookie.key}={cookie.value}"


def app_of(clinic: Clinic) -> Flask:
    return create_app(clinic, testing=True)

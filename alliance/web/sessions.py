"""Staff sessions. The cookie carries a signed id and a CSRF token; what counts is the row in the database.

Patients' pages never read or write this cookie.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from alliance.actions import signing_in
from alliance.actions.clinic import Clinic
from alliance.domain.people import Viewer
from alliance.domain.signing_in import WebSession
from alliance.web.context import current_clinic

SID = "sid"


class SignedCookie(SecureCookieSessionInterface):
    """Flask's own session, spared where there is none: Flask makes a signer for every request, patients' too."""

    _signer: Any = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def get_signing_serializer(self, app: Flask) -> Any:
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


def configure(app: Flask, clinic: Clinic) -> None:
    """Set the cookie's name and flags. Only a demo, which runs without TLS, relaxes them."""
    demo = clinic.config.demo
    app.secret_key = clinic.keyring.cookie_secret
    app.session_interface = SignedCookie()
    app.config.update(
        SESSION_COOKIE_NAME="alliance" if demo else "__Host-alliance",
        SESSION_COOKIE_SECURE=not demo,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )


def begin(raw_id: str) -> None:
    """Start anew with this id: nothing of the session before, its CSRF token included, lives on."""
    session.clear()
    session[SID] = raw_id


def end(now: datetime) -> None:
    """Forget the session here and in the database."""
    raw_id = session.get(SID)
    session.clear()
    if raw_id is not None:
        signing_in.sign_out(current_clinic(), raw_id, now)


def viewer(now: datetime) -> Viewer | None:
    """Who is looking, if somebody is signed in and the session still stands."""
    raw_id = session.get(SID)
    return signing_in.resume(current_clinic(), raw_id, now) if raw_id is not None else None


def present() -> WebSession | None:
    """The times of the present session."""
    raw_id = session.get(SID)
    return signing_in.session_of(current_clinic(), raw_id) if raw_id is not None else None

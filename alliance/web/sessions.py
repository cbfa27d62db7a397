"""Staff sessions. The cookie carries a signed id and a CSRF token; what counts is the row in the database.

Patients' pages never read or write this cookie.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, Request, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.wrappers import Response

from alliance.actions import signing_in
from alliance.actions.backing_off import Browser
from alliance.actions.clinic import Clinic
from alliance.actions.signing_in import Presence
from alliance.actions.tokens import new_token
from alliance.domain.access import NotFound
from alliance.domain.signing_in import WebSession
from alliance.web import browsers
from alliance.web.context import current_clinic

SID = "sid"
KNOWN = "alliance-known"
TOKEN_LENGTH = 27
A_YEAR = 365 * 24 * 3600  # seconds


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


def browser() -> Browser:
    """What is in front of us: what it calls itself, and the token by which it is known, a new one if need be."""
    if "known" not in g:
        told = request.cookies.get(_known_name(), "")
        g.known = told if len(told) == TOKEN_LENGTH else new_token()
    return Browser(browsers.label(request.user_agent.string), g.known)


def _known_name() -> str:
    return KNOWN if current_clinic().config.demo else f"__Host-{KNOWN}"


def begin(raw_id: str) -> None:
    """Start anew with this id: nothing of the session before, its CSRF token included, lives on."""
    session.clear()
    session[SID] = raw_id


def remember(response: Response) -> Response:
    """Give the browser, after somebody has come in, the token by which it is known here."""
    demo = current_clinic().config.demo
    response.set_cookie(
        _known_name(),
        browser().known,
        max_age=A_YEAR,
        secure=not demo,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def end(now: datetime) -> None:
    """Forget the session here and in the database."""
    sid = raw_id()
    session.clear()
    if sid is not None:
        signing_in.sign_out(current_clinic(), sid, now)


def raw_id() -> str | None:
    """The id of the present session, if there is one."""
    found: str | None = session.get(SID)
    return found


def present_id() -> str:
    """The same, where the guard has let somebody in."""
    found = raw_id()
    if found is None:
        raise NotFound
    return found


def presence(now: datetime) -> Presence | None:
    """Whose session this browser holds, and whether it opens pages."""
    found = raw_id()
    return signing_in.presence(current_clinic(), found, now) if found is not None else None


def present() -> WebSession | None:
    """The times of the present session."""
    found = raw_id()
    return signing_in.session_of(current_clinic(), found) if found is not None else None

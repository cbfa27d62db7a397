"""The cookies of a tablet: what makes it one, and what one visit leaves there until it ends. None leaves /kiosk."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from flask import request, url_for
from werkzeug.wrappers import Response

from alliance.domain.kiosk import PAGE_LASTS, SETUP_LASTS
from alliance.web.context import current_clinic

# Each time a code is typed the tablet’s own cookie is set anew, so one that is in use never ends. Browsers keep
# none for longer than this.
TABLET_LASTS = timedelta(days=400)


class Cookie(StrEnum):
    """What a tablet may keep. No name, no answer."""

    TABLET = "tablet"  # the token that makes this browser one of the clinic's tablets
    VISIT = "visit"  # the token of the questionnaire that a code opened
    LANGUAGE = "language"  # the language that was picked for this visit
    MORE = "more"  # the sealed ticket of the page after the questionnaire
    MONTH = "month"  # the same of the monthly sentences
    DONE = "done"  # that something has just been sent
    WRONG = "wrong"  # that a code has just been wrong
    PROBE = "probe"  # that this browser keeps cookies at all


LASTS = {
    Cookie.TABLET: TABLET_LASTS,
    Cookie.VISIT: PAGE_LASTS,
    Cookie.LANGUAGE: PAGE_LASTS,
    Cookie.MORE: timedelta(minutes=30),
    Cookie.MONTH: timedelta(minutes=30),
    Cookie.DONE: timedelta(minutes=30),
    Cookie.WRONG: timedelta(minutes=1),
    Cookie.PROBE: SETUP_LASTS,
}
OF_A_VISIT = (Cookie.VISIT, Cookie.LANGUAGE, Cookie.MORE, Cookie.MONTH, Cookie.DONE, Cookie.WRONG)


def read(which: Cookie) -> str | None:
    """What the browser sent of this cookie."""
    return request.cookies.get(_name(which)) or None


def keep(response: Response, which: Cookie, value: str) -> None:
    """Let the browser keep it: for the server alone to read, and never for what another site asks for.

    Without TLS it would be dropped; only a demo, which runs on this machine, goes without.
    """
    response.set_cookie(
        _name(which),
        value,
        max_age=LASTS[which],
        path=url_for("kiosk.start"),
        secure=not current_clinic().config.demo,
        httponly=True,
        samesite="Strict",
    )


def drop(response: Response, *which: Cookie) -> None:
    """Let the browser forget those of them that it has."""
    for one in which:
        if _name(one) in request.cookies:
            response.delete_cookie(
                _name(one),
                path=url_for("kiosk.start"),
                secure=not current_clinic().config.demo,
                httponly=True,
                samesite="Strict",
            )


def _name(which: Cookie) -> str:
    """The prefix lets browsers refuse a cookie of this name that came without TLS."""
    return f"kiosk-{which}" if current_clinic().config.demo else f"__Secure-kiosk-{which}"

"""What all pages of a tablet share: who is let in, the language that was picked, where to go on."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import kiosk
from alliance.actions.kiosk import NoTablet
from alliance.languages import LANGUAGES
from alliance.web import kiosk_cookies as cookies
from alliance.web.context import current_clinic
from alliance.web.kiosk_cookies import Cookie
from alliance.web.languages import speak

blueprint = Blueprint("kiosk", __name__)


@blueprint.before_request
def know() -> None:
    """Let nobody but a tablet in, and speak the language that was picked on it."""
    if request.endpoint != "kiosk.set_up":
        kiosk.tablet_of(current_clinic(), cookies.read(Cookie.TABLET))
    picked = chosen()
    if picked in LANGUAGES:
        speak(picked)


@blueprint.errorhandler(NoTablet)
def no_tablet(_: NoTablet) -> ResponseReturnValue:
    page = make_response(drawn("no_tablet"), 404)
    cookies.drop(page, *Cookie)
    return page


def chosen() -> str | None:
    """The language that was picked at the tablet; without one, the patient's own is spoken."""
    return cookies.read(Cookie.LANGUAGE)


def to(page: str) -> Response:
    return redirect(url_for(f"kiosk.{page}"), code=303)


def drawn(page: str, **told: object) -> str:
    return render_template(f"kiosk/{page}.html", settings=current_clinic().settings(), **told)

"""What staff do at a tablet itself: set it up with the administrator's link, and leave with its PIN."""

from __future__ import annotations

from flask import current_app, make_response, request
from flask.typing import ResponseReturnValue

from alliance.actions import kiosk
from alliance.actions.kiosk import WrongPin
from alliance.domain.access import NotFound
from alliance.web import kiosk_cookies as cookies
from alliance.web.context import current_clinic, now
from alliance.web.kiosk_cookies import OF_A_VISIT, Cookie
from alliance.web.kiosk_parts import blueprint, drawn, to


@blueprint.route("/kiosk/leave", methods=["GET", "POST"])
def leave() -> ResponseReturnValue:
    """Where staff take the tablet out of the questionnaire, with its PIN."""
    tablet = cookies.read(Cookie.TABLET)
    if request.method != "POST":  # HEAD too is only a look
        return drawn("leave", problem=None)
    try:
        kiosk.leave(current_clinic(), tablet, request.form.get("pin", ""), now())
    except WrongPin as wrong:
        return drawn("leave", problem="paused" if wrong.paused else "wrong"), 422
    page = make_response(drawn("left"))
    cookies.drop(page, *Cookie)
    return page


@blueprint.route("/kiosk/set-up/<token>", methods=["GET", "POST"])
def set_up(token: str) -> ResponseReturnValue:
    """Turn this browser into a tablet. Opening the link changes nothing; pressing its button uses it up.

    A browser that did not keep the cookie of the first page would not keep the tablet's either: it is told so,
    and the link goes on working.
    """
    try:
        tablet = kiosk.to_set_up(current_clinic(), token, now())
    except NotFound:
        return drawn("set_up_ended"), 404
    if request.method != "POST":  # HEAD too is only a look
        page = make_response(drawn("set_up", tablet=tablet, token=token))
        cookies.keep(page, Cookie.PROBE, "kept")
        return page
    if cookies.read(Cookie.PROBE) is None:
        return drawn("no_cookies", address=current_clinic().config.public_url), 422
    response = to("start")
    cookies.drop(response, *OF_A_VISIT, Cookie.PROBE)
    cookies.keep(response, Cookie.TABLET, kiosk.set_up(current_clinic(), token, now()))
    # Whoever of the staff was signed in here is not any more. Whether anybody was is not asked.
    response.delete_cookie(current_app.config["SESSION_COOKIE_NAME"], secure=True, httponly=True)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response

"""When something goes wrong: plain pages that say what to do next, and nothing about the machine."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug import exceptions as http

from alliance.actions.clinic import Unavailable
from alliance.actions.confirming import NotFresh
from alliance.actions.faults import Fault
from alliance.domain.access import Forbidden, NotFound
from alliance.languages import for_patients
from alliance.web import confirming
from alliance.web.context import current_clinic, on_fhir, on_patient_side
from alliance.web.fhir_answers import CONTENT, outcome
from surveys.library import NotThere

log = logging.getLogger(__name__)

RETRY_AFTER = 30  # seconds


@dataclass(frozen=True, slots=True)
class Words:
    """A page's heading, and one sentence or two that say what it means and what comes next; `more` in smaller type."""

    heading: str
    lead: str
    more: str = ""


STAFF = {
    400: Words(
        "This could not be read", "Nothing was changed. Go back, open the page again and send it once more."
    ),
    403: Words("This is somebody else’s to do", "You can see it, but only the therapist can do this here."),
    404: Words(
        "There is nothing here", "The address may be mistyped, or what was here is not yours to open."
    ),
    405: Words("This page works another way", "Nothing was changed. Open it from the links above instead."),
    413: Words(
        "That was too much to send", "Nothing was changed. Go back, shorten what you wrote and send it again."
    ),
    429: Words(
        "Wait a few minutes",
        "Too many wrong links were opened from where you are. A link that is right still works.",
    ),
    500: Words(
        "Something went wrong here", "It is not your doing, and it has been noted. Try again in a minute."
    ),
    503: Words(
        "We could not save this just now", "Nothing was changed. Wait a minute, then go back and try again."
    ),
}
NOT_NOW = Words(
    for_patients("This cannot be shown just now"),
    for_patients("Nothing is lost. Wait a minute, then open it once more."),
)
OPEN_TOO_LONG = Words(
    "This page was open too long", "Nothing was changed. Go back, open the page again and send it once more."
)
NOTHING_THERE = Words(
    for_patients("There is nothing here"),
    for_patients("Open the link once more, just as you got it. You have not done anything wrong."),
)
PATIENT = {
    400: Words(
        for_patients("This could not be read"),
        for_patients("Nothing was sent. Go back and send it once more; it is not your doing."),
    ),
    404: NOTHING_THERE,
    405: NOTHING_THERE,
    413: Words(
        for_patients("That was too much to send"),
        for_patients("Nothing was sent. Go back, shorten what you wrote and send it again."),
    ),
    429: Words(
        for_patients("Wait a few minutes"),
        for_patients(
            "Too many wrong links were opened from where you are. If yours is right, it still works."
        ),
    ),
    500: Words(
        for_patients("Something went wrong here"),
        for_patients("It is not your doing. Wait a minute, then go back and send it once more."),
    ),
    503: Words(
        for_patients("We could not save this just now"),
        for_patients("It is not your doing. Wait a minute, then go back and send it once more."),
    ),
}


def install(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(http.HTTPException, page_for)
    app.register_error_handler(http.SecurityError, wrong_host)
    app.register_error_handler(CSRFError, lambda error: _page(error, OPEN_TOO_LONG))
    app.register_error_handler(NotFound, lambda _: page_for(http.NotFound()))
    app.register_error_handler(Forbidden, lambda _: page_for(http.Forbidden()))
    app.register_error_handler(Fault, _fault)
    app.register_error_handler(NotFresh, confirming.not_fresh)
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(NotThere, _unavailable)


def page_for(error: http.HTTPException) -> Response:
    """The page for a status; one that has no words of its own takes those of its family."""
    words = PATIENT if on_patient_side() else STAFF
    family = 400 if (error.code or 500) < 500 else 500
    return _page(error, words.get(error.code or 500, words[family]))


def wrong_host(_: http.SecurityError) -> Response:
    """Somebody came by a name this server does not go by. No address can be built, so there is no page."""
    told = f"This server answers at {current_clinic().config.public_url}\n"
    return Response(told, 400, mimetype="text/plain")


def _fault(fault: Fault) -> Response:
    """What a person asked for cannot be done, and the page they came from had no place to say why."""
    return _page(http.UnprocessableEntity(), Words("This cannot be done as it is", f"{fault.sentence}."))


def _unavailable(error: Unavailable | NotThere) -> Response:
    """The storage cannot be reached, or what was asked is gone from its folder. An admin can mend either."""
    what = "A questionnaire is missing" if isinstance(error, NotThere) else "The storage cannot be reached"
    log.error("%s: %s", what, error)
    later = http.ServiceUnavailable(retry_after=RETRY_AFTER)
    return _page(later, NOT_NOW) if request.method in ("GET", "HEAD") else page_for(later)


def _page(error: http.HTTPException, words: Words) -> Response:
    """The error's own response, headers and all, with our page as its body."""
    response = Response()
    response.status_code = error.code or http.InternalServerError.code
    for name, value in error.get_headers():
        response.headers[name] = value
    if on_fhir():
        response.content_type = CONTENT
        response.set_data(outcome(error))
    else:
        response.content_type = "text/html; charset=utf-8"
        response.set_data(_drawn(words))
    return response


def _drawn(words: Words) -> str:
    patient = on_patient_side()
    try:
        if request.path.startswith("/stop/"):  # where nothing may tell whose page this is
            return render_template("errors/bare.html", words=words, patient=False)
        if patient:
            return render_template("errors/patient.html", words=words, settings=current_clinic().settings())
        return render_template("errors/staff.html", words=words)
    except Exception:
        # Patients' pages name whom to call, which the database knows; it may be what is out of reach.
        log.exception("The page about an error could not be drawn either")
        return render_template("errors/bare.html", words=words, patient=patient)

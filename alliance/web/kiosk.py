"""A tablet of the clinic's: a code, the questionnaire behind it, a receipt, and back to the start.

Every address here stays the same whoever is at the tablet, and opens nothing without the cookies of the present
visit, so that history, Back and Reload have nothing to tell of an earlier one. The staff's session is never looked
at. A demand that comes from another site carries none of these cookies, since they are SameSite=Strict.
"""

from __future__ import annotations

from flask import make_response, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import answering, kiosk
from alliance.actions.answering import (
    AlreadyAnswered,
    LinkEnded,
    NotSaved,
    NotYet,
    OpenForm,
    Receipt,
    UnknownLink,
)
from alliance.actions.kiosk import Visit, WrongCode, form_token
from alliance.languages import LANGUAGES
from alliance.web import kiosk_cookies as cookies
from alliance.web import kiosk_more, kiosk_staff, questionnaire
from alliance.web.context import current_clinic, now
from alliance.web.kiosk_cookies import OF_A_VISIT, Cookie
from alliance.web.kiosk_parts import blueprint, chosen, drawn, to
from alliance.web.languages import speak
from alliance.web.posted import as_sent, sent_back
from surveys.forms import Checked

__all__ = ["blueprint", "kiosk_more", "kiosk_staff"]  # whose pages are on the same blueprint

# A receipt that nobody touches goes back to the start: by the page’s script, or without one by this header.
RECEIPT_SECONDS = 45
EXAMPLE = "K7M2 QX4P"


@blueprint.get("/kiosk")
def start() -> ResponseReturnValue:
    """Where a code is typed. Coming here ends whatever was open."""
    wrong = cookies.read(Cookie.WRONG)
    page = make_response(drawn("start", wrong=wrong, picked=chosen(), example=EXAMPLE), 422 if wrong else 200)
    cookies.drop(page, Cookie.VISIT, Cookie.MORE, Cookie.MONTH, Cookie.DONE, Cookie.WRONG)
    return page


@blueprint.post("/kiosk")
def enter() -> ResponseReturnValue:
    """Take a code. What is wrong with one is said on the start page, so that no page has to be sent twice."""
    tablet = cookies.read(Cookie.TABLET)
    try:
        visit = kiosk.enter(current_clinic(), tablet, request.form.get("code", ""), now())
    except WrongCode as wrong:
        response = to("start")
        cookies.keep(response, Cookie.WRONG, "ask" if wrong.ask else "once")
        return response
    response = to("form")
    cookies.drop(response, Cookie.MORE, Cookie.MONTH, Cookie.DONE, Cookie.WRONG)
    cookies.keep(response, Cookie.TABLET, tablet or "")
    cookies.keep(response, Cookie.VISIT, visit.token)
    return response


@blueprint.post("/kiosk/language")
def language() -> ResponseReturnValue:
    """Pick a language, and go back to where it was picked."""
    response = to("form" if request.form.get("back") == "form" else "start")
    if request.form.get("language") in LANGUAGES:
        cookies.keep(response, Cookie.LANGUAGE, request.form["language"])
    return response


@blueprint.get("/kiosk/reset")
def reset() -> ResponseReturnValue:
    """End the visit, whatever it is at."""
    response = to("start")
    cookies.drop(response, *OF_A_VISIT)
    return response


@blueprint.get("/kiosk/answer")
def form() -> ResponseReturnValue:
    """The questionnaire that the code opened."""
    visit = _visit()
    if visit is None:
        return to("start")
    try:
        return _questionnaire(visit, answering.open_form(current_clinic(), _token(visit), now(), chosen()))
    except (UnknownLink, LinkEnded):
        return to("start")
    except AlreadyAnswered as already:
        return _already(already)


@blueprint.post("/kiosk/answer")
def submit() -> ResponseReturnValue:
    """Take the answers. A page of an earlier visit, sent once more by the browser, is not even looked at."""
    visit = _visit()
    body = request.get_data(cache=True)  # as it arrived, before anything reads it as a form
    sent = as_sent(body)
    attempt = sent.get("attempt", "")
    if visit is None or not attempt.startswith(visit.mark):
        return to("start")
    try:
        receipt = answering.submit(
            current_clinic(),
            _token(visit),
            attempt=attempt,
            body=body,
            form=sent,
            now=now(),
            language=chosen(),
        )
    except NotYet as again:
        return _questionnaire(visit, again.form, again.checked, attempt, again.problem), 422
    except NotSaved as failed:
        if failed.form is None:
            return sent_back(sent, url_for("kiosk.submit")), 503
        return _questionnaire(visit, failed.form, failed.checked, attempt, answering.NOT_SAVED), 503
    except AlreadyAnswered as already:
        if already.invitation.says_answered:
            return _already(already)
        # An answer that was held back: to whoever looks on, this one looks as if it counted.
        return kiosk_more.lead(Receipt((), None, already.invitation.language))
    except (UnknownLink, LinkEnded):
        return to("start")
    return kiosk_more.lead(receipt)


def _already(fault: AlreadyAnswered) -> Response:
    speak(fault.invitation.language)
    page = make_response(drawn("already", therapist=fault.invitation.therapist_name))
    cookies.drop(page, Cookie.VISIT)
    return page


@blueprint.get("/kiosk/thanks")
def thanks() -> ResponseReturnValue:
    """The receipt, for a moment. It names nobody: who hands the tablet back hands this page over with it."""
    if cookies.read(Cookie.DONE) is None:
        return to("start")
    page = make_response(drawn("thanks", monthly=kiosk_more.monthly_offered()))
    page.headers["Refresh"] = f"{RECEIPT_SECONDS}; url={url_for('kiosk.reset')}"
    cookies.drop(page, Cookie.VISIT, Cookie.MORE)
    return page


def _questionnaire(
    visit: Visit,
    page: OpenForm,
    checked: Checked | None = None,
    attempt: str = "",
    problem: str | None = None,
) -> str:
    """The questionnaire. Each of its pages is marked with the visit it belongs to."""
    return questionnaire.draw(
        page,
        checked,
        action=url_for("kiosk.submit"),
        attempt=attempt or visit.mark + answering.new_attempt(),
        problem=problem,
        template="kiosk/form.html",
    )


def _visit() -> Visit | None:
    return kiosk.visit_of(current_clinic(), cookies.read(Cookie.TABLET), cookies.read(Cookie.VISIT), now())


def _token(visit: Visit) -> str:
    return form_token(cookies.read(Cookie.TABLET) or "", visit.token)

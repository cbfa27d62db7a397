"""What a patient touches: the questionnaire behind a link, the receipt, and a way out. No session, no script needed."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl, unquote_to_bytes

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from markupsafe import escape
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from alliance.actions import answering
from alliance.actions.answering import (
    AlreadyAnswered,
    LinkEnded,
    NotSaved,
    NotYet,
    OpenForm,
    Receipt,
    UnknownLink,
)
from alliance.actions.clinic import Unavailable
from alliance.domain.clinic import ClinicSettings
from alliance.languages import for_patients
from alliance.web.context import current_clinic, now
from alliance.web.errors import Words
from alliance.web.languages import asked, in_address, speak
from surveys.definition import Instrument
from surveys.forms import Checked

blueprint = Blueprint("patient", __name__)

RECEIPT = "receipt"  # the cookie that lets the receipt name who reads it; sealed, and gone after ten minutes
RECEIPT_SECONDS = 600

# For pages that have something to say even where the database, and with it whom to call, is out of reach.
ARRIVED = Words(for_patients("Thank you. It has arrived."), for_patients("You can close this page now."))
TOO_LONG = Words(
    for_patients("That was too long to send."),
    for_patients(
        "Nothing has been sent yet. Go back one page: your answers are still there. Shorten what you wrote."
    ),
)


@blueprint.get("/a/<token>")
def form(token: str) -> str | tuple[str, int]:
    """The questionnaire. Opening it changes nothing, however often and by whomever it is done."""
    return _draw(token, answering.open_form(current_clinic(), token, now(), asked()))


@blueprint.post("/a/<token>")
def submit(token: str) -> str | tuple[str, int] | AnyResponse:
    """Take the answers and go on to the receipt, whose address holds no token."""
    clinic = current_clinic()
    body = request.get_data(cache=True)  # as it arrived, before anything reads it as a form
    sent = _as_sent(body)
    attempt = sent.get("attempt", "")
    try:
        receipt = answering.submit(
            clinic, token, attempt=attempt, body=body, form=sent, now=now(), language=asked()
        )
    except NotYet as again:
        return _draw(token, again.form, again.checked, attempt=attempt, problem=again.problem), 422
    except NotSaved as failed:
        if failed.form is None:
            # Not even the questionnaire can be read: what was sent travels back in the page, ready to go again.
            return render_template("patient/not_saved.html", sent=_printable(sent), token=token), 503
        return _draw(token, failed.form, failed.checked, attempt=attempt, problem=answering.NOT_SAVED), 503
    response = redirect(url_for("patient.thanks", language=in_address(receipt.language)), code=303)
    # An HttpOnly cookie on this answer also keeps the page before it out of the browser's back/forward cache.
    response.set_cookie(
        RECEIPT,
        _sealed(receipt),
        max_age=RECEIPT_SECONDS,
        path=url_for("patient.thanks"),
        secure=not clinic.config.demo,
        httponly=True,
        samesite="Strict",
    )
    return response


def _as_sent(body: bytes) -> MultiDict[str, str]:
    """The form in this body. Bytes that are no text become halves of pairs, which the form's check asks about.

    The framework would put other signs in their place, and these would be kept as if they had been typed.
    """
    form = request.form
    if b"%" not in body and body.isascii():
        return form
    try:
        unquote_to_bytes(body).decode()
    except UnicodeDecodeError:
        if request.mimetype != "application/x-www-form-urlencoded":  # not from our page
            raise BadRequest from None
        text = body.decode("utf-8", "surrogateescape")
        return MultiDict(parse_qsl(text, keep_blank_values=True, errors="surrogateescape"))
    return form


def _printable(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Names and values as a page can carry them."""
    return [
        (name.encode(errors="replace").decode(), value.encode(errors="replace").decode())
        for name, value in form.items(multi=True)
    ]


@blueprint.get("/thanks")
def thanks() -> str:
    """The receipt. Without the cookie it says the same, less by name."""
    readers, next_on = _unsealed(request.cookies.get(RECEIPT))
    try:
        settings = current_clinic().settings()
    except Unavailable:  # what it is the receipt of has arrived all the same
        return render_template("errors/bare.html", words=ARRIVED, patient=True)
    ahead = next_on if next_on is not None and next_on > settings.today(now()) else None
    return render_template("patient/thanks.html", settings=settings, readers=readers, next_on=ahead)


@blueprint.get("/leave")
def leave() -> str:
    """Where “Leave page” leads: a page that says nothing about where one was."""
    return render_template("patient/leave.html")


def _draw(
    token: str,
    page: OpenForm,
    checked: Checked | None = None,
    *,
    attempt: str = "",
    problem: str | None = None,
) -> str:
    attempt = attempt if answering.ATTEMPT.fullmatch(attempt) else answering.new_attempt()
    speak(page.instrument.language)
    about = About(
        page.instrument,
        page.settings,
        page.invitation.therapist_name,
        page.invitation.supervisor_names,
        page.languages,
    )
    if checked is None:
        blank = _blank_page(about, request.script_root, current_clinic().config.demo)
        return blank.replace(ITS_TOKEN, str(escape(token))).replace(ITS_ATTEMPT, attempt)
    # Who has said already that the page is to be sent as it is need not say so again.
    confirmed = problem == answering.NOTHING_YET or "blank" in request.form
    return _page(about, token, attempt, checked, problem, blank=confirmed)


@dataclass(frozen=True, slots=True)
class About:
    """All that a questionnaire page before its first answer depends on, besides its token and its attempt.

    The instrument is one in one language, and that is the page's.
    """

    instrument: Instrument
    settings: ClinicSettings
    therapist: str
    supervisors: tuple[str, ...]
    languages: tuple[str, ...]


# What stands in a blank page for its token and its attempt. Nobody can guess them, so nobody can write them.
ITS_TOKEN, ITS_ATTEMPT = secrets.token_hex(16), secrets.token_hex(16)


@lru_cache(maxsize=256)
def _blank_page(about: About, script_root: str, demo: bool) -> str:  # noqa: ARG001 (both show in the page)
    """A page with nothing picked, drawn once for all patients of a therapist: drawing is most of its cost."""
    return _page(about, ITS_TOKEN, ITS_ATTEMPT, None, None)


def _page(
    about: About,
    token: str,
    attempt: str,
    checked: Checked | None,
    problem: str | None,
    *,
    blank: bool = False,
) -> str:
    return render_template(
        "patient/form.html",
        settings=about.settings,
        instrument=about.instrument,
        therapist=about.therapist,
        supervisors=about.supervisors,
        languages=about.languages,
        token=token,
        attempt=attempt,
        shown=checked.shown if checked else {},
        problems=checked.problems if checked else {},
        problem=problem,
        blank=blank,
    )


@blueprint.errorhandler(UnknownLink)
def unknown(_: UnknownLink) -> tuple[str, int]:
    return render_template("patient/unknown.html", settings=current_clinic().settings()), 404


@blueprint.errorhandler(LinkEnded)
def ended(fault: LinkEnded) -> tuple[str, int]:
    speak(fault.language)
    return render_template("patient/ended.html", settings=current_clinic().settings(), kept=fault.kept), 410


@blueprint.errorhandler(AlreadyAnswered)
def already(fault: AlreadyAnswered) -> str:
    speak(fault.invitation.language)
    return render_template(
        "patient/already.html",
        settings=current_clinic().settings(),
        therapist=fault.invitation.therapist_name,
    )


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> tuple[str, int]:
    try:
        settings = current_clinic().settings()
    except Unavailable:
        return render_template("errors/bare.html", words=TOO_LONG, patient=True), 413
    return render_template("patient/too_large.html", settings=settings), 413


def _sealed(receipt: Receipt) -> str:
    told = {"readers": receipt.readers, "next_on": receipt.next_on.isoformat() if receipt.next_on else None}
    blob = current_clinic().keyring.seal(json.dumps(told), RECEIPT)
    return base64.urlsafe_b64encode(blob).decode("ascii")


def _unsealed(cookie: str | None) -> tuple[tuple[str, ...], date | None]:
    if not cookie:
        return (), None
    try:
        told = json.loads(current_clinic().keyring.open(base64.urlsafe_b64decode(cookie), RECEIPT))
    except (ValueError, binascii.Error, LookupError) as fault:
        current_app.logger.debug("a receipt cookie could not be read: %s", type(fault).__name__)
        return (), None
    return tuple(told["readers"]), date.fromisoformat(told["next_on"]) if told["next_on"] else None

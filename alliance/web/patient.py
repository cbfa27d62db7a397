"""What a patient touches: the questionnaire behind a link, the receipt, and a way out. No session, no script needed."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from alliance.actions import answering
from alliance.actions.answering import AlreadyAnswered, LinkEnded, NotSaved, NotYet, UnknownLink
from alliance.actions.clinic import Unavailable
from alliance.languages import for_patients
from alliance.web import follow_up, questionnaire, receipts
from alliance.web.context import current_clinic, now
from alliance.web.errors import Words
from alliance.web.languages import asked, speak, spoken
from alliance.web.posted import as_sent, sent_back

blueprint = Blueprint("patient", __name__)

# For pages that have something to say even where the database, and with it whom to call, is out of reach.
ARRIVED = Words(for_patients("Thank you. It has arrived."), for_patients("You can close this page now."))
TOO_LONG = Words(
    for_patients("That was too long to send."),
    for_patients(
        "Nothing has been sent yet. Go back one page: your answers are still there. Shorten what you wrote."
    ),
)


@blueprint.get("/a/<token>")
def form(token: str) -> str:
    """The questionnaire. Opening it changes nothing, however often and by whomever it is done."""
    page = answering.open_form(current_clinic(), token, now(), asked())
    speak(page.instrument.language)
    return questionnaire.draw(page, action=_action(token))


@blueprint.post("/a/<token>")
def submit(token: str) -> ResponseReturnValue:
    """Take the answers and go on: to what may be said besides, or to the receipt, whose address holds no token."""
    body = request.get_data(cache=True)  # as it arrived, before anything reads it as a form
    sent = as_sent(body)
    attempt = sent.get("attempt", "")
    try:
        receipt = answering.submit(
            current_clinic(), token, attempt=attempt, body=body, form=sent, now=now(), language=asked()
        )
    except NotYet as again:
        speak(again.form.instrument.language)
        page = questionnaire.draw(
            again.form, again.checked, action=_action(token), attempt=attempt, problem=again.problem
        )
        return page, 422
    except NotSaved as failed:
        if failed.form is None:
            return sent_back(sent, _action(token)), 503
        speak(failed.form.instrument.language)
        page = questionnaire.draw(
            failed.form,
            failed.checked,
            action=_action(token),
            attempt=attempt,
            problem=answering.NOT_SAVED,
        )
        return page, 503
    return follow_up.lead(receipt, token)


def _action(token: str) -> str:
    # What `url_for` gives for this very page, at a tenth of what that costs.
    return f"{request.script_root}/a/{quote(token)}?language={spoken().tag}"


@blueprint.get("/thanks")
def thanks() -> str:
    """The receipt. Without the cookie it says the same, less by name."""
    readers, next_on = receipts.remembered()
    try:
        settings = current_clinic().settings()
        monthly = follow_up.monthly_offer()
    except Unavailable:  # what it is the receipt of has arrived all the same
        return render_template("errors/bare.html", words=ARRIVED, patient=True)
    ahead = next_on if next_on is not None and next_on > settings.today(now()) else None
    return render_template(
        "patient/thanks.html",
        settings=settings,
        readers=readers,
        next_on=ahead,
        monthly=monthly,
        ticket=follow_up.ticket(),
    )


@blueprint.get("/leave")
def leave() -> str:
    """Where “Leave page” leads: a page that says nothing about where one was."""
    return render_template("patient/leave.html")


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

"""Where the stop link of an e-mail leads: a page that asks, and a button that ends it. It tells nothing else."""

from __future__ import annotations

from flask import Blueprint, render_template

from alliance.actions import contacts
from alliance.actions.contacts import UnknownStop
from alliance.web.context import current_clinic, now
from alliance.web.languages import speak

blueprint = Blueprint("stopping", __name__)


@blueprint.get("/stop/<token>")
def ask(token: str) -> str:
    """Asks. Mail scanners open links too, so opening one changes nothing."""
    speak(contacts.language_of_stop(current_clinic(), token))
    return render_template("patient/stop.html")


@blueprint.post("/stop/<token>")
def stop(token: str) -> str:
    """Ends it: by the button of the page, or by the mailbox's own (RFC 8058), which opens no page."""
    speak(contacts.stop(current_clinic(), token, now()))
    return render_template("patient/stopped.html")


@blueprint.errorhandler(UnknownStop)
def unknown(_: UnknownStop) -> tuple[str, int]:
    return render_template("patient/stop_unknown.html"), 404

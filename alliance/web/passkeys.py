"""Passkeys: signing in with one, adding, naming and removing one’s own. The only part that needs a script."""

from __future__ import annotations

import json

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from alliance.actions import own_account, passkeys
from alliance.actions.faults import Fault
from alliance.domain.access import NotFound
from alliance.web import sessions
from alliance.web.addresses import ID, local_path
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import PasskeyForm, SignInForm

blueprint = Blueprint("passkeys", __name__)

GONE = "There is no such passkey of yours any more."

ONE = f"/account/passkeys/<{ID}:passkey_id>"


def purpose() -> str:
    """What a challenge is good for: signing in in this browser, or adding in this session."""
    generate_csrf()  # makes sure that there is a token of this browser’s session
    return f"{session.get('csrf_token', '')}|{session.get(sessions.SID, '')}"


def sign_in_options() -> str | None:
    """What the sign-in page tells the script, None where no passkey can work."""
    if not passkeys.possible(current_clinic()):
        return None
    return json.dumps(passkeys.options_to_sign_in(current_clinic(), purpose(), now()))


@blueprint.post("/sign-in/passkey")
def sign_in() -> ResponseReturnValue:
    """Both steps at once."""
    onward = local_path(request.form.get("next"))
    try:
        raw_id = passkeys.sign_in(
            current_clinic(), request.form.get("passkey", ""), purpose(), now(), sessions.browser()
        )
    except Fault as fault:
        form = SignInForm(formdata=None, next=onward or "")
        form.take(fault)
        page = render_template("signin/sign_in.html", form=form, passkey=sign_in_options(), form_failed=True)
        return page, 422
    sessions.end(now())  # whoever was signed in here before
    sessions.begin(raw_id)
    return sessions.remember(redirect(onward or url_for("signin.home"), code=303))


@blueprint.route("/account/passkeys", methods=["GET", "POST"])
def own() -> ResponseReturnValue:
    """One’s own passkeys, and where another is added."""
    clinic, viewer = current_clinic(), current_viewer()
    form = PasskeyForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            passkeys.add(
                clinic,
                viewer,
                name=form.name.data or "",
                reply=form.passkey.data or "",
                purpose=purpose(),
                now=now(),
            )
            return _back("Added. From now on it signs you in, without password and code.")
        except Fault as fault:
            form.take(fault)
    ways = own_account.ways_in(clinic, viewer, sessions.present_id(), now())
    told = None
    if passkeys.possible(clinic):
        told = json.dumps(passkeys.options_to_add(clinic, viewer, ways.email, purpose(), now()))
    page = render_template(
        "signin/passkeys.html", form=form, ways=ways, options=told, form_failed=bool(form.errors)
    )
    return page, 422 if form.errors else 200


@blueprint.post(f"{ONE}/name")
def rename(passkey_id: int) -> Response:
    """Another name."""
    try:
        passkeys.rename(current_clinic(), current_viewer(), passkey_id, request.form.get("name", ""), now())
    except Fault as fault:
        return _back(f"{fault.sentence}.")
    except NotFound:
        return _back(GONE)
    return _back("Renamed.")


@blueprint.post(f"{ONE}/remove")
def remove(passkey_id: int) -> Response:
    """Let one open nothing any more."""
    try:
        passkeys.remove(current_clinic(), current_viewer(), passkey_id, now())
    except NotFound:
        return _back(GONE)
    return _back("Removed. It opens nothing here any more; delete it on the device too.")


def _back(sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for("passkeys.own"), code=303)

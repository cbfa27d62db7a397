"""One’s own account: password, authenticator app, recovery codes, and where one is signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import authenticators, own_account
from alliance.actions.faults import Fault
from alliance.domain.access import NotFound
from alliance.domain.wording import capital, count
from alliance.web import sessions
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import PasswordForm, SetUpForm
from alliance.web.second_step import set_up_page

blueprint = Blueprint("own_account", __name__)


def _account(sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for("signin.account"), code=303)


@blueprint.route("/account/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """A new password."""
    form = PasswordForm(request.form)
    clinic, viewer, raw_id = current_clinic(), current_viewer(), sessions.present_id()
    if request.method == "POST" and form.validate():
        try:
            own_account.change_password(
                clinic,
                viewer,
                raw_id,
                present=form.present.data or "",
                new=form.password.data or "",
                now=now(),
            )
            return _account("Your password is changed. Wherever else you were signed in, you no longer are.")
        except Fault as fault:
            form.take(fault)
    failed = bool(form.errors)
    email = own_account.ways_in(clinic, viewer, raw_id, now()).email
    page = render_template("signin/password.html", form=form, email=email, form_failed=failed)
    return page, 422 if failed else 200


@blueprint.route("/account/authenticator", methods=["GET", "POST"])
def authenticator() -> ResponseReturnValue:
    """An app in place of the present one, or the first, where none was asked for."""
    clinic, viewer, raw_id = current_clinic(), current_viewer(), sessions.present_id()
    form = SetUpForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            codes = authenticators.replace(
                clinic, viewer, raw_id, form.sealed.data or "", form.code.data or "", now()
            )
        except Fault as fault:
            form.take(fault)
        else:
            return _codes(codes)
    email = own_account.ways_in(clinic, viewer, raw_id, now()).email
    return set_up_page(form, viewer.staff_id, email, raw_id, "signin/authenticator.html")


@blueprint.post("/account/recovery-codes")
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown this once."""
    return _codes(authenticators.new_codes(current_clinic(), current_viewer(), now()))


def _codes(codes: list[str]) -> ResponseReturnValue:
    return render_template("signin/recovery_codes.html", codes=codes, onward=url_for("signin.account"))


@blueprint.post("/account/sessions/end")
def end_session() -> Response:
    """Sign out in one other browser."""
    try:
        own_account.end_session(current_clinic(), current_viewer(), request.form.get("session", ""), now())
    except NotFound:
        return _account("That one has ended already.")
    return _account("Ended. Whoever goes on there has to sign in.")


@blueprint.post("/account/sessions/end-others")
def end_others() -> Response:
    """Sign out in every other browser."""
    ended = own_account.end_others(current_clinic(), current_viewer(), sessions.present_id(), now())
    return _account(f"{capital(count(ended, 'session'))} ended. You are signed in here alone.")


@blueprint.post("/account/stay")
def stay() -> ResponseReturnValue:
    """Somebody is still here: passing the guard was all there was to do."""
    session.modified = False
    return "", 204

"""The second step of signing in: a code, a recovery code, or an app to be set up. The password was given before."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import authenticators, second_step
from alliance.actions.faults import Fault
from alliance.domain.access import NotFound
from alliance.domain.people import Staff
from alliance.domain.wording import count
from alliance.web import sessions
from alliance.web.addresses import local_path
from alliance.web.context import current_clinic, now
from alliance.web.forms import CodeForm, RecoveryForm, SetUpForm
from alliance.web.ways import square

blueprint = Blueprint("second_step", __name__)

FEW = 3  # recovery codes; from here on a reminder to make new ones


def _person() -> Staff:
    """Who has given the password. The guard lets nobody else through to where this is asked."""
    person: Staff | None = g.half
    if person is None:  # a table of who gets in that is wrong lets nobody through here all the same
        raise NotFound
    return person


def _next() -> str:
    return local_path(request.values.get("next")) or ""


def _in(raw_id: str) -> Response:
    sessions.begin(raw_id)
    return sessions.remember(redirect(_next() or url_for("signin.home"), code=303))


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """Six digits from the app."""
    person = _person()
    if not second_step.is_set_up(current_clinic(), person.id):
        return redirect(url_for("second_step.set_up", next=_next() or None), code=303)
    form = CodeForm(request.form, next=_next())
    if request.method == "POST" and form.validate():
        try:
            return _in(
                second_step.enter_code(
                    current_clinic(), sessions.present_id(), form.code.data or "", now(), sessions.browser()
                )
            )
        except Fault as fault:
            form.take(fault)
    failed = bool(form.errors)
    return render_template("signin/code.html", form=form, form_failed=failed), 422 if failed else 200


@blueprint.route("/sign-in/recovery-code", methods=["GET", "POST"])
def recovery_code() -> ResponseReturnValue:
    """One of the codes that were put by."""
    form = RecoveryForm(request.form, next=_next())
    if request.method == "POST" and form.validate():
        try:
            raw_id, left = second_step.enter_recovery_code(
                current_clinic(), sessions.present_id(), form.code.data or "", now(), sessions.browser()
            )
            response = _in(raw_id)
            more = " Make new ones on your account’s page." if left <= FEW else ""
            flash(f"That code is used up now. You have {count(left, 'recovery code')} left.{more}")
            return response
        except Fault as fault:
            form.take(fault)
    failed = bool(form.errors)
    return render_template("signin/recovery.html", form=form, form_failed=failed), 422 if failed else 200


@blueprint.route("/sign-in/set-up", methods=["GET", "POST"])
def set_up() -> ResponseReturnValue:
    """An app is set up, and recovery codes are shown, once."""
    person = _person()
    clinic, raw_id = current_clinic(), sessions.present_id()
    if not second_step.may_set_up(clinic, person.id, now()):
        if second_step.is_set_up(clinic, person.id):
            return redirect(url_for("second_step.code", next=_next() or None), code=303)
        return render_template("signin/too_late.html"), 403
    form = SetUpForm(request.form, next=_next())
    if request.method == "POST" and form.validate():
        try:
            secret = authenticators.taken_up(clinic, person.id, raw_id, form.sealed.data or "")
            new_id, codes = second_step.set_up(
                clinic, raw_id, secret, form.code.data or "", now(), sessions.browser()
            )
        except Fault as fault:
            form.take(fault)
        else:
            sessions.begin(new_id)
            drawn = render_template(
                "signin/recovery_codes.html", codes=codes, onward=_next() or url_for("signin.home")
            )
            return sessions.remember(Response(drawn, mimetype="text/html"))
    return set_up_page(form, person.id, person.email, raw_id, "signin/set_up.html")


def set_up_page(
    form: SetUpForm, staff_id: int, email: str, raw_id: str, template: str
) -> ResponseReturnValue:
    """The page with the square, the same one when the form came back."""
    offer = authenticators.offer(current_clinic(), staff_id, email, raw_id, form.sealed.data or "")
    form.sealed.data = offer.sealed
    failed = bool(form.errors)
    drawn = render_template(
        template,
        form=form,
        form_failed=failed,
        square=square(offer.address, "Square to scan with your authenticator app"),
        secret=" ".join(offer.secret[at : at + 4] for at in range(0, len(offer.secret), 4)),
        address=offer.address,
    )
    return drawn, 422 if failed else 200

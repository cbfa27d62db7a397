"""Signing in and out, setting a password from an invitation, and one's own account."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import accounts, confirming, fhir_tokens, own_account, own_view, signing_in
from alliance.actions.backing_off import Resting
from alliance.actions.faults import Fault
from alliance.domain.access import NotFound, Permission, may
from alliance.web import passkeys, sessions
from alliance.web.addresses import local_path
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import AgainForm, SignInForm, WelcomeForm
from alliance.web.navigation import home as home_of

blueprint = Blueprint("signin", __name__)

REFUSED = "Check the e-mail address and the password. Together they do not open an account"


@blueprint.get("/")
def home() -> Response:
    """Where one's work begins, or the way in."""
    return redirect(home_of(g.viewer) if g.viewer else url_for("signin.sign_in"), code=303)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The way in. Every refusal reads the same."""
    onward = local_path(request.args.get("next"))
    if g.viewer is not None:
        return redirect(onward or url_for("signin.home"), code=303)
    if request.method != "POST":
        if g.half is not None:
            return redirect(url_for("second_step.code", next=onward), code=303)
        if g.locked is not None:
            return render_template("signin/again.html", form=AgainForm(next=onward or ""))
        return _page(SignInForm(next=onward or ""))
    form = SignInForm(request.form)
    status = 422
    if form.validate():
        try:
            raw_id = signing_in.sign_in(
                current_clinic(), form.email.data, form.password.data, now(), sessions.browser()
            )
            if raw_id is not None:
                return _in(raw_id, local_path(form.next.data))
            form.take(Fault(REFUSED, "email"))
        except Resting as fault:
            form.take(fault)
            status = 429
    return _page(form, form_failed=True), status


def _page(form: SignInForm, *, form_failed: bool = False) -> str:
    passkey = passkeys.sign_in_options()
    return render_template("signin/sign_in.html", form=form, passkey=passkey, form_failed=form_failed)


def _in(raw_id: str, onward: str | None) -> Response:
    """Into the house, or to the second step."""
    sessions.begin(raw_id)
    found = sessions.presence(now())
    if found is not None and found.half:
        return redirect(url_for("second_step.code", next=onward), code=303)
    return sessions.remember(redirect(onward or url_for("signin.home"), code=303))


@blueprint.post("/sign-in/again")
def again() -> ResponseReturnValue:
    """After fifteen minutes without use the password alone opens the session again."""
    form = AgainForm(request.form)
    onward = local_path(form.next.data) or url_for("signin.home")
    if g.locked is None:
        return redirect(onward, code=303)
    if form.validate():
        try:
            confirming.confirm(current_clinic(), sessions.present_id(), form.confirm_password.data, now())
            return redirect(onward, code=303)
        except Fault as fault:
            form.take(fault)
    return render_template("signin/again.html", form=form, form_failed=True), 422


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """The way out: the session's row is deleted, and the browser is asked to forget what it kept."""
    sessions.end(now())
    response = redirect(url_for("signin.sign_in"), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> ResponseReturnValue:
    """An invitation: a password is set, once. Opening the link changes nothing."""
    try:
        person = accounts.open_invitation(current_clinic(), token, now())
        form = WelcomeForm(request.form)
        if request.method == "POST" and form.validate():
            accounts.accept_invitation(current_clinic(), token, form.password.data, now())
            sessions.end(now())  # somebody else may be signed in here
            flash("Your password is set. You can sign in with it now.")
            return redirect(url_for("signin.sign_in"), code=303)
    except NotFound:
        return render_template("signin/ended.html"), 404
    except Fault as fault:
        form.take(fault)
    failed = bool(form.errors)
    page = render_template("signin/welcome.html", form=form, person=person, form_failed=failed)
    return page, 422 if failed else 200


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Who one is here, until when, and how one gets in."""
    clinic, viewer = current_clinic(), current_viewer()
    present = sessions.present()
    if present is None:
        raise NotFound
    clock = clinic.settings().local
    return render_template(
        "signin/account.html",
        roles=sorted(viewer.roles),
        first=own_view.asks_first(clinic, viewer) if may(viewer, Permission.GIVE_OWN_VIEW) else None,
        since=clock(present.created_at),
        until=clock(present.ends_at),
        tokens=fhir_tokens.own(clinic, viewer, now()) if may(viewer, Permission.MAKE_TOKEN) else None,
        ways=own_account.ways_in(clinic, viewer, sessions.present_id(), now()),
    )

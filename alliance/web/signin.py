"""Signing in and out, setting a password from an invitation, and one's own account."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import accounts, own_view, signing_in
from alliance.actions.faults import Fault
from alliance.domain.access import NotFound, Permission, may
from alliance.web import sessions
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import SignInForm, WelcomeForm
from alliance.web.navigation import home as home_of

blueprint = Blueprint("signin", __name__)

LONGEST_ADDRESS = 1000


def local_path(address: str | None) -> str | None:
    """The address, if it is a path of this server and nothing a browser could read as another place."""
    if not address or len(address) > LONGEST_ADDRESS:
        return None
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return None
    # Browsers drop tabs and line ends from addresses, so that “/<tab>/host” would become “//host”.
    return address if address.isprintable() and " " not in address else None


@blueprint.get("/")
def home() -> Response:
    """Where one's work begins, or the way in."""
    return redirect(home_of(g.viewer) if g.viewer else url_for("signin.sign_in"), code=303)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The way in. Every refusal reads the same."""
    if g.viewer is not None:
        return redirect(local_path(request.args.get("next")) or url_for("signin.home"), code=303)
    if request.method == "GET":
        form = SignInForm(next=local_path(request.args.get("next")) or "")
        return render_template("signin/sign_in.html", form=form)
    form = SignInForm(request.form)
    if form.validate():
        raw_id = signing_in.sign_in(current_clinic(), form.email.data, form.password.data, now())
        if raw_id is not None:
            sessions.begin(raw_id)
            return redirect(local_path(form.next.data) or url_for("signin.home"), code=303)
        form.take(
            Fault("Check the e-mail address and the password. Together they do not open an account", "email")
        )
    return render_template("signin/sign_in.html", form=form, form_failed=True), 422


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
    """Who one is here, and until when."""
    viewer, present = current_viewer(), sessions.present()
    if present is None:
        raise NotFound
    clock = current_clinic().settings().local
    return render_template(
        "signin/account.html",
        roles=sorted(viewer.roles),
        first=own_view.asks_first(current_clinic(), viewer)
        if may(viewer, Permission.GIVE_OWN_VIEW)
        else None,
        since=clock(present.created_at),
        until=clock(present.ends_at),
    )

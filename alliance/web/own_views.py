"""A therapist’s own view of a session: its questionnaire, and whether to be asked for it before the answers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import own_view as acts
from alliance.actions.faults import Fault
from alliance.actions.own_view import OwnViewPage
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from surveys.forms import Checked, check

blueprint = Blueprint("own_views", __name__)


@blueprint.get(f"/sessions/<{ID}:session_id>/own-view")
def form(session_id: int) -> str:
    """Four sentences and a question about one’s own session."""
    page = acts.open_own_view(current_clinic(), current_viewer(), session_id, now())
    return render_template("therapist/own_view.html", page=page, shown={}, problems={}, fault="")


@blueprint.post(f"/sessions/<{ID}:session_id>/own-view")
def give(session_id: int) -> ResponseReturnValue:
    """Keep it, for good."""
    clinic, viewer = current_clinic(), current_viewer()
    page = acts.open_own_view(clinic, viewer, session_id, now())
    checked = check(page.instrument, request.form)
    if not checked.ok:
        return _again(page, checked)
    try:
        acts.give(clinic, viewer, session_id, ratings=checked.answers, noticed=checked.noticed, now=now())
    except Fault as fault:
        return _again(page, checked, fault.sentence)
    flash("Your own view is kept. Nobody but you sees it.")
    return redirect(url_for("therapist.session", session_id=session_id), code=303)


def _again(page: OwnViewPage, checked: Checked, fault: str = "") -> ResponseReturnValue:
    told = {"page": page, "shown": checked.shown, "problems": checked.problems, "fault": fault}
    return render_template("therapist/own_view.html", **told, form_failed=True), 422


@blueprint.post(f"/sessions/<{ID}:session_id>/show-now")
def show_now(session_id: int) -> ResponseReturnValue:
    """Show the answers without an own view."""
    page = acts.show_now(current_clinic(), current_viewer(), session_id, now())
    return redirect(url_for("patients.patient", patient_id=page.dyad.patient.id), code=303)


@blueprint.post("/account/own-view-first")
def ask_first() -> ResponseReturnValue:
    """Whether to be asked for the own view before the answers are shown."""
    wanted = request.form.get("wanted") == "yes"
    acts.ask_first(current_clinic(), current_viewer(), wanted, now())
    flash("You are asked for your own view first." if wanted else "You see answers as they come.")
    return redirect(url_for("signin.account"), code=303)

"""A supervisor's pages: what is open, each supervisee's trends and patients by code, and who opened what.

Here a supervisor also lets a therapist see what a patient had held back, when the patient says so.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from alliance.actions import releasing, supervising
from alliance.actions.faults import Fault
from alliance.domain.wording import age
from alliance.web.addresses import ID
from alliance.web.charts.reply import chart_reply
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import StaffForm
from alliance.web.stories import picture, trends_story

blueprint = Blueprint("supervisor", __name__)


@blueprint.get("/supervision")
def overview() -> str:
    """What is open over all supervisees, longest open first."""
    found = supervising.overview(current_clinic(), current_viewer(), now())
    return render_template("supervisor/overview.html", found=found, age=lambda since: age(since, found.today))


@blueprint.get(f"/supervision/therapists/<{ID}:therapist_id>")
def therapist(therapist_id: int) -> str:
    """One supervisee's trends, in the same picture as the therapist's own."""
    view = supervising.therapist(current_clinic(), current_viewer(), therapist_id, now())
    focus = request.args.get("focus")
    return render_template(
        "supervisor/therapist.html",
        heading=view.name,
        you=view.name,
        chart=url_for("supervisor.therapist_data", therapist_id=therapist_id, focus=focus),
        **trends_story(view.rows, focus, "supervisor.therapist", therapist_id=therapist_id),
    )


@blueprint.get(f"/supervision/therapists/<{ID}:therapist_id>/trends.json")
def therapist_data(therapist_id: int) -> ResponseReturnValue:
    """The picture of the page above."""
    view = supervising.therapist(current_clinic(), current_viewer(), therapist_id, now(), noted=True)
    return chart_reply(picture(view.rows, request.args.get("focus")))


@blueprint.get("/supervision/trail")
def trail() -> str:
    """Who opened what among the supervisees' patients, the viewer's own openings too."""
    lines = supervising.trail(current_clinic(), current_viewer(), now())
    return render_template("supervisor/trail.html", lines=lines)


class ReleaseForm(StaffForm):
    """That the patient wants it."""

    said_so = BooleanField("The patient told me so")


@blueprint.get(f"/sessions/<{ID}:kept_id>/release")
def release(kept_id: int) -> str:
    """What letting the therapist see it would mean, before it is done."""
    found = releasing.held_back(current_clinic(), current_viewer(), kept_id, now())
    return render_template("supervisor/release.html", found=found, form=ReleaseForm())


@blueprint.post(f"/sessions/<{ID}:kept_id>/release")
def release_answer(kept_id: int) -> ResponseReturnValue:
    """Let the therapist see it."""
    clinic, viewer, form = current_clinic(), current_viewer(), ReleaseForm(request.form)
    try:
        found = releasing.release(clinic, viewer, kept_id, now(), said_so=form.said_so.data)
    except Fault as fault:
        form.take(fault)
        asked = releasing.held_back(clinic, viewer, kept_id, now())
        return render_template("supervisor/release.html", found=asked, form=form, form_failed=True), 422
    dyad = found.dyad
    flash(f"{dyad.therapist_name} can see the answers to session {found.session.number} now.")
    return redirect(
        url_for("patients.patient", patient_id=dyad.patient.id, therapist=dyad.therapist_id), code=303
    )

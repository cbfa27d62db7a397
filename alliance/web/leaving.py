"""A therapy ends, or a patient goes on with a colleague; and that taken back."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import leaving as work
from alliance.actions.faults import Fault
from alliance.actions.leaving import LeavingPage
from alliance.domain.caseload_changes import Reason
from alliance.domain.wording import long_day
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.rights_forms import EndForm, HandOverForm

blueprint = Blueprint("leaving", __name__)


def _page(patient_id: int) -> LeavingPage:
    return work.open_leaving(current_clinic(), current_viewer(), patient_id, now())


def _noted(page: LeavingPage, last_day: date) -> Response:
    """Back to the caseload, with what comes of it in a sentence."""
    flash(
        f"Noted. {page.dyad.patient.code} is on your caseload until {long_day(last_day)}. "
        "You can take this back within a day."
    )
    return redirect(url_for("therapist.caseload"), code=303)


@blueprint.get(f"/patients/<{ID}:patient_id>/end")
def end(patient_id: int) -> str:
    """What the end of a therapy means here."""
    page = _page(patient_id)
    return render_template("rights/end.html", page=page, form=EndForm(last_day=page.today))


@blueprint.post(f"/patients/<{ID}:patient_id>/end")
def end_therapy(patient_id: int) -> ResponseReturnValue:
    """Note that a therapy ends."""
    page = _page(patient_id)
    form = EndForm(request.form)
    if form.validate():
        try:
            work.end_therapy(
                current_clinic(),
                current_viewer(),
                patient_id,
                last_day=form.last_day.data,
                reason=Reason(form.reason.data),
                now=now(),
            )
            return _noted(page, form.last_day.data)
        except Fault as fault:
            form.take(fault)
    return render_template("rights/end.html", page=page, form=form, form_failed=True), 422


@blueprint.get(f"/patients/<{ID}:patient_id>/hand-over")
def hand_over(patient_id: int) -> str:
    """What a patient's going on with a colleague means, before it is done."""
    page = _page(patient_id)
    form = HandOverForm(last_day=page.today).offer(page.colleagues)
    return render_template("rights/hand_over.html", page=page, form=form)


@blueprint.post(f"/patients/<{ID}:patient_id>/hand-over")
def hand_patient_over(patient_id: int) -> ResponseReturnValue:
    """Let the patient go on with a colleague."""
    page = _page(patient_id)
    form = HandOverForm(request.form).offer(page.colleagues)
    if form.validate():
        try:
            work.hand_over(
                current_clinic(),
                current_viewer(),
                patient_id,
                to=form.to.data,
                last_day=form.last_day.data,
                reason=Reason(form.reason.data),
                agreed=bool(form.agreed.data),
                now=now(),
            )
            return _noted(page, form.last_day.data)
        except Fault as fault:
            form.take(fault)
    return render_template("rights/hand_over.html", page=page, form=form, form_failed=True), 422


@blueprint.post(f"/caseload/changes/<{ID}:change_id>/take-back")
def take_back(change_id: int) -> ResponseReturnValue:
    """Let the patient stay after all."""
    patient_id = work.take_back(current_clinic(), current_viewer(), change_id, now())
    flash("Taken back. Links that had ended by it have to be made anew.")
    return redirect(url_for("patients.patient", patient_id=patient_id), code=303)

"""A therapist lets questions about a patient rest for a while, or has them asked again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import muting
from alliance.actions.faults import Fault
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.therapist_forms import MuteForm

blueprint = Blueprint("muting", __name__)


@blueprint.get(f"/patients/<{ID}:patient_id>/mute")
def ask(patient_id: int) -> str:
    """Until when, and why."""
    return _page(patient_id, MuteForm(reason=None))


def _page(patient_id: int, form: MuteForm, *, failed: bool = False) -> str:
    dyad, standing, today = muting.open_mute(current_clinic(), current_viewer(), patient_id, now())
    return render_template(
        "patients/mute.html", form=form, dyad=dyad, standing=standing, today=today, form_failed=failed
    )


@blueprint.post(f"/patients/<{ID}:patient_id>/mute")
def mute(patient_id: int) -> ResponseReturnValue:
    """Let them rest."""
    clinic, viewer = current_clinic(), current_viewer()
    muting.open_mute(clinic, viewer, patient_id, now())
    form = MuteForm(request.form)
    if form.validate():
        try:
            muting.mute(
                clinic,
                viewer,
                patient_id,
                until=form.until.data,
                reason=form.reason.data,
                words=(form.words.data or "").strip(),
                now=now(),
            )
            flash(
                "Saved. What the patient says outright still comes through, and you can end this at any time."
            )
            return redirect(url_for("patients.patient", patient_id=patient_id), code=303)
        except Fault as fault:
            form.take(fault)
    return _page(patient_id, form, failed=True), 422


@blueprint.post(f"/patients/<{ID}:patient_id>/unmute")
def unmute(patient_id: int) -> ResponseReturnValue:
    """Have them asked again."""
    muting.unmute(current_clinic(), current_viewer(), patient_id, now())
    flash("Saved. Questions come to you again.")
    return redirect(url_for("patients.patient", patient_id=patient_id), code=303)

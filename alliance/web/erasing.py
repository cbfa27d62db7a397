"""Requests for erasure: the second person's yes, anybody's stop, and the administrator's list by code and date."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import erasing as work
from alliance.actions.faults import Fault
from alliance.domain.access import Permission, may
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now

blueprint = Blueprint("erasing", __name__)


@blueprint.get("/admin/erasures")
def every() -> str:
    """Every request, as an administrator sees it: the code and the dates."""
    viewer = current_viewer()
    found = work.every(current_clinic(), viewer)
    to_confirm = {
        one.request.id for one in found if work.may_confirm(current_clinic(), viewer, one.request, now())
    }
    return render_template("rights/erasures.html", erasures=found, to_confirm=to_confirm)


@blueprint.post(f"/erasures/<{ID}:erasure_id>/confirm")
def confirm(erasure_id: int) -> ResponseReturnValue:
    """Be the second who wants it: the seven days begin."""
    clinic, viewer = current_clinic(), current_viewer()
    patient_id = work.about(clinic, viewer, erasure_id, now())
    try:
        work.confirm(clinic, viewer, erasure_id, now())
        flash("Confirmed. In seven days everything goes, unless somebody stops it before.")
    except Fault as fault:
        flash(f"{fault.sentence}.")
    return _back(patient_id, on_list=may(viewer, Permission.SEE_ERASURES))


@blueprint.post(f"/erasures/<{ID}:erasure_id>/stop")
def stop(erasure_id: int) -> ResponseReturnValue:
    """Let it not happen."""
    clinic, viewer = current_clinic(), current_viewer()
    patient_id = work.about(clinic, viewer, erasure_id, now())
    try:
        work.stop(clinic, viewer, erasure_id, now())
        flash("Stopped. Everything stays as it is.")
    except Fault as fault:
        flash(f"{fault.sentence}.")
    return _back(patient_id, on_list=may(viewer, Permission.SEE_ERASURES))


def _back(patient_id: int, *, on_list: bool) -> ResponseReturnValue:
    if on_list:
        return redirect(url_for("erasing.every"), code=303)
    therapist = request.args.get("therapist", type=int)
    return redirect(url_for("rights.rights", patient_id=patient_id, therapist=therapist), code=303)

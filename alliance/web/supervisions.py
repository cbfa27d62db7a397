"""The administrator's pages about who works with whom: supervision, and patients who go to another therapist."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import accounts, reassigning, relations
from alliance.actions.faults import Fault
from alliance.domain.caseload_changes import Reason
from alliance.domain.people import Role
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.staffing import with_role
from alliance.web.staffing_forms import MoveForm, SupervisionForm

blueprint = Blueprint("supervisions", __name__)


@blueprint.get("/admin/supervision")
def every() -> str:
    """Who supervises whom and did so before, and where a new supervision begins."""
    today = current_clinic().settings().today(now())
    return _page(SupervisionForm(starts_on=today))


def _page(form: SupervisionForm, *, form_failed: bool = False) -> str:
    clinic = current_clinic()
    _offer(form)
    today = clinic.settings().today(now())
    all_of_them = relations.every(clinic, current_viewer())
    return render_template(
        "admin/supervision.html",
        form=form,
        present=[one for one in all_of_them if not one.is_over(today)],
        past=[one for one in all_of_them if one.is_over(today)],
        today=today,
        form_failed=form_failed,
    )


def _offer(form: SupervisionForm) -> None:
    people = accounts.list_staff(current_clinic(), actor=current_viewer())
    form.offer(with_role(people, Role.SUPERVISOR), with_role(people, Role.THERAPIST))


@blueprint.post("/admin/supervision")
def begin() -> ResponseReturnValue:
    """Let one supervise the other."""
    form = SupervisionForm(request.form)
    _offer(form)
    if form.validate():
        try:
            relations.begin(
                current_clinic(),
                current_viewer(),
                supervisor_id=int(form.supervisor.data),
                therapist_id=int(form.therapist.data),
                starts_on=form.starts_on.data,
                last_day=form.last_day.data,
                now=now(),
            )
            flash("Saved. What the supervisor sees follows from the first day on.")
            return redirect(url_for("supervisions.every"), code=303)
        except Fault as fault:
            form.take(fault)
    return _page(form, form_failed=True), 422


@blueprint.post(f"/admin/supervision/<{ID}:supervision_id>/end")
def end(supervision_id: int) -> Response:
    """End a supervision now."""
    ended = relations.end(current_clinic(), current_viewer(), supervision_id, now())
    flash(f"Ended. {ended.supervisor} no longer sees the patients of {ended.therapist}.")
    return redirect(url_for("supervisions.every"), code=303)


@blueprint.get("/admin/patients/move")
def move_form() -> str:
    """Where a patient is moved to another therapist, by code."""
    return _move_page(MoveForm(on=current_clinic().settings().today(now())))


def _move_page(form: MoveForm, *, form_failed: bool = False) -> str:
    form.offer(reassigning.therapists(current_clinic(), current_viewer()))
    return render_template("admin/move.html", form=form, form_failed=form_failed)


@blueprint.post("/admin/patients/move")
def move() -> ResponseReturnValue:
    """Move a patient, which is grave: see confirming."""
    clinic, viewer, form = current_clinic(), current_viewer(), MoveForm(request.form)
    form.offer(reassigning.therapists(clinic, viewer))
    if form.validate():
        try:
            reassigning.move_by_code(
                clinic,
                viewer,
                form.code.data or "",
                int(form.away_from.data),
                to=int(form.to.data),
                on=form.on.data,
                reason=Reason(form.reason.data),
                now=now(),
            )
            flash("Moved. Both therapists read it on their caseload.")
            return redirect(url_for("supervisions.move_form"), code=303)
        except Fault as fault:
            form.take(fault)
    return _move_page(form, form_failed=True), 422

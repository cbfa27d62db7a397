"""A therapist shows a case to a supervisor, with what the patient wrote, and takes it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from alliance.actions import sharing
from alliance.actions.faults import Fault
from alliance.domain.sharing import LONGEST_QUESTION
from alliance.domain.wording import plain_day
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import OneOf, StaffForm, printable

blueprint = Blueprint("sharing", __name__)


class ShareForm(StaffForm):
    """To whom, and what one would like to look at."""

    supervisor = OneOf("Whom would you like to show it to?", "Choose one of your supervisors", coerce=int)
    question = TextAreaField("What would you like to look at together?", filters=[printable])

    def __init__(self, page: sharing.SharePage, **kw: Any) -> None:
        super().__init__(**kw)
        self.supervisor.choices = list(page.supervisors)


@blueprint.get(f"/patients/<{ID}:patient_id>/share")
def ask(patient_id: int) -> str:
    """What showing this case would mean, before it is shown."""
    page = sharing.share_page(current_clinic(), current_viewer(), patient_id, now())
    return _page(page, ShareForm(page))


def _page(page: sharing.SharePage, form: ShareForm, *, failed: bool = False) -> str:
    return render_template(
        "patients/share.html", page=page, form=form, longest=LONGEST_QUESTION, form_failed=failed
    )


@blueprint.post(f"/patients/<{ID}:patient_id>/share")
def show(patient_id: int) -> ResponseReturnValue:
    """Show it."""
    clinic, viewer = current_clinic(), current_viewer()
    page = sharing.share_page(clinic, viewer, patient_id, now())
    form = ShareForm(page, formdata=request.form)
    if len(page.supervisors) == 1:
        del form.supervisor
    if form.validate():
        chosen = form.supervisor.data if len(page.supervisors) > 1 else None
        try:
            share = sharing.show(clinic, viewer, patient_id, chosen, now(), question=form.question.data or "")
        except Fault as fault:
            form.take(fault)
        else:
            until = plain_day(share.until)
            flash(f"{share.supervisor_name} can see this case, with what was written to you, until {until}.")
            return redirect(url_for("patients.patient", patient_id=patient_id), code=303)
    return _page(page, form, failed=True), 422


@blueprint.post(f"/patients/<{ID}:patient_id>/shares/<{ID}:share_id>/end")
def end(patient_id: int, share_id: int) -> ResponseReturnValue:
    """Take it back."""
    share = sharing.end(current_clinic(), current_viewer(), patient_id, share_id, now())
    flash(f"{share.supervisor_name} can no longer see what was written to you.")
    return redirect(url_for("patients.patient", patient_id=patient_id), code=303)

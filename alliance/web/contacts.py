"""A patient's safe contact: the page that a therapist goes through with the patient."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from alliance.actions import contacts as work
from alliance.actions.contacts import Answer, ContactPage
from alliance.actions.faults import Fault
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import OneOfThese, StaffForm, printable

blueprint = Blueprint("contacts", __name__)


class ContactForm(StaffForm):
    """What the patient says, in the order in which it is asked."""

    answer = OneOfThese(
        "Does anybody else read this mailbox, or see this screen?",
        "Choose what the patient says",
        choices=[
            SelectChoice(Answer.NOBODY, "No, nobody"),
            SelectChoice(Answer.SAFE, "Yes, and it is safe if they do"),
            SelectChoice(Answer.NOT_SAFE, "It may not be safe, or I am not sure"),
        ],
    )
    address = StringField(
        "2. To which address?",
        [Length(max=320, message="Enter an address such as name@example.org")],
        filters=[printable],
    )
    agreed = BooleanField("May we write to you once after each session, with a link?")
    reminders = BooleanField("May we write one more time, two days later, if you have not used the link?")

    def validate_address(self, field: StringField) -> None:
        """Only where something is to be kept."""
        if self.answer.data != Answer.NOT_SAFE:
            InputRequired("Enter an address such as name@example.org")(self, field)


@blueprint.get(f"/patients/<{ID}:patient_id>/contact")
def contact(patient_id: int) -> str:
    """What was agreed about e-mail, and the questions to go through with the patient."""
    page = _page(patient_id)
    kept = page.contact
    return _drawn(page, ContactForm(address=kept.address if kept else ""))


@blueprint.post(f"/patients/<{ID}:patient_id>/contact")
def keep(patient_id: int) -> ResponseReturnValue:
    """Keep what the patient said."""
    page = _page(patient_id)  # whose patient it is decides before the form does
    form = ContactForm(request.form)
    if form.validate():
        try:
            work.keep_contact(
                current_clinic(),
                current_viewer(),
                patient_id,
                answer=Answer(form.answer.data),
                address=form.address.data or "",
                agreed=bool(form.agreed.data),
                reminders=bool(form.reminders.data),
                now=now(),
            )
            flash(
                "Saved. The patient can end this at any time, with the link in every e-mail or through you."
            )
            return redirect(url_for("contacts.contact", patient_id=patient_id), code=303)
        except Fault as fault:
            form.take(fault)
            page = _page(patient_id)
    return _drawn(page, form, failed=True), 422


@blueprint.post(f"/patients/<{ID}:patient_id>/contact/end")
def end(patient_id: int) -> ResponseReturnValue:
    """Write to this patient no more."""
    work.end_contact(current_clinic(), current_viewer(), patient_id, now())
    flash("Ended. The address has been wiped, and nothing more is sent.")
    return redirect(url_for("contacts.contact", patient_id=patient_id), code=303)


def _page(patient_id: int) -> ContactPage:
    return work.open_contact(current_clinic(), current_viewer(), patient_id, now())


def _drawn(page: ContactPage, form: ContactForm, *, failed: bool = False) -> str:
    return render_template("patients/contact.html", page=page, form=form, form_failed=failed)

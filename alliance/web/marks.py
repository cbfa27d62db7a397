"""Marks on a course: a break, an announced ending, another event. Small forms, a list, and what was taken off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from alliance.actions import marking
from alliance.actions.faults import Fault
from alliance.domain.marks import EVENTS, MOST_WORDS, Kind, Mark
from alliance.domain.wording import capital
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import Day, OneOf, StaffForm, printable

blueprint = Blueprint("marks", __name__)


class BreakForm(StaffForm):
    """A stretch without sessions, planned or not."""

    starts_on = Day("First day", [InputRequired("Enter the first day of the break")])
    ends_on = Day("Back on, if you know it", [Optional()])


class EndingForm(StaffForm):
    """An ending that both know of."""

    starts_on = Day("Announced on", [InputRequired("Enter the day on which it was announced")])
    ends_on = Day("Planned last session, if you know it", [Optional()])


class EventForm(StaffForm):
    """Something else, from a list, with a line of one's own."""

    starts_on = Day("Day", [InputRequired("Enter the day")])
    what = OneOf(
        "What happened",
        "Choose what happened",
        choices=[SelectChoice(value, capital(words)) for value, words in EVENTS.items()],
    )
    words = StringField(
        "In your words, if you like",
        [Length(max=MOST_WORDS, message=f"Enter at most {MOST_WORDS} characters")],
        filters=[printable],
    )


FORMS: Mapping[Kind, type[StaffForm]] = {
    Kind.BREAK: BreakForm,
    Kind.ENDING: EndingForm,
    Kind.EVENT: EventForm,
}


def mark_forms(today: date) -> dict[str, StaffForm]:
    """A form for each kind of mark, by kind. Each has names of its own, so that all fit on one page."""
    blank = {kind.value: form(prefix=f"{kind.value}-") for kind, form in FORMS.items()}
    for kind in (Kind.ENDING, Kind.EVENT):
        blank[kind.value].starts_on.data = today
    return blank


@blueprint.get(f"/patients/<{ID}:patient_id>/marks")
def every(patient_id: int) -> str:
    """All marks on this course, those that were taken off too, and the forms."""
    page = marking.open_marks(current_clinic(), current_viewer(), patient_id, now())
    return render_template("patients/all_marks.html", page=page, forms=mark_forms(page.today), failed=None)


@blueprint.post(f"/patients/<{ID}:patient_id>/marks")
def add(patient_id: int) -> ResponseReturnValue:
    """Mark something."""
    clinic, viewer = current_clinic(), current_viewer()
    page = marking.open_marks(clinic, viewer, patient_id, now())  # whose patient it is decides first
    kind = next((kind for kind in FORMS if kind == request.form.get("kind")), None)
    if kind is None:
        abort(400)
    form = FORMS[kind](request.form, prefix=f"{kind.value}-")
    if form.validate():
        try:
            marking.add_mark(clinic, viewer, patient_id, _mark(kind, form), now())
            flash("Marked. It stands on the chart and in the table; no number changes by it.")
            return redirect(url_for("patients.patient", patient_id=patient_id, _anchor="marks"), code=303)
        except Fault as fault:
            form.take(fault)
    forms = mark_forms(page.today) | {kind.value: form}
    told = {"page": page, "forms": forms, "failed": kind.value}
    return render_template("patients/all_marks.html", **told, form_failed=True), 422


def _mark(kind: Kind, form: StaffForm) -> Mark:
    given = form.data
    return Mark(
        id=0,
        kind=kind,
        starts_on=given["starts_on"],
        ends_on=given.get("ends_on"),
        what=given.get("what") or "",
        words=given.get("words") or "",
    )


@blueprint.post(f"/marks/<{ID}:mark_id>/remove")
def remove(mark_id: int) -> ResponseReturnValue:
    """Take a mark off. It is kept, with the day."""
    patient_id = marking.remove_mark(current_clinic(), current_viewer(), mark_id, now())
    flash("Taken off. It is kept, as removed.")
    return redirect(url_for("marks.every", patient_id=patient_id), code=303)

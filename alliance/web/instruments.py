"""The administrator's pages about questionnaires: what there is, what is asked, and each as patients see it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import questionnaires
from alliance.actions.faults import Fault
from alliance.actions.questionnaires import WHEN_ASKED
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.languages import choices, speak
from alliance.web.questionnaires import status
from surveys.checklist import Checklist

blueprint = Blueprint("instruments", __name__)

# Who stands in a preview where a patient reads the names of real people.
THERAPIST, SUPERVISORS = "Robin Example", ("Sam Example",)


@blueprint.get("/admin/instruments")
def every() -> str:
    """Every questionnaire with its versions, languages, licence and how far it can be trusted."""
    shelves = questionnaires.every(current_clinic(), current_viewer(), now())
    return render_template(
        "admin/instruments.html", shelves=shelves, asked=WHEN_ASKED, choices=choices, status=status
    )


@blueprint.get("/admin/instruments/<instrument_id>/<edition>")
def preview(instrument_id: str, edition: str) -> str:
    """One of them as patients see it. It has no form, so nothing can be sent."""
    clinic, viewer = current_clinic(), current_viewer()
    shelf = questionnaires.every(clinic, viewer, now())
    worded = [
        one
        for found in shelf.all
        if found.id == instrument_id
        for known in found.versions
        for one in known.worded
        if one.version == edition
    ]
    tags = tuple(one.language for one in worded)
    language = request.args.get("language", "")
    fallback = "en" if "en" in tags or not tags else tags[0]
    one = questionnaires.one(
        clinic, viewer, instrument_id, edition, language if language in tags else fallback
    )
    speak(one.language)
    told = {"settings": clinic.settings(), "languages": tags, "shown": {}, "problems": {}}
    back = url_for("instruments.every")
    if isinstance(one, Checklist):
        return render_template("patient/ticks.html", checklist=one, preview=back, **told)
    template = "patient/monthly.html" if one.kind == "monthly" else "patient/form.html"
    return render_template(
        template, instrument=one, therapist=THERAPIST, supervisors=SUPERVISORS, preview=back, **told
    )


@blueprint.post("/admin/instruments/<instrument_id>/<edition>")
def ask(instrument_id: str, edition: str) -> ResponseReturnValue:
    """Ask this version from now on."""
    try:
        questionnaires.ask_version(current_clinic(), current_viewer(), instrument_id, edition, now())
        flash(f"Saved. Links made from now on ask {instrument_id} {edition}.")
    except Fault as fault:
        flash(f"{fault}.")
    back: Response = redirect(url_for("instruments.every"), code=303)
    return back

"""The administrator's pages: the table of contents, and what the clinic tells its patients. No score, no comment."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import administering, contents
from alliance.actions.faults import Fault
from alliance.web.admin_forms import PARTS, PartForm
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.questionnaires import every_language, names

blueprint = Blueprint("admin", __name__)

# Which part of an address names one part of the settings.
PART = f"<any({', '.join(PARTS)}):part>"


@blueprint.get("/admin")
def index() -> str:
    """What an administrator looks after, each with how it stands."""
    facts = contents.facts(current_clinic(), current_viewer(), now())
    keeping = contents.keeping(current_clinic(), current_viewer(), now())
    return render_template("admin/index.html", facts=facts, keeping=keeping)


@blueprint.get("/admin/settings")
def settings() -> str:
    """What patients see of the clinic."""
    return _settings_page()


@blueprint.post(f"/admin/settings/{PART}")
def save_settings(part: str) -> ResponseReturnValue:
    """Keep one part of the settings; the others stay as they are."""
    clinic = current_clinic()
    form = PARTS[part](request.form)
    _offer(part, form)
    if form.validate():
        try:
            administering.save_settings(clinic, current_viewer(), form.changed(clinic.settings()), now())
            flash(f"Saved. {SAVED[part]}")
            return redirect(url_for("admin.settings", _anchor="saved"), code=303)
        except Fault as fault:
            form.take(fault)
    return _settings_page(part, form), 422


SAVED = {
    "lines": "Patients see these lines from now on.",
    "clinic": "Patients see this from now on.",
    "links": "It counts for links from now on.",
    "questionnaires": "It counts for patients who are added from now on.",
    "languages": "Patients choose among these from now on.",
    "words": "It counts from the next questionnaire on.",
    "monthly": "It counts from the next answer on.",
    "proof": "It counts from the next questionnaire on.",
    "keeping": "Nothing goes by it: you are asked under “How long things are kept”.",
    "copies": "It counts for copies made from now on.",
    "systems": "It counts from now on, for tokens that there are too.",
}


def _settings_page(failed: str = "", form: PartForm | None = None) -> str:
    told = current_clinic().settings()
    forms: dict[str, Any] = {part: kind.filled(told) for part, kind in PARTS.items()}
    if form is not None:
        forms[failed] = form
    for part, one in forms.items():
        _offer(part, one)
    if failed != "questionnaires" and not told.offered:
        forms["questionnaires"].offered.data = [one for one, _ in names(current_clinic().library)]
    if failed != "languages" and not told.languages:
        forms["languages"].languages.data = [one for one, _ in every_language(current_clinic().library)]
    return render_template("admin/settings.html", forms=forms, failed=form, form_failed=form is not None)


def _offer(part: str, form: Any) -> None:
    library = current_clinic().library
    if part == "questionnaires":
        form.offer(names(library))
    elif part in ("languages", "lines"):
        form.offer(every_language(library))

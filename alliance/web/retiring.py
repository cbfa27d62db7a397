"""Patients whose therapies ended long ago: an administrator is asked about them, by code and date."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import retaining
from alliance.actions.faults import Fault
from alliance.domain.retention import RULES
from alliance.domain.wording import count
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import whole

blueprint = Blueprint("retiring", __name__)


@blueprint.get("/admin/retention")
def every() -> str:
    """Whose therapies ended longer ago than the clinic keeps them, and what goes by itself."""
    return _drawn()


def _drawn(problem: str = "") -> str:
    page = retaining.long_closed(current_clinic(), current_viewer(), now())
    return render_template(
        "admin/retention.html", page=page, rules=RULES, problem=problem, form_failed=bool(problem)
    )


@blueprint.post("/admin/retention")
def ask() -> ResponseReturnValue:
    """Ask that the chosen be erased; somebody else has to confirm it."""
    chosen = [one for one in map(whole, request.form.getlist("patient")) if one is not None]
    try:
        asked = retaining.ask(current_clinic(), current_viewer(), chosen, now())
    except Fault as fault:
        return _drawn(fault.sentence), 422
    flash(
        f"Asked for: {count(asked, 'patient')}. A second person has to confirm each; until then nothing happens."
    )
    return redirect(url_for("erasing.every"), code=303)

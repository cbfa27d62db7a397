"""How this works, for staff: what an alert is, how sure it is, what it rests on, what was learned here."""

from __future__ import annotations

from flask import Blueprint, render_template

from alliance.actions import administering
from alliance.web.context import current_clinic, current_viewer

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
def index() -> str:
    """One page."""
    return render_template("help/index.html")


@blueprint.get("/help/clinic-data")
def clinic_data() -> str:
    """What this clinic's own data say, in words: what the detector learned, and what came of its questions."""
    return render_template(
        "help/clinic_data.html", data=administering.clinic_data(current_clinic(), current_viewer())
    )

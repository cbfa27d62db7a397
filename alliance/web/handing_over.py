"""The notes of patients who come and go, on the caseload of the two therapists they concern."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from alliance.actions import reassigning
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now

blueprint = Blueprint("handing_over", __name__)


@blueprint.post(f"/caseload/changes/<{ID}:change_id>/put-away")
def put_away(change_id: int) -> Response:
    """Let a note stand on one's caseload no longer."""
    reassigning.put_away(current_clinic(), current_viewer(), change_id, now())
    return redirect(url_for("therapist.caseload"), code=303)

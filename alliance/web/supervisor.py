"""A supervisor's pages: what is open, each supervisee's trends and patients by code, and who opened what."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import supervising
from alliance.domain.wording import age
from alliance.web.addresses import ID
from alliance.web.charts.reply import chart_reply
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.stories import picture, trends_story

blueprint = Blueprint("supervisor", __name__)


@blueprint.get("/supervision")
def overview() -> str:
    """What is open over all supervisees, longest open first."""
    found = supervising.overview(current_clinic(), current_viewer(), now())
    return render_template("supervisor/overview.html", found=found, age=lambda since: age(since, found.today))


@blueprint.get(f"/supervision/therapists/<{ID}:therapist_id>")
def therapist(therapist_id: int) -> str:
    """One supervisee's trends, in the same picture as the therapist's own."""
    view = supervising.therapist(current_clinic(), current_viewer(), therapist_id, now())
    focus = request.args.get("focus")
    return render_template(
        "supervisor/therapist.html",
        heading=view.name,
        you=view.name,
        chart=url_for("supervisor.therapist_data", therapist_id=therapist_id, focus=focus),
        **trends_story(view.rows, focus, "supervisor.therapist", therapist_id=therapist_id),
    )


@blueprint.get(f"/supervision/therapists/<{ID}:therapist_id>/trends.json")
def therapist_data(therapist_id: int) -> ResponseReturnValue:
    """The picture of the page above."""
    view = supervising.therapist(current_clinic(), current_viewer(), therapist_id, now(), noted=True)
    return chart_reply(picture(view.rows, request.args.get("focus")))


@blueprint.get("/supervision/trail")
def trail() -> str:
    """Who opened what among the supervisees' patients, the viewer's own openings too."""
    lines = supervising.trail(current_clinic(), current_viewer(), now())
    return render_template("supervisor/trail.html", lines=lines)

"""How this works, for staff: what an alert is, how sure it is, what it rests on, what was learned here."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from alliance.actions import administering
from alliance.domain.evidence import RUPTURES
from alliance.web.charts.evidence import evidence_chart as chart_of
from alliance.web.charts.evidence import rule_name
from alliance.web.charts.reply import chart_reply
from alliance.web.context import current_clinic, current_viewer
from alliance.web.evidence import shipped_evidence
from alliance.web.questionnaires import drafts

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
def index() -> str:
    """One page."""
    return render_template("help/index.html", evidence=shipped_evidence())


@blueprint.get("/help/evidence")
def evidence() -> str:
    """How often questions are right and wrong, what is assumed, and what nobody has checked."""
    return render_template(
        "help/evidence.html", evidence=shipped_evidence(), ruptures=RUPTURES, rule_name=rule_name
    )


@blueprint.get("/help/evidence/chart")
def evidence_chart() -> Response:
    """The picture of the page on the evidence, as data."""
    return chart_reply(chart_of(shipped_evidence()))


@blueprint.get("/help/clinic-data")
def clinic_data() -> str:
    """What this clinic's own data say, in words: what the detector learned, and what came of its questions."""
    clinic = current_clinic()
    return render_template(
        "help/clinic_data.html",
        data=administering.clinic_data(clinic, current_viewer()),
        drafts=drafts(clinic.library),
    )

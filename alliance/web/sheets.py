"""Sheets to print for supervision: code instead of name, pictures that need no script, “confidential”."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from alliance.actions import sheets
from alliance.actions.sheets import PatientSheet
from alliance.domain.alerts import RULES
from alliance.domain.wording import count, number
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.sheet_chart import sheet_chart
from alliance.web.stories import patient_story

blueprint = Blueprint("sheets", __name__)

LAST = 6  # sessions in the table: with them it is one page
STORIES = 1  # ruptures that are told whole; what was noted in words stays off paper


@blueprint.get(f"/patients/<{ID}:patient_id>/sheet")
def patient(patient_id: int) -> str:
    """One patient on one page of paper."""
    with_words = request.args.get("words") == "yes"
    sheet = sheets.patient_sheet(
        current_clinic(),
        current_viewer(),
        patient_id,
        now(),
        request.args.get("therapist", type=int),
        with_words=with_words,
    )
    story = patient_story(sheet.page)
    return render_template(
        "sheets/patient.html",
        sheet=sheet,
        page=sheet.page,
        with_words=with_words,
        picture=sheet_chart(sheet.page.trend, _told(sheet)),
        rules=RULES,
        shown=list(sheet.page.trend.points)[-LAST:],
        told=STORIES,
        **story,
    )


def _told(sheet: PatientSheet) -> str:
    trend = sheet.page.trend
    last = f", last answer {trend.last.alliance:.0f}" if trend.last else ", no answers yet"
    measure = "Alliance" if sheet.page.instrument.watched else sheet.page.instrument.name
    return f"{measure} over {count(len(trend.points), 'session')}{last}; the same numbers are in the table"


@blueprint.get("/caseload/sheet")
def caseload() -> str:
    """The open questions of one's caseload on paper."""
    return render_template(
        "sheets/caseload.html",
        sheet=sheets.caseload_sheet(current_clinic(), current_viewer(), now()),
        number=number,
        rules=RULES,
    )

"""What a therapist prints and hands over: slips with a square to scan, and the questionnaire on paper."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from alliance.actions import slips
from alliance.actions.faults import Fault
from alliance.actions.inviting import Invited
from alliance.domain.paper import spaced
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now, public_address
from alliance.web.forms import whole
from alliance.web.languages import speaking, translate
from alliance.web.typing_words import names_in
from alliance.web.ways import square

blueprint = Blueprint("slips", __name__)

ON_A_SHEET = 8


@blueprint.get("/caseload/slips")
def choose() -> str:
    """Own patients whose newest session has no form back, to tick those who get a slip."""
    return _choose()


def _choose(problem: str = "") -> str:
    found = slips.waiting(current_clinic(), current_viewer(), now())
    return render_template("paper/choose.html", waiting=found, problem=problem, form_failed=bool(problem))


@blueprint.post("/caseload/slips")
def make() -> ResponseReturnValue:
    """Make a link for each and show them as slips, this once, eight to a sheet."""
    chosen = [one for one in map(whole, request.form.getlist("session")) if one is not None]
    try:
        made = slips.make_slips(current_clinic(), current_viewer(), chosen, now())
    except Fault as fault:
        return _choose(fault.sentence), 422
    drawn = [_slip(invited) for invited in made]
    sheets = [drawn[start : start + ON_A_SHEET] for start in range(0, len(drawn), ON_A_SHEET)]
    return render_template("paper/slips.html", sheets=sheets, made=made)


def _slip(invited: Invited) -> Markup:
    """One slip in its patient’s language."""
    address = public_address("patient.form", invited.token)
    with speaking(invited.dyad.patient.language):
        drawn = render_template(
            "paper/slip.html",
            invited=invited,
            address=address,
            picture=square(address, translate("A square to scan")),
            until=current_clinic().settings().local(invited.expires_at).date(),
        )
    return Markup(drawn)  # noqa: S704 (a template, which escapes)


@blueprint.post(f"/sessions/<{ID}:session_id>/paper")
def questionnaire(session_id: int) -> str:
    """Make a form on paper and show it, ready to be printed, this once."""
    clinic = current_clinic()
    sheet = slips.print_form(clinic, current_viewer(), session_id, now())
    with speaking(sheet.instrument.language):
        drawn = render_template(
            "paper/questionnaire.html",
            sheet=sheet,
            instrument=sheet.instrument,
            number=spaced(sheet.number),
            until=sheet.settings.local(sheet.invited.expires_at).date(),
            names=names_in(sheet.invited.dyad.therapist_name, sheet.supervisors),
        )
    return render_template(
        "paper/sheet.html",
        sheet=sheet,
        drawn=Markup(drawn),  # noqa: S704 (the same)
        number=spaced(sheet.number),
    )

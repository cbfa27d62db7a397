"""One’s own tokens, with which another system reads one’s own patients: made here, shown once, and ended here."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from alliance.actions import fhir_tokens
from alliance.actions.faults import Fault
from alliance.domain.fhir_access import LASTS, OPENS, Scope
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import OneOfThese, StaffForm, printable
from alliance.web.staffing_forms import SomeOf

blueprint = Blueprint("tokens", __name__)


class TokenForm(StaffForm):
    """What a token is for, what it may read, and how long."""

    name = StringField(
        "Which system it is for", [InputRequired("Say which system it is for")], filters=[printable]
    )
    scopes = SomeOf(
        "What it may read",
        choices=[SelectChoice(scope.value, words) for scope, words in OPENS.items()],
        default=[Scope.PATIENTS.value],
    )
    days = OneOfThese(
        "How long it lasts",
        "Choose how long it lasts",
        choices=[SelectChoice(str(days), words) for days, words in LASTS.items()],
        default="90",
    )


@blueprint.get("/account/tokens")
def own() -> ResponseReturnValue:
    """The tokens there are, and where another is made."""
    return _page(TokenForm())


def _page(form: TokenForm, **told: object) -> str:
    mine = fhir_tokens.own(current_clinic(), current_viewer(), now())
    base = f"{current_clinic().config.public_url}/fhir"
    return render_template("signin/tokens.html", form=form, mine=mine, base=base, **told)


@blueprint.post("/account/tokens")
def make() -> ResponseReturnValue:
    """Make one and show it, this once."""
    form = TokenForm(request.form)
    if form.validate():
        try:
            token = fhir_tokens.make(
                current_clinic(),
                current_viewer(),
                name=form.name.data or "",
                scopes=form.scopes.data or [],
                days=int(form.days.data),
                now=now(),
            )
            return _page(TokenForm(), token=token, made=form.name.data)
        except Fault as fault:
            form.take(fault)
    return _page(form, form_failed=True), 422


@blueprint.post(f"/account/tokens/<{ID}:token_id>/end")
def end(token_id: int) -> ResponseReturnValue:
    """Let one open nothing from now on."""
    name = fhir_tokens.end(current_clinic(), current_viewer(), token_id, now())
    flash(f"Ended. The token for “{name}” opens nothing any more.")
    return redirect(url_for("tokens.own"), code=303)

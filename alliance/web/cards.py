"""The support cards: all of them on one page, and where a supervisor or administrator writes the clinic's own."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired

from alliance.actions import cards
from alliance.actions.faults import Fault
from alliance.domain.access import NotFound, Permission, may
from alliance.domain.support import LONGEST, MOST_LINES, SECTIONS, Card, Content, Kind
from alliance.domain.support_lines import as_lines
from alliance.web.admin_forms import at_most
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import StaffForm, printable, whole

blueprint = Blueprint("cards", __name__)

ROOM = MOST_LINES * (LONGEST + 40)


def _lines(label: str) -> TextAreaField:
    return TextAreaField(
        label, [InputRequired("Write at least one line"), at_most(ROOM)], filters=[printable]
    )


class CardForm(StaffForm):
    """The clinic's own text of a card."""

    opening = StringField(
        "The one line at the top",
        [InputRequired("Write the line at the top"), at_most(LONGEST)],
        filters=[printable],
    )
    say = _lines("Words one might use, the best first")
    patients = _lines("What patients said")
    experts = _lines("What experts advise")
    avoid = _lines("Better left out")
    newest = HiddenField()

    @classmethod
    def of(cls, content: Content, newest: int) -> CardForm:
        sections = {name: as_lines(getattr(content, name)) for name in SECTIONS}
        return cls(opening=content.opening, newest=str(newest), **sections)

    @property
    def fields(self) -> dict[str, str]:
        return {name: getattr(self, name).data or "" for name in ("opening", *SECTIONS)}


@blueprint.get("/help/cards")
def every() -> str:
    """All cards, as they stand."""
    return render_template(
        "help/cards.html",
        cards=cards.current(current_clinic()),
        may_edit=may(current_viewer(), Permission.EDIT_CARDS),
        as_shipped=cards.as_shipped,
    )


def _kind(name: str) -> Kind:
    found = next((kind for kind in Kind if kind.value == name), None)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/help/cards/<card>/edit")
def edit(card: str) -> str:
    """Where the clinic's own version is written."""
    page = cards.open_card(
        current_clinic(), current_viewer(), _kind(card), request.args.get("from", type=int)
    )
    return _edit_page(page, CardForm.of(page.start, page.newest))


def _edit_page(
    page: cards.CardPage, form: CardForm, preview: Card | None = None, *, failed: bool = False
) -> str:
    return render_template(
        "help/card_edit.html",
        page=page,
        form=form,
        preview=preview,
        form_failed=failed,
        as_shipped=cards.as_shipped,
        most=MOST_LINES,
    )


@blueprint.post("/help/cards/<card>/edit")
def save(card: str) -> ResponseReturnValue:
    """Show how it would read, or keep it."""
    kind, clinic, viewer = _kind(card), current_clinic(), current_viewer()
    page = cards.open_card(clinic, viewer, kind)
    form = CardForm(request.form)
    if form.validate():
        try:
            if "preview" in request.form:
                return _edit_page(page, form, cards.draft(kind, form.fields))
            newest = whole(form.newest.data or "")
            cards.save(clinic, viewer, kind, form.fields, -1 if newest is None else newest, now())
            flash("Saved. The card reads so from now on, at every question it fits.")
            return redirect(f"{url_for('cards.every')}#{kind.value}", code=303)
        except Fault as fault:
            form.take(fault)
            form.newest.data = str(page.newest)
    return _edit_page(page, form, failed=True), 422


@blueprint.post("/help/cards/<card>/shipped")
def put_back(card: str) -> ResponseReturnValue:
    """Back to the shipped card; the clinic's versions stay, to start from."""
    kind = _kind(card)
    cards.put_back(current_clinic(), current_viewer(), kind, now())
    flash("This is the shipped card again. Your versions are kept below it.")
    return redirect(url_for("cards.edit", card=kind.value), code=303)

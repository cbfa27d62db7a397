"""Type in forms that came back on paper: find one by its number, type it, type it again, settle what differs."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import transcribing
from alliance.actions.answering import ATTEMPT, new_attempt
from alliance.actions.faults import Fault
from alliance.actions.transcribing import Desk, LookAgain
from alliance.domain.access import NotFound
from alliance.domain.paper import read_number, spaced
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.typing_words import asked, is_words, names_in, reading, readings
from surveys.forms import Checked

blueprint = Blueprint("paper", __name__)
blueprint.app_template_global()(readings)  # a macro is drawn without the page around it

BESIDE = ("csrf_token", "attempt")  # what a page posts besides what was typed
UNDECIDED = "?"

KEPT_ONCE = "Kept. Now it is typed in a second time, by somebody else if you can"
KEPT_TWICE = "Both times the same. It is stored, and nothing is left to do with this paper"
DECIDED = "Stored as it stands on the paper. Nothing is left to do with it"


@blueprint.get("/paper")
def start() -> str:
    """Where a number is typed in, and what was begun and waits."""
    return _start()


def _start(typed: str = "", problem: str = "") -> str:
    waiting = transcribing.unfinished(current_clinic(), current_viewer(), now())
    return render_template(
        "paper/start.html",
        waiting=waiting,
        typed=typed,
        problem=problem,
        form_failed=bool(problem),
        spaced=spaced,
    )


@blueprint.post("/paper")
def find() -> ResponseReturnValue:
    """Go to the form with that number."""
    typed = request.form.get("number", "")[:40]
    try:
        number = transcribing.find(current_clinic(), current_viewer(), typed, now())
    except Fault as fault:
        return _start(typed, fault.sentence), 422
    return redirect(url_for("paper.form", number=number), code=303)


@blueprint.get("/paper/<number>")
def form(number: str) -> str:
    """The form as it stands: to be typed in, to be settled, or done with."""
    return _desk_page(transcribing.open_desk(current_clinic(), current_viewer(), _number(number), now()))


@blueprint.post("/paper/<number>")
def type_in(number: str) -> ResponseReturnValue:
    """Take one entry."""
    attempt = _attempt()
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in BESIDE]
    try:
        desk = transcribing.type_in(
            current_clinic(), current_viewer(), _number(number), attempt=attempt, fields=fields, now=now()
        )
    except LookAgain as again:
        return _desk_page(again.desk, again.checked, again.problem, attempt), 422
    return _on(desk, KEPT_TWICE)


@blueprint.post("/paper/<number>/decision")
def decide(number: str) -> ResponseReturnValue:
    """Take what stands on the paper where two entries differ."""
    viewer, number = current_viewer(), _number(number)
    decided = {
        name: value for name, value in request.form.items() if name not in BESIDE and value != UNDECIDED
    }
    try:
        desk = transcribing.decide(
            current_clinic(), viewer, number, attempt=_attempt(), decided=decided, now=now()
        )
    except Fault as fault:
        desk = transcribing.open_desk(current_clinic(), viewer, number, now())
        return _desk_page(desk, problem=fault.sentence, decided=decided), 422
    except LookAgain as again:
        return _desk_page(again.desk, again.checked, decided=decided), 422
    return _on(desk, DECIDED)


def _on(desk: Desk, done: str) -> ResponseReturnValue:
    """To the next paper once this one is done with; else on with this one."""
    if desk.turn == 0:
        flash(f"{spaced(desk.form.number)}: {done}.")
        return redirect(url_for("paper.start"), code=303)
    if desk.turn == 2:
        flash(f"{spaced(desk.form.number)}: {KEPT_ONCE}.")
        return redirect(url_for("paper.start"), code=303)
    return redirect(url_for("paper.form", number=desk.form.number), code=303)


def _number(text: str) -> str:
    number = read_number(text)
    if number is None or number != text:
        raise NotFound
    return number


def _attempt() -> str:
    sent = request.form.get("attempt", "")
    return sent if ATTEMPT.fullmatch(sent) else new_attempt()


def _desk_page(
    desk: Desk,
    checked: Checked | None = None,
    problem: str | None = None,
    attempt: str = "",
    decided: dict[str, str] | None = None,
) -> str:
    page = desk.page
    instrument, supervisors = page.instrument, page.invitation.supervisor_names
    template = "paper/done.html" if desk.turn == 0 or desk.ended else "paper/type.html"
    return render_template(
        "paper/decide.html" if desk.turn == 3 else template,
        desk=desk,
        number=spaced(desk.form.number),
        instrument=instrument,
        questions=instrument.asks(supervisors=bool(supervisors)),
        names=names_in(page.invitation.therapist_name, supervisors),
        supervisors=len(supervisors),
        attempt=attempt or new_attempt(),
        shown=checked.shown if checked else {},
        problems=checked.problems if checked else {},
        problem=problem,
        decided=decided or {},
        blank=problem is not None,
        form_failed=bool(problem or (checked and checked.problems)),
        undecided=UNDECIDED,
        asked=asked,
        is_words=is_words,
        reading=reading,
    )

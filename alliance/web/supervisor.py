"""A supervisor's pages: what is open and what waits, each supervisee's patients by code, and who opened what.

Here a supervisor also lets a therapist see what a patient had held back, when the patient says so.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from alliance.actions import agenda, helping, overviews, releasing, supervising
from alliance.actions.faults import Fault
from alliance.domain import supervision
from alliance.domain.access import NotFound
from alliance.domain.alerts import RULES
from alliance.domain.months import month_named
from alliance.domain.waits import talk_words
from alliance.domain.wording import age
from alliance.web.addresses import ID
from alliance.web.charts.funnel import funnel_chart
from alliance.web.charts.months import months_chart
from alliance.web.charts.reply import chart_reply
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.forms import Day, StaffForm, whole
from alliance.web.stories import picture, trends_story

blueprint = Blueprint("supervisor", __name__)


@blueprint.get("/supervision")
def overview() -> str:
    """What is open over all supervisees, longest open first, and what waits for the viewer."""
    clinic, viewer = current_clinic(), current_viewer()
    found = supervising.overview(clinic, viewer, now())
    return render_template(
        "supervisor/overview.html",
        found=found,
        figures=overviews.figures(clinic, viewer, now(), part=_whole(request.args.get("part", "")) or 1),
        age=_age(found.today),
        talk_words=partial(talk_words, zone=found.zone),
    )


@blueprint.get("/supervision/funnel.json")
def funnel_data() -> ResponseReturnValue:
    """The picture of therapists by number of patients; not there below the smallest numbers."""
    drawn = funnel_chart(overviews.figures(current_clinic(), current_viewer(), now()))
    if drawn is None:
        raise NotFound
    return chart_reply(drawn)


def _age(today: date) -> Any:
    return lambda since: age(since, today)


@blueprint.post(f"/supervision/requests/<{ID}:kept_id>")
def help_step(kept_id: int) -> ResponseReturnValue:
    """Take up a patient's request for help, see it through, or open it again. `kept_id` is the session's."""
    what = request.form.get("step", "")
    dyad = helping.step(current_clinic(), current_viewer(), kept_id, what, now())
    code = dyad.patient.code
    flash(
        {
            "taken-up": f"Taken up: {code} stays here until you say that it is done.",
            "done": f"Done: {code} is in the folded list below what waits for you.",
            "open-again": f"{code} waits for you again.",
        }[what]
    )
    return redirect(url_for("supervisor.overview"), code=303)


@blueprint.get(f"/supervision/therapists/<{ID}:therapist_id>")
def therapist(therapist_id: int) -> str:
    """One supervisee: what is open, and every patient's trend, in the same picture as the therapist's own."""
    view = supervising.therapist(current_clinic(), current_viewer(), therapist_id, now())
    figures = overviews.therapist_figures(current_clinic(), current_viewer(), therapist_id, now())
    focus = request.args.get("focus")
    return render_template(
        "supervisor/therapist.html",
        figures=figures,
        told=supervision.therapist_in_words(figures),
        heading=view.name,
        you=view.name,
        view=view,
        age=_age(view.today),
        talk_words=partial(talk_words, zone=view.zone),
        chart=url_for("supervisor.therapist_data", therapist_id=therapist_id, focus=focus),
        **trends_story(view.rows, focus, "supervisor.therapist", therapist_id=therapist_id),
    )


@blueprint.get(f"/supervision/therapists/<{ID}:therapist_id>/trends.json")
def therapist_data(therapist_id: int) -> ResponseReturnValue:
    """The picture of the page above."""
    view = supervising.therapist(current_clinic(), current_viewer(), therapist_id, now(), noted=True)
    return chart_reply(picture(view.rows, request.args.get("focus")))


@blueprint.get(f"/supervision/therapists/<{ID}:therapist_id>/months.json")
def months_data(therapist_id: int) -> ResponseReturnValue:
    """The picture of this supervisee's closed months."""
    figures = overviews.therapist_figures(current_clinic(), current_viewer(), therapist_id, now())
    return chart_reply(months_chart(figures))


class SinceForm(StaffForm):
    """From when on to tell what was repaired."""

    since = Day("Repaired since")


@blueprint.get(f"/supervision/therapists/<{ID}:therapist_id>/agenda")
def agenda_sheet(therapist_id: int) -> ResponseReturnValue:
    """A sheet of paper for the next hour: it lies between the two, and says what both may know."""
    given = bool(request.args.get("since"))
    form = SinceForm(request.args if given else None)
    clinic, viewer = current_clinic(), current_viewer()
    asked = form.since.data if given and form.validate() else None
    failed = bool(form.errors)
    try:
        sheet = agenda.sheet(clinic, viewer, therapist_id, now(), asked)
    except Fault as fault:
        form.take(fault)
        failed = True
        sheet = agenda.sheet(clinic, viewer, therapist_id, now())
    if not failed:
        form.since.data = sheet.since
    page = render_template(
        "supervisor/agenda.html",
        sheet=sheet,
        form=form,
        rules=RULES,
        age=_age(sheet.today),
        form_failed=failed,
    )
    return page, 422 if failed else 200


@blueprint.get("/supervision/trail")
def trail() -> str:
    """Who opened what among the supervisees' patients, the viewer's own openings too, a page at a time."""
    asked = request.args
    page = supervising.trail(
        current_clinic(),
        current_viewer(),
        now(),
        therapist_id=_whole(asked.get("therapist", "")),
        month=_month(asked.get("month", "")),
        number=_whole(asked.get("page", "")) or 1,
    )

    def at(number: int) -> str:
        """The address of another page of the same lines."""
        month = f"{page.month:%Y-%m}" if page.month else None
        return url_for("supervisor.trail", therapist=page.therapist_id, month=month, page=number)

    return render_template("supervisor/trail.html", page=page, at=at)


def _whole(text: str) -> int | None:
    """A number in an address; None where there is none. Raises NotFound for anything else."""
    if not text:
        return None
    number = whole(text, digits=9)
    if number is None:
        raise NotFound
    return number


def _month(text: str) -> date | None:
    """A month in an address; None where there is none. Raises NotFound for anything else."""
    month = month_named(text)
    if text and month is None:
        raise NotFound
    return month


class ReleaseForm(StaffForm):
    """That the patient wants it."""

    said_so = BooleanField("The patient told me so")


@blueprint.get(f"/sessions/<{ID}:kept_id>/release")
def release(kept_id: int) -> str:
    """What letting the therapist see it would mean, before it is done."""
    found = releasing.held_back(current_clinic(), current_viewer(), kept_id, now())
    return render_template("supervisor/release.html", found=found, form=ReleaseForm())


@blueprint.post(f"/sessions/<{ID}:kept_id>/release")
def release_answer(kept_id: int) -> ResponseReturnValue:
    """Let the therapist see it."""
    clinic, viewer, form = current_clinic(), current_viewer(), ReleaseForm(request.form)
    try:
        found = releasing.release(clinic, viewer, kept_id, now(), said_so=form.said_so.data)
    except Fault as fault:
        form.take(fault)
        asked = releasing.held_back(clinic, viewer, kept_id, now())
        return render_template("supervisor/release.html", found=asked, form=form, form_failed=True), 422
    dyad = found.dyad
    flash(f"{dyad.therapist_name} can see the answers to session {found.session.number} now.")
    return redirect(
        url_for("patients.patient", patient_id=dyad.patient.id, therapist=dyad.therapist_id), code=303
    )

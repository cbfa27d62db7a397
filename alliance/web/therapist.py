"""A therapist's pages: the caseload, all its trends in one picture, new patients and sessions, links to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from alliance.actions import caseload as work
from alliance.actions import contacts, holding, reassigning
from alliance.actions.faults import Fault
from alliance.domain import course
from alliance.domain.caseload import Order, Row, Show, row_of
from alliance.domain.people import Dyad, Patient
from alliance.domain.therapy import Channel
from alliance.web import sessions
from alliance.web.addresses import ID
from alliance.web.charts.reply import chart_reply
from alliance.web.context import current_clinic, current_viewer, now, public_address
from alliance.web.questionnaires import offered, offered_languages
from alliance.web.stories import picture, trends_story
from alliance.web.therapist_forms import FormForm, PatientForm, SessionForm
from alliance.web.ways import session_page, square

blueprint = Blueprint("therapist", __name__)

AnyForm = TypeVar("AnyForm", bound=FormForm)


@blueprint.get("/caseload")
def caseload() -> str:
    """Who needs a conversation, and why; then the rest."""
    order = next((order for order in Order if order == request.args.get("order")), Order.NEXT)
    show = next((show for show in Show if show == request.args.get("show")), Show.ALL)
    clinic = current_clinic()
    load = work.overview(clinic, current_viewer(), order, now(), show)
    told = clinic.settings()
    return render_template(
        "therapist/caseload.html",
        load=load,
        course=course,
        news=reassigning.news(clinic, current_viewer()),
        orders=ORDERS,
        shows=SHOWS,
        orders_of=Order,
        everybody=Show.ALL,
        today=told.today(now()),
        day_of=told.today,
        to_ask=contacts.to_ask(clinic, current_viewer(), now()),
    )


ORDERS = {
    Order.NEXT: "next session",
    Order.PATIENT: "patient",
    Order.LAST: "last answer",
    Order.SINCE: "longest without an answer",
}
SHOWS = {
    Show.ALL: "everybody",
    Show.ASKED: "who needs a conversation",
    Show.SILENT: "no form lately",
    Show.PAUSED: "forms paused",
}


@blueprint.get("/caseload/trends")
def trends() -> str:
    """All of this therapist's alliance trends over time, one patient in focus."""
    focus = request.args.get("focus")
    return render_template(
        "therapist/trends.html",
        heading="Trends",
        you="You",
        chart=url_for("therapist.trends_data", focus=focus),
        **trends_story(_rows(), focus, "therapist.trends"),
    )


@blueprint.get("/caseload/trends.json")
def trends_data() -> ResponseReturnValue:
    """The picture of the page above."""
    return chart_reply(picture(_rows(), request.args.get("focus")))


def _rows() -> list[Row]:
    return [row_of(trend) for trend in work.own_trends(current_clinic(), current_viewer(), now())]


@blueprint.get("/patients/new")
def new_patient() -> str:
    """Where a new patient is added."""
    told = current_clinic().settings()
    form = PatientForm(starts_on=told.today(now()), instrument=told.questionnaire or None)
    return render_template("therapist/new_patient.html", form=_offered(form))


def _offered(form: AnyForm, patient: Patient | None = None) -> AnyForm:
    library, told = current_clinic().library, current_clinic().settings()
    form.offer(offered(library, told, told.today(now()), patient), offered_languages(library, told, patient))
    return form


@blueprint.post("/patients/new")
def add_patient() -> ResponseReturnValue:
    """Take a new patient onto one's own caseload."""
    form = _offered(PatientForm(request.form))
    if form.validate():
        try:
            dyad = work.add_patient(
                current_clinic(),
                current_viewer(),
                code=form.code.data or "",
                language=form.language.data,
                instrument=form.instrument.data,
                starts_on=form.starts_on.data,
                now=now(),
            )
            return redirect(url_for("patients.patient", patient_id=dyad.patient.id), code=303)
        except Fault as fault:
            form.take(fault)
    return render_template("therapist/new_patient.html", form=form, form_failed=True), 422


@blueprint.get(f"/patients/<{ID}:patient_id>/form")
def choose_form(patient_id: int) -> str:
    """Which questionnaire this patient gets, in which language."""
    dyad = work.own_dyad_of(current_clinic(), current_viewer(), patient_id, now())
    asked = FormForm(instrument=dyad.patient.instrument, language=dyad.patient.language)
    return render_template("therapist/form.html", form=_offered(asked, dyad.patient), dyad=dyad)


@blueprint.post(f"/patients/<{ID}:patient_id>/form")
def change_form(patient_id: int) -> ResponseReturnValue:
    """Let the next links ask something else, or in another language."""
    clinic, viewer = current_clinic(), current_viewer()
    dyad = work.own_dyad_of(clinic, viewer, patient_id, now())
    form = _offered(FormForm(request.form), dyad.patient)
    if form.validate():
        try:
            work.choose_form(
                clinic,
                viewer,
                patient_id,
                instrument=form.instrument.data,
                language=form.language.data,
                now=now(),
            )
            flash("Saved. The next link asks this.")
            return redirect(url_for("patients.patient", patient_id=patient_id), code=303)
        except Fault as fault:
            form.take(fault)
    return render_template("therapist/form.html", form=form, dyad=dyad, form_failed=True), 422


@blueprint.get(f"/patients/<{ID}:patient_id>/sessions/new")
def new_session(patient_id: int) -> str:
    """Where a held session is noted."""
    clinic = current_clinic()
    dyad = work.own_dyad_of(clinic, current_viewer(), patient_id, now())
    return _new_session(SessionForm(held_on=clinic.settings().today(now())), dyad)


def _new_session(form: SessionForm, dyad: Dyad, **told: object) -> str:
    clinic, viewer = current_clinic(), current_viewer()
    from_calendar = holding.has_calendar(clinic, viewer)
    return render_template(
        "therapist/new_session.html", form=form, dyad=dyad, from_calendar=from_calendar, **told
    )


@blueprint.post(f"/patients/<{ID}:patient_id>/sessions/new")
def add_session(patient_id: int) -> ResponseReturnValue:
    """Note a held session and go on to its link."""
    form = SessionForm(request.form)
    clinic, viewer = current_clinic(), current_viewer()
    dyad = work.own_dyad_of(clinic, viewer, patient_id, now())
    if form.validate():
        try:
            session = work.add_session(
                clinic,
                viewer,
                patient_id,
                held_on=form.held_on.data,
                next_on=form.next_on.data,
                now=now(),
                form_id=form.attempt.data,
            )
            return redirect(url_for("therapist.session", session_id=session.id), code=303)
        except Fault as fault:
            form.take(fault)
    return _new_session(form, dyad, form_failed=True), 422


@dataclass(frozen=True, slots=True)
class Link:
    """What is shown once: a link by its address, and another as a square to scan."""

    address: str
    square: Markup


@blueprint.get(f"/sessions/<{ID}:session_id>")
def session(session_id: int) -> str:
    """One session: whether it was answered, and the ways to answer about it."""
    return session_page(session_id)


@blueprint.post(f"/sessions/<{ID}:session_id>/links")
def issue_link(session_id: int) -> str:
    """Make a link and a square and show them, this once: what is kept is only their fingerprints.

    Each is a link of its own, so that it can be told which of the two an answer came by.
    """
    return session_page(
        session_id,
        "therapist/shown/link.html",
        link=Link(
            address=_new_address(session_id, Channel.LINK),
            square=square(_new_address(session_id, Channel.QR), "A square to scan"),
        ),
        link_hours=current_clinic().settings().link_hours,
    )


def _new_address(session_id: int, channel: Channel) -> str:
    token = work.issue_link(current_clinic(), current_viewer(), session_id, channel=channel, now=now())
    return public_address("patient.form", token)


@blueprint.post(f"/sessions/<{ID}:session_id>/answer-here")
def answer_here(session_id: int) -> ResponseReturnValue:
    """Hand this device over: the therapist is signed out first, so that no way leads back."""
    token = work.issue_link(current_clinic(), current_viewer(), session_id, channel=Channel.HERE, now=now())
    sessions.end(now())
    response = redirect(url_for("patient.form", token=token), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response

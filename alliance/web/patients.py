"""A patient's page and an alert's page, for the therapist and, without the patient's words, for the supervisor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import cards, contacts, ledger, reading
from alliance.actions.faults import Fault
from alliance.actions.reading import AlertPage
from alliance.domain import course, early, telling
from alliance.domain.access import NotFound
from alliance.domain.certainty import how_sure
from alliance.domain.episodes import episodes
from alliance.domain.ledger import AlertStatus
from alliance.domain.little import says_little
from alliance.domain.story import Teller, ledger_lines
from alliance.domain.support_fit import fitting
from alliance.domain.therapy import Audience
from alliance.domain.trend import Trend
from alliance.web.addresses import ID
from alliance.web.charts.around import around_chart
from alliance.web.charts.items import items_chart
from alliance.web.charts.reply import chart_reply
from alliance.web.charts.small import item_chart, scale_chart
from alliance.web.charts.style import Spec
from alliance.web.charts.trend import trend_chart
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.marks import mark_forms
from alliance.web.stories import patient_story, talked_words
from alliance.web.therapist_forms import AlertForm, outcomes

blueprint = Blueprint("patients", __name__)
SAVED = {
    AlertStatus.ORDINARY: "Saved. This question is closed. If that was a mistake, it can be opened again.",
    AlertStatus.CLOSED: "Saved. This question is closed. If that was a mistake, it can be opened again.",
}


@blueprint.get(f"/patients/<{ID}:patient_id>")
def patient(patient_id: int) -> str:
    """The story of one relationship in a sentence, then the evidence."""
    page = reading.open_patient(current_clinic(), current_viewer(), patient_id, now(), _asked_therapist())
    return render_template(
        "patients/patient.html",
        page=page,
        to_ask=_to_ask(patient_id) if page.own else None,
        mark_forms=mark_forms(page.today) if page.own else None,
        **patient_story(page),
    )


def _to_ask(patient_id: int) -> str | None:
    """What the own therapist should ask this patient about e-mail."""
    asks = contacts.to_ask(current_clinic(), current_viewer(), now())
    return next((ask.sentence for ask in asks if ask.patient_id == patient_id), None)


def _asked_therapist() -> int | None:
    """Which of the patient's therapists: a supervisor of several may choose."""
    return request.args.get("therapist", type=int)


@blueprint.get(f"/patients/<{ID}:patient_id>/charts/<name>.json")
def chart(patient_id: int, name: str) -> ResponseReturnValue:
    """One picture of the patient's page: `alliance`, a scale, or a rupture item."""
    clinic = current_clinic()
    trend = reading.chart_trend(clinic, current_viewer(), patient_id, now(), _asked_therapist())
    return chart_reply(_drawn(trend, name))


@blueprint.get(f"/patients/<{ID}:patient_id>/charts/around.json")
def around_data(patient_id: int) -> ResponseReturnValue:
    """Life around therapy, where the patient told of it."""
    around = reading.chart_around(current_clinic(), current_viewer(), patient_id, now(), _asked_therapist())
    return chart_reply(around_chart(around))


def _drawn(trend: Trend, name: str) -> Spec:
    instrument = current_clinic().library.for_staff(trend.dyad.patient.instrument)
    pictures: dict[str, Callable[[], Spec]] = {
        "alliance": lambda: trend_chart(trend, episodes(trend.points, trend.alerts)),
        "answers": lambda: items_chart(trend, instrument),
        **{
            scale.id: partial(scale_chart, trend, scale.id)
            for scale in instrument.scales
            if scale.in_alliance
        },
        **{
            item.id: partial(item_chart, trend, item.id, top=instrument.maximum)
            for item in telling.rupture_items(instrument)
        },
    }
    if name not in pictures:
        raise NotFound
    return pictures[name]()


@blueprint.get(f"/alerts/<{ID}:alert_id>")
def alert(alert_id: int) -> str:
    """Why we ask, and what came of it."""
    found = reading.open_alert(current_clinic(), current_viewer(), alert_id, now())
    return _alert_page(found, AlertForm(outcome=None))


def _alert_page(found: AlertPage, form: AlertForm, *, failed: bool = False) -> str:
    trend = found.page.trend
    point = next(point for point in trend.points if point.session_id == found.alert.session_id)
    every = cards.current(current_clinic())
    later = [other.number for other in trend.points if other.number >= found.alert.session_number]
    return render_template(
        "patients/alert.html",
        alert=found.alert,
        page=found.page,
        point=point,
        form=form,
        sessions=later,
        lines=ledger_lines(found.alert, _teller(found)),
        says=outcomes(found.alert.status) if found.may_answer else (),
        picked=form.outcome.data,
        rests=trend.rests(found.alert),
        form_failed=failed,
        reasons=telling.reasons,
        ticked=course.ticked_then(trend, found.alert),
        cards=[every[kind] for kind in fitting(found.alert, trend)],
        attention=early.in_words(trend),
        little=says_little(trend, found.page.instrument),
        how_sure=how_sure(point.reading.odds if point.reading else 0.0, found.alert.level, found.experience),
    )


def _teller(found: AlertPage) -> Teller:
    page = found.page
    you = current_viewer().name if found.alert.audience is Audience.SUPERVISOR else page.dyad.therapist_name
    return Teller(page.trend, page.zone, "You" if found.may_answer else you, talked_words(page), found.notes)


@blueprint.post(f"/alerts/<{ID}:alert_id>")
def answer_alert(alert_id: int) -> ResponseReturnValue:
    """Say what came of an alert about one's own patient."""
    return _answered(alert_id, kept=False)


@blueprint.post(f"/alerts/<{ID}:kept_alert_id>/kept")
def answer_kept_alert(kept_alert_id: int) -> ResponseReturnValue:
    """Say what came of an alert that only supervisors know of."""
    return _answered(kept_alert_id, kept=True)


def _answered(alert_id: int, *, kept: bool) -> ResponseReturnValue:
    clinic, viewer = current_clinic(), current_viewer()
    ledger.check_may_answer(clinic, viewer, alert_id, now(), kept=kept)
    form = AlertForm(request.form)
    if form.validate():
        try:
            taken = ledger.answer_alert(clinic, viewer, alert_id, form.said(), now(), kept=kept)
            flash(SAVED.get(taken.status, "Saved. The patient’s next answers say whether it is mended."))
            return redirect(url_for("patients.alert", alert_id=alert_id), code=303)
        except Fault as fault:
            form.take(fault)
    found = reading.open_alert(clinic, viewer, alert_id, now())
    return _alert_page(found, form, failed=True), 422

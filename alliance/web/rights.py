"""One patient’s data: a copy for them, a pause, the end, a colleague, and everything gone. One page, and its acts."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import erasing, exporting, leaving, pausing, reading, research
from alliance.actions.faults import Fault
from alliance.actions.reading import PatientPage
from alliance.domain import erasure
from alliance.domain.access import Permission, may
from alliance.domain.copies import BOTH_LACK, THERAPISTS_LACKS, WHOLE_LACKS, Copy
from alliance.domain.pausing import USUAL, Reason
from alliance.exchange.patient_copy import as_data
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.rights_forms import DATA, PAGE, SHOW, CopyForm, ErasureForm, PauseForm, ResearchForm

blueprint = Blueprint("rights", __name__)


@dataclass(frozen=True)
class Forms:
    """The forms of the page. The one that came back with something to mend stands in its place."""

    copy: CopyForm
    pause: PauseForm
    research: ResearchForm
    erasure: ErasureForm

    @property
    def wrong(self) -> CopyForm | PauseForm | ResearchForm | ErasureForm | None:
        every = (self.copy, self.pause, self.research, self.erasure)
        return next((form for form in every if form.errors), None)


def _fresh(page: PatientPage) -> Forms:
    look_on = page.today + USUAL
    return Forms(
        CopyForm(kind=SHOW, prefix="copy-"),
        PauseForm(look_on=look_on, prefix="pause-"),
        ResearchForm(said_on=page.today, prefix="research-"),
        ErasureForm(prefix="erase-"),
    )


@blueprint.get(f"/patients/<{ID}:patient_id>/rights")
def rights(patient_id: int) -> str:
    """What can be done with this patient’s data, each with what it means."""
    page = _page(patient_id)
    return _drawn(page, _fresh(page))


def _page(patient_id: int) -> PatientPage:
    return reading.open_patient(
        current_clinic(),
        current_viewer(),
        patient_id,
        now(),
        request.args.get("therapist", type=int),
        answers=False,
    )


def _drawn(page: PatientPage, forms: Forms) -> str:
    clinic, viewer, patient_id = current_clinic(), current_viewer(), page.dyad.patient.id
    waits = erasing.of_patient(clinic, viewer, patient_id, now())
    leavings = leaving.to_take_back(clinic, viewer, now()) if page.own else ()
    return render_template(
        "rights/page.html",
        page=page,
        forms=forms,
        form_failed=forms.wrong is not None,
        pause=pausing.standing(clinic, viewer, patient_id, now()),
        consent=research.standing(clinic, viewer, patient_id, now()),
        waits=waits,
        may_confirm=waits is not None and erasing.may_confirm(clinic, viewer, waits.request, now()),
        may_end=page.own and may(viewer, Permission.HAND_OVER),
        leaving=next((one for one in leavings if one.patient_id == patient_id), None),
        lacks=(*(THERAPISTS_LACKS if page.own else WHOLE_LACKS), *BOTH_LACK),
    )


@blueprint.post(f"/patients/<{ID}:patient_id>/rights/copy")
def copy(patient_id: int) -> ResponseReturnValue:
    """Make a copy for the patient: shown, or to be saved."""
    page = _page(patient_id)
    form = CopyForm(request.form, prefix="copy-")
    if form.validate():
        try:
            made = exporting.make_copy(
                current_clinic(),
                current_viewer(),
                patient_id,
                whole=not page.own,
                kind=form.kind.data,
                now=now(),
            )
            return _handed_out(made, form.kind.data)
        except Fault as fault:
            form.take(fault)
    return _drawn(page, replace(_fresh(page), copy=form)), 422


def _handed_out(made: Copy, kind: str) -> ResponseReturnValue:
    """The name of a file is made here, and tells of nobody."""
    if kind == DATA:
        text = json.dumps(as_data(made), ensure_ascii=False, indent=1) + "\n"
        return _file(text, "application/json", f"copy-{made.number}.json")
    if kind == PAGE:
        return _file(
            render_template("rights/copy.html", copy=made, both_lack=BOTH_LACK),
            "text/html",
            f"copy-{made.number}.html",
        )
    return render_template("rights/shown.html", copy=made, both_lack=BOTH_LACK)


def _file(text: str, kind: str, name: str) -> Response:
    response = Response(text, content_type=f"{kind}; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.post(f"/patients/<{ID}:patient_id>/rights/pause")
def pause(patient_id: int) -> ResponseReturnValue:
    """Let the forms rest, or go on resting."""
    page = _page(patient_id)
    form = PauseForm(request.form, prefix="pause-")
    if form.validate():
        try:
            pausing.pause(
                current_clinic(),
                current_viewer(),
                patient_id,
                reason=Reason(form.reason.data),
                look_on=form.look_on.data,
                now=now(),
            )
            flash("Forms rest now. Nothing is sent, and no session of this time is read as silent.")
            return _back(patient_id)
        except Fault as fault:
            form.take(fault)
    return _drawn(page, replace(_fresh(page), pause=form)), 422


@blueprint.post(f"/patients/<{ID}:patient_id>/rights/resume")
def resume(patient_id: int) -> ResponseReturnValue:
    """Offer forms again."""
    pausing.resume(current_clinic(), current_viewer(), patient_id, now())
    flash("Forms are offered again from today on.")
    return _back(patient_id)


@blueprint.post(f"/patients/<{ID}:patient_id>/rights/research")
def agree(patient_id: int) -> ResponseReturnValue:
    """Note that the patient agrees to research."""
    page = _page(patient_id)
    form = ResearchForm(request.form, prefix="research-")
    if form.validate():
        try:
            research.agree(
                current_clinic(),
                current_viewer(),
                patient_id,
                said_on=form.said_on.data,
                said_so=bool(form.said_so.data),
                now=now(),
            )
            flash("Noted. Answers may go into exports for research from now on.")
            return _back(patient_id)
        except Fault as fault:
            form.take(fault)
    return _drawn(page, replace(_fresh(page), research=form)), 422


@blueprint.post(f"/patients/<{ID}:patient_id>/rights/research/take-back")
def take_back(patient_id: int) -> ResponseReturnValue:
    """Note that the patient no longer agrees."""
    research.take_back(current_clinic(), current_viewer(), patient_id, now())
    flash("Noted. No later export for research holds anything of this patient.")
    return _back(patient_id)


@blueprint.post(f"/patients/<{ID}:patient_id>/rights/erasure")
def erase(patient_id: int) -> ResponseReturnValue:
    """Ask that everything be erased."""
    page = _page(patient_id)
    form = ErasureForm(request.form, prefix="erase-")
    if form.validate():
        try:
            erasing.ask(
                current_clinic(),
                current_viewer(),
                patient_id,
                reason=erasure.Reason(form.reason.data),
                said_so=bool(form.said_so.data),
                now=now(),
            )
            flash("Asked for. A second person has to confirm it; until then nothing happens.")
            return _back(patient_id)
        except Fault as fault:
            form.take(fault)
    return _drawn(page, replace(_fresh(page), erasure=form)), 422


def _back(patient_id: int) -> ResponseReturnValue:
    therapist = request.args.get("therapist", type=int)
    return redirect(url_for("rights.rights", patient_id=patient_id, therapist=therapist), code=303)

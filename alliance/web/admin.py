"""The administrator's pages: who works here, and what the clinic tells its patients. No score, no comment."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from alliance.actions import accounts, administering, mailing
from alliance.actions.faults import Fault
from alliance.domain.clinic import ClinicSettings, CrisisLine
from alliance.web.admin_forms import SettingsForm
from alliance.web.context import current_clinic, current_viewer, now
from alliance.web.questionnaires import wordings

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin")
def people() -> str:
    """Who works here, in which roles, and who supervises whom."""
    clinic = current_clinic()
    return render_template("admin/people.html", staff=accounts.list_staff(clinic, actor=current_viewer()))


@blueprint.get("/admin/settings")
def settings() -> str:
    """What patients see of the clinic."""
    return _settings_page(_filled(current_clinic().settings()))


@blueprint.post("/admin/settings")
def save_settings() -> ResponseReturnValue:
    """Keep new settings; patients see them from now on."""
    form = SettingsForm(request.form)
    if form.validate():
        try:
            administering.save_settings(current_clinic(), current_viewer(), _settings(form), now())
            flash("Saved. Patients see this from now on.")
            return redirect(url_for("admin.settings"), code=303)
        except Fault as fault:
            form.take(fault)
    return _settings_page(form, form_failed=True), 422


def _settings_page(form: SettingsForm, *, form_failed: bool = False) -> str:
    return render_template(
        "admin/settings.html",
        form=form,
        wordings=wordings(current_clinic().library),
        mail=mailing.state(current_clinic(), current_viewer(), now()),
        form_failed=form_failed,
    )


def _filled(now_set: ClinicSettings) -> SettingsForm:
    lines = "\n".join(f"{line.name} = {line.number}" for line in now_set.crisis_lines)
    return SettingsForm(
        name=now_set.name,
        crisis_lines=lines,
        front_desk=now_set.front_desk,
        front_desk_hours=now_set.front_desk_hours,
        time_zone=now_set.time_zone,
        link_hours=now_set.link_hours,
        monthly=now_set.monthly,
        proof_of_use=now_set.proof_of_use,
    )


def _settings(form: SettingsForm) -> ClinicSettings:
    return ClinicSettings(
        name=(form.name.data or "").strip(),
        crisis_lines=tuple(
            _line(text) for text in (form.crisis_lines.data or "").splitlines() if text.strip()
        ),
        front_desk=(form.front_desk.data or "").strip(),
        front_desk_hours=(form.front_desk_hours.data or "").strip(),
        time_zone=(form.time_zone.data or "").strip(),
        link_hours=form.link_hours.data or 0,
        monthly=form.monthly.data,
        proof_of_use=form.proof_of_use.data,
    )


def _line(text: str) -> CrisisLine:
    """`Name = number`, as somebody types it."""
    name, _, number = text.rpartition("=")
    return CrisisLine(name.strip(), number.strip())

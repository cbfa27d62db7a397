"""The administrator's pages about the machine: who is signed in, e-mail, backups. What is not there is not claimed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from alliance.actions import contents, fhir_tokens, mailing, signed_in
from alliance.actions.doctor import Finding
from alliance.web import sessions as cookies
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now

blueprint = Blueprint("upkeep", __name__)


@blueprint.get("/admin/sessions")
def sessions() -> str:
    """Who is signed in, and since when."""
    found = signed_in.every(current_clinic(), current_viewer(), session.get(cookies.SID), now())
    tokens = fhir_tokens.every(current_clinic(), current_viewer(), now())
    return render_template("admin/sessions.html", sessions=found, tokens=tokens, now=now())


@blueprint.post("/admin/sessions/end")
def end_session() -> Response:
    """End one session."""
    name = signed_in.end(current_clinic(), current_viewer(), request.form.get("session", ""), now())
    flash(f"Ended. {name} has to sign in again there.")
    return redirect(url_for("upkeep.sessions"), code=303)


@blueprint.post(f"/admin/tokens/<{ID}:token_id>/end")
def end_token(token_id: int) -> Response:
    """End a token of somebody's."""
    name = fhir_tokens.end_anybodys(current_clinic(), current_viewer(), token_id, now())
    flash(f"Ended. That token of {name} opens nothing any more.")
    return redirect(url_for("upkeep.sessions"), code=303)


@blueprint.get("/admin/mail")
def mail() -> str:
    """How e-mail is set up, and how it goes."""
    return _mail_page()


@blueprint.post("/admin/mail")
def examine_mail() -> str:
    """Ask the mail server now."""
    return _mail_page(contents.examine_mail(current_clinic(), current_viewer(), now()))


def _mail_page(findings: Sequence[Finding] | None = None) -> str:
    clinic = current_clinic()
    return render_template(
        "admin/mail_page.html",
        mail=mailing.state(clinic, current_viewer(), now()),
        set_up=clinic.config.mail,
        folder=clinic.config.folder,
        findings=findings,
    )


@blueprint.get("/admin/backups")
def backups() -> str:
    """How everything is kept, and what there is against its loss."""
    return _backups_page()


@blueprint.post("/admin/backups")
def examine() -> str:
    """Look at the whole installation now."""
    return _backups_page(contents.examine(current_clinic(), current_viewer(), now()))


def _backups_page(findings: Sequence[Finding] | None = None) -> str:
    clinic = current_clinic()
    return render_template(
        "admin/backups.html",
        kept=contents.kept(clinic, current_viewer()),
        keeping=contents.keeping(clinic, current_viewer(), now()),
        config=clinic.config,
        free=shutil.disk_usage(clinic.config.folder).free,
        findings=findings,
    )

"""The administrator's pages about people: accounts and roles. The link of an invitation is shown once, never sent."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from alliance.actions import accounts, authenticators, colleagues, signed_in
from alliance.actions.faults import Fault
from alliance.domain import wording
from alliance.domain.people import Role, Staff
from alliance.web.addresses import ID
from alliance.web.context import current_clinic, current_viewer, now, public_address
from alliance.web.staffing_forms import ROLES, InviteForm, PersonForm, RolesForm

blueprint = Blueprint("staffing", __name__)

PERSON = f"/admin/people/<{ID}:staff_id>"


@blueprint.get("/admin/people")
def people() -> str:
    """Who works here, in which roles, and where a colleague is invited."""
    return _people_page(InviteForm())


def _people_page(form: InviteForm, *, form_failed: bool = False) -> str:
    everyone = colleagues.everyone(current_clinic(), current_viewer())
    form.offer(with_role([one.person for one in everyone], Role.SUPERVISOR))
    return render_template(
        "admin/people.html",
        colleagues=everyone,
        form=form,
        roles=ROLES,
        now=now(),
        form_failed=form_failed,
    )


def with_role(people: list[Staff], role: Role) -> list[tuple[int, str]]:
    """Id and name of those among them who do that here."""
    return [(one.id, one.name) for one in people if role in one.roles and not one.disabled]


@blueprint.post("/admin/people")
def invite() -> ResponseReturnValue:
    """Make an account and show its link, this once."""
    clinic, form = current_clinic(), InviteForm(request.form)
    form.offer(with_role(accounts.list_staff(clinic, actor=current_viewer()), Role.SUPERVISOR))
    if form.validate():
        try:
            token = accounts.invite(
                clinic,
                name=form.name.data or "",
                email=form.email.data or "",
                roles=form.chosen(),
                supervised_by=[int(value) for value in form.supervised_by.data or ()],
                now=now(),
                actor=current_viewer(),
            )
            return _link(form.name.data or "", token)
        except Fault as fault:
            form.take(fault)
    return _people_page(form, form_failed=True), 422


def _link(name: str, token: str) -> str:
    address = public_address("signin.welcome", token)
    hours = int(accounts.INVITATION_LASTS.total_seconds()) // 3600
    until = now() + accounts.INVITATION_LASTS
    return render_template("admin/welcome_link.html", name=name, address=address, hours=hours, until=until)


@blueprint.get(PERSON)
def person(staff_id: int) -> str:
    """One person’s account: corrections, roles, links, sessions, supervision."""
    return _person_page(staff_id)


def _person_page(staff_id: int, details: PersonForm | None = None, roles: RolesForm | None = None) -> str:
    one = colleagues.colleague(current_clinic(), current_viewer(), staff_id, now())
    failed = details or roles
    return render_template(
        "admin/person.html",
        one=one,
        details=details or PersonForm(name=one.person.name, email=one.person.email),
        roles=roles or RolesForm(roles=[role.value for role in one.person.roles]),
        meanings=ROLES,
        failed=failed,
        form_failed=failed is not None,
        own=one.person.id == current_viewer().staff_id,
        now=now(),
        today=current_clinic().settings().today(now()),
    )


@blueprint.post(f"{PERSON}/details")
def correct(staff_id: int) -> ResponseReturnValue:
    """Correct somebody’s name and address."""
    form = PersonForm(request.form)
    if form.validate():
        try:
            colleagues.correct(
                current_clinic(),
                current_viewer(),
                staff_id,
                name=form.name.data or "",
                email=form.email.data or "",
                now=now(),
            )
            return _back(staff_id, "Saved.")
        except Fault as fault:
            form.take(fault)
    return _person_page(staff_id, details=form), 422


@blueprint.post(f"{PERSON}/roles")
def change_roles(staff_id: int) -> ResponseReturnValue:
    """Let somebody do this here, and nothing else."""
    form = RolesForm(request.form)
    if form.validate():
        try:
            colleagues.change_roles(current_clinic(), current_viewer(), staff_id, form.chosen(), now())
            return _back(staff_id, "Saved. It counts from the next page on, and asks for a new sign-in.")
        except Fault as fault:
            form.take(fault)
    return _person_page(staff_id, roles=form), 422


@blueprint.post(f"{PERSON}/links")
def invite_again(staff_id: int) -> ResponseReturnValue:
    """A new link for somebody who lost the first one, or the password."""
    return _act(
        staff_id,
        lambda: accounts.invite_again(current_clinic(), staff_id, now(), actor=current_viewer()),
    )


@blueprint.post(f"{PERSON}/reopen")
def reopen(staff_id: int) -> ResponseReturnValue:
    """Open a closed account again, with a new password to be set."""
    return _act(staff_id, lambda: colleagues.reopen(current_clinic(), current_viewer(), staff_id, now()))


@blueprint.post(f"{PERSON}/close")
def close(staff_id: int) -> Response:
    """Close an account: its sessions and links end at once."""
    one = colleagues.colleague(current_clinic(), current_viewer(), staff_id, now())
    try:
        accounts.disable(current_clinic(), staff_id, now(), actor=current_viewer())
    except Fault as fault:
        return _back(staff_id, f"{fault}.")
    left = ""
    if one.patients:
        stay = "stays" if one.patients == 1 else "stay"
        left = f" {wording.capital(wording.count(one.patients, 'patient'))} {stay} with this therapist until moved."
    return _back(staff_id, f"Closed. Whoever was signed in with it no longer is.{left}")


@blueprint.post(f"{PERSON}/second-step/reset")
def reset_second_step(staff_id: int) -> Response:
    """Take app, recovery codes and passkeys away from somebody who lost them and is here."""
    try:
        name = authenticators.reset(current_clinic(), staff_id, now(), actor=current_viewer())
    except Fault as fault:
        return _back(staff_id, f"{fault}.")
    return _back(
        staff_id,
        f"Taken away. For an hour from now {name} can set up a new app when signing in, so let it be done here.",
    )


@blueprint.post(f"{PERSON}/sessions/end")
def end_sessions(staff_id: int) -> Response:
    """End every session of one person."""
    ended = signed_in.end_all(current_clinic(), current_viewer(), staff_id, now())
    return _back(staff_id, f"{wording.capital(wording.count(ended, 'session'))} ended.")


def _act(staff_id: int, act: Callable[[], str]) -> ResponseReturnValue:
    """Do what answers with the token of a link, and show the link, this once."""
    name = colleagues.colleague(current_clinic(), current_viewer(), staff_id, now()).person.name
    try:
        return _link(name, act())
    except Fault as fault:
        return _back(staff_id, f"{fault}.")


def _back(staff_id: int, sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for("staffing.person", staff_id=staff_id), code=303)

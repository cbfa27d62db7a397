"""Who may come in where: one table for every address, and nothing is open that does not stand in it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from alliance.domain.access import Permission, may
from alliance.domain.fhir_access import Scope
from alliance.web import bearer, confirming, sessions
from alliance.web.confirming import PASSWORD
from alliance.web.context import now, on_patient_side


class Door(Enum):
    """Addresses that ask for no permission."""

    HALF = "for who has given the password and has the second step before them"
    OPEN = "for everybody; who is signed in is known"
    APART = "for everybody; the staff's session is not even looked at"


HALF, OPEN, APART = Door.HALF, Door.OPEN, Door.APART

# The fields of the staff's forms that one may send several of. Of any other, a second one is not of our page's making.
SEVERAL = {"languages", "offered", "patient", "roles", "scopes", "session", "supervised_by"}

# A name that ends in `.*` stands for every endpoint of that blueprint.
POLICY: dict[str, Permission | Door | Scope] = {
    "admin.index": Permission.SEE_PEOPLE,
    "admin.save_settings": Permission.CHANGE_SETTINGS,
    "admin.settings": Permission.CHANGE_SETTINGS,
    "assets.*": APART,
    "audit_pages.examine": Permission.SEE_AUDIT,
    "audit_pages.export": Permission.SEE_AUDIT,
    "audit_pages.trail": Permission.SEE_AUDIT,
    "cards.edit": Permission.EDIT_CARDS,
    "cards.every": Permission.SEE_CARDS,
    "cards.put_back": Permission.EDIT_CARDS,
    "cards.save": Permission.EDIT_CARDS,
    "contacts.contact": Permission.KEEP_CONTACT,
    "contacts.end": Permission.KEEP_CONTACT,
    "contacts.keep": Permission.KEEP_CONTACT,
    "disputes.not_mine": APART,
    "disputes.noted": APART,
    "erasing.confirm": Permission.CONFIRM_ERASURE,
    "erasing.every": Permission.SEE_ERASURES,
    "erasing.stop": Permission.STOP_ERASURE,
    **bearer.READ,
    "fhir.statement": APART,
    "follow_up.monthly": APART,
    "follow_up.rate": APART,
    "follow_up.tick": APART,
    "follow_up.ticks": APART,
    "handing_over.put_away": Permission.SEE_CASELOAD,
    "help.*": OPEN,
    "help.clinic_data": Permission.SEE_CLINIC_DATA,
    "instruments.ask": Permission.CHANGE_SETTINGS,
    "instruments.every": Permission.CHANGE_SETTINGS,
    "instruments.preview": Permission.CHANGE_SETTINGS,
    "kiosk.*": APART,
    "leaving.end": Permission.HAND_OVER,
    "leaving.end_therapy": Permission.HAND_OVER,
    "leaving.hand_over": Permission.HAND_OVER,
    "leaving.hand_patient_over": Permission.HAND_OVER,
    "leaving.take_back": Permission.HAND_OVER,
    "marks.add": Permission.MARK_COURSE,
    "marks.every": Permission.MARK_COURSE,
    "marks.remove": Permission.MARK_COURSE,
    "muting.ask": Permission.MUTE_QUESTIONS,
    "muting.mute": Permission.MUTE_QUESTIONS,
    "muting.unmute": Permission.MUTE_QUESTIONS,
    "own_account.authenticator": Permission.SEE_OWN_ACCOUNT,
    "own_account.end_others": Permission.SEE_OWN_ACCOUNT,
    "own_account.end_session": Permission.SEE_OWN_ACCOUNT,
    "own_account.password": Permission.SEE_OWN_ACCOUNT,
    "own_account.recovery_codes": Permission.SEE_OWN_ACCOUNT,
    "own_account.stay": Permission.SEE_OWN_ACCOUNT,
    "own_views.ask_first": Permission.GIVE_OWN_VIEW,
    "own_views.form": Permission.GIVE_OWN_VIEW,
    "own_views.give": Permission.GIVE_OWN_VIEW,
    "own_views.show_now": Permission.GIVE_OWN_VIEW,
    "paper.decide": Permission.TRANSCRIBE,
    "paper.find": Permission.TRANSCRIBE,
    "paper.form": Permission.TRANSCRIBE,
    "paper.start": Permission.TRANSCRIBE,
    "paper.type_in": Permission.TRANSCRIBE,
    "passkeys.own": Permission.SEE_OWN_ACCOUNT,
    "passkeys.remove": Permission.SEE_OWN_ACCOUNT,
    "passkeys.rename": Permission.SEE_OWN_ACCOUNT,
    "passkeys.sign_in": OPEN,
    "patient.form": APART,
    "patient.leave": APART,
    "patient.submit": APART,
    "patient.thanks": APART,
    "patients.alert": Permission.SEE_ALERT,
    "patients.answer_alert": Permission.ANSWER_ALERT,
    "patients.answer_kept_alert": Permission.ANSWER_KEPT_ALERT,
    "patients.around_data": Permission.SEE_PATIENT,
    "patients.chart": Permission.SEE_PATIENT,
    "patients.patient": Permission.SEE_PATIENT,
    "retiring.ask": Permission.RETIRE_PATIENTS,
    "retiring.every": Permission.RETIRE_PATIENTS,
    "rights.agree": Permission.NOTE_RESEARCH,
    "rights.copy": Permission.EXPORT_PATIENT,
    "rights.erase": Permission.ASK_ERASURE,
    "rights.pause": Permission.PAUSE_FORMS,
    "rights.resume": Permission.PAUSE_FORMS,
    "rights.rights": Permission.SEE_PATIENT,
    "rights.take_back": Permission.NOTE_RESEARCH,
    "second_step.code": HALF,
    "second_step.recovery_code": HALF,
    "second_step.set_up": HALF,
    "sharing.ask": Permission.SHARE_CASE,
    "sharing.end": Permission.SHARE_CASE,
    "sharing.show": Permission.SHARE_CASE,
    "sheets.caseload": Permission.SEE_CASELOAD,
    "sheets.patient": Permission.SEE_PATIENT,
    "signin.account": Permission.SEE_OWN_ACCOUNT,
    "signin.again": OPEN,
    "signin.home": OPEN,
    "signin.sign_in": OPEN,
    "signin.sign_out": OPEN,
    "signin.welcome": OPEN,
    "slips.choose": Permission.ISSUE_LINK,
    "slips.make": Permission.ISSUE_LINK,
    "slips.questionnaire": Permission.ISSUE_LINK,
    "staffing.change_roles": Permission.MANAGE_PEOPLE,
    "staffing.close": Permission.MANAGE_PEOPLE,
    "staffing.correct": Permission.MANAGE_PEOPLE,
    "staffing.end_sessions": Permission.END_SESSIONS,
    "staffing.invite": Permission.MANAGE_PEOPLE,
    "staffing.invite_again": Permission.MANAGE_PEOPLE,
    "staffing.people": Permission.SEE_PEOPLE,
    "staffing.person": Permission.SEE_PEOPLE,
    "staffing.reopen": Permission.MANAGE_PEOPLE,
    "staffing.reset_second_step": Permission.MANAGE_PEOPLE,
    "static": APART,
    "status.status": APART,
    "stopping.ask": APART,
    "stopping.stop": APART,
    "supervisions.begin": Permission.MANAGE_PEOPLE,
    "supervisions.end": Permission.MANAGE_PEOPLE,
    "supervisions.every": Permission.SEE_PEOPLE,
    "supervisions.move": Permission.MOVE_PATIENT,
    "supervisions.move_form": Permission.MOVE_PATIENT,
    "supervisor.agenda_sheet": Permission.SEE_SUPERVISION,
    "supervisor.funnel_data": Permission.SEE_SUPERVISION,
    "supervisor.help_step": Permission.TAKE_UP_WISH,
    "supervisor.months_data": Permission.SEE_SUPERVISION,
    "supervisor.overview": Permission.SEE_SUPERVISION,
    "supervisor.release": Permission.RELEASE_ANSWER,
    "supervisor.release_answer": Permission.RELEASE_ANSWER,
    "supervisor.therapist": Permission.SEE_SUPERVISION,
    "supervisor.therapist_data": Permission.SEE_SUPERVISION,
    "supervisor.trail": Permission.SEE_TRAIL,
    "tablets.add": Permission.MANAGE_TABLETS,
    "tablets.again": Permission.MANAGE_TABLETS,
    "tablets.every": Permission.MANAGE_TABLETS,
    "tablets.make_code": Permission.ISSUE_LINK,
    "tablets.revoke": Permission.MANAGE_TABLETS,
    "therapist.add_patient": Permission.ADD_PATIENT,
    "therapist.add_session": Permission.ADD_SESSION,
    "therapist.answer_here": Permission.ISSUE_LINK,
    "therapist.caseload": Permission.SEE_CASELOAD,
    "therapist.change_form": Permission.CHOOSE_FORM,
    "therapist.choose_form": Permission.CHOOSE_FORM,
    "therapist.issue_link": Permission.ISSUE_LINK,
    "therapist.new_patient": Permission.ADD_PATIENT,
    "therapist.new_session": Permission.ADD_SESSION,
    "therapist.session": Permission.SEE_PATIENT,
    "therapist.trends": Permission.SEE_CASELOAD,
    "therapist.trends_data": Permission.SEE_CASELOAD,
    "tokens.end": Permission.MAKE_TOKEN,
    "tokens.make": Permission.MAKE_TOKEN,
    "tokens.own": Permission.MAKE_TOKEN,
    "upkeep.backups": Permission.SEE_BACKUPS,
    "upkeep.end_session": Permission.END_SESSIONS,
    "upkeep.end_token": Permission.END_SESSIONS,
    "upkeep.examine": Permission.SEE_BACKUPS,
    "upkeep.examine_mail": Permission.CHANGE_SETTINGS,
    "upkeep.mail": Permission.CHANGE_SETTINGS,
    "upkeep.sessions": Permission.END_SESSIONS,
}


def rule_for(endpoint: str) -> Permission | Door | Scope | None:
    """What the endpoint asks for; None if nobody has said, and then nobody may come in."""
    return POLICY.get(entry_for(endpoint))


def entry_for(endpoint: str) -> str:
    """Under which name the endpoint stands in the policy, if it does: its own, or that of its whole part."""
    return endpoint if endpoint in POLICY else f"{endpoint.rpartition('.')[0]}.*"


def install(app: Flask, *, without_csrf: Iterable[Blueprint] = ()) -> None:
    """Put the guard before every request, and behind it the check that a form came from our own page.

    `without_csrf` are parts where something else is the authority, and no cookie is needed.
    """
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a token lives as long as its session
    app.before_request(guard)
    app.before_request(refuse_repeated)
    csrf = CSRFProtect(app)
    app.extensions["csrf"] = csrf
    for blueprint in without_csrf:
        csrf.exempt(blueprint)


def guard() -> ResponseReturnValue | None:
    """Let the request through, send it to sign in, or answer that there is nothing here."""
    g.viewer = g.half = g.locked = None
    rule = rule_for(request.endpoint) if request.endpoint else None
    if rule is APART:
        return None
    if isinstance(rule, Scope):
        bearer.come_in(rule)  # a token is the authority, and no cookie is looked at
        return None
    if rule is None and on_patient_side():
        # Declared or not there: whoever is signed in does not matter.
        return abort(404) if request.endpoint else None
    _look_who_it_is()
    if request.endpoint is None or rule is OPEN:
        return None  # without an endpoint there is no such address, and Flask says so next
    if rule is HALF:
        return None if g.half else redirect(url_for("signin.sign_in"), code=303)
    if not isinstance(rule, Permission):
        abort(404)  # nobody has said who may open it
    person = g.viewer or g.locked
    if person is not None and not may(person, rule):
        abort(404)  # the same as for what does not exist
    if request.method == "POST" and person is not None:
        if PASSWORD in request.form and (refused := _confirm()) is not None:
            return refused
        if g.locked:
            return confirming.page()
    if g.viewer is None:
        return redirect(url_for("signin.sign_in", next=_way_back()), code=303)
    return None


def refuse_repeated() -> None:
    """Refuse a staff form that says a thing twice: which of the two was meant, and by whom, nobody knows.

    Patients' forms ask about such an answer at its place, as they may lose nothing.
    """
    if request.method != "POST" or on_patient_side() or rule_for(request.endpoint or "") is APART:
        return
    if any(len(values) > 1 and name not in SEVERAL for name, values in request.form.lists()):
        abort(400)


def _look_who_it_is() -> None:
    found = sessions.presence(now())
    g.viewer = found.viewer if found else None
    g.half = found.person if found and found.half else None
    g.locked = found.person if found and found.locked else None


def _confirm() -> ResponseReturnValue | None:
    """The password came along with what was sent: look at it, then go on with the rest."""
    csrf: CSRFProtect = current_app.extensions["csrf"]
    csrf.protect()
    refused = confirming.take()
    _look_who_it_is()
    return refused


def _way_back() -> str | None:
    """Where to go after signing in: this page, if it is one that can be opened by its address."""
    if request.method not in ("GET", "HEAD"):
        return None
    return request.full_path.rstrip("?")

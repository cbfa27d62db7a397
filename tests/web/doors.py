"""Who gets in at which address: the one table of it, told by person and not by permission.

Alder 14 is Jonas’s patient; Miriam supervises him. Claire is another therapist, Erik was Alder 14’s once; Ruth
supervises others; Tomasz administers. Nora’s account was closed after she had signed in. `tablet` is a tablet of the
clinic, `half` somebody who has given the password and nothing more yet, `link` somebody who has answered at a link,
`nobody` somebody of whom nothing is known. `records` is another system with a token of Jonas's that opens everything
a token can; `scores`, one with a token for scores alone.
A new address gets its line here, or nothing is built.
"""

from __future__ import annotations

from collections.abc import Mapping

from alliance.domain.fhir_access import Scope
from alliance.domain.people import Role

STAFF = {"jonas", "claire", "erik", "miriam", "ruth", "tomasz"}
THERAPISTS = {"jonas", "claire", "erik"}
# Not signed in, or not any more: sent to the way in.
OUT = {"nobody", "nora", "tablet", "link", "half", "records", "scores"}
# People with several roles: let in where somebody with one of them is, and nowhere else.
SEVERAL: Mapping[str, tuple[str, str]] = {
    "lena": ("erik", "tomasz"),
    "oskar": ("miriam", "tomasz"),
    "petra": ("erik", "ruth"),
}
ROLES: Mapping[str, Role] = {
    **dict.fromkeys(THERAPISTS, Role.THERAPIST),
    **dict.fromkeys({"miriam", "ruth"}, Role.SUPERVISOR),
    "tomasz": Role.ADMIN,
}
EVERYBODY = STAFF | OUT

# By part of the application, what is the administrators’ alone.
THE_ADMINISTRATORS: Mapping[str, str] = {
    "admin": "index save_settings settings",
    "audit_pages": "examine export trail",
    "instruments": "ask every preview",
    "retiring": "ask every",
    "staffing": "change_roles close correct end_sessions invite invite_again people person reopen reset_second_step",
    "supervisions": "begin end every move move_form",
    "tablets": "add again every revoke",
    "upkeep": "backups end_session end_token examine examine_mail mail sessions",
}

PATIENTS = (
    "disputes.not_mine disputes.noted follow_up.monthly follow_up.rate follow_up.tick "
    "follow_up.ticks patient.form patient.leave patient.submit patient.thanks"
)
KIOSK = "enter form language leave monthly more rate reset start submit thanks tick"

# What another system reads: by which scope of its token.
READ: Mapping[str, Scope] = {
    "fhir.code_system": Scope.QUESTIONNAIRES,
    "fhir.code_systems": Scope.QUESTIONNAIRES,
    "fhir.encounter": Scope.PATIENTS,
    "fhir.encounters": Scope.PATIENTS,
    "fhir.observation": Scope.OBSERVATIONS,
    "fhir.observations": Scope.OBSERVATIONS,
    "fhir.patient": Scope.PATIENTS,
    "fhir.patients": Scope.PATIENTS,
    "fhir.questionnaire": Scope.QUESTIONNAIRES,
    "fhir.questionnaires": Scope.QUESTIONNAIRES,
    "fhir.response": Scope.RESPONSES,
    "fhir.responses": Scope.RESPONSES,
}

GETS_IN: Mapping[str, set[str]] = {
    **{f"{part}.{name}": {"tomasz"} for part, names in THE_ADMINISTRATORS.items() for name in names.split()},
    "assets.plotly": EVERYBODY,
    "cards.edit": {"miriam", "ruth", "tomasz"},
    "cards.every": STAFF,
    "cards.put_back": {"miriam", "ruth", "tomasz"},
    "cards.save": {"miriam", "ruth", "tomasz"},
    "contacts.contact": {"jonas"},
    "contacts.end": {"jonas"},
    "contacts.keep": {"jonas"},
    "erasing.confirm": {"miriam", "tomasz"},
    "erasing.every": {"tomasz"},
    "erasing.stop": {"jonas", "miriam", "tomasz"},
    **{
        name: {"records", "scores"} if scope is Scope.OBSERVATIONS else {"records"}
        for name, scope in READ.items()
    },
    "fhir.statement": EVERYBODY,
    "handing_over.put_away": {"claire", "jonas"},
    "help.clinic_data": {"miriam", "ruth", "tomasz"},
    "help.evidence": EVERYBODY,
    "help.evidence_chart": EVERYBODY,
    "help.index": EVERYBODY,
    "leaving.end": {"jonas"},
    "leaving.end_therapy": {"jonas"},
    "leaving.hand_over": {"jonas"},
    "leaving.hand_patient_over": {"jonas"},
    "leaving.take_back": {"jonas"},  # who noted that very change
    "marks.add": {"jonas"},
    "marks.every": {"jonas"},
    "marks.remove": {"jonas"},
    "muting.ask": {"jonas"},
    "muting.mute": {"jonas"},
    "muting.unmute": {"jonas"},
    "own_account.authenticator": STAFF,
    "own_account.end_others": STAFF,
    "own_account.end_session": STAFF,
    "own_account.password": STAFF,
    "own_account.recovery_codes": STAFF,
    "own_account.stay": STAFF,
    "own_views.ask_first": THERAPISTS,
    "own_views.form": {"jonas"},
    "own_views.give": {"jonas"},
    "own_views.show_now": {"jonas"},
    "paper.decide": {"tomasz", "miriam"},
    "paper.find": {"tomasz", "miriam", "ruth"},
    "paper.form": {"tomasz", "miriam"},
    "paper.start": {"tomasz", "miriam", "ruth"},
    "paper.type_in": {"tomasz", "miriam"},
    **dict.fromkeys(PATIENTS.split(), EVERYBODY),
    **{f"kiosk.{name}": {"tablet"} for name in KIOSK.split()},
    "kiosk.set_up": set(),  # but for who has the administrator’s link
    "passkeys.own": STAFF,
    "passkeys.remove": STAFF,
    "passkeys.rename": STAFF,
    "passkeys.sign_in": EVERYBODY,
    "patients.alert": {"jonas", "miriam"},
    "patients.answer_alert": {"jonas"},
    "patients.answer_kept_alert": {"miriam"},
    "patients.around_data": {"jonas", "miriam"},
    "patients.chart": {"jonas", "miriam"},
    "patients.patient": {"jonas", "miriam"},
    "rights.agree": {"jonas"},
    "rights.copy": {"jonas", "miriam"},
    "rights.erase": {"jonas", "miriam"},
    "rights.pause": {"jonas"},
    "rights.resume": {"jonas"},
    "rights.rights": {"jonas", "miriam"},
    "rights.take_back": {"jonas"},
    "second_step.code": {"half"},
    "second_step.recovery_code": {"half"},
    "second_step.set_up": {"half"},
    "sharing.ask": {"jonas"},
    "sharing.end": {"jonas"},
    "sharing.show": {"jonas"},
    "sheets.caseload": THERAPISTS,
    "sheets.patient": {"jonas", "miriam"},
    "signin.account": STAFF,
    "signin.again": EVERYBODY,
    "signin.home": EVERYBODY,
    "signin.sign_in": EVERYBODY,
    "signin.sign_out": EVERYBODY,
    "signin.welcome": EVERYBODY,
    "slips.choose": THERAPISTS,
    "slips.make": THERAPISTS,
    "slips.questionnaire": {"jonas"},
    "static": EVERYBODY,
    "status.status": EVERYBODY,
    "stopping.ask": EVERYBODY,
    "stopping.stop": EVERYBODY,
    "supervisor.agenda_sheet": {"miriam"},
    "supervisor.funnel_data": set(),  # nobody: so few patients make no picture
    "supervisor.help_step": {"miriam"},
    "supervisor.months_data": {"miriam"},
    "supervisor.overview": {"miriam", "ruth"},
    "supervisor.release": {"miriam"},
    "supervisor.release_answer": {"miriam"},
    "supervisor.therapist": {"miriam"},
    "supervisor.therapist_data": {"miriam"},
    "supervisor.trail": {"miriam", "ruth"},
    "tablets.make_code": {"jonas"},
    "therapist.add_patient": THERAPISTS,
    "therapist.add_session": {"jonas"},
    "therapist.answer_here": {"jonas"},
    "therapist.caseload": THERAPISTS,
    "therapist.issue_link": {"jonas"},
    "therapist.new_patient": THERAPISTS,
    "therapist.change_form": {"jonas"},
    "therapist.choose_form": {"jonas"},
    "therapist.new_session": {"jonas"},
    "therapist.session": {"jonas", "miriam"},
    "therapist.trends": THERAPISTS,
    "therapist.trends_data": THERAPISTS,
    "tokens.end": {"jonas"},
    "tokens.make": THERAPISTS,
    "tokens.own": THERAPISTS,
}

# Behind these doors there is nothing in the clinic of these tests, so that the guard alone tells who may come.
ROLES_OF_EMPTY_ROOMS: Mapping[str, set[Role]] = {"supervisor.funnel_data": {Role.SUPERVISOR}}


def let_in(endpoint: str) -> set[str]:
    """Everybody who gets in there, people with several roles too."""
    one = GETS_IN[endpoint]
    return one | {who for who, alike in SEVERAL.items() if one & set(alike)}


def roles_at(endpoint: str) -> set[Role]:
    """Whose roles open this door."""
    found = {ROLES[who] for who in GETS_IN[endpoint] & STAFF}
    return ROLES_OF_EMPTY_ROOMS.get(endpoint, found)

"""Who gets in at which address, told once more: by person, not by permission."""

from __future__ import annotations

from collections.abc import Mapping

from tests.web import administration, rights

# Alder 14 is Jonas's patient; Miriam supervises him. Nora's account was closed after she had signed in.
STAFF = {"jonas", "claire", "erik", "miriam", "ruth", "tomasz"}
OUT = {"nobody", "nora", "tablet"}
THERAPISTS = {"jonas", "claire", "erik"}
EVERYBODY = STAFF | OUT

PATIENTS = (
    "disputes.not_mine disputes.noted follow_up.monthly follow_up.rate follow_up.tick "
    "follow_up.ticks patient.form patient.leave patient.submit patient.thanks"
)
KIOSK = "enter form language leave monthly more rate reset start submit thanks tick"

GETS_IN: Mapping[str, set[str]] = {
    **administration.GETS_IN,
    **rights.GETS_IN,
    "assets.plotly": EVERYBODY,
    "cards.edit": {"miriam", "ruth", "tomasz"},
    "cards.every": STAFF,
    "cards.put_back": {"miriam", "ruth", "tomasz"},
    "cards.save": {"miriam", "ruth", "tomasz"},
    "contacts.contact": {"jonas"},
    "contacts.end": {"jonas"},
    "contacts.keep": {"jonas"},
    "help.clinic_data": {"miriam", "ruth", "tomasz"},
    "help.evidence": EVERYBODY,
    "help.evidence_chart": EVERYBODY,
    "help.index": EVERYBODY,
    "marks.add": {"jonas"},
    "marks.every": {"jonas"},
    "marks.remove": {"jonas"},
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
    "kiosk.set_up": set(),  # but for who has the administrator's link
    "patients.alert": {"jonas", "miriam"},
    "patients.answer_alert": {"jonas"},
    "patients.around_data": {"jonas", "miriam"},
    "patients.chart": {"jonas", "miriam"},
    "patients.patient": {"jonas", "miriam"},
    "sharing.ask": {"jonas"},
    "sharing.end": {"jonas"},
    "sharing.show": {"jonas"},
    "sheets.caseload": THERAPISTS,
    "sheets.patient": {"jonas", "miriam"},
    "signin.account": STAFF,
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
}

"""Who may do what: one table of permissions by role. Whose data it is decides the query (see storage)."""

from __future__ import annotations

from enum import StrEnum

from alliance.domain.people import Role, Staff, Viewer


class Permission(StrEnum):
    """Everything a signed-in person can be allowed to do, in alphabetical order."""

    ADD_PATIENT = "add a patient to one's own caseload"
    ADD_SESSION = "add a therapy session with one's own patient"
    ANSWER_ALERT = "say what came of an alert about one's own patient"
    ANSWER_KEPT_ALERT = "say what came of an alert that only supervisors know of"
    ASK_ERASURE = "ask, on the patient’s word, that everything about them be erased"
    CHANGE_SETTINGS = "change the clinic's settings"
    CHOOSE_FORM = "choose the questionnaire and the language of one's own patient"
    CONFIRM_ERASURE = "be the second who wants everything about a patient erased"
    EDIT_CARDS = "write the clinic's own version of a support card"
    END_SESSIONS = "see who is signed in and end it"
    EXPORT_PATIENT = "make a copy for the patient of what is kept about them"
    GIVE_OWN_VIEW = "give one's own view of a session with one's own patient"
    HAND_OVER = "hand over one's own patient to a colleague, or end the therapy"
    ISSUE_LINK = "make a questionnaire link for a session of one's own patient"
    KEEP_CONTACT = "say where one's own patient may be written to"
    MAKE_TOKEN = "let another system read one's own patients, by a token of one's own"  # noqa: S105 (no password)
    MANAGE_PEOPLE = "invite and disable colleagues"
    MANAGE_TABLETS = "add the clinic's tablets and revoke them"
    MARK_COURSE = "mark a break, an ending or an event on one's own patient's course"
    MOVE_PATIENT = "move a patient from one therapist to another, by code"
    MUTE_QUESTIONS = "let questions about one's own patient rest for a while"
    NOTE_RESEARCH = "note whether one's own patient agrees to research"
    PAUSE_FORMS = "let the forms of one's own patient rest, and offer them again"
    RELEASE_ANSWER = "let a therapist see what a patient had held back, on the patient's word"
    RETIRE_PATIENTS = "ask that patients whose therapies ended long ago be erased"
    SEE_ALERT = "open an alert"
    SEE_AUDIT = "read, check and export the audit trail of the whole clinic"
    SEE_BACKUPS = "see what is kept where, and whether there is a copy"
    SEE_CARDS = "read the support cards"
    SEE_CASELOAD = "see one's own caseload"
    SEE_CLINIC_DATA = "see what the clinic's own data say, over everybody"
    SEE_ERASURES = "see which erasures wait, by code and date"
    SEE_OWN_ACCOUNT = "see one's own account"
    SEE_PATIENT = "open a patient in one's scope"
    SEE_PEOPLE = "see who works here"
    SEE_SUPERVISION = "see the therapists one supervises"
    SEE_TRAIL = "see who opened what among one's supervisees"
    SHARE_CASE = "show one's own case to one's supervisor, for a while"
    STOP_ERASURE = "stop an erasure of a patient in one's scope before it is carried out"
    TAKE_UP_WISH = "take up a patient's wish for a supervisor's help"
    TRANSCRIBE = "type in a form that somebody else's patient filled in on paper"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.THERAPIST: frozenset(
        {
            Permission.ADD_PATIENT,
            Permission.ADD_SESSION,
            Permission.ANSWER_ALERT,
            Permission.ASK_ERASURE,
            Permission.CHOOSE_FORM,
            Permission.EXPORT_PATIENT,
            Permission.GIVE_OWN_VIEW,
            Permission.HAND_OVER,
            Permission.ISSUE_LINK,
            Permission.KEEP_CONTACT,
            Permission.MAKE_TOKEN,
            Permission.MARK_COURSE,
            Permission.MUTE_QUESTIONS,
            Permission.NOTE_RESEARCH,
            Permission.PAUSE_FORMS,
            Permission.SEE_ALERT,
            Permission.SEE_CARDS,
            Permission.SEE_CASELOAD,
            Permission.SEE_OWN_ACCOUNT,
            Permission.SEE_PATIENT,
            Permission.SHARE_CASE,
            Permission.STOP_ERASURE,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            Permission.ANSWER_KEPT_ALERT,
            Permission.ASK_ERASURE,
            Permission.CONFIRM_ERASURE,
            Permission.EDIT_CARDS,
            Permission.EXPORT_PATIENT,
            Permission.RELEASE_ANSWER,
            Permission.SEE_ALERT,
            Permission.SEE_CARDS,
            Permission.SEE_CLINIC_DATA,
            Permission.SEE_OWN_ACCOUNT,
            Permission.SEE_PATIENT,
            Permission.SEE_SUPERVISION,
            Permission.SEE_TRAIL,
            Permission.STOP_ERASURE,
            Permission.TAKE_UP_WISH,
            Permission.TRANSCRIBE,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Permission.CHANGE_SETTINGS,
            Permission.CONFIRM_ERASURE,
            Permission.EDIT_CARDS,
            Permission.END_SESSIONS,
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_TABLETS,
            Permission.MOVE_PATIENT,
            Permission.RETIRE_PATIENTS,
            Permission.SEE_AUDIT,
            Permission.SEE_BACKUPS,
            Permission.SEE_CARDS,
            Permission.SEE_CLINIC_DATA,
            Permission.SEE_ERASURES,
            Permission.SEE_OWN_ACCOUNT,
            Permission.SEE_PEOPLE,
            Permission.STOP_ERASURE,
            Permission.TRANSCRIBE,
        }
    ),
}


def may(viewer: Viewer | Staff, permission: Permission) -> bool:
    """Whether any of the viewer's roles grants this permission."""
    return any(permission in GRANTS[role] for role in viewer.roles)


class NotFound(Exception):
    """There is no such thing in the viewer's scope. Foreign and absent are the same, on purpose."""


class Forbidden(Exception):
    """The viewer may see this but not do that with it."""

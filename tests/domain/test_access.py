"""Who may do what, told once more person by person: the table of grants must agree with this one."""

from __future__ import annotations

import pytest

from alliance.domain.access import GRANTS, Permission, may
from alliance.domain.people import Role, Viewer

THERAPIST, SUPERVISOR, ADMIN = Role.THERAPIST, Role.SUPERVISOR, Role.ADMIN

ALLOWED: dict[Permission, set[Role]] = {
    Permission.ADD_PATIENT: {THERAPIST},
    Permission.ADD_SESSION: {THERAPIST},
    Permission.ANSWER_ALERT: {THERAPIST},
    Permission.ANSWER_KEPT_ALERT: {SUPERVISOR},
    Permission.ASK_ERASURE: {THERAPIST, SUPERVISOR},
    Permission.CHANGE_SETTINGS: {ADMIN},
    Permission.CHOOSE_FORM: {THERAPIST},
    Permission.CONFIRM_ERASURE: {SUPERVISOR, ADMIN},
    Permission.EDIT_CARDS: {SUPERVISOR, ADMIN},
    Permission.END_SESSIONS: {ADMIN},
    Permission.EXPORT_PATIENT: {THERAPIST, SUPERVISOR},
    Permission.GIVE_OWN_VIEW: {THERAPIST},
    Permission.HAND_OVER: {THERAPIST},
    Permission.ISSUE_LINK: {THERAPIST},
    Permission.KEEP_CONTACT: {THERAPIST},
    Permission.MAKE_TOKEN: {THERAPIST},
    Permission.MANAGE_PEOPLE: {ADMIN},
    Permission.MANAGE_TABLETS: {ADMIN},
    Permission.MARK_COURSE: {THERAPIST},
    Permission.MOVE_PATIENT: {ADMIN},
    Permission.MUTE_QUESTIONS: {THERAPIST},
    Permission.NOTE_RESEARCH: {THERAPIST},
    Permission.PAUSE_FORMS: {THERAPIST},
    Permission.RELEASE_ANSWER: {SUPERVISOR},
    Permission.RETIRE_PATIENTS: {ADMIN},
    Permission.SEE_ALERT: {THERAPIST, SUPERVISOR},
    Permission.SEE_AUDIT: {ADMIN},
    Permission.SEE_BACKUPS: {ADMIN},
    Permission.SEE_CARDS: {THERAPIST, SUPERVISOR, ADMIN},
    Permission.SEE_CASELOAD: {THERAPIST},
    Permission.SEE_CLINIC_DATA: {SUPERVISOR, ADMIN},
    Permission.SEE_ERASURES: {ADMIN},
    Permission.SEE_OWN_ACCOUNT: {THERAPIST, SUPERVISOR, ADMIN},
    Permission.SEE_PATIENT: {THERAPIST, SUPERVISOR},
    Permission.SEE_PEOPLE: {ADMIN},
    Permission.SEE_SUPERVISION: {SUPERVISOR},
    Permission.SEE_TRAIL: {SUPERVISOR},
    Permission.SHARE_CASE: {THERAPIST},
    Permission.STOP_ERASURE: {THERAPIST, SUPERVISOR, ADMIN},
    Permission.TAKE_UP_WISH: {SUPERVISOR},
    Permission.TRANSCRIBE: {SUPERVISOR, ADMIN},
}


def viewer(*roles: Role) -> Viewer:
    return Viewer(1, "Somebody", frozenset(roles))


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_its_own_work_and_nothing_else(role: Role, permission: Permission) -> None:
    assert may(viewer(role), permission) is (role in ALLOWED[permission])


def test_roles_add_up() -> None:
    both = viewer(THERAPIST, SUPERVISOR)
    assert {one for one in Permission if may(both, one)} == GRANTS[THERAPIST] | GRANTS[SUPERVISOR]


def test_without_a_role_nothing_is_allowed() -> None:
    assert not any(may(viewer(), permission) for permission in Permission)


def test_an_admin_sees_nobodys_answers() -> None:
    about_patients = {
        Permission.SEE_PATIENT,
        Permission.SEE_ALERT,
        Permission.SEE_CASELOAD,
        Permission.SEE_TRAIL,
    }
    assert not GRANTS[ADMIN] & about_patients


def test_a_supervisor_changes_nothing_but_what_only_supervisors_know_of() -> None:
    changes = {"add", "change", "issue", "manage", "mute"}
    assert not {one for one in GRANTS[SUPERVISOR] if one.name.split("_")[0].lower() in changes}

"""The administrator's side of accounts: who is here, what they may do, corrections, and opening an account again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from alliance.actions.accounts import check_person, new_link
from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.domain.access import NotFound, Permission
from alliance.domain.people import Role, Staff, StaffInvitation, Supervision, Viewer
from alliance.storage import caseload_changes, fhir_tokens, settings, staff, supervisions, web_sessions
from alliance.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account: how many patients they have, and nothing of any of them."""

    person: Staff
    invitation: StaffInvitation | None
    patients: int = 0
    sessions: int = 0
    supervision: Sequence[Supervision] = ()


def everyone(clinic: Clinic, viewer: Viewer) -> list[Colleague]:
    """Everybody, closed accounts included, by name, with the newest link of each."""
    require(viewer, Permission.SEE_PEOPLE)
    with clinic.db.read() as conn:
        invited = staff.invitations(conn)
        return [Colleague(person, invited.get(person.id)) for person in staff.everyone(conn)]


def colleague(clinic: Clinic, viewer: Viewer, staff_id: int, now: datetime) -> Colleague:
    """One of them, with what an administrator may want to do next. Raises NotFound."""
    require(viewer, Permission.SEE_PEOPLE)
    with clinic.db.read() as conn:
        person = _get(conn, staff_id)
        today = settings.clinic_settings(conn).today(now)
        signed_in = [one for _, _, one in web_sessions.every(conn) if one.staff_id == staff_id]
        return Colleague(
            person,
            staff.invitations(conn).get(staff_id),
            caseload_changes.patients_of(conn, staff_id, today),
            sum(one.is_of_somebody(now) for one in signed_in),
            supervisions.of(conn, staff_id),
        )


def correct(clinic: Clinic, viewer: Viewer, staff_id: int, *, name: str, email: str, now: datetime) -> None:
    """Correct somebody's name and address. The trail keeps which of the two, and neither of them.

    Raises Fault, and NotFresh where the address changes.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    name, email = name.strip(), email.strip()
    with clinic.db.write() as conn:
        person = _get(conn, staff_id)
        check_person(name, email, person.roles)
        other = staff.by_email(conn, email)
        if other is not None and other.id != staff_id:
            raise Fault("Somebody with this e-mail address has an account already", "email")
        changed = [
            what
            for what, old, new in (("name", person.name, name), ("email", person.email, email))
            if old != new
        ]
        if "email" in changed:  # it is half of what signs in
            require_fresh(viewer, now)
        if changed:
            staff.rename(conn, staff_id, name=name, email=email)
            record(conn, viewer, "correct account", "staff", staff_id, now, {"changed": changed})


def change_roles(clinic: Clinic, viewer: Viewer, staff_id: int, roles: Iterable[Role], now: datetime) -> None:
    """Let this person do that here, and nothing else, from the next page on; they sign in anew.

    Raises Fault where the clinic would be left without an admin, patients without a therapist, or patients told
    of a supervisor who is none.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    require_fresh(viewer, now)
    wanted = frozenset(roles)
    with clinic.db.write() as conn:
        person = _get(conn, staff_id)
        if wanted == person.roles:
            return
        if not wanted:
            raise Fault(
                "Choose what this person does here. To let nobody in with it, close the account", "roles"
            )
        _check_taken_away(conn, person, person.roles - wanted, settings.clinic_settings(conn).today(now))
        staff.set_roles(conn, staff_id, wanted)
        if Role.THERAPIST not in wanted:
            fhir_tokens.end_all(conn, staff_id, now)
        ended = 0 if staff_id == viewer.staff_id else web_sessions.end_all(conn, staff_id)
        detail: dict[str, object] = {"roles": sorted(wanted), "before": sorted(person.roles)}
        detail["sessions_ended"] = ended
        record(conn, viewer, "change roles", "staff", staff_id, now, detail)


def _check_taken_away(conn: Connection, person: Staff, taken: frozenset[Role], today: date) -> None:
    if Role.ADMIN in taken and not _another_admin(conn, person.id):
        raise Fault("Nobody else can sign in as an admin. Make somebody else one first", "roles")
    if Role.THERAPIST in taken and caseload_changes.patients_of(conn, person.id, today):
        raise Fault(f"{person.name} has patients. Move them to a colleague first", "roles")
    for one in supervisions.of(conn, person.id):
        if one.is_over(today):
            continue
        if Role.SUPERVISOR in taken and one.supervisor_id == person.id:
            raise Fault(f"{person.name} supervises {one.therapist}. End that first", "roles")
        if Role.THERAPIST in taken and one.therapist_id == person.id:
            raise Fault(f"{person.name} is supervised by {one.supervisor}. End that first", "roles")


def _another_admin(conn: Connection, staff_id: int) -> bool:
    return any(
        Role.ADMIN in person.roles and person.ready and not person.disabled and person.id != staff_id
        for person in staff.everyone(conn)
    )


def reopen(clinic: Clinic, viewer: Viewer, staff_id: int, now: datetime) -> str:
    """Open a closed account again: the token of a link where its owner sets a new password. The old one is gone."""
    require(viewer, Permission.MANAGE_PEOPLE)
    require_fresh(viewer, now)
    with clinic.db.write() as conn:
        _get(conn, staff_id)
        if not staff.reopen(conn, staff_id):
            raise Fault("This account is open")
        record(conn, viewer, "open account again", "staff", staff_id, now)
        return new_link(conn, staff_id, now)


def _get(conn: Connection, staff_id: int) -> Staff:
    person = staff.get(conn, staff_id)
    if person is None:
        raise NotFound
    return person

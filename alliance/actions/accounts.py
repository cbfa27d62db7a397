"""Accounts: inviting colleagues, letting them set their password, and closing accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from alliance.actions import backing_off, second_step
from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.faults import Fault
from alliance.actions.own_account import new_password_fault
from alliance.actions.scope import record
from alliance.actions.tokens import new_token, token_hash
from alliance.actions.trail import record_by
from alliance.domain.access import Forbidden, NotFound, Permission, may
from alliance.domain.people import Role, Staff, Viewer
from alliance.storage import fhir_tokens, settings, staff, web_sessions
from alliance.storage.database import Connection

INVITATION_LASTS = timedelta(hours=72)

# Who looks after accounts: an admin, somebody at the server's command line, or the server itself (the demo).
By = Viewer | Literal["command", "system"]


def invite(
    clinic: Clinic,
    *,
    name: str,
    email: str,
    roles: Iterable[Role],
    supervised_by: Iterable[int] = (),
    now: datetime,
    actor: By,
) -> str:
    """Make an account; the answer is the token of a link where its owner sets a password, once, in 72 hours.

    `supervised_by` are ids of supervisors, for a therapist. Raises Fault for what can be put right.
    """
    _check_may_manage(actor, now)
    name, email, roles = name.strip(), email.strip(), frozenset(roles)
    supervisors = tuple(supervised_by)
    check_person(name, email, roles, supervisors)
    with clinic.db.write() as conn:
        if staff.by_email(conn, email) is not None:
            raise Fault("Somebody with this e-mail address has an account already", "email")
        today = settings.clinic_settings(conn).today(now)
        person_id = staff.add(conn, email=email, name=name, roles=roles, at=now)
        for supervisor_id in supervisors:
            supervisor = staff.get(conn, supervisor_id)
            if supervisor_id == person_id:
                raise Fault("Nobody supervises themselves. Choose somebody else", "supervised_by")
            if supervisor is None or supervisor.disabled or Role.SUPERVISOR not in supervisor.roles:
                raise Fault("Choose somebody who supervises here", "supervised_by")
            staff.supervise(conn, supervisor_id=supervisor_id, therapist_id=person_id, starts_on=today)
        detail = {"roles": sorted(roles), "supervised_by": list(supervisors)}
        record_account(conn, actor, "invite colleague", person_id, now, detail)
        return new_link(conn, person_id, now)


def invite_again(clinic: Clinic, staff_id: int, now: datetime, *, actor: By) -> str:
    """The token of a new link, for somebody who lost the first one or the password. Earlier links end.

    The present password goes on working until the new one is set.
    """
    _check_may_manage(actor, now)
    with clinic.db.write() as conn:
        person = staff.get(conn, staff_id)
        if person is None:
            raise NotFound
        if person.disabled:
            raise Fault("This account is closed")
        record_account(conn, actor, "invite colleague again", staff_id, now)
        return new_link(conn, staff_id, now)


def open_invitation(clinic: Clinic, token: str, now: datetime) -> Staff:
    """Whom this link invites. Changes nothing. Raises NotFound once it is used, replaced or 72 hours old."""
    with clinic.db.read() as conn:
        person = staff.invited(conn, token_hash(token), now)
    if person is None:
        raise NotFound
    return person


def accept_invitation(clinic: Clinic, token: str, password: str, now: datetime) -> Staff:
    """Set the password and use the link up. Wherever this person was signed in, they no longer are."""
    invited = open_invitation(clinic, token, now)  # no work for a link that has ended
    if sentence := new_password_fault(clinic, password, invited):
        raise Fault(sentence, "password")
    hashed = clinic.passwords.hash(password)
    with clinic.db.write() as conn:
        person = staff.invited(conn, token_hash(token), now)
        if person is None:
            raise NotFound
        staff.use_invitation(conn, token_hash(token), now)
        staff.end_invitations(conn, person.id, now)
        staff.set_password(conn, person.id, hashed)
        backing_off.begin_anew(conn, clinic, person)
        web_sessions.end_all(conn, person.id)
        fhir_tokens.end_all(conn, person.id, now)
        second_step.record(conn, person.id, "set password", person.id, now)
    return person


def list_staff(clinic: Clinic, *, actor: By) -> list[Staff]:
    """Everybody with an account, closed ones included, by name."""
    if isinstance(actor, Viewer) and not may(actor, Permission.SEE_PEOPLE):
        raise Forbidden
    with clinic.db.read() as conn:
        return staff.everyone(conn)


def disable(clinic: Clinic, staff_id: int, now: datetime, *, actor: By) -> None:
    """Close an account. Its sessions and links end at once; what the person did stays in the records."""
    _check_may_manage(actor, now)
    if isinstance(actor, Viewer) and actor.staff_id == staff_id:
        raise Fault("Ask a colleague to close your own account")
    with clinic.db.write() as conn:
        if staff.get(conn, staff_id) is None:
            raise NotFound
        if not staff.disable(conn, staff_id, now):
            return
        staff.end_invitations(conn, staff_id, now)
        ended = web_sessions.end_all(conn, staff_id)
        fhir_tokens.end_all(conn, staff_id, now)
        record_account(conn, actor, "close account", staff_id, now, {"sessions_ended": ended})


def _check_may_manage(actor: By, now: datetime) -> None:
    """Raise Forbidden, and NotFresh: whoever opens or closes an account shows once more who they are."""
    if isinstance(actor, Viewer):
        if not may(actor, Permission.MANAGE_PEOPLE):
            raise Forbidden
        require_fresh(actor, now)


def check_person(name: str, email: str, roles: frozenset[Role], supervisors: tuple[int, ...] = ()) -> None:
    """Raise Fault for a name, an address or roles that nobody can have."""
    if not 1 <= len(name) <= 200:
        raise Fault("Enter a name of at most 200 characters", "name")
    before, at, behind = email.rpartition("@")
    if (
        not (before and at and behind)
        or len(email) > 254
        or any(c.isspace() or not c.isprintable() for c in email)
    ):
        raise Fault("Enter an e-mail address, like name@example.org", "email")
    if not roles:
        raise Fault("Choose what this person does here", "roles")
    if supervisors and Role.THERAPIST not in roles:
        raise Fault("Only therapists are supervised here", "supervised_by")


def new_link(conn: Connection, staff_id: int, now: datetime) -> str:
    """The token of a new link for this person, within a transaction that is open. Earlier links end."""
    token = new_token()
    staff.end_invitations(conn, staff_id, now)
    staff.invite(conn, staff_id, token_hash(token), at=now, expires_at=now + INVITATION_LASTS)
    return token


def record_account(
    conn: Connection,
    actor: By,
    action: str,
    staff_id: int,
    now: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    """The audit line of what was done with somebody's account, whoever did it."""
    if isinstance(actor, Viewer):
        record(conn, actor, action, "staff", staff_id, now, detail)
    else:
        record_by(conn, actor, action, "staff", staff_id, now, detail)

"""One's own account: how one gets in, where one is signed in, and a new password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alliance.actions import backing_off, confirming
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.password_rules import fault_in
from alliance.actions.second_step import record
from alliance.actions.tokens import token_hash
from alliance.domain.access import NotFound
from alliance.domain.people import Staff, Viewer
from alliance.domain.signing_in import WebSession
from alliance.storage import fhir_tokens, passkeys, second_factors, settings, staff, web_sessions
from alliance.storage.passkeys import Passkey


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One browser in which one is signed in. `key` names it; it opens nothing."""

    key: str
    session: WebSession
    here: bool


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How somebody gets in, and where they are."""

    email: str
    app_since: datetime | None
    codes_left: int
    passkeys: Sequence[Passkey]
    sessions: Sequence[OwnSession]


def ways_in(clinic: Clinic, viewer: Viewer, raw_id: str, now: datetime) -> WaysIn:
    """What stands on one's own page."""
    here = token_hash(raw_id)
    with clinic.db.read() as conn:
        person = staff.get(conn, viewer.staff_id)
        if person is None:
            raise NotFound
        return WaysIn(
            person.email,
            second_factors.since(conn, viewer.staff_id),
            second_factors.codes_left(conn, viewer.staff_id),
            passkeys.of(conn, viewer.staff_id),
            [
                OwnSession(key.hex(), one, key == here)
                for key, one in web_sessions.of(conn, viewer.staff_id)
                if one.is_of_somebody(now)
            ],
        )


def change_password(
    clinic: Clinic, viewer: Viewer, raw_id: str, *, present: str, new: str, now: datetime
) -> None:
    """Set a new password. Every other session of this person ends. Raises Fault."""
    confirming.check(clinic, viewer.staff_id, present, now, "present")
    with clinic.db.read() as conn:
        person = staff.get(conn, viewer.staff_id)
    if person is None:
        raise NotFound
    if sentence := new_password_fault(clinic, new, person):
        raise Fault(sentence, "password")
    hashed = clinic.passwords.hash(new)
    with clinic.db.write() as conn:
        staff.set_password(conn, viewer.staff_id, hashed)
        staff.end_invitations(conn, viewer.staff_id, now)
        backing_off.begin_anew(conn, clinic, person)
        ended = web_sessions.end_all(conn, viewer.staff_id, but=token_hash(raw_id))
        fhir_tokens.end_all(conn, viewer.staff_id, now)
        web_sessions.confirm(conn, token_hash(raw_id), now)
        record(conn, viewer.staff_id, "change password", viewer.staff_id, now, sessions_ended=ended)


def new_password_fault(clinic: Clinic, password: str, person: Staff) -> str | None:
    """What to change about a new password of this person; None if it will do."""
    with clinic.db.read() as conn:
        name = settings.clinic_settings(conn).name
    names = (name, person.name, person.email.partition("@")[0])
    return fault_in(password, names, clinic.config.breached_passwords)


def end_session(clinic: Clinic, viewer: Viewer, key: str, now: datetime) -> None:
    """End one's own session in another browser, or in this one. Raises NotFound."""
    with clinic.db.write() as conn:
        for id_hash, _ in web_sessions.of(conn, viewer.staff_id):
            if id_hash.hex() == key:
                web_sessions.end(conn, id_hash)
                record(conn, viewer.staff_id, "end own session", viewer.staff_id, now)
                return
    raise NotFound


def end_others(clinic: Clinic, viewer: Viewer, raw_id: str, now: datetime) -> int:
    """End all one's own sessions but this one, and answer how many there were."""
    with clinic.db.write() as conn:
        ended = web_sessions.end_all(conn, viewer.staff_id, but=token_hash(raw_id))
        record(conn, viewer.staff_id, "end own other sessions", viewer.staff_id, now, sessions_ended=ended)
    return ended

"""Setting up an app once signed in, new recovery codes, and taking a second step away from somebody who lost it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alliance.actions import backing_off, carried, second_step
from alliance.actions.accounts import By, record_account
from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.faults import Fault
from alliance.actions.tokens import token_hash
from alliance.domain.access import Forbidden, NotFound, Permission, may
from alliance.domain.people import Viewer
from alliance.storage import fhir_tokens, known_browsers, passkeys, second_factors, staff, web_sessions

OPEN_TOO_LONG = "This page was open too long. Here is a new square: scan this one"


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret for an app. `sealed` goes with the page and comes back; it opens in this session alone."""

    secret: str
    sealed: str
    address: str


def offer(clinic: Clinic, staff_id: int, email: str, raw_id: str, sealed: str = "") -> Offer:
    """A new secret, or the one that the page has shown already."""
    place = _place(staff_id, raw_id)
    secret = carried.opened(clinic, sealed, place) or second_step.new_secret()
    address = second_step.address(clinic, email, secret)
    return Offer(secret, carried.sealed(clinic, secret, place), address)


def taken_up(clinic: Clinic, staff_id: int, raw_id: str, sealed: str) -> str:
    """The secret that a page of this session has shown. Raises Fault for anything else."""
    secret = carried.opened(clinic, sealed, _place(staff_id, raw_id))
    if secret is None:
        raise Fault(OPEN_TOO_LONG, "code")
    return secret


def _place(staff_id: int, raw_id: str) -> str:
    return f"set up|{staff_id}|{token_hash(raw_id).hex()}"


def replace(clinic: Clinic, viewer: Viewer, raw_id: str, sealed: str, code: str, now: datetime) -> list[str]:
    """Set an app up, in place of any before; new recovery codes. Every other session of this person ends.

    Raises Fault and NotFresh.
    """
    require_fresh(viewer, now)
    secret = taken_up(clinic, viewer.staff_id, raw_id, sealed)
    with clinic.db.write() as conn:
        codes = second_step.keep(conn, clinic, viewer.staff_id, secret, code, now)
        web_sessions.end_all(conn, viewer.staff_id, but=token_hash(raw_id))
        fhir_tokens.end_all(conn, viewer.staff_id, now)
    return codes


def new_codes(clinic: Clinic, viewer: Viewer, now: datetime) -> list[str]:
    """New recovery codes in place of all before. Raises NotFresh, and Fault without an app."""
    require_fresh(viewer, now)
    with clinic.db.write() as conn:
        if second_factors.since(conn, viewer.staff_id) is None:
            raise Fault("Set up an authenticator app first")
        return second_step.make_codes(conn, viewer.staff_id, now)


def reset(clinic: Clinic, staff_id: int, now: datetime, *, actor: By) -> str:
    """Take app, recovery codes and passkeys away from somebody who lost them; the person's name.

    Whoever does it has seen the person. For an hour a new app can be set up at the sign-in, after the password.
    Raises Forbidden, NotFresh, NotFound, and Fault for one's own.
    """
    if isinstance(actor, Viewer):
        if not may(actor, Permission.MANAGE_PEOPLE):
            raise Forbidden
        require_fresh(actor, now)
        if actor.staff_id == staff_id:
            raise Fault("Replace your own app on your account’s page, or ask a colleague")
    with clinic.db.write() as conn:
        person = staff.get(conn, staff_id)
        if person is None:
            raise NotFound
        second_factors.remove(conn, staff_id)
        removed = passkeys.remove_all(conn, staff_id)
        second_factors.limit_set_up(conn, staff_id, now + second_step.SET_UP_AGAIN)
        known_browsers.forget(conn, staff_id)
        fhir_tokens.end_all(conn, staff_id, now)
        backing_off.begin_anew(conn, clinic, person)
        ended = web_sessions.end_all(conn, staff_id)
        detail: dict[str, object] = {"passkeys": removed, "sessions_ended": ended}
        record_account(conn, actor, "reset second step", staff_id, now, detail)
    return person.name

"""Show once more who one is: before what is grave, and after fifteen minutes without use.

One way for all of it. An act that is grave calls `require_fresh`; where the sign-in, or the password since, is more
than five minutes ago, the web asks for the password and then goes on with what was sent.
"""

from __future__ import annotations

from datetime import datetime

from alliance.actions import backing_off
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.passwords import LONGEST
from alliance.actions.second_step import record
from alliance.actions.tokens import token_hash
from alliance.domain.access import NotFound
from alliance.domain.people import Viewer
from alliance.domain.signing_in import CONFIRMED_FOR
from alliance.storage import staff, web_sessions

WRONG = "Enter the password with which you signed in"


class NotFresh(Exception):
    """Nobody has shown for five minutes that it is still they."""


def require_fresh(viewer: Viewer, now: datetime) -> None:
    """Raise NotFresh unless the viewer has just signed in, or just given the password once more."""
    if viewer.confirmed_at is None or not viewer.confirmed_at <= now < viewer.confirmed_at + CONFIRMED_FOR:
        raise NotFresh


def check(clinic: Clinic, staff_id: int, password: str, now: datetime, field: str | None) -> None:
    """Make sure that this is the password of somebody who is signed in. Raises Fault; the trail keeps the refusal."""
    with clinic.db.write() as conn:
        counted = backing_off.count(conn, clinic, "confirm", staff_id, now, field or "")
        kept = staff.password_hash(conn, staff_id)
    right = len(password) <= LONGEST and clinic.passwords.matches(kept, password) and not counted.exhausted
    with clinic.db.write() as conn:
        if right:
            backing_off.right(conn, counted)
        else:
            record(conn, staff_id, "refuse confirmation", staff_id, now)
            if counted.exhausted:
                web_sessions.end_all(conn, staff_id)
    if not right:
        raise Fault(WRONG, field)


def confirm(clinic: Clinic, raw_id: str, password: str, now: datetime) -> None:
    """Open the session again, if it idled, and count it as fresh from now on. Raises Fault and NotFound."""
    id_hash = token_hash(raw_id)
    with clinic.db.read() as conn:
        kept = web_sessions.get(conn, id_hash)
    if kept is None or kept.half or not kept.lives(now):
        raise NotFound
    check(clinic, kept.staff_id, password, now, "confirm_password")
    with clinic.db.write() as conn:
        if not web_sessions.confirm(conn, id_hash, now):
            raise NotFound
        record(conn, kept.staff_id, "confirm", kept.staff_id, now)

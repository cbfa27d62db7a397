"""Signing in, staying in, signing out. Wrong address, wrong password and closed account look the same."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from alliance.actions.clinic import Clinic, Unavailable
from alliance.actions.passwords import LONGEST as LONGEST_PASSWORD
from alliance.actions.tokens import new_token, token_hash
from alliance.domain.people import Staff, Viewer
from alliance.domain.signing_in import IDLE, LONGEST, WebSession
from alliance.storage import audit, staff, web_sessions
from alliance.storage.database import Connection

NOTE_USE_EVERY = timedelta(minutes=1)


def sign_in(clinic: Clinic, email: str, password: str, now: datetime) -> str | None:
    """The raw id of a new session, or None, whatever the reason. The trail keeps the reason.

    A password too long to be anybody's is refused before any work is done on it.
    """
    if len(password) > LONGEST_PASSWORD:
        with clinic.db.write() as conn:
            _refuse(conn, None, "password too long", now)
        return None
    with clinic.db.read() as conn:
        person = staff.by_email(conn, email.strip())
        kept = staff.password_hash(conn, person.id) if person and not person.disabled else None
    right = clinic.passwords.matches(kept, password)
    if person is None or kept is None or not right:
        with clinic.db.write() as conn:
            _refuse(conn, person, _reason(person), now)
        return None
    renewed = clinic.passwords.hash(password) if clinic.passwords.outdated(kept) else None
    raw_id = new_token()
    with clinic.db.write() as conn:
        # Somebody may have closed the account or changed the password while we were hashing.
        present = staff.get(conn, person.id)
        if present is None or present.disabled or staff.password_hash(conn, person.id) != kept:
            _refuse(conn, person, "changed meanwhile", now)
            return None
        if renewed is not None:
            staff.set_password(conn, person.id, renewed)
        web_sessions.sweep(conn, created_before=now - LONGEST, seen_before=now - IDLE)
        web_sessions.add(conn, token_hash(raw_id), person.id, now)
        audit.record(conn, at=now, actor="staff", actor_id=person.id, action="sign in")
    return raw_id


def resume(clinic: Clinic, raw_id: str, now: datetime) -> Viewer | None:
    """Who is signed in with this session. None once it ended, idled 15 minutes, is 10 hours old."""
    id_hash = token_hash(raw_id)
    with clinic.db.read() as conn:
        kept = web_sessions.get(conn, id_hash)
        person = staff.get(conn, kept.staff_id) if kept else None
    if kept is None or person is None:
        return None
    stands = kept.stands(now) and not person.disabled
    if not stands or now - kept.last_seen_at >= NOTE_USE_EVERY:
        with suppress(Unavailable), clinic.db.write() as conn:  # reading goes on where writing cannot
            if stands:
                web_sessions.touch(conn, id_hash, now)
            else:
                web_sessions.end(conn, id_hash)
    return Viewer(person.id, person.name, person.roles) if stands else None


def session_of(clinic: Clinic, raw_id: str) -> WebSession | None:
    """The times of a session, for the one who is signed in with it."""
    with clinic.db.read() as conn:
        return web_sessions.get(conn, token_hash(raw_id))


def sign_out(clinic: Clinic, raw_id: str, now: datetime) -> None:
    """End the session. A copy of its cookie is worth nothing from now on."""
    with clinic.db.write() as conn:
        kept = web_sessions.get(conn, token_hash(raw_id))
        if kept is None:
            return
        web_sessions.end(conn, token_hash(raw_id))
        audit.record(conn, at=now, actor="staff", actor_id=kept.staff_id, action="sign out")


def _refuse(conn: Connection, person: Staff | None, reason: str, now: datetime) -> None:
    """Note a refused sign-in. What was typed is not kept: people type passwords into the wrong field."""
    audit.record(
        conn,
        at=now,
        actor="staff",
        actor_id=None,
        action="refuse sign-in",
        subject="staff" if person else None,
        subject_id=person.id if person else None,
        detail={"reason": reason},
    )


def _reason(person: Staff | None) -> str:
    if person is None:
        return "unknown address"
    if person.disabled:
        return "account closed"
    return "wrong password" if person.ready else "invitation not accepted"

"""Signing in, staying in, signing out. Wrong address, wrong password and closed account look the same.

The password opens half a session, which reaches the second step and nothing else; see `second_step`. In a demo the
password is enough, unless somebody has set a second step up.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from alliance.actions import backing_off
from alliance.actions.backing_off import Browser
from alliance.actions.clinic import Clinic, Unavailable
from alliance.actions.passwords import LONGEST as LONGEST_PASSWORD
from alliance.actions.tokens import new_token, token_hash
from alliance.domain.people import Staff, Viewer
from alliance.domain.signing_in import HALF_WAITS, LONGEST, WebSession
from alliance.storage import audit, known_browsers, second_factors, staff, web_sessions
from alliance.storage.database import Connection

NOTE_USE_EVERY = timedelta(minutes=1)
NOWHERE = Browser()


@dataclass(frozen=True, slots=True)
class Presence:
    """Who a browser's session belongs to: a viewer; or somebody who has to do the second step, or to give the
    password once more, first.
    """

    person: Staff
    session: WebSession
    viewer: Viewer | None = None

    @property
    def half(self) -> bool:
        return self.session.half

    @property
    def locked(self) -> bool:
        return self.viewer is None and not self.half


def sign_in(
    clinic: Clinic, email: str, password: str, now: datetime, browser: Browser = NOWHERE
) -> str | None:
    """The raw id of a new session, or None, whatever the reason. The trail keeps the reason.

    Half a session, where there is a second step. A password too long to be anybody's is refused before any work is
    done on it. Raises Resting after too many wrong tries.
    """
    email = email.strip()
    if len(password) > LONGEST_PASSWORD:
        with clinic.db.write() as conn:
            _refuse(conn, None, "password too long", now)
        return None
    with clinic.db.write() as conn:
        person = staff.by_email(conn, email)
        kept = staff.password_hash(conn, person.id) if person and not person.disabled else None
        counted = backing_off.count_password(conn, clinic, email, person, browser, now)
    right = clinic.passwords.matches(kept, password)
    if person is None or kept is None or not right or counted.exhausted:
        with clinic.db.write() as conn:
            _refuse(conn, person, "a hundred wrong in a row" if right else _reason(person), now)
        return None
    renewed = clinic.passwords.hash(password) if clinic.passwords.outdated(kept) else None
    with clinic.db.write() as conn:
        # Somebody may have closed the account or changed the password while we were hashing.
        present = staff.get(conn, person.id)
        if present is None or present.disabled or staff.password_hash(conn, person.id) != kept:
            _refuse(conn, person, "changed meanwhile", now)
            return None
        if renewed is not None:
            staff.set_password(conn, person.id, renewed)
        backing_off.right(conn, counted)
        if clinic.config.demo and second_factors.since(conn, person.id) is None:
            return begin(conn, person.id, now, browser, "password")
        raw_id = new_token()
        web_sessions.add(conn, token_hash(raw_id), person.id, now, half=True, browser=browser.label)
    return raw_id


def begin(conn: Connection, staff_id: int, now: datetime, browser: Browser, by: str) -> str:
    """The raw id of a whole session, within a transaction that is open. `by` says what was shown, for the trail."""
    raw_id = new_token()
    backing_off.sweep(conn, now)
    web_sessions.sweep(conn, created_before=now - LONGEST, half_before=now - HALF_WAITS)
    web_sessions.add(conn, token_hash(raw_id), staff_id, now, half=False, browser=browser.label)
    if browser.known:
        known_browsers.note(conn, token_hash(browser.known), staff_id, now)
    audit.record(conn, at=now, actor="staff", actor_id=staff_id, action="sign in", detail={"by": by})
    return raw_id


def presence(clinic: Clinic, raw_id: str, now: datetime) -> Presence | None:
    """Whose session this is, and whether it opens pages. None once it ended, was never, or is 10 hours old."""
    id_hash = token_hash(raw_id)
    with clinic.db.read() as conn:
        kept = web_sessions.get(conn, id_hash)
        person = staff.get(conn, kept.staff_id) if kept else None
    if kept is None or person is None:
        return None
    lives, idled = kept.lives(now) and not person.disabled, kept.idled(now)
    with suppress(Unavailable):  # reading goes on where writing cannot
        if not lives:
            with clinic.db.write() as conn:
                web_sessions.end(conn, id_hash)
        elif idled and kept.locked_at is None:
            with clinic.db.write() as conn:
                web_sessions.lock(conn, id_hash, now)
        elif not idled and not kept.half and now - kept.last_seen_at >= NOTE_USE_EVERY:
            with clinic.db.write() as conn:
                web_sessions.touch(conn, id_hash, now)
    if not lives:
        return None
    if kept.half or idled:
        return Presence(person, kept)
    return Presence(person, kept, Viewer(person.id, person.name, person.roles, kept.confirmed_at))


def resume(clinic: Clinic, raw_id: str, now: datetime) -> Viewer | None:
    """Who is signed in with this session. None once it ended, idled 15 minutes, is 10 hours old."""
    found = presence(clinic, raw_id, now)
    return found.viewer if found else None


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

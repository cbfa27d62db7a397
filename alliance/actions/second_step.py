"""The second step: a code of an authenticator app, or a recovery code, and setting either up.

Codes are those of RFC 6238: six digits, SHA-1, half minutes. A code works once: the last half minute of which one was
used is kept, and none of it or before works again, however the clock is put.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

import pyotp

from alliance.actions import backing_off
from alliance.actions.backing_off import Browser
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.signing_in import begin
from alliance.actions.tokens import token_hash
from alliance.domain.access import NotFound
from alliance.domain.people import Staff
from alliance.domain.signing_in import WebSession
from alliance.storage import audit, second_factors, staff, web_sessions
from alliance.storage.database import Connection

STEP = 30  # seconds
SLACK = 1  # half minutes that a clock may be off, before and after
CODES = 10
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that can be taken for another
PARTS, PART = 4, 4  # 16 signs of 31: 79 bits
SET_UP_AGAIN = timedelta(hours=1)  # the person is there, so that is plenty

USED = "This code has been used. Wait for the next one, half a minute at most"
WRONG = "This is not the code that the app shows now. Type the six digits as they stand there"
WRONG_RECOVERY = "This is none of your recovery codes, or it has been used"


def new_secret() -> str:
    """A random secret for an app: 160 bits, in base32."""
    return pyotp.random_base32()


def address(clinic: Clinic, email: str, secret: str) -> str:
    """What the square holds that an app scans."""
    name = clinic.settings().name
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"Alliance {name}".strip())


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute whose code this is, the newest first; None if it is of none near now."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    at, app = int(now.timestamp()) // STEP, pyotp.TOTP(secret)
    for step in range(at + SLACK, at - SLACK - 1, -1):
        if step >= 0 and hmac.compare_digest(app.generate_otp(step), digits):
            return step
    return None


def is_set_up(clinic: Clinic, staff_id: int) -> bool:
    """Whether this person has an app."""
    with clinic.db.read() as conn:
        return second_factors.since(conn, staff_id) is not None


def may_set_up(clinic: Clinic, staff_id: int, now: datetime) -> bool:
    """Whether half a session may set an app up: none is there, and it was not taken away too long ago."""
    with clinic.db.read() as conn:
        until = second_factors.set_up_until(conn, staff_id)
        return second_factors.since(conn, staff_id) is None and (until is None or now < until)


def enter_code(clinic: Clinic, raw_id: str, code: str, now: datetime, browser: Browser) -> str:
    """The raw id of a whole session in place of half a one, for a code of the app. Raises Fault and NotFound."""
    person_id, counted = _try(clinic, raw_id, now)
    with clinic.db.write() as conn:
        person = _half(conn, raw_id, now)
        app = second_factors.authenticator(conn, clinic.keyring, person.id)
        step = step_of(app.secret, code, now) if app and not counted.exhausted else None
        if step is not None and second_factors.use_step(conn, person.id, step):
            backing_off.right(conn, counted)
            return _complete(conn, raw_id, person, now, browser, "password and code")
    _refuse(clinic, person_id, "wrong code" if step is None else "code used before", now)
    raise Fault(WRONG if step is None else USED, "code")


def enter_recovery_code(
    clinic: Clinic, raw_id: str, code: str, now: datetime, browser: Browser
) -> tuple[str, int]:
    """The same for a recovery code, which it uses up; and how many are left. Raises Fault and NotFound."""
    person_id, counted = _try(clinic, raw_id, now)
    with clinic.db.write() as conn:
        person = _half(conn, raw_id, now)
        found = not counted.exhausted and second_factors.use_code(conn, person.id, code_hash(code), now)
        if found:
            backing_off.right(conn, counted)
            left = second_factors.codes_left(conn, person.id)
            record(conn, person.id, "use recovery code", person.id, now, left=left)
            return _complete(conn, raw_id, person, now, browser, "password and recovery code"), left
    _refuse(clinic, person_id, "wrong recovery code", now)
    raise Fault(WRONG_RECOVERY, "code")


def set_up(
    clinic: Clinic, raw_id: str, secret: str, code: str, now: datetime, browser: Browser
) -> tuple[str, list[str]]:
    """Set an app up at the first sign-in: the raw id of a whole session, and recovery codes to be shown once.

    Raises Fault and NotFound.
    """
    with clinic.db.write() as conn:
        person = _half(conn, raw_id, now)
        until = second_factors.set_up_until(conn, person.id)
        if second_factors.since(conn, person.id) is not None or (until is not None and now >= until):
            raise NotFound
        codes = keep(conn, clinic, person.id, secret, code, now)
        return _complete(conn, raw_id, person, now, browser, "password and new app"), codes


def keep(conn: Connection, clinic: Clinic, staff_id: int, secret: str, code: str, now: datetime) -> list[str]:
    """Keep an app that has shown this code, in place of any before, within a transaction that is open.

    The answer is new recovery codes. Raises Fault.
    """
    step = step_of(secret, code, now)
    if step is None:
        raise Fault(WRONG, "code")
    before = second_factors.since(conn, staff_id)
    second_factors.set_up(conn, clinic.keyring, staff_id, secret, last_step=step, at=now)
    second_factors.limit_set_up(conn, staff_id, None)
    action = "set up authenticator" if before is None else "replace authenticator"
    record(conn, staff_id, action, staff_id, now)
    return make_codes(conn, staff_id, now)


def make_codes(conn: Connection, staff_id: int, now: datetime) -> list[str]:
    """Ten new recovery codes in place of all before. They are kept as hashes, and shown once."""
    codes = [new_recovery_code() for _ in range(CODES)]
    second_factors.make_codes(conn, staff_id, map(code_hash, codes), now)
    record(conn, staff_id, "make recovery codes", staff_id, now)
    return codes


def new_recovery_code() -> str:
    """One recovery code: 79 random bits that are easy to read and type."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(PART)) for _ in range(PARTS))


def code_hash(code: str) -> bytes:
    """What is kept of a recovery code, however it was typed: capitals, spaces and dashes make no difference."""
    return token_hash("".join(sign for sign in code.casefold() if sign.isalnum()))


def record(
    conn: Connection, actor_id: int | None, action: str, staff_id: int, now: datetime, **detail: object
) -> None:
    """A line about somebody's ways in."""
    audit.record(
        conn,
        at=now,
        actor="staff",
        actor_id=actor_id,
        action=action,
        subject="staff",
        subject_id=staff_id,
        detail=detail or None,
    )


def _try(clinic: Clinic, raw_id: str, now: datetime) -> tuple[int, backing_off.Counted]:
    with clinic.db.write() as conn:
        person = _half(conn, raw_id, now)
        return person.id, backing_off.count(conn, clinic, "code", person.id, now, "code")


def _half(conn: Connection, raw_id: str, now: datetime) -> Staff:
    kept: WebSession | None = web_sessions.get(conn, token_hash(raw_id))
    person = staff.get(conn, kept.staff_id) if kept and kept.half and kept.lives(now) else None
    if person is None or person.disabled:
        raise NotFound
    return person


def _complete(conn: Connection, raw_id: str, person: Staff, now: datetime, browser: Browser, by: str) -> str:
    web_sessions.end(conn, token_hash(raw_id))
    return begin(conn, person.id, now, browser, by)


def _refuse(clinic: Clinic, staff_id: int, reason: str, now: datetime) -> None:
    with clinic.db.write() as conn:
        record(conn, None, "refuse second step", staff_id, now, reason=reason)

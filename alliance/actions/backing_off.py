"""Guessing is made to wait: five tries are free, then each costs twice the time of the one before, to 15 minutes.

A try is counted before it is looked at, so that many at once are no way around it, and forgotten if it was right.
What is counted for is named by a keyed hash. An address counts whether anybody has it or not: who guesses cannot tell
from the waiting. In a browser in which its owner has come in before, an account counts apart: nobody is kept out by
what others guess elsewhere.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.tokens import token_hash
from alliance.domain.people import Staff
from alliance.domain.signing_in import FORGOTTEN_AFTER, Guesses
from alliance.storage import guesses, known_browsers
from alliance.storage.database import Connection

ELSEWHERE = ", or in a browser in which you have signed in before"


class Resting(Fault):
    """Too many wrong tries; the next is looked at `until` then."""

    def __init__(self, until: datetime, now: datetime, field: str | None, elsewhere: str = "") -> None:
        minutes = max(1, -(-(until - now) // timedelta(minutes=1)))
        unit = "minute" if minutes == 1 else "minutes"
        super().__init__(
            f"After several wrong tries this rests. Try again in {minutes} {unit}{elsewhere}", field
        )
        self.until = until


@dataclass(frozen=True, slots=True)
class Counted:
    """A try that has been counted, for what. `exhausted` is never right, whatever was typed."""

    buckets: tuple[bytes, ...]
    exhausted: bool = False


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in: what the browser calls itself, and the token by which it is known, if it has one."""

    label: str = ""
    known: str = ""


def bucket(clinic: Clinic, kind: str, *what: object) -> bytes:
    """The name of a count."""
    told = "|".join((kind, *map(str, what))).encode("utf-8", "surrogatepass")
    return hmac.digest(clinic.keyring.cookie_secret, told, "sha256")


def count_password(
    conn: Connection, clinic: Clinic, email: str, person: Staff | None, browser: Browser, now: datetime
) -> Counted:
    """Count a try at the sign-in page. Raises Resting."""
    staff_id = person.id if person else 0
    if person is not None and browser.known:
        token = token_hash(browser.known)
        own = bucket(clinic, "browser", token.hex(), staff_id)
        before = guesses.get(conn, own)
        if known_browsers.knows(conn, token, staff_id) and not (before and before.exhausted):
            return _count(conn, own, "browser", now, "email")
    address = _count(
        conn, bucket(clinic, "address", email.casefold()), "address", now, "email", elsewhere=ELSEWHERE
    )
    # The sum over all unknown browsers has no rest and is never forgotten, so that patience is no way around it.
    account = bucket(clinic, "account", staff_id)
    before = guesses.get(conn, account)
    guesses.put(conn, account, "account", Guesses(before.in_row + 1 if before else 1, now))
    return Counted((*address.buckets, account), bool(before and before.exhausted))


def count(conn: Connection, clinic: Clinic, kind: str, staff_id: int, now: datetime, field: str) -> Counted:
    """Count a try at a code, or at the password of somebody who is signed in. Raises Resting."""
    return _count(conn, bucket(clinic, kind, staff_id), kind, now, field)


def _count(
    conn: Connection, name: bytes, kind: str, now: datetime, field: str, elsewhere: str = ""
) -> Counted:
    before = guesses.get(conn, name)
    if before is not None:
        if until := before.rests_until(now):
            raise Resting(until, now, field, elsewhere)
        if before.forgotten(now) and kind in ("address", "browser"):
            before = None
    guesses.put(conn, name, kind, Guesses(before.in_row + 1 if before else 1, now))
    return Counted((name,), bool(before and before.exhausted))


def right(conn: Connection, counted: Counted) -> None:
    """It was no guess: begin anew."""
    guesses.forget(conn, counted.buckets)


def begin_anew(conn: Connection, clinic: Clinic, person: Staff) -> None:
    """Forget every wrong try at this account, now that its owner has a new password or a new second step."""
    kinds = [("account", person.id), ("address", person.email.casefold()), ("code", person.id)]
    guesses.forget(conn, [bucket(clinic, kind, what) for kind, what in [*kinds, ("confirm", person.id)]])


def sweep(conn: Connection, now: datetime) -> None:
    """Delete what is too old to count."""
    guesses.sweep(conn, now - FORGOTTEN_AFTER)

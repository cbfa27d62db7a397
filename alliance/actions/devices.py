"""The staff's side of the clinic's tablets: add, set up anew, revoke, and make a code for one of them."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.inviting import invite
from alliance.actions.scope import record, require
from alliance.actions.tokens import new_token, token_hash
from alliance.domain import kiosk
from alliance.domain.access import NotFound, Permission
from alliance.domain.kiosk import CODE_LASTS, SETUP_LASTS, Tablet
from alliance.domain.people import Viewer
from alliance.domain.therapy import Channel
from alliance.storage import devices
from alliance.storage.database import Connection

LONGEST_NAME = 60


def every(clinic: Clinic, viewer: Viewer) -> list[Tablet]:
    """All tablets of the clinic, those that were revoked last."""
    require(viewer, Permission.MANAGE_TABLETS)
    with clinic.db.read() as conn:
        return devices.every(conn)


def in_use(clinic: Clinic, viewer: Viewer) -> list[Tablet]:
    """The tablets that a code can be made for."""
    require(viewer, Permission.ISSUE_LINK)
    with clinic.db.read() as conn:
        return devices.ready(conn)


@dataclass(frozen=True, slots=True)
class SetUp:
    """A link that turns the browser it is opened in into this tablet. Its token is shown once."""

    tablet: Tablet
    token: str


def add(clinic: Clinic, viewer: Viewer, *, name: str, pin: str, now: datetime) -> SetUp:
    """Add a tablet. Raises Fault for a name that is empty, long or taken, and for a PIN that is easy to find."""
    require(viewer, Permission.MANAGE_TABLETS)
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Fault(f"Enter a name of 1 to {LONGEST_NAME} letters, such as Front desk", "name")
    if not kiosk.is_pin(pin):
        raise Fault(f"Enter a PIN of {kiosk.SHORTEST_PIN} to {kiosk.LONGEST_PIN} digits", "pin")
    if kiosk.too_simple(pin):
        raise Fault("Choose a PIN that is not one digit over and over, and no digits in a row", "pin")
    pin_hash = clinic.passwords.hash(pin)
    with clinic.db.write() as conn:
        if devices.named(conn, name):
            raise Fault("A tablet has this name already. Choose another", "name")
        device_id = devices.add(conn, name, pin_hash, now)
        record(conn, viewer, "add tablet", "tablet", device_id, now, {"name": name})
        return _set_up_link(conn, device_id, now)


def set_up_again(clinic: Clinic, viewer: Viewer, device_id: int, now: datetime) -> SetUp:
    """A new link for a tablet. Whoever carries it goes on until the link is used. Raises NotFound."""
    require(viewer, Permission.MANAGE_TABLETS)
    with clinic.db.write() as conn:
        _present(conn, device_id)
        record(conn, viewer, "make set-up link", "tablet", device_id, now)
        return _set_up_link(conn, device_id, now)


def _set_up_link(conn: Connection, device_id: int, now: datetime) -> SetUp:
    token = new_token()
    devices.await_setup(conn, device_id, token_hash(token), now + SETUP_LASTS)
    return SetUp(_present(conn, device_id), token)


def revoke(clinic: Clinic, viewer: Viewer, device_id: int, now: datetime) -> Tablet:
    """Take a tablet out of use at once and for good. Raises NotFound for one that is not there any more."""
    require(viewer, Permission.MANAGE_TABLETS)
    with clinic.db.write() as conn:
        tablet = _present(conn, device_id)
        devices.revoke(conn, device_id, now)
        record(conn, viewer, "revoke tablet", "tablet", device_id, now)
    return tablet


def _present(conn: Connection, device_id: int) -> Tablet:
    tablet = devices.get(conn, device_id)
    if tablet is None or tablet.revoked_at is not None:
        raise NotFound
    return tablet


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is read out, once, and the tablet that takes it until `expires_at`."""

    words: str
    tablet: Tablet
    expires_at: datetime


def make_code(clinic: Clinic, viewer: Viewer, session_id: int, device_id: int | None, now: datetime) -> Code:
    """Make a code that opens one session's questionnaire on one tablet, once, within ten minutes.

    Without `device_id` it is for the clinic's only tablet. Making one lets the tablet take codes again if it
    had paused. Raises Fault without such a tablet, NotFound, and Forbidden for another's patient.
    """
    require(viewer, Permission.ISSUE_LINK)
    code, expires_at = kiosk.code_of(secrets.randbits(kiosk.CODE_BITS)), now + CODE_LASTS
    with clinic.db.write() as conn:
        made = invite(clinic, conn, viewer, session_id, Channel.KIOSK, now)
        tablets = devices.ready(conn)
        if device_id is None and len(tablets) > 1:
            raise Fault("Choose the tablet that the code is for", "tablet")
        tablet = next((tablet for tablet in tablets if device_id in (None, tablet.id)), None)
        if tablet is None:
            raise Fault("This tablet is no longer in use. Choose another way", "tablet")
        fingerprint = code_hash(clinic, tablet.id, code)
        devices.add_code(conn, tablet.id, made.invitation_id, fingerprint, now=now, expires_at=expires_at)
        devices.clear_wrong(conn, tablet.id, "code")
    return Code(kiosk.shown(code), tablet, expires_at)


def code_hash(clinic: Clinic, device_id: int, code: str) -> bytes:
    """What is kept of a code. It is short, so whoever has the database alone must not be able to try them all."""
    told = f"kiosk code|{device_id}|{code}".encode()
    return hmac.digest(clinic.keyring.cookie_secret, told, sha256)

"""Passkeys (WebAuthn): both steps at once, where the device has made sure who holds it. Several, named, removable.

A challenge is a random number with its end and a keyed mark of what it is for and in which browser, so that nothing has
to be kept for who only looks at the sign-in page. One that was answered is kept until its end: it works once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from alliance.actions.backing_off import Browser
from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.faults import Fault
from alliance.actions.second_step import record
from alliance.actions.signing_in import begin
from alliance.domain.access import NotFound
from alliance.domain.people import Viewer
from alliance.storage import passkeys, staff
from alliance.storage.passkeys import Passkey

LASTS = timedelta(minutes=10)
MOST = 10  # of one person
LONGEST_REPLY = 16_000  # characters; the longest seen is a tenth of it
ALGORITHMS = (-8, -7, -257)  # Ed25519, ECDSA and RSA, as they are numbered in COSE

UNREAD = "This passkey could not be read. Try again, or use the password"
TOO_LATE = "This page was open too long. Try the passkey once more"
UNKNOWN = "This passkey opens no account here. Use the password"
NOT_ADDED = "This passkey could not be added. Try again, and confirm it on your device"

# What is not proved, and what the readers of CBOR and JSON beneath say of what they cannot read.
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)


def possible(clinic: Clinic) -> bool:
    """Whether browsers make passkeys for this address: it has a name, not only a number."""
    host = _host(clinic)
    return bool(host) and not (":" in host or host.replace(".", "").isdigit())


def _host(clinic: Clinic) -> str:
    return urlsplit(clinic.config.public_url).hostname or ""


def challenge(clinic: Clinic, purpose: str, now: datetime) -> str:
    """A challenge for one purpose: signing in in one browser, or adding for one person in one session."""
    told = secrets.token_bytes(16) + int((now + LASTS).timestamp()).to_bytes(8, "big")
    return _as_text(told + _mark(clinic, purpose, told))


def _mark(clinic: Clinic, purpose: str, told: bytes) -> bytes:
    return hmac.digest(clinic.keyring.cookie_secret, b"challenge|" + purpose.encode() + b"|" + told, "sha256")


def _check_challenge(clinic: Clinic, purpose: str, text: str, now: datetime) -> tuple[bytes, datetime]:
    """The challenge that was answered, and its end. Raises Fault for one that is not ours, or over."""
    raw = _as_bytes(text)
    told, mark = raw[:24], raw[24:]
    if len(raw) != 56 or not hmac.compare_digest(mark, _mark(clinic, purpose, told)):
        raise Fault(TOO_LATE)
    ends = datetime.fromtimestamp(int.from_bytes(told[16:], "big"), UTC)
    if not ends - LASTS <= now < ends:
        raise Fault(TOO_LATE)
    return raw, ends


def options_to_add(clinic: Clinic, viewer: Viewer, email: str, purpose: str, now: datetime) -> dict[str, Any]:
    """What a browser needs to know to make a passkey."""
    with clinic.db.read() as conn:
        has = passkeys.of(conn, viewer.staff_id)
    handle = hashlib.sha256(f"alliance|{_host(clinic)}|{viewer.staff_id}".encode()).digest()
    return {
        "rp": {"id": _host(clinic), "name": "Alliance"},
        "user": {"id": _as_text(handle), "name": email, "displayName": viewer.name},
        "challenge": challenge(clinic, purpose, now),
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in ALGORITHMS],
        "excludeCredentials": [{"type": "public-key", "id": _as_text(one.credential_id)} for one in has],
        "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
        "attestation": "none",
        "timeout": 300_000,
    }


def options_to_sign_in(clinic: Clinic, purpose: str, now: datetime) -> dict[str, Any]:
    """What a browser needs to know to use one. Whose it is, the passkey says."""
    return {
        "rpId": _host(clinic),
        "challenge": challenge(clinic, purpose, now),
        "userVerification": "required",
        "timeout": 300_000,
    }


def add(clinic: Clinic, viewer: Viewer, *, name: str, reply: str, purpose: str, now: datetime) -> None:
    """Keep a passkey that the viewer's browser has made. Raises Fault and NotFresh."""
    from alliance.actions import passkey_proofs

    require_fresh(viewer, now)
    name = _checked_name(name)
    try:
        told = _read(reply)
        raw, ends = _check_challenge(clinic, purpose, _challenge_in(told), now)
        made = passkey_proofs.of_making(
            told, challenge=raw, host=_host(clinic), address=clinic.config.public_url
        )
    except UNREADABLE as error:
        raise Fault(NOT_ADDED) from error
    with clinic.db.write() as conn:
        if len(passkeys.of(conn, viewer.staff_id)) >= MOST:
            raise Fault(f"You have {MOST} passkeys, which is as many as there can be. Remove one first")
        if passkeys.by_credential(conn, made.credential_id) is not None:
            raise Fault("This passkey is known here already")
        if not passkeys.answer_once(conn, hashlib.sha256(raw).digest(), expires_at=ends, now=now):
            raise Fault(TOO_LATE)
        passkeys.add(
            conn,
            viewer.staff_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name,
            at=now,
        )
        record(conn, viewer.staff_id, "add passkey", viewer.staff_id, now)


def sign_in(clinic: Clinic, reply: str, purpose: str, now: datetime, browser: Browser) -> str:
    """The raw id of a whole session. Raises Fault; the trail keeps whose passkey was refused, if that is known."""
    from alliance.actions import passkey_proofs

    found: Passkey | None = None
    try:
        told = _read(reply)
        raw, ends = _check_challenge(clinic, purpose, _challenge_in(told), now)
        with clinic.db.read() as conn:
            found = passkeys.by_credential(conn, _as_bytes(told["rawId"]))
        if found is None:
            raise Fault(UNKNOWN)
        shown = passkey_proofs.of_having(
            told,
            challenge=raw,
            host=_host(clinic),
            address=clinic.config.public_url,
            public_key=found.public_key,
            count=found.sign_count,
        )
    except Fault as fault:
        _refuse(clinic, None, fault.sentence, now)
        raise
    except UNREADABLE as error:
        _refuse(clinic, found, UNREAD, now)
        raise Fault(UNREAD) from error
    with clinic.db.write() as conn:
        person = staff.get(conn, found.staff_id)
        known = passkeys.by_credential(conn, found.credential_id)
        if person is not None and not person.disabled and person.ready and known is not None:
            once = passkeys.answer_once(conn, hashlib.sha256(raw).digest(), expires_at=ends, now=now)
            if once:
                passkeys.used(conn, found.id, shown.new_sign_count, now)
                return begin(conn, person.id, now, browser, "passkey")
    _refuse(clinic, found, UNKNOWN, now)
    raise Fault(UNKNOWN)


def rename(clinic: Clinic, viewer: Viewer, passkey_id: int, name: str, now: datetime) -> None:
    """Call one's own passkey something else. Raises Fault and NotFound."""
    name = _checked_name(name)
    with clinic.db.write() as conn:
        if not passkeys.rename(conn, viewer.staff_id, passkey_id, name):
            raise NotFound
        record(conn, viewer.staff_id, "rename passkey", viewer.staff_id, now)


def remove(clinic: Clinic, viewer: Viewer, passkey_id: int, now: datetime) -> None:
    """Let one's own passkey open nothing any more. Raises NotFresh and NotFound."""
    require_fresh(viewer, now)
    with clinic.db.write() as conn:
        if not passkeys.remove(conn, viewer.staff_id, passkey_id):
            raise NotFound
        record(conn, viewer.staff_id, "remove passkey", viewer.staff_id, now)


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise Fault("Give the passkey a name of at most 60 letters, such as the device it is on", "name")
    return name


def _as_text(told: bytes) -> str:
    """As WebAuthn writes bytes in JSON: base64 for addresses, without what fills it up."""
    return urlsafe_b64encode(told).decode().rstrip("=")


def _as_bytes(text: str) -> bytes:
    """What `_as_text` wrote, filled up or not. Raises ValueError."""
    return urlsafe_b64decode(f"{text}===")


def _read(reply: str) -> dict[str, Any]:
    if len(reply) > LONGEST_REPLY:
        raise ValueError("too long")
    told = json.loads(reply)
    if not isinstance(told, dict):
        raise ValueError("not a reply")
    return told


def _challenge_in(told: dict[str, Any]) -> str:
    said = json.loads(_as_bytes(told["response"]["clientDataJSON"]))
    if not isinstance(said, dict) or not isinstance(said["challenge"], str):
        raise ValueError("not a challenge")
    return str(said["challenge"])


def _refuse(clinic: Clinic, found: Passkey | None, sentence: str, now: datetime) -> None:
    with clinic.db.write() as conn:
        reason = {UNKNOWN: "unknown passkey", TOO_LATE: "old challenge"}.get(sentence, "passkey not proved")
        record(conn, None, "refuse passkey", found.staff_id if found else 0, now, reason=reason)

"""What a tablet may do: be set up, take a code, open the questionnaire behind it, be left with the staff's PIN."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from alliance.actions.clinic import Clinic
from alliance.actions.devices import code_hash
from alliance.actions.tokens import new_token, token_hash
from alliance.domain import kiosk
from alliance.domain.access import NotFound
from alliance.domain.audit import Actor
from alliance.domain.kiosk import ASK_SOMEBODY, MOST_CODES, MOST_PINS, PAGE_LASTS, Tablet, Wrong
from alliance.storage import audit, devices
from alliance.storage.database import Connection


class NoTablet(NotFound):
    """This browser is none of the clinic's tablets."""


class WrongCode(Exception):
    """The code opens nothing here: mistyped, used, too old, or for another tablet. Which, nobody is told.

    `ask`: it has been wrong so often that somebody should help.
    """

    def __init__(self, *, ask: bool) -> None:
        super().__init__("this code opens nothing here")
        self.ask = ask


class WrongPin(Exception):
    """The PIN is not this tablet's. `paused`: it was wrong so often that none is looked at for a while."""

    def __init__(self, *, paused: bool) -> None:
        super().__init__("this is not the PIN")
        self.paused = paused


def tablet_of(clinic: Clinic, token: str | None) -> Tablet:
    """The tablet that carries this token. Raises NoTablet."""
    with clinic.db.read() as conn:
        return _tablet(conn, token)


def _tablet(conn: Connection, token: str | None) -> Tablet:
    tablet = devices.by_token(conn, token_hash(token)) if token else None
    if tablet is None:
        raise NoTablet
    return tablet


def to_set_up(clinic: Clinic, token: str, now: datetime) -> Tablet:
    """The tablet that a set-up link is for. Reads only. Raises NotFound once it was used or is too old."""
    with clinic.db.read() as conn:
        return _awaited(conn, token, now)


def _awaited(conn: Connection, token: str, now: datetime) -> Tablet:
    tablet = devices.by_setup(conn, token_hash(token), now)
    if tablet is None:
        raise NotFound
    return tablet


def set_up(clinic: Clinic, token: str, now: datetime) -> str:
    """Use a set-up link: the token that makes a browser this tablet. Whoever carried it before no longer does."""
    fresh = new_token()
    with clinic.db.write() as conn:
        tablet = _awaited(conn, token, now)
        devices.forget(conn, tablet.id)
        devices.set_up(conn, tablet.id, token_hash(fresh))
        _record(conn, "staff", "set up tablet", tablet.id, now)
    return fresh


@dataclass(frozen=True, slots=True)
class Visit:
    """One patient at the tablet. `token` opens the questionnaire, together with the tablet's own.

    `mark` stands in each page of the visit and says which it belongs to; it opens nothing.
    """

    token: str
    language: str

    @property
    def mark(self) -> str:
        return mark_of(self.token)


def mark_of(secret: str) -> str:
    """What stands in the pages that a secret opened, so that a page of an earlier one is known as such."""
    return sha256(b"kiosk page|" + secret.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def form_token(tablet_token: str, visit_token: str) -> str:
    """The token of a questionnaire that a code opened: two halves, so that it opens on this tablet alone."""
    return f"{tablet_token}.{visit_token}"


def enter(clinic: Clinic, tablet_token: str | None, typed: str, now: datetime) -> Visit:
    """Take a code, once. Raises NoTablet, or WrongCode.

    A right code opens however many were wrong before, until there were more than a person can type.
    """
    code, fresh = kiosk.typed(typed), new_token()
    with clinic.db.write() as conn:
        tablet = _tablet(conn, tablet_token)
        form_hash = token_hash(form_token(tablet_token or "", fresh))
        wrong = devices.wrong(conn, tablet.id, "code") or Wrong(0, now)
        if wrong.within(now) >= MOST_CODES:
            raise WrongCode(ask=True)  # whatever it is, it is not even looked at
        if code is not None:
            kept = code_hash(clinic, tablet.id, code)
            if devices.use_code(conn, tablet.id, kept, form_hash, now) is not None:
                _record(conn, "patient", "open by code", tablet.id, now)
                page = devices.opened(conn, tablet.id, form_hash)
                return Visit(fresh, page.language if page else "en")
        wrong = wrong.again(now)
        devices.note_wrong(conn, tablet.id, "code", wrong)
    raise WrongCode(ask=wrong.count >= ASK_SOMEBODY)


def visit_of(
    clinic: Clinic, tablet_token: str | None, visit_token: str | None, now: datetime
) -> Visit | None:
    """The visit that is open on this tablet, None if none is or it was left open too long. Raises NoTablet."""
    with clinic.db.read() as conn:
        tablet = _tablet(conn, tablet_token)
        if not visit_token:
            return None
        page = devices.opened(conn, tablet.id, token_hash(form_token(tablet_token or "", visit_token)))
    if page is None or not page.used_at <= now < page.used_at + PAGE_LASTS:
        return None
    return Visit(visit_token, page.language)


def leave(clinic: Clinic, tablet_token: str | None, pin: str, now: datetime) -> None:
    """End the tablet's use here: it is known no longer, until it is set up again. Raises NoTablet or WrongPin."""
    with clinic.db.write() as conn:
        # A try counts before it is looked at, so that many at once are not more tries than one after another.
        tablet = _tablet(conn, tablet_token)
        kept = devices.pin_hash(conn, tablet.id)
        wrong = devices.wrong(conn, tablet.id, "pin") or Wrong(0, now)
        paused = wrong.within(now) >= MOST_PINS
        if not paused:
            wrong = wrong.again(now)
            devices.note_wrong(conn, tablet.id, "pin", wrong)
    if paused:
        raise WrongPin(paused=True)
    right = kiosk.is_pin(pin) and clinic.passwords.matches(kept, pin)
    with clinic.db.write() as conn:
        if not right:
            _record(conn, "staff", "wrong pin", tablet.id, now)
        else:
            devices.forget(conn, _tablet(conn, tablet_token).id)
            devices.clear_wrong(conn, tablet.id, "pin")
            _record(conn, "staff", "leave tablet", tablet.id, now)
    if not right:
        raise WrongPin(paused=wrong.count >= MOST_PINS)


def _record(conn: Connection, actor: Actor, action: str, tablet_id: int, now: datetime) -> None:
    """The audit line of what happened at a tablet: by nobody named."""
    audit.record(
        conn, at=now, actor=actor, actor_id=None, action=action, subject="tablet", subject_id=tablet_id
    )

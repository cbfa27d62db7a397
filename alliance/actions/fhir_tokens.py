"""Tokens with which another system reads a therapist's own records: made and ended by that therapist alone.

An administrator lets there be tokens, or not, and may end them; making one would be reading. A token is shown once. It
opens what its owner may see at that moment, and nothing once the owner's account is closed or the role is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.confirming import require_fresh
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.actions.tokens import new_token, token_hash
from alliance.domain.access import NotFound, Permission, may
from alliance.domain.fhir_access import LASTS, LONGEST_NAME, MOST_TOKENS, Scope, Token
from alliance.domain.people import Role, Viewer
from alliance.storage import fhir_tokens, settings, staff
from alliance.storage.database import Connection

PREFIX = "alliance_"
"""What a token begins with, so that somebody who finds one, or a program that looks for secrets, knows it."""

LONGEST_TOKEN = 100


class NoToken(Exception):
    """Whoever asks carries no token that works."""


class NotOpened(Exception):
    """The token works, and does not open this kind of record."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A system that came with a token: for whom it reads, and what it may open."""

    viewer: Viewer
    token: Token


@dataclass(frozen=True, slots=True)
class OwnTokens:
    """One's own tokens: those that work, and those that have ended. `allowed`: the clinic lets there be any."""

    allowed: bool
    working: Sequence[Token]
    ended: Sequence[Token]


def own(clinic: Clinic, viewer: Viewer, now: datetime) -> OwnTokens:
    """What stands on one's own page."""
    require(viewer, Permission.MAKE_TOKEN)
    with clinic.db.read() as conn:
        every = fhir_tokens.of(conn, viewer.staff_id)
        allowed = settings.clinic_settings(conn).fhir
    return OwnTokens(
        allowed, [one for one in every if one.works(now)], [one for one in every if not one.works(now)]
    )


def make(
    clinic: Clinic, viewer: Viewer, *, name: str, scopes: Collection[str], days: int, now: datetime
) -> str:
    """Make a token and answer with it: nobody will ever see it again. Raises Fault and NotFresh."""
    require(viewer, Permission.MAKE_TOKEN)
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Fault(f"Say in 1 to {LONGEST_NAME} letters which system it is for", "name")
    if not scopes or not set(scopes) <= set(Scope):
        raise Fault("Choose what it may read", "scopes")
    if days not in LASTS:
        raise Fault("Choose how long it lasts", "days")
    require_fresh(viewer, now)
    token = PREFIX + new_token()
    with clinic.db.write() as conn:
        if not settings.clinic_settings(conn).fhir:
            raise Fault("An administrator has to allow this first, in the settings")
        if sum(one.works(now) for one in fhir_tokens.of(conn, viewer.staff_id)) >= MOST_TOKENS:
            raise Fault(f"You have {MOST_TOKENS} tokens that work. End one that is not needed", "name")
        token_id = fhir_tokens.add(
            conn,
            staff_id=viewer.staff_id,
            name=name,
            token_hash=token_hash(token),
            scopes={Scope(one) for one in scopes},
            now=now,
            expires_at=Token.lasting(days, now),
        )
        detail: dict[str, object] = {"scopes": sorted(scopes), "days": days}
        record(conn, viewer, "make token", "token", token_id, now, detail)
    return token


def end(clinic: Clinic, viewer: Viewer, token_id: int, now: datetime) -> str:
    """Let one of one's own tokens open nothing from now on; its name. Raises NotFound."""
    require(viewer, Permission.MAKE_TOKEN)
    with clinic.db.write() as conn:
        for one in fhir_tokens.of(conn, viewer.staff_id):
            if one.id == token_id:
                if fhir_tokens.end(conn, token_id, now):
                    record(conn, viewer, "end token", "token", token_id, now)
                return one.name
    raise NotFound


def every(clinic: Clinic, viewer: Viewer, now: datetime) -> list[tuple[str, Token]]:
    """Whose tokens work, for the administrator: the person's name and the token, which stays unknown."""
    require(viewer, Permission.END_SESSIONS)
    with clinic.db.read() as conn:
        return [(name, one) for name, one in fhir_tokens.every(conn) if one.works(now)]


def end_anybodys(clinic: Clinic, viewer: Viewer, token_id: int, now: datetime) -> str:
    """End a token of anybody's, at once; the name of whose it was. Raises NotFound."""
    require(viewer, Permission.END_SESSIONS)
    with clinic.db.write() as conn:
        for name, one in fhir_tokens.every(conn):
            if one.id == token_id:
                if fhir_tokens.end(conn, token_id, now):
                    record(conn, viewer, "end token", "token", token_id, now)
                return name
    raise NotFound


def come_in(clinic: Clinic, token: str, scope: Scope, now: datetime) -> Caller:
    """Who comes with this token, and wants records of this kind. Raises NotFound where the clinic allows no tokens.

    Raises NoToken for one that is wrong, has ended, or whose owner may not make any now; NotOpened for a scope that
    it does not have.
    """
    with clinic.db.read() as conn:
        if not settings.clinic_settings(conn).fhir:
            raise NotFound
        kept = fhir_tokens.by_hash(conn, token_hash(token)) if len(token) <= LONGEST_TOKEN else None
        caller = _caller(conn, kept, now) if kept else None
    if kept is not None and caller is None:
        with clinic.db.write() as conn:
            if fhir_tokens.note_refused(conn, kept.id, now):
                owner = Viewer(kept.staff_id, "", frozenset())
                record(conn, owner, "refuse token", "token", kept.id, now)
    if caller is None:
        raise NoToken
    if scope not in caller.token.scopes:
        raise NotOpened
    return caller


def _caller(conn: Connection, kept: Token, now: datetime) -> Caller | None:
    person = staff.get(conn, kept.staff_id)
    if person is None or person.disabled or not may(person, Permission.MAKE_TOKEN):
        return None
    if not kept.works(now) or fhir_tokens.outlived(conn, kept):
        return None
    # Whatever else its owner is here, a token reads as a therapist does.
    return Caller(Viewer(person.id, person.name, frozenset({Role.THERAPIST})), kept)

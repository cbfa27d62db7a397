"""A patient answers. A link may write once and read nothing; what arrives is kept, whatever becomes of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from alliance.actions import spooling, tickets
from alliance.actions.accepting import accept
from alliance.actions.clinic import Clinic, Unavailable
from alliance.actions.outcomes import (
    ATTEMPT,
    EARLIER_FORM,
    GRACE,
    NOT_SAVED,
    NOTHING_YET,
    PAPER_GRACE,
    AlreadyAnswered,
    LinkEnded,
    NotSaved,
    NotYet,
    OpenForm,
    Receipt,
    UnknownLink,
    new_attempt,
)
from alliance.actions.room import with_room
from alliance.actions.tokens import token_hash
from alliance.domain.therapy import IN_THE_ROOM, Audience, Invitation
from alliance.storage import audit, responses, sessions, settings
from alliance.storage.database import Connection
from surveys.forms import Checked, check
from surveys.library import NotThere

__all__ = [
    "ATTEMPT",
    "GRACE",
    "NOTHING_YET",
    "NOT_SAVED",
    "PAPER_GRACE",
    "AlreadyAnswered",
    "LinkEnded",
    "NotSaved",
    "NotYet",
    "OpenForm",
    "Receipt",
    "UnknownLink",
    "accept",
    "new_attempt",
    "open_form",
    "says_anything",
    "submit",
]

log = logging.getLogger(__name__)


def open_form(clinic: Clinic, token: str, now: datetime, language: str | None = None) -> OpenForm:
    """What stands behind a link, in that language if it can be asked in it, or else the patient's. Reads only.

    Raises UnknownLink, LinkEnded or AlreadyAnswered, each of which has its own calm page.
    """
    with clinic.db.read() as conn:
        form = _now_behind(clinic, conn, token, now, language)
    if form.invitation.says_answered:
        raise AlreadyAnswered(form.invitation)
    if form.invitation.ended(now):
        raise LinkEnded(form.invitation.language)
    return form


def behind(
    clinic: Clinic, conn: Connection, hashed: bytes, now: datetime, language: str | None = None
) -> OpenForm:
    """The form behind the link whose token has this fingerprint, whatever became of it. Raises UnknownLink."""
    told = settings.clinic_settings(conn)
    invitation = sessions.invitation_by_token(conn, hashed, told.today(now))
    if invitation is None:
        raise UnknownLink
    worded = clinic.library.languages(invitation.instrument, invitation.version)
    languages = tuple(tag for tag in worded if told.offers(tag) or tag == invitation.language)
    if language in languages and language != invitation.language:
        invitation = replace(invitation, language=language)
    instrument = clinic.library.get(invitation.instrument, invitation.version, invitation.language)
    read = (
        told.proof_of_use and invitation.channel in IN_THE_ROOM and audit.was_read(conn, invitation.dyad_id)
    )
    return OpenForm(invitation, instrument, told, languages, read)


def _now_behind(
    clinic: Clinic, conn: Connection, token: str, now: datetime, language: str | None
) -> OpenForm:
    """The same for somebody who comes now: a link that had ended stays so when the clock has been put back."""
    form = behind(clinic, conn, token_hash(token), now, language)
    link = form.invitation
    return replace(form, invitation=replace(link, reached=audit.reached(conn, link.made_at, link.expires_at)))


def submit(
    clinic: Clinic,
    token: str,
    *,
    attempt: str,
    body: bytes,
    form: Any,
    now: datetime,
    language: str | None = None,
) -> Receipt:
    """Take one submission: `body` exactly as it arrived, `form` the same, parsed (a MultiDict).

    `language` is the one that the page was in, where it was not the patient's own.

    In one transaction: the attempt, the link's claim, the response with answers and scores, the detector's
    new state and alerts, what is offered next, the audit line. The same attempt again gives the same receipt; a
    different one is kept, not counted. Raises UnknownLink, LinkEnded, AlreadyAnswered or NotYet; and NotSaved,
    whatever it was that went wrong before COMMIT.
    """
    page, checked = None, None
    attempt = attempt if ATTEMPT.fullmatch(attempt) else new_attempt()

    def take() -> Receipt | Exception:
        nonlocal page, checked
        with clinic.db.write() as conn:
            page = _now_behind(clinic, conn, token, now, language)
            checked = check(page.instrument, form, supervised=page.supervised)
            if form.get("form", page.instrument.key) != page.instrument.key:
                raise NotYet(page, checked, EARLIER_FORM)
            if checked.ok and not (says_anything(checked) or form.get("blank")):
                raise NotYet(page, checked, NOTHING_YET)
            fields = spooling.fields_of(form)
            over = responses.attempt_came_over(conn, attempt)
            # Another link’s page goes by that name: it is neither that one sent again, nor is its receipt this one’s.
            name = attempt if over in (None, page.invitation.id) else new_attempt()
            turned_away = accept(clinic, conn, page, name, body, checked, now, fields)
            if turned_away is not None:
                return turned_away
            receipt = tickets.receipt_of(clinic, conn, name, now)
            # Without one it came before, over this link or another, and something else counted: nothing follows then.
            return receipt or _plain_receipt(page.invitation, checked)

    try:
        came = with_room(clinic, now, take)
    except (UnknownLink, NotYet):
        raise
    except Exception as error:
        # Whatever it is, the patient must not lose what is on the page; the cause goes to the log.
        log.exception("a submission could not be stored")
        raise NotSaved(*_readable(clinic, token, form, now, language, page, checked)) from error
    if isinstance(came, Exception):
        raise came
    return came


def _plain_receipt(invitation: Invitation, checked: Checked) -> Receipt:
    return Receipt(_readers(invitation, checked), invitation.next_on, invitation.language)


def _readable(
    clinic: Clinic,
    token: str,
    form: Any,
    now: datetime,
    language: str | None,
    page: OpenForm | None,
    checked: Checked | None,
) -> tuple[OpenForm | None, Checked | None]:
    """The page to give back: where nothing can be written, it can often still be read."""
    if page is not None and checked is not None:
        return page, checked
    try:
        with clinic.db.read() as conn:
            page = behind(clinic, conn, token_hash(token), now, language)
    except (NotThere, Unavailable, UnknownLink):
        return None, None
    return page, check(page.instrument, form, supervised=page.supervised)


def says_anything(checked: Checked) -> bool:
    """Whether anything at all was answered."""
    return bool(checked.answers or checked.talked or checked.comment or checked.wants_help)


def _readers(invitation: Invitation, checked: Checked) -> tuple[str, ...]:
    """Who reads this before the next session."""
    if checked.audience == Audience.SUPERVISOR.value:
        return invitation.supervisor_names
    return (invitation.therapist_name,)

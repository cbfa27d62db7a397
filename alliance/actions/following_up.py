"""The pages that come after an answer, and what comes back from them.

What is sent belongs to the answer: whoever may see that answer may see it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from alliance.actions import tickets
from alliance.actions.clinic import Clinic
from alliance.actions.outcomes import Receipt
from alliance.actions.room import with_room
from alliance.actions.saying_more import Asked, FollowUp, NotYetRated, checked, take_monthly, take_ticks
from alliance.actions.tickets import OPENS_FOR, TicketEnded
from alliance.actions.tokens import token_hash
from alliance.domain.clinic import ClinicSettings
from alliance.domain.follow_up import After, Kind
from alliance.storage import follow_ups, settings
from alliance.storage.database import Connection
from surveys.checklist import Checklist
from surveys.definition import Instrument

log = logging.getLogger(__name__)

__all__ = [
    "FollowUp",
    "NotKept",
    "NotYetRated",
    "checked",
    "open_monthly",
    "open_ticks",
    "rate_monthly",
    "tick",
]


class NotKept(Exception):
    """Nothing could be stored. `page` is there if it could still be read."""

    def __init__(self, page: FollowUp[Any] | None) -> None:
        super().__init__("nothing could be stored")
        self.page = page


def open_ticks(
    clinic: Clinic, ticket: str, now: datetime, *, token: str | None = None, language: str | None = None
) -> FollowUp[Checklist]:
    """The page with ticks. Reads only. Raises TicketEnded.

    Where it stands at the address of a link, `token` is that link's: a ticket opens no page of another.
    """
    with clinic.db.read() as conn:
        return _still_open(_ticks(clinic, conn, ticket, now, token, language), Kind.CHECKLIST, now)


def open_monthly(
    clinic: Clinic, ticket: str, now: datetime, *, language: str | None = None
) -> FollowUp[Instrument]:
    """The page with the monthly sentences. Reads only. Raises TicketEnded."""
    with clinic.db.read() as conn:
        return _still_open(_monthly(clinic, conn, ticket, now, language), Kind.MONTHLY, now)


def _still_open(page: FollowUp[Asked], kind: Kind, now: datetime) -> FollowUp[Asked]:
    if page.after.offers[kind].answered or now >= page.after.received_at + OPENS_FOR:
        raise TicketEnded
    return page


def _ticks(
    clinic: Clinic, conn: Connection, ticket: str, now: datetime, token: str | None, language: str | None
) -> FollowUp[Checklist]:
    told, after = _after(clinic, conn, ticket, Kind.CHECKLIST, now)
    if token is not None and follow_ups.invitation_of(conn, token_hash(token)) != after.invitation_id:
        raise TicketEnded
    return ticks_after(clinic, told, after, ticket, now, language)


def ticks_after(
    clinic: Clinic, told: ClinicSettings, after: After, ticket: str, now: datetime, language: str | None
) -> FollowUp[Checklist]:
    """The page with ticks that was offered with an answer."""
    languages, wording = _worded(clinic, after, Kind.CHECKLIST, language)
    receipt = tickets.receipt(clinic, after, now, done=Kind.CHECKLIST)
    return FollowUp(clinic.library.checklist(*wording), ticket, after, told, receipt, languages)


def _monthly(
    clinic: Clinic, conn: Connection, ticket: str, now: datetime, language: str | None
) -> FollowUp[Instrument]:
    told, after = _after(clinic, conn, ticket, Kind.MONTHLY, now)
    return monthly_after(clinic, told, after, ticket, now, language)


def monthly_after(
    clinic: Clinic, told: ClinicSettings, after: After, ticket: str, now: datetime, language: str | None
) -> FollowUp[Instrument]:
    """The page with the monthly sentences that was offered with an answer."""
    languages, wording = _worded(clinic, after, Kind.MONTHLY, language)
    receipt = tickets.receipt(clinic, after, now, done=Kind.MONTHLY)
    return FollowUp(clinic.library.get(*wording), ticket, after, told, receipt, languages)


def _worded(
    clinic: Clinic, after: After, kind: Kind, language: str | None
) -> tuple[tuple[str, ...], tuple[str, str, str]]:
    """In which languages what was offered can be asked; and its id, its version and the language to ask in."""
    offered = after.offers[kind]
    languages = clinic.library.languages(offered.instrument, offered.version)
    wanted = language if language in languages else after.language
    return languages, (offered.instrument, offered.version, wanted)


def _after(
    clinic: Clinic, conn: Connection, ticket: str, kind: Kind, now: datetime
) -> tuple[ClinicSettings, After]:
    told = settings.clinic_settings(conn)
    after = follow_ups.after(conn, tickets.unsealed(clinic, ticket, kind), told.today(now))
    if after is None or kind not in after.offers:
        raise TicketEnded
    return told, after


def tick(
    clinic: Clinic,
    ticket: str,
    *,
    attempt: str,
    body: bytes,
    form: Any,
    now: datetime,
    token: str | None = None,
    language: str | None = None,
) -> Receipt:
    """Take the ticks: `body` exactly as it arrived, `form` the same, parsed. The same attempt again changes nothing.

    A page that comes back with nothing ticked is as good as stopping, but it can still be opened again; one that
    was stopped cannot. Raises TicketEnded, and NotKept whatever it was that went wrong before COMMIT.
    """
    page = None

    def take() -> FollowUp[Checklist]:
        nonlocal page
        with clinic.db.write() as conn:
            page = _ticks(clinic, conn, ticket, now, token, language)
            take_ticks(clinic, conn, page, attempt=attempt, body=body, form=form, now=now)
            return page

    try:
        return with_room(clinic, now, take).receipt
    except TicketEnded:
        raise
    except Exception as error:
        log.exception("ticks could not be stored")
        raise NotKept(
            page or _readable(lambda: open_ticks(clinic, ticket, now, language=language))
        ) from error


def rate_monthly(
    clinic: Clinic,
    ticket: str,
    *,
    attempt: str,
    body: bytes,
    form: Any,
    now: datetime,
    language: str | None = None,
) -> Receipt:
    """Take the monthly sentences, in the same way. Raises NotYetRated too."""
    page = None

    def take() -> FollowUp[Instrument]:
        nonlocal page
        with clinic.db.write() as conn:
            page = _monthly(clinic, conn, ticket, now, language)
            take_monthly(clinic, conn, page, attempt=attempt, body=body, form=form, now=now)
            return page

    try:
        return with_room(clinic, now, take).receipt
    except (TicketEnded, NotYetRated):
        raise
    except Exception as error:
        log.exception("the monthly sentences could not be stored")
        raise NotKept(
            page or _readable(lambda: open_monthly(clinic, ticket, now, language=language))
        ) from error


def _readable(opened: Callable[[], FollowUp[Asked]]) -> FollowUp[Asked] | None:
    """The page to give back: where nothing can be written, it can often still be read."""
    try:
        return opened()
    except Exception:  # what was sent travels back all the same, without the page around it
        log.exception("nor could the page be read")
        return None

"""The pages that come after an answer, and what comes back from them.

What is sent belongs to the answer: whoever may see that answer may see it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from alliance.actions import tickets
from alliance.actions.clinic import Clinic
from alliance.actions.outcomes import ATTEMPT, GRACE, Receipt, new_attempt
from alliance.actions.tickets import OPENS_FOR, TicketEnded
from alliance.actions.tokens import token_hash
from alliance.actions.trail import record_patient
from alliance.domain.clinic import ClinicSettings
from alliance.domain.follow_up import After, Kind
from alliance.storage import follow_ups, settings
from alliance.storage.database import Connection
from surveys.checklist import Checklist, check_ticks
from surveys.definition import Instrument
from surveys.forms import Checked, check
from surveys.scoring import ALLIANCE, score

log = logging.getLogger(__name__)

Asked = TypeVar("Asked", Checklist, Instrument)


@dataclass(frozen=True, slots=True)
class FollowUp(Generic[Asked]):
    """A page that comes after an answer: what it asks, and the receipt that stopping leads to."""

    asks: Asked
    ticket: str
    after: After
    settings: ClinicSettings
    receipt: Receipt
    languages: tuple[str, ...]


class NotYetRated(Exception):
    """A rating on the page has to be put right first; nothing is stored, nothing is lost."""

    def __init__(self, page: FollowUp[Instrument], checked: Checked) -> None:
        super().__init__("the ratings need another look")
        self.page = page
        self.checked = checked


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
    offered = after.offers[Kind.CHECKLIST]
    languages = clinic.library.languages(offered.instrument, offered.version)
    wanted = language if language in languages else after.language
    asks = clinic.library.checklist(offered.instrument, offered.version, wanted)
    receipt = tickets.receipt(clinic, after, now, done=Kind.CHECKLIST)
    return FollowUp(asks, ticket, after, told, receipt, languages)


def _monthly(
    clinic: Clinic, conn: Connection, ticket: str, now: datetime, language: str | None
) -> FollowUp[Instrument]:
    told, after = _after(clinic, conn, ticket, Kind.MONTHLY, now)
    offered = after.offers[Kind.MONTHLY]
    languages = clinic.library.languages(offered.instrument, offered.version)
    wanted = language if language in languages else after.language
    asks = clinic.library.get(offered.instrument, offered.version, wanted)
    receipt = tickets.receipt(clinic, after, now, done=Kind.MONTHLY)
    return FollowUp(asks, ticket, after, told, receipt, languages)


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
    try:
        with clinic.db.write() as conn:
            page = _ticks(clinic, conn, ticket, now, token, language)
            ticked = check_ticks(page.asks, form)
            if form.get("stop") or not ticked.nothing_sent:
                kept = _keep(clinic, conn, page, Kind.CHECKLIST, attempt, body, ticked.unknown, now)
                if kept is not None and not form.get("stop"):
                    follow_ups.add_ticks(conn, kept, ticked.ticks)
    except TicketEnded:
        raise
    except Exception as error:
        log.exception("ticks could not be stored")
        raise NotKept(
            page or _readable(lambda: open_ticks(clinic, ticket, now, language=language))
        ) from error
    return page.receipt


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
    try:
        with clinic.db.write() as conn:
            page = _monthly(clinic, conn, ticket, now, language)
            rated = checked(page, form)
            if not form.get("stop") and not rated.ok:
                raise NotYetRated(page, rated)
            if form.get("stop") or rated.answers:
                unknown = len(rated.unknown)
                kept = _keep(clinic, conn, page, Kind.MONTHLY, attempt, body, unknown, now)
                if kept is not None and not form.get("stop"):
                    scores = score(page.asks, rated.answers)
                    del scores[ALLIANCE]
                    follow_ups.add_answers(conn, kept, rated.answers, scores)
    except (TicketEnded, NotYetRated):
        raise
    except Exception as error:
        log.exception("the monthly sentences could not be stored")
        raise NotKept(
            page or _readable(lambda: open_monthly(clinic, ticket, now, language=language))
        ) from error
    return page.receipt


def _readable(opened: Callable[[], FollowUp[Asked]]) -> FollowUp[Asked] | None:
    """The page to give back: where nothing can be written, it can often still be read."""
    try:
        return opened()
    except Exception:  # what was sent travels back all the same, without the page around it
        log.exception("nor could the page be read")
        return None


def checked(page: FollowUp[Instrument], form: Any) -> Checked:
    """What a page that could not be kept said, for drawing it again."""
    return check(page.asks, form, supervised=False)


def _keep(
    clinic: Clinic,
    conn: Connection,
    page: FollowUp[Any],
    kind: Kind,
    attempt: str,
    body: bytes,
    unknown: int,
    now: datetime,
) -> int | None:
    """Keep what arrived. Its id if it counts; None if it came before, came too late, or something else counts."""
    if not ATTEMPT.fullmatch(attempt):
        attempt = new_attempt()
    earlier = follow_ups.body(conn, clinic.keyring, attempt)
    if earlier == body:
        return None
    if earlier is not None:
        attempt = new_attempt()  # the page was sent, gone back to, changed and sent again
    after = page.after
    counted = not after.offers[kind].answered and now < after.received_at + OPENS_FOR + GRACE
    if not counted and follow_ups.kept(conn, after.response_id, kind) >= follow_ups.MOST_KEPT:
        return None
    kept = follow_ups.keep(
        conn,
        clinic.keyring,
        after.response_id,
        kind,
        attempt_id=attempt,
        sent=body,
        counted=counted,
        now=now,
    )
    action = "say more" if counted else "say more again"
    record_patient(conn, action, "response", after.response_id, now, {"unknown fields": unknown})
    return kept if counted else None

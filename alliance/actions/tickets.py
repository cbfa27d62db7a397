"""What is offered after an answer, and the tickets that open it.

A ticket is a sealed mark that says which answer it belongs to and nothing else. It needs no cookie, tells nothing
to whoever finds the link later, opens for half an hour and only until it is used.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from alliance.actions import carried
from alliance.actions.clinic import Clinic
from alliance.actions.outcomes import OpenForm, Receipt
from alliance.domain.follow_up import After, Kind, is_monthly_due
from alliance.domain.therapy import Answers, Audience, Channel
from alliance.storage import follow_ups, settings
from alliance.storage.database import Connection

OPENS_FOR = timedelta(minutes=30)
"""How long a ticket opens its page. A page that is open may still be sent for as long as any other."""


class TicketEnded(Exception):
    """The ticket is used, too old, or none of ours: there is nothing more to do, and nothing to tell."""


def offer(
    clinic: Clinic, conn: Connection, page: OpenForm, response_id: int, answers: Answers, now: datetime
) -> None:
    """Decide what is offered with an answer that has just been counted, and note it."""
    checklist = clinic.library.follow_up(page.instrument, answers.items, page.settings.today(now))
    if checklist is not None:
        follow_ups.offer(
            conn,
            response_id,
            Kind.CHECKLIST,
            instrument=checklist.id,
            version=checklist.version,
            now=now,
        )
    # What goes back into the therapist's hands is not to hold something that could be answered there.
    wanted = page.settings.monthly and page.invitation.channel is not Channel.HERE
    monthly = clinic.library.monthly(page.instrument.language, page.settings.today(now)) if wanted else None
    if monthly is not None and _is_due(conn, page, answers.audience, now):
        follow_ups.offer(
            conn, response_id, Kind.MONTHLY, instrument=monthly.id, version=monthly.version, now=now
        )


def _is_due(conn: Connection, page: OpenForm, audience: Audience, now: datetime) -> bool:
    held_back = audience is Audience.SUPERVISOR
    count, last = follow_ups.monthly_asked(conn, page.invitation.dyad_id, held_back=held_back)
    today = page.settings.today
    return is_monthly_due(count, today(last) if last else None, today(now))


def receipt_of(clinic: Clinic, conn: Connection, attempt: str, now: datetime) -> Receipt | None:
    """The receipt of an attempt that counted, with tickets to what is still open; None for any other attempt."""
    response_id = follow_ups.response_of(conn, attempt)
    if response_id is None:
        return None
    after = follow_ups.after(conn, response_id, settings.clinic_settings(conn).today(now))
    return receipt(clinic, after, now) if after else None


def receipt(clinic: Clinic, after: After, now: datetime, *, done: Kind | None = None) -> Receipt:
    """The receipt of an answer. What is `done` is offered no more."""
    opens = now < after.received_at + OPENS_FOR
    tickets = {
        kind: _ticket(clinic, after.response_id, kind)
        for kind, offered in after.offers.items()
        if opens and kind is not done and not offered.answered
    }
    return Receipt(
        after.readers,
        after.next_on,
        after.language,
        after.channel,
        more=tickets.get(Kind.CHECKLIST),
        monthly=tickets.get(Kind.MONTHLY),
    )


def _ticket(clinic: Clinic, response_id: int, kind: Kind) -> str:
    return carried.sealed(clinic, str(response_id), _where(kind))


def _where(kind: Kind) -> str:
    return f"ticket|{kind.value}|response"


def unsealed(clinic: Clinic, ticket: str, kind: Kind) -> int:
    """The number of the answer that a ticket belongs to. Raises TicketEnded for what is none of ours."""
    response_id = carried.opened(clinic, ticket, _where(kind))
    if response_id is None:
        raise TicketEnded
    return int(response_id)

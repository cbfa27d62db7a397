"""What comes back from the pages after an answer, stored inside a transaction that is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from alliance.actions import spooling
from alliance.actions.accepting import Sent
from alliance.actions.clinic import Clinic
from alliance.actions.outcomes import ATTEMPT, GRACE, Receipt, new_attempt
from alliance.actions.tickets import OPENS_FOR
from alliance.actions.trail import record_by
from alliance.domain.clinic import ClinicSettings
from alliance.domain.follow_up import After, Kind
from alliance.storage import follow_ups
from alliance.storage.database import Connection
from surveys.checklist import Checklist, check_ticks
from surveys.definition import Instrument
from surveys.forms import Checked, check
from surveys.scoring import ALLIANCE, score

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


def take_ticks(
    clinic: Clinic,
    conn: Connection,
    page: FollowUp[Checklist],
    *,
    attempt: str,
    body: bytes,
    form: Any,
    now: datetime,
) -> None:
    """Store the ticks, in a transaction that is open."""
    ticked = check_ticks(page.asks, form)
    if form.get("stop") or not ticked.nothing_sent:
        sent = Sent(attempt, body, spooling.fields_of(form))
        kept = _keep(clinic, conn, page, Kind.CHECKLIST, sent, ticked.unknown, now)
        if kept is not None and not form.get("stop"):
            follow_ups.add_ticks(conn, clinic.keyring, kept, ticked.ticks)


def take_monthly(
    clinic: Clinic,
    conn: Connection,
    page: FollowUp[Instrument],
    *,
    attempt: str,
    body: bytes,
    form: Any,
    now: datetime,
) -> None:
    """Store the monthly sentences, in a transaction that is open. Raises NotYetRated."""
    rated = checked(page, form)
    if not form.get("stop") and not rated.ok:
        raise NotYetRated(page, rated)
    if form.get("stop") or rated.answers:
        sent = Sent(attempt, body, spooling.fields_of(form))
        kept = _keep(clinic, conn, page, Kind.MONTHLY, sent, len(rated.unknown), now)
        if kept is not None and not form.get("stop"):
            scores = score(page.asks, rated.answers)
            del scores[ALLIANCE]
            follow_ups.add_answers(conn, clinic.keyring, kept, rated.answers, scores)


def checked(page: FollowUp[Instrument], form: Any) -> Checked:
    """What a page that could not be kept said, for drawing it again."""
    return check(page.asks, form, supervised=False)


def _keep(
    clinic: Clinic,
    conn: Connection,
    page: FollowUp[Any],
    kind: Kind,
    sent: Sent,
    unknown: int,
    now: datetime,
) -> int | None:
    """Keep what arrived. Its id if it counts; None if it came before, came too late, or something else counts."""
    if not ATTEMPT.fullmatch(sent.attempt):
        sent = sent._replace(attempt=new_attempt())
    earlier = follow_ups.body(conn, clinic.keyring, sent.attempt)
    if earlier == sent.body:
        # Its first reply may have been lost before that was written.
        _spool(clinic, conn, page, kind, sent, now)
        return None
    if earlier is not None:
        sent = sent._replace(attempt=new_attempt())  # the page was sent, gone back to, changed and sent again
    after = page.after
    counted = not after.offers[kind].answered and now < after.received_at + OPENS_FOR + GRACE
    if not counted and follow_ups.kept(conn, after.response_id, kind) >= follow_ups.MOST_KEPT:
        return None
    kept = follow_ups.keep(
        conn,
        clinic.keyring,
        after.response_id,
        kind,
        attempt_id=sent.attempt,
        sent=sent.body,
        counted=counted,
        now=now,
    )
    action = "say more" if counted else "say more again"
    record_by(
        conn,
        "patient",
        action,
        "response",
        after.response_id,
        now,
        {"unknown fields": unknown, "number": kept},
    )
    _spool(clinic, conn, page, kind, sent, now)
    return kept if counted else None


def _spool(
    clinic: Clinic, conn: Connection, page: FollowUp[Any], kind: Kind, sent: Sent, now: datetime
) -> None:
    """What was offered goes along, so that it can be answered again where the offer is lost."""
    after, offered = page.after, page.after.offers[kind]
    spooling.note(
        clinic,
        conn,
        "follow-up",
        after.invitation_id,
        sent.attempt,
        now,
        answer=follow_ups.attempt_of(conn, after.response_id),
        what=kind.value,
        offered=[offered.instrument, offered.version],
        language=page.asks.language,
        body=sent.body.decode("latin-1"),
        fields=sent.fields,
    )

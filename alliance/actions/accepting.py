"""What becomes of a form that has arrived: it counts, or it is kept aside. Inside a transaction that is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from alliance.actions import spooling, tickets
from alliance.actions.clinic import Clinic
from alliance.actions.detecting import Detector
from alliance.actions.outcomes import (
    ATTEMPT,
    GRACE,
    PAPER_GRACE,
    AlreadyAnswered,
    LinkEnded,
    NotYet,
    OpenForm,
    new_attempt,
)
from alliance.actions.trail import record_by
from alliance.actions.typed import Fields
from alliance.domain.therapy import Answers, Audience, Channel, Invitation
from alliance.storage import responses, sessions
from alliance.storage.database import Connection
from surveys.forms import Checked
from surveys.scoring import score


class Sent(NamedTuple):
    """What arrived: the attempt it is kept as, the body, its names and values."""

    attempt: str
    body: bytes
    fields: Fields | None


def _grace(invitation: Invitation) -> timedelta:
    return PAPER_GRACE if invitation.channel is Channel.PAPER else GRACE


def accept(
    clinic: Clinic,
    conn: Connection,
    page: OpenForm,
    attempt: str,
    body: bytes,
    checked: Checked,
    now: datetime,
    fields: Fields | None = None,
) -> Exception | None:
    """Store what arrived, in a transaction that is open. The exception to raise after COMMIT, if it did not count.

    `fields` are the body's names and values. With them whatever is stored goes to the spool as well; without, it is
    there in another way already.
    """
    if not ATTEMPT.fullmatch(attempt):
        attempt = new_attempt()
    earlier = responses.attempt_body(conn, clinic.keyring, attempt)
    invitation = page.invitation
    sent = Sent(attempt, body, fields)
    if earlier == body:
        # Its first reply may have been lost before that was written.
        _spool(clinic, conn, invitation, sent, now)
        return None
    if earlier is not None:
        sent = sent._replace(attempt=new_attempt())  # the page was sent, gone back to, changed and sent again
    if invitation.answered:
        _keep_aside(clinic, conn, invitation, sent, now)
        return AlreadyAnswered(invitation)
    if invitation.ended(now, _grace(invitation)):
        _keep_aside(clinic, conn, invitation, sent, now)
        return LinkEnded(invitation.language, kept=True)
    if not checked.ok:
        return NotYet(page, checked)
    _count(clinic, conn, page, sent, checked, now)
    return None


def _spool(clinic: Clinic, conn: Connection, invitation: Invitation, sent: Sent, now: datetime) -> None:
    if sent.fields is not None:
        spooling.note(
            clinic,
            conn,
            "answer",
            invitation.id,
            sent.attempt,
            now,
            language=invitation.language,
            body=sent.body.decode("latin-1"),
            fields=sent.fields,
        )


def _keep_aside(clinic: Clinic, conn: Connection, invitation: Invitation, sent: Sent, now: datetime) -> None:
    """Keep what does not count. A link keeps a few such attempts, so that it cannot fill the disk."""
    if responses.attempts_kept(conn, invitation.id) >= responses.MOST_ATTEMPTS:
        return
    responses.keep_attempt(
        conn, clinic.keyring, invitation.id, attempt_id=sent.attempt, body=sent.body, counted=False, now=now
    )
    _spool(clinic, conn, invitation, sent, now)
    record_by(conn, "patient", "answer again", "invitation", invitation.id, now)


def _count(
    clinic: Clinic,
    conn: Connection,
    page: OpenForm,
    sent: Sent,
    checked: Checked,
    now: datetime,
) -> None:
    invitation = page.invitation
    answers = Answers(
        items=checked.answers,
        talked=checked.talked,
        comment=checked.comment,
        audience=Audience(checked.audience),
        wants_help=checked.wants_help,
    )
    responses.keep_attempt(
        conn, clinic.keyring, invitation.id, attempt_id=sent.attempt, body=sent.body, counted=True, now=now
    )
    sessions.claim(conn, invitation.id, now)
    scores = score(page.instrument, checked.answers)
    response_id = responses.add(
        conn, clinic.keyring, invitation, attempt_id=sent.attempt, answers=answers, scores=scores, now=now
    )
    news = responses.as_held(invitation.session_number, scores)
    held_back = answers.audience is Audience.SUPERVISOR
    if sessions.watched(conn, invitation.session_id):
        Detector(clinic.library).note(conn, invitation.dyad_id, news, now, held_back=held_back)
    detail = {"channel": invitation.channel.value, "unknown fields": len(checked.unknown)}
    record_by(conn, "patient", "answer", "response", response_id, now, detail)
    if invitation.channel is not Channel.PAPER:  # what is typed in from paper has nobody to be asked
        tickets.offer(clinic, conn, page, response_id, answers, now)
    _spool(clinic, conn, invitation, sent, now)

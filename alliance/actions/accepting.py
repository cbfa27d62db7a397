"""What becomes of a form that has arrived: it counts, or it is kept aside. Inside a transaction that is open."""

from __future__ import annotations

from datetime import datetime, timedelta

from alliance.actions import tickets
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
from alliance.actions.trail import record_patient
from alliance.domain.therapy import Answers, Audience, Channel, Invitation
from alliance.storage import responses, sessions
from alliance.storage.database import Connection
from surveys.forms import Checked
from surveys.scoring import score


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
) -> Exception | None:
    """Store what arrived, in a transaction that is open. The exception to raise after COMMIT, if it did not count."""
    if not ATTEMPT.fullmatch(attempt):
        attempt = new_attempt()
    earlier = responses.attempt_body(conn, clinic.keyring, attempt)
    if earlier == body:
        return None
    if earlier is not None:
        attempt = new_attempt()  # the page was sent, gone back to, changed and sent again
    invitation = page.invitation
    if invitation.answered:
        _keep_aside(clinic, conn, invitation, attempt, body, now)
        return AlreadyAnswered(invitation)
    if invitation.expires_at + _grace(invitation) <= now:
        _keep_aside(clinic, conn, invitation, attempt, body, now)
        return LinkEnded(invitation.language, kept=True)
    if not checked.ok:
        return NotYet(page, checked)
    _count(clinic, conn, page, attempt, body, checked, now)
    return None


def _keep_aside(
    clinic: Clinic, conn: Connection, invitation: Invitation, attempt: str, body: bytes, now: datetime
) -> None:
    """Keep what does not count. A link keeps a few such attempts, so that it cannot fill the disk."""
    if responses.attempts_kept(conn, invitation.id) >= responses.MOST_ATTEMPTS:
        return
    responses.keep_attempt(
        conn, clinic.keyring, invitation.id, attempt_id=attempt, body=body, counted=False, now=now
    )
    record_patient(conn, "answer again", "invitation", invitation.id, now)


def _count(
    clinic: Clinic,
    conn: Connection,
    page: OpenForm,
    attempt: str,
    body: bytes,
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
        conn, clinic.keyring, invitation.id, attempt_id=attempt, body=body, counted=True, now=now
    )
    sessions.claim(conn, invitation.id, now)
    scores = score(page.instrument, checked.answers)
    response_id = responses.add(
        conn, clinic.keyring, invitation, attempt_id=attempt, answers=answers, scores=scores, now=now
    )
    news = responses.as_held(invitation.session_number, scores)
    held_back = answers.audience is Audience.SUPERVISOR
    Detector(clinic.library).note(conn, invitation.dyad_id, news, now, held_back=held_back)
    detail = {"channel": invitation.channel.value, "unknown fields": len(checked.unknown)}
    record_patient(conn, "answer", "response", response_id, now, detail)
    if invitation.channel is not Channel.PAPER:  # what is typed in from paper has nobody to be asked
        tickets.offer(clinic, conn, page, response_id, answers, now)

"""A patient answers. A link may write once and read nothing; what arrives is kept, whatever becomes of it."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from alliance.actions.clinic import Clinic, Unavailable
from alliance.actions.detecting import Detector
from alliance.actions.tokens import token_hash
from alliance.domain.clinic import ClinicSettings
from alliance.domain.therapy import Answers, Audience, Channel, Invitation
from alliance.languages import for_patients
from alliance.storage import audit, responses, sessions, settings
from alliance.storage.database import Connection
from surveys.definition import Instrument
from surveys.forms import Checked, check
from surveys.scoring import score

log = logging.getLogger(__name__)

# A page opened before the link ended may still be sent for this long afterwards.
GRACE = timedelta(hours=24)
# A form on paper lies in a box for a while before somebody types it in.
PAPER_GRACE = timedelta(days=14)

ATTEMPT = re.compile(r"[A-Za-z0-9_-]{16,64}")
NOT_SAVED = for_patients("We could not save this just now. Your answers are still here: please send again")
NOTHING_YET = for_patients(
    "Nothing is filled in yet. Answer what you like, or send the page as it is to say nothing today"
)
EARLIER_FORM = for_patients(
    "This page is from an earlier version of the form. Your answers are still here: please send again"
)


class UnknownLink(Exception):
    """No invitation has this token."""


class LinkEnded(Exception):
    """The link's time is over. `kept` tells whether something was sent with it and set aside."""

    def __init__(self, language: str, *, kept: bool = False) -> None:
        super().__init__("this link has ended")
        self.language = language
        self.kept = kept


class AlreadyAnswered(Exception):
    """The session has its answer. Carries what a calm page has to say, and in which language."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__("already answered")
        self.invitation = invitation


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A questionnaire, ready to be drawn: whose it is, what it asks, what the clinic says around it.

    `languages` are those it can be asked in; the invitation names the one that it is asked in.
    """

    invitation: Invitation
    instrument: Instrument
    settings: ClinicSettings
    languages: tuple[str, ...]

    @property
    def supervised(self) -> bool:
        return bool(self.invitation.supervisor_names)


class NotYet(Exception):
    """Something on the page has to be put right first; nothing is stored, nothing is lost."""

    def __init__(self, form: OpenForm, checked: Checked, problem: str | None = None) -> None:
        super().__init__("the answers need another look")
        self.form = form
        self.checked = checked
        self.problem = problem


class NotSaved(Exception):
    """Nothing could be stored. `form` and `checked` are there if the questionnaire could still be read."""

    def __init__(self, form: OpenForm | None = None, checked: Checked | None = None) -> None:
        super().__init__("nothing could be stored")
        self.form = form
        self.checked = checked


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the patient is told afterwards, and in which language: who reads it and when. Nothing about the answers."""

    readers: tuple[str, ...]
    next_on: date | None
    language: str


def new_attempt() -> str:
    """A random id for one page, so that sending it twice counts once."""
    return secrets.token_urlsafe(16)


def open_form(clinic: Clinic, token: str, now: datetime, language: str | None = None) -> OpenForm:
    """What stands behind a link, in that language if it can be asked in it, or else the patient's. Reads only.

    Raises UnknownLink, LinkEnded or AlreadyAnswered, each of which has its own calm page.
    """
    with clinic.db.read() as conn:
        form = _form(clinic, conn, token, now, language)
    if form.invitation.says_answered:
        raise AlreadyAnswered(form.invitation)
    if form.invitation.expires_at <= now:
        raise LinkEnded(form.invitation.language)
    return form


def _form(
    clinic: Clinic, conn: Connection, token: str, now: datetime, language: str | None = None
) -> OpenForm:
    told = settings.clinic_settings(conn)
    invitation = sessions.invitation_by_token(conn, token_hash(token), told.today(now))
    if invitation is None:
        raise UnknownLink
    languages = clinic.library.languages(invitation.instrument, invitation.version)
    if language in languages and language != invitation.language:
        invitation = replace(invitation, language=language)
    instrument = clinic.library.get(invitation.instrument, invitation.version, invitation.language)
    return OpenForm(invitation, instrument, told, languages)


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
    new state and alerts, the audit line. The same attempt again gives the same receipt; a different one is
    kept, not counted. Raises UnknownLink, LinkEnded, AlreadyAnswered or NotYet; and NotSaved, whatever it was
    that went wrong before COMMIT.
    """
    page, checked = None, None
    try:
        with clinic.db.write() as conn:
            page = _form(clinic, conn, token, now, language)
            checked = check(page.instrument, form, supervised=page.supervised)
            if form.get("form", page.instrument.key) != page.instrument.key:
                raise NotYet(page, checked, EARLIER_FORM)
            if checked.ok and not (says_anything(checked) or form.get("blank")):
                raise NotYet(page, checked, NOTHING_YET)
            turned_away = accept(clinic, conn, page, attempt, body, checked, now)
    except (UnknownLink, NotYet):
        raise
    except Exception as error:
        # Whatever it is, the patient must not lose what is on the page; the cause goes to the log.
        log.exception("a submission could not be stored")
        raise NotSaved(*_readable(clinic, token, form, now, language, page, checked)) from error
    if turned_away is not None:
        raise turned_away
    return Receipt(_readers(page.invitation, checked), page.invitation.next_on, page.invitation.language)


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
            page = _form(clinic, conn, token, now, language)
    except (Unavailable, UnknownLink):
        return None, None
    return page, check(page.instrument, form, supervised=page.supervised)


def _grace(invitation: Invitation) -> timedelta:
    return PAPER_GRACE if invitation.channel is Channel.PAPER else GRACE


def says_anything(checked: Checked) -> bool:
    """Whether anything at all was answered."""
    return bool(checked.answers or checked.talked or checked.comment or checked.wants_help)


def _readers(invitation: Invitation, checked: Checked) -> tuple[str, ...]:
    """Who reads this before the next session."""
    if checked.audience == Audience.SUPERVISOR.value:
        return invitation.supervisor_names
    return (invitation.therapist_name,)


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
    _record(conn, "answer again", "invitation", invitation.id, now)


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
    _record(conn, "answer", "response", response_id, now, detail)


def _record(
    conn: Connection,
    action: str,
    subject: str,
    subject_id: int,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    """The audit line of a patient's act: through a link, by nobody named."""
    audit.record(
        conn,
        at=now,
        actor="patient",
        actor_id=None,
        action=action,
        subject=subject,
        subject_id=subject_id,
        detail=detail,
    )

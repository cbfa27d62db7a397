"""Sending what is due: at most one invitation and one reminder a session, never twice, whatever breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import require
from alliance.actions.tokens import new_token, token_hash
from alliance.actions.trail import record_by
from alliance.domain.access import Permission
from alliance.domain.contact import TRIED_FOR, MailState
from alliance.domain.people import Viewer
from alliance.domain.therapy import Channel
from alliance.mail import message, returned
from alliance.mail.message import Letter
from alliance.mail.returned import NotAReport
from alliance.mail.sending import Fate, Outcome, Post, Unreachable
from alliance.mail.settings import MailFault, MailSettings
from alliance.storage import contacts, mails, sessions, settings
from alliance.storage.mails import Due

NOT_SET_UP = "E-mail is not set up here: add a table [mail] to clinic.toml"
IN_THE_MIDDLE = (
    "The mail server ended the conversation in the middle of a mail; the rest waits for the next run."
)
LOST = "The mail server keeps ending the conversation; the rest waits for the next run."

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Run:
    """What one run came to: how many mails met which fate, and why it ended early if it did."""

    fates: Counter[Fate] = field(default_factory=Counter)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that has its row and its link, and can be handed over."""

    mail_id: int
    letter: Letter


def send(clinic: Clinic, clock: Clock, connect: Callable[[MailSettings], Post] = Post) -> Run:
    """Send every mail that is due. May run as often as one likes, and twice at once.

    The mail server is spoken to even if nothing is due, so that an administrator always knows how it stands.
    Raises Fault where mail is not set up, or not as it should be.
    """
    if clinic.config.mail is None:
        raise Fault(NOT_SET_UP)
    run = Run()
    with clinic.db.write() as conn:
        now = clock()
        mails.note_stale(conn, now)
        todo = mails.due(conn, settings.clinic_settings(conn).today(now), now)
    unreachable = ""
    try:
        with connect(clinic.config.mail) as post:
            _send_all(clinic, post, todo, run, clock)
    except MailFault as fault:
        raise Fault(str(fault).removesuffix(".")) from fault
    except Unreachable as error:
        run.trouble, unreachable = str(error), error.failure
    with clinic.db.write() as conn:
        mails.note_run(conn, clock(), unreachable)
    return run


def _send_all(clinic: Clinic, post: Post, todo: list[Due], run: Run, clock: Clock) -> None:
    losses = 0
    for due in todo:
        ready = _take(clinic, post.settings, due, clock())
        if ready is None:
            continue
        letter = ready.letter
        outcome = post.send(message.compose(post.settings, letter, clock()), letter.to)
        with_fate = _conclude(clinic, ready.mail_id, due, outcome, clock())
        run.fates[with_fate] += 1
        if outcome.fate is Fate.UNKNOWN:
            raise Unreachable(IN_THE_MIDDLE, outcome.failure)  # the next might end the same way
        if not post.connected:
            losses += 1
            if losses > 1:
                raise Unreachable(LOST, outcome.failure)
            post.connect()


def _take(clinic: Clinic, mail: MailSettings, due: Due, now: datetime) -> Ready | None:
    """Make this mail ours, with its link, if it is still to be sent: nobody else can take it from here on.

    The link's token goes into the mail alone; what is kept is its fingerprint.
    """
    token, stop = new_token(), new_token()
    with clinic.db.write() as conn:
        told = settings.clinic_settings(conn)
        still = [d for d in mails.due(conn, told.today(now), now, due.session_id) if d.kind == due.kind]
        if not still:
            return None
        due = still[0]
        try:
            instrument = clinic.asked(told, due.instrument, due.language, now)
        except LookupError:
            return None  # a questionnaire that this clinic no longer has, or may ask no more
        until = now + timedelta(hours=told.link_hours)
        invitation_id = sessions.invite(
            conn,
            due.session_id,
            instrument=due.instrument,
            version=instrument.version,
            language=due.language,
            channel=Channel.MAIL,
            token_hash=token_hash(token),
            now=now,
            expires_at=until,
            watched=instrument.watched,
        )
        record_by(
            conn, "system", "make link", "invitation", invitation_id, now, {"channel": Channel.MAIL.value}
        )
        letter = Letter(
            kind=due.kind,
            to=contacts.get(conn, clinic.keyring, due.contact_id).address,
            language=due.language,
            link=f"{clinic.config.public_url}/a/{token}",
            stop=f"{clinic.config.public_url}/stop/{stop}",
            until=told.local(until),
            message_id=message.new_message_id(mail),
        )
        mail_id = mails.begin(
            conn,
            due,
            invitation_id=invitation_id,
            message_id=letter.message_id,
            stop_hash=token_hash(stop),
            now=now,
        )
    return Ready(mail_id, letter)


def _conclude(clinic: Clinic, mail_id: int, due: Due, outcome: Outcome, now: datetime) -> Fate:
    """Write down what came of a mail.

    A mailbox that cannot take a mail for days is given up. That of a reminder is left as it is: to show it would
    tell the therapist that one was sent. The next invitation will meet the same wall.
    """
    fate, state = outcome.fate, outcome.fate.value
    too_long = due.first_at is not None and now - due.first_at >= TRIED_FOR
    if fate is Fate.LATER and too_long:
        state = "given up"
    with clinic.db.write() as conn:
        mails.finish(conn, mail_id, state, outcome.failure, now)
        if fate in (Fate.LATER, Fate.REFUSED):
            mails.withdraw_link(conn, mail_id)
        if state in ("given up", "refused") and outcome.about_address and due.kind == "invitation":
            contacts.mark_undelivered(conn, due.contact_id, outcome.failure, now)
        record_by(conn, "system", "send mail", "mail", mail_id, now, {"kind": due.kind, "state": state})
    return fate


def bounce(clinic: Clinic, content: bytes, now: datetime) -> str:
    """Take a report that a mail of ours came back, and answer with a sentence. Raises Fault for anything else."""
    try:
        report = returned.read(content)
    except NotAReport as fault:
        raise Fault(str(fault).removesuffix(".")) from fault
    with clinic.db.write() as conn:
        mail = mails.by_message_id(conn, report.message_id)
        if mail is None:
            raise Fault("This report is about no mail of this clinic, or about one that is known to be lost")
        mails.bounce(conn, mail.id, report.status, now)
        mails.withdraw_link(conn, mail.id)
        if mail.kind == "invitation":
            contacts.mark_undelivered(conn, mail.contact_id, report.status, now)
        record_by(conn, "system", "mail came back", "mail", mail.id, now, {"status": report.status})
    return f"Noted: one mail did not arrive ({report.status})."


def state(clinic: Clinic, viewer: Viewer, now: datetime) -> MailState | None:
    """How the mails stand, in counts and codes; None where mail is not set up."""
    require(viewer, Permission.CHANGE_SETTINGS)
    if clinic.config.mail is None:
        return None
    with clinic.db.read() as conn:
        return mails.state(conn, now)

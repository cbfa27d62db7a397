"""A patient's safe contact: asked for by the own therapist, seen by nobody else, ended by either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from alliance.actions.caseload import SessionPage
from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import own_dyad, record, require
from alliance.actions.tokens import token_hash
from alliance.actions.trail import record_by
from alliance.domain.access import Permission
from alliance.domain.contact import ASKED_ABOUT, ASKED_AGAIN, Contact, EndedBy
from alliance.domain.people import Dyad, Viewer
from alliance.mail import message
from alliance.mail.addresses import checked
from alliance.storage import contacts, mails, sessions, settings

NOT_SAFE = "Then leave e-mail alone, and let this patient answer in the room. Nothing is kept"
SAMPLE = "…"  # stands for a token in the preview of a mail


class Answer(StrEnum):
    """What the patient says to: does anybody else read this mailbox, or see this screen?"""

    NOBODY = "nobody"
    SAFE = "safe"
    NOT_SAFE = "not-safe"


@dataclass(frozen=True, slots=True)
class ContactPage:
    """What the own therapist sees of a patient's contact. `mail_on`: this clinic's machine can send mail at all.

    `subject` and `text` are what a mail to this patient says.
    """

    dyad: Dyad
    contact: Contact | None
    today: date
    mail_on: bool
    subject: str
    text: str


def open_contact(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> ContactPage:
    """The contact of one's own patient. Raises NotFound or Forbidden for anybody else's."""
    require(viewer, Permission.KEEP_CONTACT)
    with clinic.db.write() as conn:
        told = settings.clinic_settings(conn)
        today = told.today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        contact = contacts.of_dyad(conn, clinic.keyring, dyad.id)
        if contact is not None and contact.address:
            record(conn, viewer, "open contact", "contact", contact.id, now)
    letter = message.Letter(
        kind="invitation",
        to="",
        language=dyad.patient.language,
        link=f"{clinic.config.public_url}/a/{SAMPLE}",
        stop=f"{clinic.config.public_url}/stop/{SAMPLE}",
        until=told.local(now + timedelta(hours=told.link_hours)),
        message_id="",
    )
    return ContactPage(
        dyad=dyad,
        contact=contact,
        today=today,
        mail_on=clinic.config.mail is not None,
        subject=message.subject("invitation", letter.language),
        text=message.text(letter),
    )


def keep_contact(
    clinic: Clinic,
    viewer: Viewer,
    patient_id: int,
    *,
    answer: Answer,
    address: str,
    agreed: bool,
    reminders: bool,
    now: datetime,
) -> None:
    """Keep what the patient said today, in place of what was said before.

    Where e-mail may not be safe, nothing is kept, and what was kept before is wiped. Raises Fault.
    """
    require(viewer, Permission.KEEP_CONTACT)
    if answer is Answer.NOT_SAFE:
        end_contact(clinic, viewer, patient_id, now)
        raise Fault(NOT_SAFE, "answer")
    whole = checked(address)
    if whole is None:
        raise Fault("Enter an address such as name@example.org", "address")
    if not agreed:
        raise Fault("Tick this if the patient agrees; otherwise leave e-mail alone", "agreed")
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        contacts.end(conn, dyad.id, EndedBy.ASKED_AGAIN, now)
        contact_id = contacts.add(
            conn, clinic.keyring, dyad.id, address=whole, reminders=reminders, asked_on=today
        )
        record(conn, viewer, "keep contact", "contact", contact_id, now, {"reminders": reminders})


def end_contact(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> None:
    """Write to this patient no more, and wipe the address. Where there is none, nothing happens."""
    require(viewer, Permission.KEEP_CONTACT)
    with clinic.db.write() as conn:
        dyad = own_dyad(conn, viewer, patient_id, settings.clinic_settings(conn).today(now))
        contact = contacts.of_dyad(conn, clinic.keyring, dyad.id)
        if contact is not None and contacts.end(conn, dyad.id, EndedBy.THERAPIST, now):
            record(conn, viewer, "end contact", "contact", contact.id, now)


@dataclass(frozen=True, slots=True)
class ToDo:
    """A patient whom to ask something about e-mail, and what."""

    patient_id: int
    code: str
    sentence: str


def to_ask(clinic: Clinic, viewer: Viewer, now: datetime) -> Sequence[ToDo]:
    """Which of the viewer's own patients to ask about e-mail. It tells nothing of any session."""
    require(viewer, Permission.SEE_CASELOAD)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        found = contacts.to_look_at(conn, clinic.keyring, viewer.staff_id, today, today - ASKED_AGAIN)
    return [ToDo(id_, code, contact.to_do(today) or "") for id_, code, contact in found]


class Way(StrEnum):
    """E-mail as a way to answer about one session, from what the therapist knows alone."""

    GOES = "goes by itself"
    ASK = "ask first"
    TOO_LATE = "too long ago"


def way(clinic: Clinic, page: SessionPage, now: datetime) -> tuple[Way, Contact | None] | None:
    """Whether this session is written about; None where that is not the viewer's to know.

    It looks neither at answers nor at mails, so that it cannot tell whether one was sent.
    """
    if not page.own or not (clinic.config.mail or clinic.config.demo):
        return None
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        contact = contacts.of_dyad(conn, clinic.keyring, page.dyad.id)
        newest = sessions.newest(conn, page.dyad.id)
    if newest != page.session or page.session.held_on < today - ASKED_ABOUT:
        return Way.TOO_LATE, contact
    if contact is None or not contact.holds(today) or page.dyad.patient.paused:
        return Way.ASK, contact
    return Way.GOES, contact


class UnknownStop(Exception):
    """No mail carried this stop link."""


def language_of_stop(clinic: Clinic, token: str) -> str:
    """The language to ask in, whether they should stop. Reads only. Raises UnknownStop."""
    with clinic.db.read() as conn:
        mail = mails.by_stop(conn, token_hash(token))
    if mail is None:
        raise UnknownStop
    return mail.language


def stop(clinic: Clinic, token: str, now: datetime) -> str:
    """Write to this patient no more, whoever of the therapists had asked. Again: nothing happens.

    Answers with the language to say so in. Raises UnknownStop.
    """
    with clinic.db.write() as conn:
        mail = mails.by_stop(conn, token_hash(token))
        if mail is None:
            raise UnknownStop
        for contact_id in contacts.end_for_patient(conn, mail.contact_id, EndedBy.LINK, now):
            record_by(conn, "patient", "end contact", "contact", contact_id, now)
    return mail.language

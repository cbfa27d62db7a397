"""Mails of the clinic to itself: plain text to an address of its own, about nobody."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from alliance.mail.message import WIRE, new_message_id, sender_name
from alliance.mail.settings import MailSettings


def compose(settings: MailSettings, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    """The whole message, in English. Raises ValueError for anything that would break out of its header."""
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(sender_name(settings, "en"), addr_spec=settings.sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = new_message_id(settings)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    return message

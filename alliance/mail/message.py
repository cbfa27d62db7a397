"""The mail itself: one link, until when it works, and how to get no more of them. Nothing else, and no picture."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any, Literal

from alliance.languages import catalogue, for_patients, phrasing
from alliance.mail.settings import MailSettings

Kind = Literal["invitation", "reminder"]

SENDER = for_patients("Messages")
SUBJECTS: dict[Kind, str] = {
    "invitation": for_patients("As agreed"),
    "reminder": for_patients("As agreed, once more"),
}
OPENINGS: dict[Kind, str] = {
    "invitation": for_patients(
        "You said that we may write to you here. This is the link; it takes about a minute:"
    ),
    "reminder": for_patients(
        "This is the link once more, for this one time. If you have used it already, all is well:"
    ),
}
HELLO = for_patients("Hello,")
UNTIL = for_patients("It works until %(day)s, %(time)s. You need not use it.")
NO_REPLY = for_patients("Nobody reads what is sent to this address.")
STOP = for_patients("If you want no more of these messages:")


class _Wire(EmailPolicy):
    """The standard library's rules, but for one header: a long address in it would be encoded, and dead."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == "List-Unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


# Lines of at most 76 signs (RFC 2045); no sign beyond ASCII travels as it is, so that every server can carry it.
WIRE = _Wire(linesep=SMTP.linesep, max_line_length=76, cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Letter:
    """What one mail needs to know. `until` is on the clinic's own clock; both addresses are whole."""

    kind: Kind
    to: str
    language: str
    link: str
    stop: str
    until: datetime
    message_id: str


def new_message_id(settings: MailSettings) -> str:
    """A random id for one mail, of the domain that it comes from: by it a returned mail is known again."""
    return f"<{secrets.token_hex(16)}@{settings.domain}>"


def subject(kind: Kind, tag: str) -> str:
    """What stands in the list of a mailbox."""
    return catalogue(tag).gettext(SUBJECTS[kind])


def text(letter: Letter) -> str:
    """What the mail says, in the patient's language."""
    say = catalogue(letter.language).gettext
    until = {
        "day": phrasing.long_day(letter.until.date(), letter.language),
        "time": phrasing.clock_time(letter.until, letter.language),
    }
    return "\n\n".join(
        (
            say(HELLO),
            say(OPENINGS[letter.kind]),
            letter.link,
            say(UNTIL) % until,
            f"{say(STOP)}\n{letter.stop}",
            say(NO_REPLY) + "\n",
        )
    )


def sender_name(settings: MailSettings, tag: str) -> str:
    """The name before the sender's address: the clinic's choice, or a word that says nothing."""
    return settings.name or catalogue(tag).gettext(SENDER)


def compose(settings: MailSettings, letter: Letter, now: datetime) -> EmailMessage:
    """The whole message. Raises ValueError for anything that would break out of its header."""
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(sender_name(settings, letter.language), addr_spec=settings.sender)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = subject(letter.kind, letter.language)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Unsubscribe"] = f"<{letter.stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text(letter), charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = letter.language  # after the content, which clears what is said of it
    return message

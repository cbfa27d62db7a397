"""Mails that come back later: what a delivery status notification (RFC 3464) says of one of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message

LARGEST = 1024 * 1024  # bytes; a notification holds no more than a mail and a report
_ID = re.compile(r"<[^<>\s]{3,250}>")
_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")


class NotAReport(Exception):
    """This is no report that a mail of ours could not be delivered. The message says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail that was not delivered: its Message-ID, and the status code that says why."""

    message_id: str
    status: str


def read(content: bytes) -> Returned:
    """The report in this message. Anybody can write one, so nothing but these two short values is taken from it.

    Raises NotAReport.
    """
    if len(content) > LARGEST:
        raise NotAReport("This is too large for a report about a mail.")
    try:
        message = message_from_bytes(content, policy=policy.default)
        if message.get_content_type() != "multipart/report" or not isinstance(message, EmailMessage):
            raise NotAReport("This is not a report about a mail that could not be delivered.")
        return Returned(_message_id(message), _status(message))
    except NotAReport:
        raise
    except Exception as error:  # the parser was made for mail as it should be, and raises what it likes
        raise NotAReport("This cannot be read as a report about a mail.") from error


def _status(report: EmailMessage) -> str:
    """The status of the first mailbox that the mail failed to reach."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message) or str(block.get("Action", "")).strip().lower() != "failed":
                continue
            found = _STATUS.search(str(block.get("Status", "")))
            return found[0] if found else "5.0.0"
    raise NotAReport("This report does not say that a mail has failed; nothing was changed.")


def _message_id(report: EmailMessage) -> str:
    """The Message-ID of the mail that is given back, as a whole or by its headers."""
    for part in report.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            given_back = inner[0] if isinstance(inner, list) and inner else None
        elif kind == "text/rfc822-headers":
            raw = part.get_payload(decode=True)
            given_back = (
                message_from_string(raw.decode("utf-8", "replace")) if isinstance(raw, bytes) else None
            )
        else:
            continue
        found = _ID.search(str(given_back.get("Message-ID", ""))) if isinstance(given_back, Message) else None
        if found:
            return found[0]
    raise NotAReport("This report does not say which mail it is about.")

"""A patient's safe contact: where a message may go, what it is for, and how long that answer holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

ASKED_AGAIN = timedelta(days=90)  # after that nothing is sent until the question was asked again
ASKED_ABOUT = timedelta(days=7)  # a session that is longer ago is not written about
REMINDED_AFTER = timedelta(hours=48)  # and at most once
TRIED_FOR = timedelta(days=3)  # how long a mailbox that cannot take a mail now is tried again
GOES_STALE = timedelta(minutes=15)  # longer than handing one mail over can take

ASK_AGAIN = "Ask again whether e-mail is still safe"
ASK_FOR_ANOTHER = "E-mail could not be delivered: ask for another address"


class EndedBy(StrEnum):
    """How a consent ended."""

    THERAPIST = "therapist"
    LINK = "link"
    ASKED_AGAIN = "asked again"


@dataclass(frozen=True, slots=True)
class Contact:
    """What a patient answered when asked whether e-mail is safe. `address` is empty once that has ended.

    `undelivered`: something that was sent there did not arrive.
    """

    id: int
    dyad_id: int
    address: str
    reminders: bool
    asked_on: date
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    undelivered: bool = False

    @property
    def asked_again_on(self) -> date:
        """The first day on which the answer no longer holds."""
        return self.asked_on + ASKED_AGAIN

    def holds(self, today: date) -> bool:
        """Whether something may be sent there today."""
        return self.ended_at is None and not self.undelivered and today < self.asked_again_on

    def to_do(self, today: date) -> str | None:
        """What the therapist should do about it, or None. It speaks of the mailbox, never of a session."""
        if self.ended_at is not None:
            return None
        if self.undelivered:
            return ASK_FOR_ANOTHER
        return None if today < self.asked_again_on else ASK_AGAIN


@dataclass(frozen=True, slots=True)
class MailState:
    """What an administrator may know of the mails: counts and codes, nobody's name or address.

    `tried_at` is when the mail server was last spoken to; `unreachable` is the code of why it could not be.
    """

    tried_at: datetime | None = None
    unreachable: str = ""
    undelivered: int = 0
    last_failure: str = ""
    unknown: int = 0

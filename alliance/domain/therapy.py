"""Therapy sessions, the invitations to answer about them, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """How the patient was invited."""

    LINK = "link"
    QR = "qr"
    SLIP = "slip"
    HERE = "here"
    KIOSK = "kiosk"
    MAIL = "mail"
    PAPER = "paper"


# The patient answers in the house, and hands the device to somebody of the staff afterwards.
IN_THE_ROOM = frozenset({Channel.HERE, Channel.KIOSK})


class Audience(StrEnum):
    """Who may see a response: therapist and supervisor, or the supervisor alone."""

    BOTH = "both"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class TherapySession:
    """One held session of a dyad. Sessions are ordered by `number`, from 1, never by the clock."""

    id: int
    dyad_id: int
    number: int
    held_on: date


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that may write one answer and read nothing, with what its page has to say.

    `supervisor_names` are those who supervise the therapist today; `next_on` is the day of the next session.
    `answered`: the session has its response. `says_answered`: the page may say so when it is opened. Where the
    response was held back no link may, not even the one it came by: the therapist may have kept its address.
    `reached`: the latest moment from its end on at which the clock has stood since it was made, if asked for.
    """

    id: int
    session_id: int
    session_number: int
    dyad_id: int
    instrument: str
    version: str
    language: str
    channel: Channel
    made_at: datetime
    expires_at: datetime
    therapist_name: str
    supervisor_names: tuple[str, ...]
    next_on: date | None
    answered: bool
    says_answered: bool
    reached: datetime | None = None

    def ended(self, now: datetime, grace: timedelta = timedelta(0)) -> bool:
        """Whether its time is over, `grace` included, or was before somebody put the clock back."""
        return self.expires_at + grace <= (max(now, self.reached) if self.reached else now)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a patient said, checked: item values as picked, the optional questions, who may see it."""

    items: Mapping[str, int] = field(default_factory=dict)
    talked: str | None = None
    comment: str = ""
    audience: Audience = Audience.BOTH
    wants_help: bool = False

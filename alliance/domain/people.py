"""The people of a clinic: staff with their roles, patients by code, and the dyads they form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff does here; one person may hold several."""

    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff. `ready` is False until the invitation has been accepted with a password."""

    id: int
    email: str
    name: str
    roles: frozenset[Role]
    disabled: bool = False
    ready: bool = True


@dataclass(frozen=True, slots=True)
class Viewer:
    """The member of staff who is looking. Every query for a patient's data takes one.

    `confirmed_at` is when this person last showed who they are: at sign-in, or by the password since.
    """

    staff_id: int
    name: str
    roles: frozenset[Role]
    confirmed_at: datetime | None = field(default=None, compare=False)

    def has(self, role: Role) -> bool:
        return role in self.roles


LONGEST_CODE = 40


def is_code(text: str) -> bool:
    """Whether a patient can go by this code: one line of 1 to 40 signs that can be seen."""
    return 1 <= len(text) <= LONGEST_CODE and text.isprintable()


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient, known to the product by a code only."""

    id: int
    code: str
    language: str
    instrument: str
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Dyad:
    """One patient with one therapist: the unit whose alliance is measured.

    `next_on` is the day of the next session where the therapist has entered one.
    """

    id: int
    patient: Patient
    therapist_id: int
    therapist_name: str
    starts_on: date
    ends_on: date | None = None
    next_on: date | None = None

    def is_over(self, today: date) -> bool:
        """Whether the two no longer meet. `ends_on` is the first day on which that is so."""
        return self.ends_on is not None and self.ends_on <= today


@dataclass(frozen=True, slots=True)
class StaffInvitation:
    """The newest link with which somebody can set a password. It is over once used, replaced or 72 hours old."""

    sent_at: datetime
    ends_at: datetime
    used_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Whether the link still opens."""
        return self.used_at is None and now < self.ends_at


@dataclass(frozen=True, slots=True)
class Supervision:
    """Who supervises whom, from when, and the first day on which it no longer holds."""

    id: int
    supervisor_id: int
    supervisor: str
    therapist_id: int
    therapist: str
    starts_on: date
    ends_on: date | None = None

    def holds(self, today: date) -> bool:
        """Whether it holds today."""
        return self.starts_on <= today and (self.ends_on is None or today < self.ends_on)

    def is_over(self, today: date) -> bool:
        """Whether it held once, or was taken back before it began."""
        return self.ends_on is not None and self.ends_on <= today

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

"""The people of a clinic: staff with their roles, patients by code, and the dyads they form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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
    """The member of staff who is looking. Every query for a patient's data takes one."""

    staff_id: int
    name: str
    roles: frozenset[Role]

    def has(self, role: Role) -> bool:
        return role in self.roles


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

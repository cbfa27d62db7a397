"""Tokens with which another system reads one therapist's records over FHIR, and what each may open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Scope(StrEnum):
    """A kind of record that a token may open. Whose records they are is never the token's to say."""

    OBSERVATIONS = "observations"
    PATIENTS = "patients"
    QUESTIONNAIRES = "questionnaires"
    RESPONSES = "responses"

    @property
    def short(self) -> str:
        """What it opens, in a list."""
        return SHORT[self]


OPENS = {
    Scope.PATIENTS: "Your patients by code, and the days of their sessions",
    Scope.OBSERVATIONS: "Scores, 0 to 100, of each answer",
    Scope.RESPONSES: "What was answered, item by item; never words",
    Scope.QUESTIONNAIRES: "The questionnaires themselves",
}

SHORT = {
    Scope.PATIENTS: "patients and sessions",
    Scope.OBSERVATIONS: "scores",
    Scope.RESPONSES: "answers",
    Scope.QUESTIONNAIRES: "questionnaires",
}

LASTS = {30: "30 days", 90: "90 days", 365: "a year"}
"""How long a token may last, in days."""

MOST_TOKENS = 10
"""How many working tokens one person may have."""

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: never the token itself. `last_used_at` is None before its first use."""

    id: int
    staff_id: int
    name: str
    scopes: frozenset[Scope]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def opens(self) -> list[str]:
        """What it opens, in words."""
        return [scope.short for scope in SHORT if scope in self.scopes]

    def works(self, now: datetime) -> bool:
        """Whether it opens anything, as far as the token itself goes."""
        return self.ended_at is None and self.made_at <= now < self.expires_at

    @classmethod
    def lasting(cls, days: int, now: datetime) -> datetime:
        """When a token made now ends, that lasts so many days."""
        return now + timedelta(days=days)

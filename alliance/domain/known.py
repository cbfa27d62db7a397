"""What a therapist may know of the sessions of a dyad, record by record, for systems that take it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Kind = Literal["session", "monthly", "checklist"]
KINDS: tuple[Kind, ...] = ("session", "monthly", "checklist")
"""A questionnaire about the session; the monthly one about life around therapy; ticks of what happened."""


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient in one dyad, by code. `changed_at` is the last moment at which anything of this changed."""

    id: int
    code: str
    language: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class KnownSession:
    """One session that was held, with whom. A form that its therapist may not know of leaves no sign in it."""

    id: int
    patient_id: int
    therapist_id: int
    number: int
    held_on: date
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class KnownForm:
    """One questionnaire that was answered, as it was asked: which version, in which language.

    `record` names the row that it comes from and stays inside. `changed_at` is when it came, was uncovered
    by its therapist, or was disputed; never when it was released, which would tell that it had been held back.
    """

    record: int
    kind: Kind
    session: KnownSession
    instrument: str
    version: str
    language: str
    answered_at: datetime
    changed_at: datetime
    disputed: bool = False
    scales: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered on a form. Scores are 0 to 100, or None, and then `reasons` says why there is none."""

    form: KnownForm
    items: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[str, float | None] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    ticks: tuple[str, ...] = ()
    talked: str | None = None

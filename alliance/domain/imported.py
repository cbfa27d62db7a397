"""What was rated before this clinic asked, and what becomes of each line of a file that brings it.

Such a session teaches what is usual for a dyad. It asks no question, is no answer of a form here, and counts as none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

SCORES = ("safety", "attunement", "collaboration", "rupture", "alliance")
LONGEST_NAME = 80
"""Characters that the name of an earlier questionnaire may have."""


class Form(StrEnum):
    """How what was rated before measures: as the questionnaire that is asked here, or otherwise."""

    SAME = "same"
    OTHER = "other"


class Kind(StrEnum):
    """What an import brings."""

    CASELOAD = "caseload"
    RATINGS = "ratings"


@dataclass(frozen=True, slots=True)
class Imported:
    """That a session of a course was taken over, and the name of what it was rated on."""

    questionnaire: str
    form: Form

    @property
    def words(self) -> str:
        """`imported: Session form 2`"""
        return f"imported: {self.questionnaire}"


class PastCase(NamedTuple):
    """One line of a caseload: a patient by code, with a therapist by e-mail address, from a day on.

    `end` is the last day, None while the therapy goes on.
    """

    line: int
    patient: str
    therapist: str
    language: str
    instrument: str
    start: date
    end: date | None


class PastRating(NamedTuple):
    """One line of ratings: a session that was held, with its scores from 0 to 100, None where there is none.

    `therapist` is empty where the patient has one only; `number` is None where sessions are told apart by their days.
    `items` are the single answers as JSON, None where only scores came.
    """

    line: int
    patient: str
    therapist: str
    number: int | None
    held_on: date
    safety: float | None
    attunement: float | None
    collaboration: float | None
    rupture: float | None
    alliance: float | None
    items: str | None

    @property
    def scores(self) -> tuple[float | None, ...]:
        return self[5:10]

    @property
    def answered(self) -> bool:
        return any(score is not None for score in self.scores)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one line of a file, and what to do about it; `column` is empty where it is all of the line."""

    line: int
    column: str
    sentence: str


class Fate(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    DUPLICATE = "there already"
    WRONG = "wrong"


class Line(NamedTuple):
    """One line of the report."""

    number: int
    fate: Fate
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an import would do or did, line by line. `number` is that of the import, once it is done."""

    lines: tuple[Line, ...]
    number: int | None = None

    def count(self, fate: Fate) -> int:
        """How many lines have this fate."""
        return sum(line.fate is fate for line in self.lines)

    @property
    def wrong(self) -> bool:
        return any(line.fate is Fate.WRONG for line in self.lines)


@dataclass(frozen=True, slots=True)
class Source:
    """What a file is: its fingerprint, the name of what was rated on, and how that measures."""

    file_hash: bytes
    questionnaire: str = ""
    form: Form = Form.OTHER


@dataclass(frozen=True, slots=True)
class Done:
    """One import that was done, and since when it is undone, if it is."""

    number: int
    kind: Kind
    made_at: datetime
    questionnaire: str
    patients: int
    sessions: int
    undone_at: datetime | None

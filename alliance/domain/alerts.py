"""Alerts: questions that the numbers raise, each with its reason and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from alliance.analysis.track import Level
from alliance.domain.therapy import Audience

# The rules that raise alerts, by the name and number that stand on what is printed. To be counted up when they change.
RULES = "Detection 1.0"


class AlertStatus(StrEnum):
    """Where an alert stands.

    `new`, `seen`, `later` (asked to be reminded) and `talked` are open. `ordinary` (asked, and it was an
    ordinary session), `raised` (a stronger alert of the same episode took its place), `repaired` (the
    numbers came back) and `withdrawn` (a late answer took its reason away before anyone saw it) are closed.
    """

    NEW = "new"
    SEEN = "seen"
    LATER = "later"
    TALKED = "talked"
    ORDINARY = "ordinary"
    RAISED = "raised"
    REPAIRED = "repaired"
    WITHDRAWN = "withdrawn"

    @property
    def open(self) -> bool:
        return self in OPEN


OPEN = frozenset({AlertStatus.NEW, AlertStatus.SEEN, AlertStatus.LATER, AlertStatus.TALKED})


@dataclass(frozen=True, slots=True)
class Alert:
    """A question about one session of one dyad, with the sentence that says why it is asked.

    `factors` are the parts of the odds as multipliers, largest first (`ratings`, `report`, `silence`), or
    `own-word` when the patient said it outright. `confirmed` is what the therapist found on asking: that
    something was between the two, that nothing was, or None where nobody has said.
    """

    id: int
    dyad_id: int
    session_id: int
    session_number: int
    held_on: date
    audience: Audience
    level: Level
    rules: tuple[str, ...]
    factors: tuple[tuple[str, float], ...]
    sentence: str
    status: AlertStatus
    raised_at: datetime
    seen_at: datetime | None = None
    closed_at: datetime | None = None
    talked_number: int | None = None
    confirmed: bool | None = None

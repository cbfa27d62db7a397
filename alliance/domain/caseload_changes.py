"""A patient goes from one therapist to another, or a therapy ends: why, and what both therapists are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST_AHEAD = timedelta(days=90)


class Reason(StrEnum):
    """Why. A list and no free text: nothing about the patient is written down here."""

    LEAVING = "leaving"
    ABSENCE = "absence"
    WISH = "wish"
    FIT = "fit"
    OTHER_MOVE = "other-move"
    PLANNED = "planned"
    STOPPED = "stopped"
    ELSEWHERE = "elsewhere"
    OTHER_END = "other-end"

    @property
    def words(self) -> str:
        """The reason as staff read it."""
        return WORDS[self]


WORDS = {
    Reason.LEAVING: "The therapist leaves the clinic",
    Reason.ABSENCE: "The therapist is away for long",
    Reason.WISH: "The patient asked for it",
    Reason.FIT: "Somebody else’s experience fits better",
    Reason.OTHER_MOVE: "Another reason",
    Reason.PLANNED: "The therapy has come to its end, as planned",
    Reason.STOPPED: "The patient stopped coming",
    Reason.ELSEWHERE: "The patient goes on elsewhere",
    Reason.OTHER_END: "Another reason",
}
FOR_MOVE = (Reason.LEAVING, Reason.ABSENCE, Reason.WISH, Reason.FIT, Reason.OTHER_MOVE)
FOR_END = (Reason.PLANNED, Reason.STOPPED, Reason.ELSEWHERE, Reason.OTHER_END)


@dataclass(frozen=True, slots=True)
class Change:
    """One patient’s change, as one of the two therapists is told of it.

    `moves_on` is the first day on which the earlier therapist no longer sees the patient. `coming` is whether the
    patient comes to the one who reads. `other` is the name of the other therapist, None where the therapy ended.
    """

    id: int
    code: str
    patient_id: int
    moves_on: date
    reason: Reason
    coming: bool
    other: str | None
    made_by: str

    @property
    def last_day(self) -> date:
        """The last day on which the earlier therapist sees the patient."""
        return self.moves_on - timedelta(days=1)

"""Everything about a patient is to go: two people have to want it, and then seven days in which either may stop it.

    asked ── confirmed by somebody else ──> waiting ── after seven days, at night ──> erased
      └──────────── stopped by anybody whom it concerns ────────────┘

One asks on the patient’s word; a second, never the same person, confirms. Nothing goes before `due_at`, and from
`erased` and `stopped` no way leads back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

HOLD = timedelta(days=7)


class Reason(StrEnum):
    """Why everything is to go. A list and no free text: the reason outlives the patient’s data."""

    WITHDRAWN = "withdrawn"
    NOT_NEEDED = "not-needed"
    NO_REASON = "no-reason"
    UNLAWFUL = "unlawful"
    KEPT_LONG_ENOUGH = "kept-long-enough"

    @property
    def words(self) -> str:
        """The reason as staff read it."""
        return WORDS[self]


WORDS = {
    Reason.WITHDRAWN: "The patient no longer agrees to it being kept",
    Reason.NOT_NEEDED: "The patient says that it is no longer needed",
    Reason.NO_REASON: "The patient wishes it and gives no reason",
    Reason.UNLAWFUL: "It should not have been kept in the first place",
    Reason.KEPT_LONG_ENOUGH: "The therapies ended longer ago than the clinic keeps them",
}
# What a patient may have said; the others are the clinic’s own.
OF_PATIENTS = tuple(reason for reason in Reason if reason is not Reason.KEPT_LONG_ENOUGH)


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    WAITING = "waiting"
    STOPPED = "stopped"
    ERASED = "erased"


class Refused(Exception):
    """This cannot be done with the request as it stands. The message says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request for erasure. People are ids of staff; moments are in UTC."""

    id: int
    patient_id: int
    reason: Reason
    asked_by: int
    asked_at: datetime
    confirmed_by: int | None = None
    confirmed_at: datetime | None = None
    stopped_by: int | None = None
    stopped_at: datetime | None = None
    erased_at: datetime | None = None

    @property
    def state(self) -> State:
        if self.erased_at is not None:
            return State.ERASED
        if self.stopped_at is not None:
            return State.STOPPED
        return State.ASKED if self.confirmed_at is None else State.WAITING

    @property
    def open(self) -> bool:
        """Whether it may still be stopped."""
        return self.state in (State.ASKED, State.WAITING)

    @property
    def due_at(self) -> datetime | None:
        """From when on it is carried out; None before it is confirmed."""
        return None if self.confirmed_at is None else self.confirmed_at + HOLD

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be carried out now."""
        return self.state is State.WAITING and self.due_at is not None and now >= self.due_at

    def confirm(self, by: int, now: datetime) -> Request:
        """A second person wants it too: the seven days begin. Raises Refused."""
        if self.state is not State.ASKED:
            raise Refused(NOT_OPEN[self.state])
        if by == self.asked_by:
            raise Refused("Somebody else has to confirm what you asked for")
        return replace(self, confirmed_by=by, confirmed_at=max(now, self.asked_at))

    def stop(self, by: int, now: datetime) -> Request:
        """It is not to happen. Raises Refused where it has happened, or was stopped before."""
        if not self.open:
            raise Refused(NOT_OPEN[self.state])
        return replace(self, stopped_by=by, stopped_at=now)

    def carry_out(self, now: datetime) -> Request:
        """Everything has gone. Raises Refused before it is due."""
        if not self.is_due(now):
            raise Refused("It is not time for this yet")
        return replace(self, erased_at=now)


NOT_OPEN = {
    State.WAITING: "This is confirmed already",
    State.STOPPED: "This was stopped. Ask anew if it is wanted after all",
    State.ERASED: "This has been carried out",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as it is shown to those whom it concerns. `code` is None once the patient is gone."""

    request: Request
    code: str | None
    asked_by: str
    confirmed_by: str | None

"""Alerts: questions that the numbers raise, each with its reason and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from alliance.analysis.track import Level
from alliance.domain.ledger import (
    BETWEEN,
    BY_THE_NUMBERS,
    OPEN,
    AlertStatus,
    Kind,
    Step,
    state_of,
    talks,
)
from alliance.domain.therapy import Audience

__all__ = ["OPEN", "RULES", "Alert", "AlertStatus"]

# The rules that raise alerts, by the name and number that stand on what is printed. To be counted up when they change.
RULES = "Detection 1.0"


@dataclass(frozen=True, slots=True)
class Alert:
    """A question about one session of one dyad, with the sentence that says why it is asked.

    `factors` are the parts of the odds as multipliers, largest first (`ratings`, `report`, `silence`), or
    `own-word` when the patient said it outright. `status` is what the `steps` of its ledger lead to.
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
    steps: tuple[Step, ...] = ()

    @property
    def seen_at(self) -> datetime | None:
        """When the first step was taken by somebody."""
        return next((step.at for step in self.steps if step.by is not None), None)

    @property
    def closed_at(self) -> datetime | None:
        """When it came to stand where it stands, if that is not open."""
        ends = [step.at for step in self.steps if step.kind.value == self.status.value]
        return ends[-1] if ends and not self.status.open else None

    @property
    def talk(self) -> Step | None:
        """The last time it was talked about, as far as it was noted."""
        found = talks(self.steps)
        return found[-1] if found else None

    @property
    def talked(self) -> bool:
        """Open, and talked about."""
        return self.status.open and self.talk is not None

    @property
    def talked_number(self) -> int | None:
        """The session in which it was talked about, if it was in one."""
        return self.talk.number if self.talk else None

    @property
    def confirmed(self) -> bool | None:
        """Whether something was between the two, as the therapist found on asking; None where nobody has said."""
        if self.status is AlertStatus.ORDINARY:
            return False
        return True if self.talk and self.talk.found == BETWEEN else None

    def with_step(self, step: Step) -> Alert:
        """The same question one step on."""
        steps = (*self.steps, step)
        return replace(self, steps=steps, status=state_of(steps))

    def before(self, number: int) -> Alert:
        """As it stood before the answers to this session, as far as they decided anything."""
        steps = tuple(
            step
            for step in self.steps
            if step.kind not in BY_THE_NUMBERS or step.number is None or step.number < number
        )
        return self if len(steps) == len(self.steps) else replace(self, steps=steps, status=state_of(steps))

    def step(self, kind: Kind) -> Step | None:
        """The newest step of this kind."""
        return next((step for step in reversed(self.steps) if step.kind is kind), None)

"""How long each step of a question took, in days, and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from alliance.domain.alerts import Alert
from alliance.domain.ledger import Kind, Step, talks
from alliance.domain.wording import count, number


@dataclass(frozen=True, slots=True)
class Waits:
    """Whole days from the day a question was raised to each step; None where it was not taken."""

    seen: int | None
    talked: int | None
    repaired: int | None


def waits(alert: Alert, zone: tzinfo) -> Waits:
    """The days to the first look, to the first talk that counts and to the repair that holds. `zone`: the clinic's."""
    seen = alert.seen_at
    repaired = alert.step(Kind.REPAIRED)
    slipped = alert.step(Kind.SLIPPED)
    holds = repaired if repaired and not (slipped and _after(alert, slipped, repaired)) else None
    raised = _day(alert.raised_at, zone)
    return Waits(
        seen=_since(raised, _day(seen, zone) if seen else None),
        talked=_since(raised, talked_on(alert)),
        repaired=_since(raised, day_of(holds, zone) if holds else None),
    )


def talked_on(alert: Alert) -> date | None:
    """The first day on which it was talked about, as far as it is known."""
    return min((step.on for step in talks(alert.steps) if step.on is not None), default=None)


def talk_words(alert: Alert, zone: tzinfo) -> str:
    """`talked about six days later`, from the question to the first talk that is known; empty where none is."""
    days = waits(alert, zone).talked
    return "" if days is None else f"talked about {later_words(days)}"


def day_of(step: Step, zone: tzinfo) -> date:
    """The day a step belongs to: of its session or talk, else the day on which it was noted."""
    return step.on or _day(step.at, zone)


def later_words(days: int) -> str:
    """`the same day`, `a day later`, `six days later`, `three weeks later`."""
    if days <= 0:
        return "the same day"
    if days == 1:
        return "a day later"
    if days < 14:
        return f"{count(days, 'day')} later"
    return f"{number(days // 7)} weeks later"


def _after(alert: Alert, one: Step, other: Step) -> bool:
    return alert.steps.index(one) > alert.steps.index(other)


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


def _since(raised: date, on: date | None) -> int | None:
    return None if on is None else max(0, (on - raised).days)

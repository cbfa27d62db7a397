"""A therapist's own view of a session, given before the patient's answers are known, and how the two compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from alliance.domain.trend import Covered, Trend
from alliance.domain.wording import capital, count, listed, number

# What both rate, 0 to 10 and higher is better; `held` is asked of both too, where higher is more trouble.
SHARED = ("safe", "heard", "team")
HELD = "held"
WORTH_NOTICING = 3  # from here on, what the patient says was kept back is told
CLOSE = 0.75  # points: below, two views are told as close
ENOUGH = 3  # sessions: below, it is too early to say how two views go together


class Standing(StrEnum):
    """Whether an own view can be given: `open` and `covered` (the answers are here, unseen) let it."""

    OPEN = "open"
    COVERED = "covered"
    GIVEN = "given"
    CLOSED = "closed"

    @property
    def possible(self) -> bool:
        return self in {Standing.OPEN, Standing.COVERED}


@dataclass(frozen=True, slots=True)
class OwnView:
    """What a therapist thought of one session: ratings by item, 0 to 10, and whether tension was noticed."""

    number: int
    ratings: Mapping[str, int]
    noticed: str | None


def cover(trend: Trend, waiting: Sequence[Covered]) -> Trend:
    """The course as it was before the first session whose answers wait for the therapist's own view.

    What those answers did to earlier questions, such as to close one as repaired, is not told either.
    """
    if not waiting:
        return trend
    first = waiting[0]
    return replace(
        trend,
        points=[point for point in trend.points if point.number < first.number],
        alerts=[one.before(first.number) for one in trend.alerts if one.session_number < first.number],
        covered=tuple(waiting),
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """One session in both views: means over the sentences that both rated, 0 to 10, and what was kept back."""

    number: int
    own: float
    patient: float
    noticed: str | None
    kept_back: int | None

    @property
    def difference(self) -> float:
        """Above 0 where the therapist rated higher."""
        return self.own - self.patient

    @property
    def missed(self) -> bool:
        """The patient kept something back, and the therapist had noticed nothing."""
        return self.noticed == "no" and (self.kept_back or 0) >= WORTH_NOTICING


def gaps(trend: Trend, views: Iterable[OwnView]) -> list[Gap]:
    """Every session that both rated and that the therapist may know of, in order."""
    answered = {point.number: point.items for point in trend.points if point.answered}
    found = []
    for view in sorted(views, key=lambda view: view.number):
        items = answered.get(view.number, {})
        both = [item for item in SHARED if item in items and item in view.ratings]
        if both:
            own, patient = (sum(of[item] for item in both) / len(both) for of in (view.ratings, items))
            found.append(Gap(view.number, own, patient, view.noticed, items.get(HELD)))
    return found


def in_words(found: Sequence[Gap], code: str) -> str:
    """How the two views go together, in a sentence or two: a question to oneself, not a mark."""
    if not found:
        return ""
    if len(found) < ENOUGH:
        sessions = f"{capital(count(len(found), 'session'))} in both views so far"
        said = f"{sessions}: too early to say how yours and that of {code} go together."
    else:
        mean = sum(gap.difference for gap in found) / len(found)
        over = f"Over {number(len(found))} sessions"
        if abs(mean) < CLOSE:
            said = f"{over} your view and that of {code} were close: {abs(mean):.1f} points apart on average."
        else:
            way = "higher" if mean > 0 else "lower"
            said = f"{over} you rated {abs(mean):.1f} points {way} than {code} on average."
    missed = [str(gap.number) for gap in found if gap.missed]
    if missed:
        sessions = f"session{'s' if len(missed) > 1 else ''} {listed(missed)}"
        said += f" In {sessions} {code} kept something back, and you had noticed no tension."
    return said

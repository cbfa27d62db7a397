"""What a supervisor reads of each therapist: an estimate with its interval, the months, what came of questions.

In words first. In order of name; there is no rank, and no way to sort by a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alliance.domain.suppression import LEAST_ANSWERS, LEAST_PATIENTS
from alliance.domain.wording import capital, count, listed, lower

FEWER = "Fewer than five patients: not shown"
WITHIN = "Within what chance alone would give"
OUTSIDE = "Outside what chance alone would give"
TOO_FEW_TO_PLACE = "Too few patients to place"
NOBODY_TO_COMPARE = "Shown alone: fewer than ten therapists can be compared"
NOT_ENOUGH_ANSWERS = "Too few answers in any one month: not shown"
NOT_YET = "Not yet: the first closed month comes first"
NO_DIFFERENCE = "No difference here is larger than chance alone would give."
ABOUT_THE_PATIENT = "Most of what a patient’s score says is about that patient and that week."
MOST_NAMED = 5
LEAST_TIMED = 5
"""From fewer talks no usual time is told."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened in a therapist’s work over some months.

    Sessions held, with a form `offered`, `back`; questions `asked`, of which found `ordinary`, `talked` about,
    `timed` in a known session, `talk_days` later in all, `repaired`, and still `waiting`, of these `unresolved`.
    """

    sessions: int = 0
    offered: int = 0
    back: int = 0
    asked: int = 0
    ordinary: int = 0
    talked: int = 0
    timed: int = 0
    talk_days: int = 0
    repaired: int = 0
    waiting: int = 0
    unresolved: int = 0

    @property
    def days_to_talk(self) -> float | None:
        """The mean number of days from question to talk, None where too few are known."""
        return self.talk_days / self.timed if self.timed >= LEAST_TIMED else None


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """One therapist’s closed month: the mean over `patients`, points, with its 95 % interval."""

    month: date
    patients: int
    answers: int
    mean: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """`October 2026: 81 (77 to 85), 12 patients, 40 answers`"""
        what = f"{count(self.patients, 'patient')}, {self.answers} answers"
        return f"{self.month:%B %Y}: {self.mean:.0f} ({self.low:.0f} to {self.high:.0f}), {what}"


@dataclass(frozen=True, slots=True)
class TherapistFigures:
    """One supervisee. `caseload`: patients today; `patients` and `answers` are what the estimate rests on.

    `estimate` with its 95 % interval `low` to `high`, points, and these are None below the minimum numbers. `words`
    say where it stands, or why it is not shown. `months`: only those that may be shown.
    """

    id: int
    name: str
    caseload: int
    words: str
    counts: Counts = Counts()
    patients: int | None = None
    answers: int | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    outside: bool = False
    months: Sequence[MonthFigure] = ()

    @property
    def forms(self) -> str:
        """The share of forms that came back, or – where that would speak of single patients."""
        if self.caseload < LEAST_PATIENTS or self.counts.offered < LEAST_ANSWERS:
            return "–"
        return f"{100 * self.counts.back / self.counts.offered:.0f}%"

    @property
    def talk_words(self) -> str:
        """`six days after the question, on average`"""
        days = self.counts.days_to_talk
        if days is None:
            return "–"
        return "the same day, on average" if days < 0.5 else f"{count(round(days), 'day')}, on average"

    @property
    def months_lead(self) -> str:
        """The sentence before the months."""
        if not self.months:
            return f"{self.name}’s months: {lower(self.words)}."
        newest = self.months[-1]
        first = (
            f"In {newest.month:%B} {newest.patients} patients gave {newest.mean:.0f} on average; with other patients "
            f"it might have been {newest.low:.0f} to {newest.high:.0f}."
        )
        if len(self.months) > 1 and all(one.low <= newest.mean <= one.high for one in self.months[:-1]):
            return f"{first} No other month says anything else."
        return first


@dataclass(frozen=True, slots=True)
class Dot:
    """A therapist in the funnel: mean in points over so many patients; `name` is None where not supervised."""

    patients: int
    mean: float
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FunnelFigures:
    """Limits around `centre`: ± z √(tau2 + unit/n) points for n patients; `unit` is the variance for a single one."""

    centre: float
    tau2: float
    unit: float
    dots: Sequence[Dot]
    outside: int

    def half_width(self, patients: float, errors: float) -> float:
        """How far the limit at so many standard errors lies from the centre, points."""
        return errors * float((self.tau2 + self.unit / patients) ** 0.5)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a supervisor sees of all supervisees, in order of name; where they are very many, of one part of them.

    `upto`: first day of the newest settled month; `estimated`: of how many supervisees there is an estimate, and
    `outside`: the names of those who lie outside what chance would give, over all parts.
    """

    upto: date | None
    therapists: Sequence[TherapistFigures]
    mean: float | None = None
    funnel: FunnelFigures | None = None
    estimated: int = 0
    outside: Sequence[str] = ()
    part: int = 1
    parts: int = 1

    @property
    def lead(self) -> str:
        """The sentence before any number."""
        if not self.therapists:
            return "You supervise nobody today."
        if self.upto is None:
            return (
                "No estimates yet: they begin with the first month that is closed and has answers of at least five "
                "patients."
            )
        if not self.estimated:
            return f"Of nobody you supervise there are enough answers for an estimate. {ABOUT_THE_PATIENT}"
        if self.outside:
            few = len(self.outside) <= MOST_NAMED
            who = listed(self.outside) if few else capital(count(len(self.outside), "therapist"))
            verb = "lies" if len(self.outside) == 1 else "lie"
            return (
                f"{who} {verb} outside what chance alone would give: a reason to look together at what "
                f"patients and circumstances differ in, not a verdict. {ABOUT_THE_PATIENT}"
            )
        if self.funnel is None:
            return f"Too few therapists to set anybody beside the others. {ABOUT_THE_PATIENT}"
        return f"{NO_DIFFERENCE} {ABOUT_THE_PATIENT}"

    @property
    def span(self) -> tuple[float, float]:
        """The stretch of the scale that the intervals need, points, in steps of five and at least twenty wide."""
        ends = [end for one in self.therapists for end in (one.low, one.high) if end is not None]
        ends += [self.mean] if self.mean is not None else []
        low, high = (min(ends), max(ends)) if ends else (70.0, 90.0)
        first, last = 5.0 * (low // 5), 5.0 * -(-high // 5)
        while last - first < 20:
            first, last = (first, last + 5) if last < 100 else (first - 5, last)
        return first, last

    @property
    def funnel_words(self) -> str:
        """The caption of the funnel."""
        if self.funnel is None:
            return ""
        outside = self.funnel.outside
        if outside:
            where = (
                f"{capital(count(outside, 'therapist'))} {'lies' if outside == 1 else 'lie'} outside them."
            )
        else:
            where = f"All {count(len(self.funnel.dots), 'therapist')} lie inside the outer lines."
        return (
            "Mean alliance against the number of patients, therapists with ten patients or more. Shaded: where 95 of "
            f"100 lie by chance. Outer lines: 998 of 1,000. {where} Therapists you do not supervise are rings "
            "without a name. Not for pay or dismissal."
        )

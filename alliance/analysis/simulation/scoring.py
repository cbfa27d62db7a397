"""Counting: how often a rule speaks when nothing is wrong, and whether it speaks in time when something is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance.analysis.simulation.courses import Courses, Rupture
from alliance.analysis.simulation.forms import Flags, Numbers
from alliance.analysis.simulation.worlds import Shape

WINDOWS = {Shape.ONE: 2, Shape.THREE: 4, Shape.STEP: 4, Shape.SLIDE: 6}
"""Sessions, the onset included, in which an alert counts as having found the rupture."""


def new_alerts(flags: Flags, courses: Courses) -> Flags:
    """Flagged sessions where the previous answered or flagged one was not flagged.

    A rule that is often on is thereby credited only for a change, as a therapist would see it.
    """
    seen = courses.answered | flags
    new = np.empty_like(flags)
    before = np.zeros(flags.shape[1], bool)
    for number, flagged in enumerate(flags):
        new[number] = flagged & ~before
        before = np.where(seen[number], flagged, before)
    return new


def false_rate(flags: Flags, courses: Courses) -> float:
    """New alerts per 100 answered sessions, in courses without a rupture."""
    return 100.0 * float(new_alerts(flags, courses).sum() / courses.answered.sum())


@dataclass(frozen=True, slots=True)
class Calm:
    """What a rule does to dyads without a rupture: per 100 answered sessions.

    `thirds`: new false alerts for steady, middling and restless dyads, by their true spread.
    """

    false: float
    thirds: tuple[float, float, float]
    flagged: float

    @classmethod
    def of(cls, flags: Flags, courses: Courses) -> Calm:
        new = new_alerts(flags, courses)
        alerts, answers = new.sum(0), courses.answered.sum(0)
        low, high = np.quantile(courses.spread, [1 / 3, 2 / 3])
        groups = (
            courses.spread < low,
            (courses.spread >= low) & (courses.spread < high),
            courses.spread >= high,
        )
        steady, middling, restless = (
            100.0 * float(alerts[each].sum() / answers[each].sum()) for each in groups
        )
        return cls(
            false=100.0 * float(alerts.sum() / answers.sum()),
            thirds=(steady, middling, restless),
            flagged=100.0 * float((flags & courses.held).sum() / answers.sum()),
        )


def found(flags: Flags, courses: Courses, rupture: Rupture) -> tuple[Flags, Numbers]:
    """Which dyads' ruptures a new alert marked in time, and how many sessions after the onset: (n,) each."""
    new = new_alerts(flags, courses)
    since = np.arange(len(flags))[:, None] - courses.onset
    window = WINDOWS[rupture.shape] + courses.sign_first
    hits = new & (since >= 0) & (since < window)
    return np.asarray(hits.any(0)), np.asarray(hits.argmax(0) - courses.onset, float)

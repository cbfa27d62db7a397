"""How strongly a rule speaks at each session, and which sessions it flags at a given threshold.

A trace is made once for a set of courses; every threshold is then a cheap question to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from alliance.analysis.odds import OFF
from alliance.analysis.simulation.courses import Courses
from alliance.analysis.simulation.filter import Filtered
from alliance.analysis.simulation.forms import Flags, Numbers


class Trace(Protocol):
    """A rule that has seen all courses."""

    def flags(self, threshold: float) -> Flags:
        """The sessions flagged at this threshold, (40, n): fewer, the higher it is."""

    def values(self) -> Numbers:
        """All thresholds that make a difference, in any order."""


@dataclass(frozen=True, slots=True)
class Points:
    """A rule that looks at each session by itself.

    `score`: the higher, the more alarming; NaN where the rule cannot speak. `always`: sessions that other
    rules flag whatever the threshold.
    """

    score: Numbers
    always: Flags | None = None

    def flags(self, threshold: float) -> Flags:
        with np.errstate(invalid="ignore"):
            flagged = self.score >= threshold
        return flagged if self.always is None else flagged | self.always

    def values(self) -> Numbers:
        return self.score[np.isfinite(self.score)]


class Level:
    """The level of the odds filter: on from `threshold` × give or take, off below half of it.

    `harder`: how many times the threshold counts at each session; `off`: the share of it below which it ends.
    """

    def __init__(
        self, found: Filtered, courses: Courses, *, harder: Numbers | float = 1.0, off: float = OFF
    ) -> None:
        self.odds = found.odds
        self._off = off
        self._running = courses.running
        with np.errstate(divide="ignore", invalid="ignore"):
            self.per_point = np.where(courses.held, found.odds / (found.give_or_take * harder), np.nan)

    def flags(self, threshold: float) -> Flags:
        flagged = np.zeros(self.per_point.shape, bool)
        on = np.zeros(self.per_point.shape[1], bool)
        for number, count in enumerate(self._running):
            now = self.per_point[number, :count]
            on = now >= np.where(on[:count], threshold * self._off, threshold)
            flagged[number, :count] = on
        return flagged

    def values(self) -> Numbers:
        return self.per_point[np.isfinite(self.per_point)]


class Cusum:
    """A cumulative sum of evidence, kept at 1.5 thresholds at most so that it comes down again."""

    CEILING = 1.5

    def __init__(self, evidence: Numbers) -> None:
        self._evidence = evidence

    def flags(self, threshold: float) -> Flags:
        summed = self._summed(self.CEILING * threshold)
        return np.isfinite(self._evidence) & (summed >= threshold)

    def values(self) -> Numbers:
        return self._summed(np.inf)[np.isfinite(self._evidence)]

    def _summed(self, most: float) -> Numbers:
        summed = np.zeros(self._evidence.shape)
        now = np.zeros(self._evidence.shape[1])
        for number, evidence in enumerate(self._evidence):
            now = np.where(np.isfinite(evidence), np.clip(now + evidence, 0.0, most), now)
            summed[number] = now
        return summed

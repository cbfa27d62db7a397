"""Past courses in little room, for a prior that is learned from very many of them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterable, Iterator

from alliance.analysis.state import Held, Scales

__all__ = ["PastCourses"]

NOT_KNOWN = math.nan


class PastCourses(Collection[list[Held]]):
    """Courses that come out as they went in, in the order of time, as often as they are asked for.

    A session takes 45 bytes instead of 200 to 300.
    """

    def __init__(self, courses: Iterable[Iterable[Held]] = ()) -> None:
        self._ends = array("q")
        self._numbers = array("i")
        self._answered = bytearray()
        self._scores = array("d")  # five a session, NaN for None
        for course in courses:
            self.add(course)

    def add(self, course: Iterable[Held]) -> None:
        """One more course: its held sessions in order."""
        for session in course:
            self._numbers.append(session.number)
            self._answered.append(session.answered)
            scores = (*session.scales, session.rupture, session.total)
            self._scores.extend([NOT_KNOWN if score is None else score for score in scores])
        self._ends.append(len(self._numbers))

    def __len__(self) -> int:
        return len(self._ends)

    def __contains__(self, course: object) -> bool:
        return any(course == each for each in self)

    def __iter__(self) -> Iterator[list[Held]]:
        first = 0
        for end in self._ends:
            yield [self._session(place) for place in range(first, end)]
            first = end

    def _session(self, place: int) -> Held:
        safety, attunement, collaboration, rupture, total = (
            None if score != score else score for score in self._scores[5 * place : 5 * place + 5]
        )
        scales: Scales = (safety, attunement, collaboration)
        return Held._make((self._numbers[place], bool(self._answered[place]), scales, rupture, total))

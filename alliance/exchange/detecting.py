"""From rows of ratings to what a method makes of them, in the order of the rows and in bounded memory.

One state per dyad is kept, and no more than 100,000 rows. So many rows may stand in any order; where there are more,
each dyad's sessions must come in order, whereas dyads may alternate as they like.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TextIO

from alliance.analysis.fitted import Fitted
from alliance.analysis.forecast import plain_rating
from alliance.analysis.odds import Held
from alliance.domain.spreadsheets import safe
from alliance.exchange.methods import METHODS, Follower, Found, follow_odds, follow_ratings
from alliance.exchange.ratings import RatingsFault, Row, shown

__all__ = ["COLUMNS", "MOST_IN_ANY_ORDER", "Detection", "Written", "past", "write"]

MOST_IN_ANY_ORDER = 100_000
MOST_DYADS_TO_LEARN_FROM = 5_000
COLUMNS = (
    "dyad",
    "session",
    "score",
    "expected",
    "lower_limit",
    "probability",
    "level",
    "rules",
    "alert",
    "episode",
)


class Detection:
    """What a method makes of rows; iterate over it, once, for each row with what was found.

    `uses_odds`: whether `design` follows the odds of a rupture, because tension or silence is recorded among the
    first rows, or the two charts for ratings alone; None for every other method. Raises RatingsFault for a session
    that stands twice or too late: when made, or in files too long to be kept while it is iterated over.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        method: str,
        fitted: Fitted,
        name: str,
        in_any_order: int = MOST_IN_ANY_ORDER,
    ) -> None:
        """`method`: one of `METHODS`; `name`: what to call the rows’ file in sentences; `in_any_order`: so many
        rows are kept, and may stand in any order if there are no more."""
        rest = iter(rows)
        first = list(islice(rest, in_any_order))
        self._in_any_order = in_any_order
        more = next(rest, None)
        self._first = first
        self._rest = None if more is None else chain([more], rest)
        self._name = name
        if more is None:
            self._each_once(first)  # before anything is written
        self._fitted = fitted
        self._start: Callable[[Fitted], Follower] = METHODS[method]
        self.uses_odds: bool | None = None
        if method == "design":
            self.uses_odds = any(row.held.rupture is not None or not row.held.answered for row in first)
            self._start = follow_odds if self.uses_odds else follow_ratings

    def __iter__(self) -> Iterator[tuple[Row, Found]]:
        if self._rest is None:
            return self._any_order(self._first)
        return self._in_order(chain(self._first, self._rest))

    def _any_order(self, rows: Sequence[Row]) -> Iterator[tuple[Row, Found]]:
        """Each dyad in the order of its sessions, told in the order of the rows."""
        found: dict[int, Found] = {}
        followers: dict[str, Follower] = {}
        for at in sorted(range(len(rows)), key=lambda at: rows[at].held.number):
            found[at] = self._follower(followers, rows[at].dyad).advance(rows[at].held)
        yield from ((row, found[at]) for at, row in enumerate(rows))

    def _in_order(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Found]]:
        """Each row as it comes."""
        followers: dict[str, Follower] = {}
        last: dict[str, tuple[int, int]] = {}
        for row in rows:
            number, line = last.get(row.dyad, (0, 0))
            if row.held.number == number:
                raise self._twice(row, line)
            if row.held.number < number:
                raise RatingsFault(
                    f"{self._name}, line {row.line}, column session: session {row.held.number} of dyad "
                    f"{shown(row.dyad)} comes after its session {number} in line {line}; with more than "
                    f"{self._in_any_order:,} rows the file must be sorted by session."
                )
            last[row.dyad] = (row.held.number, row.line)
            yield row, self._follower(followers, row.dyad).advance(row.held)

    def _follower(self, followers: dict[str, Follower], dyad: str) -> Follower:
        follower = followers.get(dyad)
        if follower is None:
            follower = followers[dyad] = self._start(self._fitted)
        return follower

    def _each_once(self, rows: Iterable[Row]) -> None:
        lines: dict[tuple[str, int], int] = {}
        for row in rows:
            session = (row.dyad, row.held.number)
            if session in lines:
                raise self._twice(row, lines[session])
            lines[session] = row.line

    def _twice(self, row: Row, line: int) -> RatingsFault:
        return RatingsFault(
            f"{self._name}, line {row.line}, column session: session {row.held.number} of dyad {shown(row.dyad)} "
            f"stands in line {line} already."
        )


def past(rows: Iterable[Row]) -> list[list[Held]]:
    """The dyads to learn a prior from, each in the order of its sessions.

    All of them, or of many a sample of some thousands that depends on the dyads’ names alone.
    """
    dyads: dict[str, list[Held]] = {}
    one_in = 1
    for row in rows:
        if _drawn(row.dyad) % one_in:
            continue
        dyads.setdefault(row.dyad, []).append(row.held)
        while len(dyads) > MOST_DYADS_TO_LEARN_FROM:
            one_in *= 2
            dyads = {dyad: held for dyad, held in dyads.items() if not _drawn(dyad) % one_in}
    return [sorted(held, key=lambda session: session.number) for held in dyads.values()]


def _drawn(dyad: str) -> int:
    """A number that looks random but is always the same for a dyad."""
    return zlib.crc32(dyad.encode())


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were written, and how many of them raise a new question."""

    rows: int
    questions: int


def write(found: Iterable[tuple[Row, Found]], stream: TextIO) -> Written:
    """Write what was found as CSV, a line for each row."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = questions = 0
    for row, each in found:
        rows += 1
        questions += each.alert == 1
        writer.writerow(
            (
                safe(row.dyad),
                row.held.number,
                _figure(plain_rating(row.held)),
                _figure(each.expected),
                _figure(each.lower_limit),
                "" if each.probability is None else f"{each.probability:.4f}",
                each.level.value,
                ";".join(each.rules),
                each.alert,
                each.episode.value,
            )
        )
    return Written(rows, questions)


def _figure(points: float | None) -> str:
    return "" if points is None else f"{points:.2f}"

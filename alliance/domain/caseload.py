"""A caseload in the order in which it asks for attention."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from alliance.analysis.track import Level
from alliance.domain import course
from alliance.domain.alerts import Alert
from alliance.domain.episodes import Episode
from alliance.domain.standing import latest_episode, silent_run
from alliance.domain.trend import Trend
from alliance.domain.unread import Unread
from alliance.domain.wording import EARLY, capital, count, number, state


class Order(StrEnum):
    """How the rest of a caseload can be sorted. Never by score."""

    NEXT = "next"
    PATIENT = "patient"
    LAST = "last"
    SINCE = "since"


class Show(StrEnum):
    """Which patients of a caseload are shown. Never by score."""

    ALL = "all"
    ASKED = "asked"
    SILENT = "silent"
    PAUSED = "paused"


LATELY = 2  # sessions in a row without a form, from which none came lately


@dataclass(frozen=True, slots=True)
class Row:
    """One patient on a caseload. `mark` names the shape that stands beside `state`."""

    trend: Trend
    mark: str
    state: str
    sentence: str
    alert: Alert | None = None

    @property
    def since(self) -> date | None:
        """The day of the session that raised what is open, if something is."""
        if self.alert is not None:
            return self.alert.held_on
        episode = latest_episode(self.trend) if self.mark else None
        days = [point.held_on for point in self.trend.points if episode and point.number == episode.opened]
        return days[0] if days else None


@dataclass(frozen=True, slots=True)
class Caseload:
    """Who needs a conversation, what to keep in mind, and everyone else.

    `unread` are words that wait to be read, oldest first, each with its patient's row.
    """

    asks: Sequence[Row]
    keeps: Sequence[Row]
    rest: Sequence[Row]
    order: Order
    early: Sequence[Row] = ()
    unread: Sequence[tuple[Row, Unread]] = ()
    show: Show = Show.ALL
    whole: Caseload | None = None

    def only(self, show: Show) -> Caseload:
        """The same with those alone who are wanted. What is said of all stays said of all."""
        if show is Show.ALL:
            return self
        return replace(
            self,
            asks=[row for row in self.asks if _wanted(row, show)],
            keeps=[row for row in self.keeps if _wanted(row, show)],
            rest=[row for row in self.rest if _wanted(row, show)],
            early=[row for row in self.early if _wanted(row, show)],
            show=show,
            whole=self,
        )

    @property
    def rows(self) -> list[Row]:
        """Everybody who is shown, in the order of the page."""
        return [*self.asks, *self.keeps, *self.early, *self.rest]

    @property
    def covered(self) -> list[Trend]:
        """Those of whom answers wait for the therapist's own view."""
        return [row.trend for row in self.rows if row.trend.covered]

    @property
    def size(self) -> int:
        return len(self.rows)

    def lead(self) -> str:
        """The one sentence at the top, of the whole caseload."""
        if self.whole is not None:
            return self.whole.lead()
        if self.size == 0:
            return "No patients yet. Add the first one below."
        keeps = len(self.keeps)
        if not self.asks:
            kept = f" {capital(count(keeps, 'patient'))} {_are(keeps)} to keep in mind." if keeps else ""
            return f"Nobody needs a conversation today.{kept}"
        kept = f" {capital(number(keeps))} more {_are(keeps)} to keep in mind." if keeps else ""
        return f"{self._asked()} {_are(len(self.asks))} worth a question when you next meet.{kept}"

    def _asked(self) -> str:
        """How many of how many: `Two of your eleven patients`, `Both of your patients`, `Your patient`."""
        asks = len(self.asks)
        if asks < self.size:
            return f"{capital(number(asks))} of your {number(self.size)} patients"
        return {1: "Your patient", 2: "Both of your patients"}.get(
            asks, f"All {number(asks)} of your patients"
        )


def _are(how_many: int) -> str:
    return "is" if how_many == 1 else "are"


def row_of(trend: Trend, *, you: str = "You") -> Row:
    """What one patient's line says. `you` is the therapist, as the reader knows them."""
    alert, episode = trend.open_alert, latest_episode(trend)
    if alert is None and trend.muted_alerts:
        return Row(trend, "", course.in_words(trend), "")
    if episode is not None and episode.state == "recovering":
        talked = alert is not None and alert.talked
        words = "talked about, recovering" if talked else "recovering"
        return Row(trend, "recovering", words, _recovering(trend, episode), alert)
    if alert is None:
        early = is_early(trend)
        return Row(trend, "", course.in_words(trend), course.lead(trend, you=you) if early else "")
    lasts = episode is not None and episode.state == "unresolved"
    if alert.talked:
        words = "talked about, not repaired yet" if lasts else "talked about"
        return Row(trend, "talked", words, course.lead(trend, you=you), alert)
    mark = "ask" if alert.level is Level.ASK else "keep"
    words = "not repaired yet" if lasts else state(alert.rules, alert.session_number)
    return Row(trend, mark, words, course.lead(trend, you=you), alert)


def _recovering(trend: Trend, episode: Episode) -> str:
    return (
        f"{capital(course.last_answer(trend, episode))} is back at the usual level after session {episode.opened}. "
        "One more like it closes this as repaired. Nothing to do unless you want to."
    )


def arrange(trends: Iterable[Trend], order: Order, unread: Sequence[Unread] = ()) -> Caseload:
    """Sort a caseload: questions first, in the order in which the therapist meets these patients.

    Words that came with answers which wait for the therapist's own view wait with them.
    """
    rows = [row_of(trend) for trend in trends]
    asks = sorted((row for row in rows if row.mark == "ask"), key=_by_next)
    keeps = sorted((row for row in rows if row.mark in {"keep", "talked", "recovering"}), key=_by_next)
    early = sorted((row for row in rows if not row.mark and is_early(row.trend)), key=_by_next)
    rest = sorted((row for row in rows if not row.mark and not is_early(row.trend)), key=_KEYS[order])
    by_dyad = {row.trend.dyad.id: row for row in rows}
    found = [(by_dyad[one.dyad_id], one) for one in unread if one.dyad_id in by_dyad]
    told = [(row, one) for row, one in found if row.trend.tells_of(one.session_number)]
    return Caseload(asks, keeps, rest, order, early, told)


def _by_next(row: Row) -> tuple[bool, date, str]:
    next_on = row.trend.dyad.next_on
    return (next_on is None, next_on or date.max, row.trend.dyad.patient.code.casefold())


def _by_patient(row: Row) -> tuple[bool, date, str]:
    return (False, date.max, row.trend.dyad.patient.code.casefold())


def _by_last(row: Row) -> tuple[bool, date, str]:
    """The newest answer first, those without one last."""
    last = row.trend.last
    ago = date.max.toordinal() - last.held_on.toordinal() if last else 0
    return (last is None, date.fromordinal(max(ago, 1)), row.trend.dyad.patient.code.casefold())


def _by_since(row: Row) -> tuple[bool, date, str]:
    """Longest without an answer first."""
    last = row.trend.last
    return (False, last.held_on if last else date.min, row.trend.dyad.patient.code.casefold())


_KEYS = {Order.NEXT: _by_next, Order.PATIENT: _by_patient, Order.LAST: _by_last, Order.SINCE: _by_since}


def is_early(trend: Trend) -> bool:
    """Whether this patient is in the early days: about to begin, or in sessions 1 to 3."""
    held = course.forms_back(trend)[1]
    return held <= EARLY and all(point.imported is None for point in trend.points)


def _wanted(row: Row, show: Show) -> bool:
    if show is Show.ASKED:
        return row.mark == "ask"
    if show is Show.SILENT:
        return silent_run(row.trend) >= LATELY
    return row.trend.dyad.patient.paused

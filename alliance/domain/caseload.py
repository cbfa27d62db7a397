"""A caseload in the order in which it asks for attention."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from alliance.analysis.track import Level
from alliance.domain import course
from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.trend import Trend
from alliance.domain.wording import capital, count, number, state


class Order(StrEnum):
    """How the rest of a caseload can be sorted. Never by score."""

    NEXT = "next"
    PATIENT = "patient"
    LAST = "last"


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
        return self.alert.held_on if self.alert else None


@dataclass(frozen=True, slots=True)
class Caseload:
    """Who needs a conversation, what to keep in mind, and everyone else."""

    asks: Sequence[Row]
    keeps: Sequence[Row]
    rest: Sequence[Row]
    order: Order

    @property
    def size(self) -> int:
        return len(self.asks) + len(self.keeps) + len(self.rest)

    def lead(self) -> str:
        """The one sentence at the top."""
        if self.size == 0:
            return "No patients yet. Add the first one below."
        if not self.asks and not self.keeps:
            return "Nobody needs a conversation today."
        asks = len(self.asks)
        patients = "patient" if self.size == 1 else "patients"
        first = (
            f"{capital(number(asks))} of your {number(self.size)} {patients} "
            f"{'is' if asks == 1 else 'are'} worth a question when you next meet."
            if asks
            else "Nobody needs a conversation today."
        )
        if not self.keeps:
            return first
        keeps = capital(number(len(self.keeps)))
        if asks:
            return f"{first} {keeps} more {'is' if len(self.keeps) == 1 else 'are'} to keep in mind."
        return f"{first} {capital(count(len(self.keeps), 'patient'))} to keep in mind."


def row_of(trend: Trend, *, you: str = "You") -> Row:
    """What one patient's line says. `you` is the therapist, as the reader knows them."""
    alert, episode = trend.open_alert, course.latest_episode(trend)
    recovering = episode is not None and episode.state == "recovering"
    if alert is None and not recovering:
        return Row(trend, "", course.in_words(trend), "")
    if recovering:
        talked = alert is not None and alert.status is AlertStatus.TALKED
        words = "talked about, recovering" if talked else "recovering"
        return Row(trend, "recovering", words, _recovering(trend), alert)
    assert alert is not None  # noqa: S101 (only the two cases above lack one)
    if alert.status is AlertStatus.TALKED:
        return Row(trend, "talked", "talked about", course.lead(trend, you=you), alert)
    mark = "ask" if alert.level is Level.ASK else "keep"
    return Row(trend, mark, state(alert.rules, alert.session_number), alert.sentence, alert)


def _recovering(trend: Trend) -> str:
    episode, last = course.latest_episode(trend), trend.last
    if episode is None or last is None:
        return ""
    return (
        f"The last answer, {last.alliance:.0f}, is back at the usual level after session {episode.opened}. "
        "One more like it closes this as repaired. Nothing to do unless you want to."
    )


def arrange(trends: Iterable[Trend], order: Order) -> Caseload:
    """Sort a caseload: questions first, in the order in which the therapist meets these patients."""
    rows = [row_of(trend) for trend in trends]
    asks = sorted((row for row in rows if row.mark == "ask"), key=_by_next)
    keeps = sorted((row for row in rows if row.mark in {"keep", "talked", "recovering"}), key=_by_next)
    rest = sorted((row for row in rows if not row.mark), key=_KEYS[order])
    return Caseload(asks, keeps, rest, order)


def _by_next(row: Row) -> tuple[bool, date, str]:
    next_on = row.trend.dyad.next_on
    return (next_on is None, next_on or date.max, row.trend.dyad.patient.code.casefold())


def _by_patient(row: Row) -> tuple[bool, date, str]:
    return (False, date.max, row.trend.dyad.patient.code.casefold())


def _by_last(row: Row) -> tuple[bool, date, str]:
    """Longest without an answer first."""
    last = row.trend.last
    return (False, last.held_on if last else date.min, row.trend.dyad.patient.code.casefold())


_KEYS = {Order.NEXT: _by_next, Order.PATIENT: _by_patient, Order.LAST: _by_last}

"""What was done about an episode between its sessions, as places on the axis of the sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alliance.domain.alerts import Alert
from alliance.domain.episodes import Episode
from alliance.domain.ledger import SHUT, talks
from alliance.domain.trend import Trend
from alliance.web.charts.events import place


@dataclass(frozen=True, slots=True)
class Taken:
    """Where on the axis the therapist first saw it, talked about it between sessions, closed it; None where not."""

    seen: float | None = None
    talked: float | None = None
    closed: float | None = None


def taken(trend: Trend, episodes: Sequence[Episode]) -> dict[int, Taken]:
    """By the session that opened each episode. Days are those of UTC: half a session is as near as it gets."""
    ends = [*(later.opened for later in episodes[1:]), None]
    return {
        episode.opened: _taken(trend, [one for one in trend.alerts if _within(one, episode.opened, end)])
        for episode, end in zip(episodes, ends, strict=False)
    }


def _within(alert: Alert, first: int, end: int | None) -> bool:
    return first <= alert.session_number and (end is None or alert.session_number < end)


def _taken(trend: Trend, own: Sequence[Alert]) -> Taken:
    seen = [alert.seen_at.date() for alert in own if alert.seen_at]
    between = [step.on for alert in own for step in talks(alert.steps) if step.number is None and step.on]
    last = own[-1] if own else None
    shut = last.closed_at if last and last.status in SHUT else None
    return Taken(
        seen=_between(trend, min(seen)) if seen else None,
        talked=_between(trend, min(between)) if between else None,
        closed=_between(trend, shut.date()) if shut else None,
    )


def _between(trend: Trend, day: date) -> float:
    """Where a day stands; on the day of a session it is after it, never beyond what is drawn."""
    spot = place(trend.points, day)
    if any(point.held_on == day for point in trend.points):
        spot += 0.5
    return min(spot, trend.points[-1].number + 0.5)

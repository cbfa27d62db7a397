"""Episodes: a rupture from the session that raised the question to the answers that say it is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from alliance.analysis.track import EpisodeState
from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.trend import Point

HELPED, NOT_HELPED = "helped", "not-helped"  # the patient's answers to `talked` that say how it went
# Kept by name: in Python 3.11 each look at a member through its enumeration is a call, and a course has many sessions.
NONE, OPEN, RECOVERING = EpisodeState.NONE, EpisodeState.OPEN, EpisodeState.RECOVERING
REPAIRED, UNRESOLVED = EpisodeState.REPAIRED, EpisodeState.UNRESOLVED
UNFOUNDED = frozenset({AlertStatus.ORDINARY, AlertStatus.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Episode:
    """One rupture of one dyad, told in session numbers.

    `opened` raised the question, in `talked` the two spoke about it, `recovering` was the first answer back
    at the usual level and not followed by a relapse, `repaired` the one that confirmed it, `unresolved` the
    one from which on it had lasted too long. None: not yet. `said` is the patient's own answer to whether
    talking about it helped, `helped` or `not-helped`, or None where the patient did not say.
    """

    opened: int
    talked: int | None = None
    recovering: int | None = None
    repaired: int | None = None
    unresolved: int | None = None
    said: str | None = None

    @property
    def confirmed(self) -> bool:
        """Repaired by the numbers and by the patient's own word."""
        return self.repaired is not None and self.said == HELPED

    @property
    def state(self) -> Literal["open", "recovering", "repaired", "unresolved"]:
        if self.repaired is not None:
            return "repaired"
        if self.recovering is not None:
            return "recovering"
        return "open" if self.unresolved is None else "unresolved"


def episodes(points: Sequence[Point], alerts: Sequence[Alert]) -> list[Episode]:
    """The ruptures of one course, oldest first.

    What the readings say decides when an episode opens, recovers and is repaired; the alerts add when it was
    talked about. Where somebody asked about every alert of an episode and found ordinary sessions, or where
    late answers took their reason away, there was no rupture, and none is returned.
    """
    found = _from_readings(points)
    ends = [*(later.opened for later in found[1:]), None]
    kept = []
    for episode, end in zip(found, ends, strict=False):
        own = [alert for alert in alerts if _within(alert.session_number, episode.opened, end)]
        judged = [
            alert for alert in own if alert.status is not AlertStatus.RAISED
        ]  # the next one speaks for it
        if judged and all(alert.status in UNFOUNDED for alert in judged):
            continue
        talked = [alert.talked_number for alert in own if alert.talked_number is not None]
        said = _said(points, episode, end)
        until = (episode.recovering, episode.repaired, episode.unresolved)
        kept.append(Episode(episode.opened, min(talked, default=None), *until, said))
    return kept


def _said(points: Sequence[Point], episode: Episode, end: int | None) -> str | None:
    """What the patient last said of talking about it, from the session after the rupture to its repair."""
    until = episode.repaired if episode.repaired is not None else (end or points[-1].number + 1) - 1
    said = [point.talked for point in points if episode.opened < point.number <= until]
    return next((one for one in reversed(said) if one in (HELPED, NOT_HELPED)), None)


def _within(number: int, first: int, end: int | None) -> bool:
    return first <= number and (end is None or number < end)


def _from_readings(points: Sequence[Point]) -> list[Episode]:
    found: list[Episode] = []
    running: Episode | None = None
    for point in points:
        if point.reading is None:
            continue
        state = point.reading.episode
        if running is None:
            if state is NONE or state is REPAIRED:
                continue
            running = Episode(opened=point.number)
            found.append(running)
        found[-1] = running = _moved(running, state, point.number)
        if running.repaired is not None:
            running = None
    return found


def _moved(episode: Episode, state: EpisodeState, number: int) -> Episode:
    """The same episode after one more session. A fall back to open takes the recovery back."""
    if state is UNRESOLVED and (episode.recovering is not None or episode.unresolved is None):
        return replace(episode, recovering=None, unresolved=episode.unresolved or number)
    if state is OPEN and episode.recovering is not None:
        return replace(episode, recovering=None)
    if state is RECOVERING and episode.recovering is None:
        return replace(episode, recovering=number)
    if state is REPAIRED:
        return replace(episode, recovering=episode.recovering or number, repaired=number)
    return episode

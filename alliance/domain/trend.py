"""A dyad's course, session by session, as a therapist or supervisor may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from alliance.analysis.track import Reading
from alliance.domain.alerts import Alert
from alliance.domain.follow_up import Happened
from alliance.domain.imported import Form, Imported
from alliance.domain.marks import Mark
from alliance.domain.muting import OWN_WORD, Mute
from alliance.domain.people import Dyad
from alliance.domain.therapy import Audience, Channel


@dataclass(frozen=True, slots=True)
class Point:
    """One held session on a trend.

    `answered` is what the viewer may know: a response held back from the therapist reads as unanswered.
    `scores` maps scale ids and `alliance` to 0–100 or None; `why_missing` says why a score is not there.
    `items` maps item ids to the number picked. `reading` is what the detector made of this session,
    `happened` what the patient ticked besides, where that is told.
    Without `watched`, its alliance is the overall score of a questionnaire that the detector does not know.
    `came_by` is how the answer came, where there is one; `disputed`, that somebody with a link for this session
    says the answers are not theirs; `imported`, that it was taken over from before this clinic asked.
    """

    session_id: int
    number: int
    held_on: date
    answered: bool
    scores: Mapping[str, float | None] = field(default_factory=dict)
    why_missing: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, int] = field(default_factory=dict)
    talked: str | None = None
    held_back: bool = False
    came_by: Channel | None = None
    disputed: bool = False
    reading: Reading | None = None
    watched: bool = True
    happened: Happened | None = None
    imported: Imported | None = None

    @property
    def comparable(self) -> bool:
        """Whether words may rest on its score: not where another questionnaire measured it."""
        return self.imported is None or self.imported.form is Form.SAME

    @property
    def alliance(self) -> float | None:
        return self.scores.get("alliance")

    @property
    def tension(self) -> float | None:
        """The rupture scale, 0–100, higher is more trouble."""
        return self.scores.get("rupture")


@dataclass(frozen=True, slots=True)
class Covered:
    """A session whose answers are here but wait for the therapist's own view; and since when they are here."""

    session_id: int
    number: int
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Trend:
    """One dyad's points in order of session number, and its alerts, oldest first.

    Where something is `covered`, the points end before the first such session. `marks` are what was marked on the
    course, where that is told. `earlier` are the forms back and the sessions held before the first point, where only
    the recent ones were fetched. With a `mute`, questions rest for a while.
    """

    dyad: Dyad
    points: Sequence[Point]
    alerts: Sequence[Alert] = ()
    covered: Sequence[Covered] = ()
    marks: Sequence[Mark] = ()
    earlier: tuple[int, int] = (0, 0)
    mute: Mute | None = None

    def tells_of(self, number: int) -> bool:
        """Whether what came with this session's answers may be told beside the course."""
        return all(number < one.number for one in self.covered)

    @property
    def answered(self) -> list[Point]:
        """The points with a score that another may be set beside."""
        return [point for point in self.points if point.alliance is not None and point.comparable]

    @property
    def last(self) -> Point | None:
        """The last point with a score, if there is one."""
        answered = self.answered
        return answered[-1] if answered else None

    def ticked_since(self, alert: Alert) -> Point | None:
        """The last session with ticks from the one in question on.

        What came after the next question belongs to that.
        """
        asked = alert.session_number
        later = [other.session_number for other in self.alerts if other.session_number > asked]
        until = min(later, default=None)
        since = [
            point
            for point in self.points
            if point.happened is not None
            and point.number >= asked
            and (until is None or point.number < until)
        ]
        return since[-1] if since else None

    @property
    def open_alert(self) -> Alert | None:
        """The alert that waits for somebody, the newest if there are several."""
        waiting = [alert for alert in self.alerts if alert.status.open and not self.rests(alert)]
        return waiting[-1] if waiting else None

    @property
    def muted_alerts(self) -> list[Alert]:
        """Open questions that rest for as long as the mute lasts."""
        return [alert for alert in self.alerts if alert.status.open and self.rests(alert)]

    def rests(self, alert: Alert) -> bool:
        """Whether a question is muted. What the patient said outright never is, nor what is the supervisor's alone."""
        return self.mute is not None and alert.audience is Audience.BOTH and OWN_WORD not in alert.rules


def while_the_form_may_come(trend: Trend) -> Trend:
    """The course without what was made of its newest session, as long as that looks unanswered.

    Silence is read when the next session is held, but an answer that was held back is read as silence at once:
    the therapist must not be able to tell the one from the other.
    """
    if not trend.points or trend.points[-1].answered:
        return trend
    newest = trend.points[-1]
    asked = [alert.before(newest.number) for alert in trend.alerts if alert.session_number != newest.number]
    return replace(trend, points=[*trend.points[:-1], replace(newest, reading=None)], alerts=asked)

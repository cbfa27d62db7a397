"""From rupture to repair, told line by line: the ledger of one question, and the story of an episode on a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from alliance.domain import course
from alliance.domain.alerts import Alert, AlertStatus
from alliance.domain.episodes import HELPED, Episode, episodes
from alliance.domain.ledger import (
    BETWEEN,
    BY_PEOPLE,
    CLOSING,
    HOW_TOLD,
    NOT_A_RUPTURE,
    SHUT,
    UNSAID,
    Kind,
    Step,
)
from alliance.domain.trend import Point, Trend
from alliance.domain.waits import day_of, later_words
from alliance.domain.wording import capital, plain_day

MARKS = {
    Kind.SEEN: "seen",
    Kind.LATER: "seen",
    Kind.TALKED: "talked",
    Kind.RECOVERING: "recovering",
    Kind.REPAIRED: "repaired",
}
HEADS = {
    Kind.SEEN: "Seen",
    Kind.LATER: "Not talked about yet",
    Kind.TALKED: "Talked about",
    Kind.ORDINARY: "No rupture",
    Kind.CLOSED: "Closed",
    Kind.REOPENED: "Opened again",
    Kind.RECOVERING: "Recovering",
    Kind.SLIPPED: "Open again",
    Kind.UNRESOLVED: "Not repaired yet",
    Kind.REPAIRED: "Repaired",
    Kind.RAISED: "Followed by another sign",
    Kind.WITHDRAWN: "Taken back",
    Kind.RENEWED: "Asked again",
}
DECIDED = {
    Kind.SLIPPED: "By the answers: what had come back did not hold.",
    Kind.UNRESOLVED: "Four rated sessions, and none back at the usual level. You might look together.",
    Kind.WITHDRAWN: "A late answer took its reason away before anybody saw it.",
    Kind.RENEWED: "A late answer gave it its reason again.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step as a page tells it. `after` says how long it took; `words` are what was written with it."""

    mark: str
    head: str
    when: str
    after: str = ""
    hint: str = ""
    words: str = ""
    alert_id: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One episode, and whether it is over."""

    opened: int
    lines: Sequence[Line]
    to_come: Sequence[str]
    over: bool
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """What it takes to tell a ledger: the course, the clinic's zone, who acted, the patient's answers in words.

    `you` is "You" or a name. `notes` are the words that may be read, by question and turn.
    """

    trend: Trend
    zone: tzinfo
    you: str
    said: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.trend.dyad.patient.code

    def point(self, number: int | None) -> Point | None:
        return next((point for point in self.trend.points if point.number == number), None)

    def patient_said(self, number: int | None) -> str:
        """What the patient answered in this session to whether it was talked about."""
        point = self.point(number)
        if point is None or not point.talked:
            return ""
        return f"{self.code} said: {self.said.get(point.talked, point.talked)}."


def ledger_lines(alert: Alert, teller: Teller) -> list[Line]:
    """Every step of one question, the rupture first."""
    return [_rupture(alert), *(_line(alert, turn, teller) for turn in range(1, len(alert.steps) + 1))]


def _rupture(alert: Alert, hint: str = "") -> Line:
    when = f"{plain_day(alert.held_on)}, session {alert.session_number}"
    return Line(alert.level.value, "Rupture?", when, hint=hint, alert_id=alert.id)


def _line(alert: Alert, turn: int, teller: Teller) -> Line:
    step = alert.steps[turn - 1]
    day = day_of(step, teller.zone)
    days = (day - alert.raised_at.astimezone(teller.zone).date()).days
    return Line(
        mark=MARKS.get(step.kind, "ask" if step.kind is Kind.RAISED else "seen"),
        head=HEADS[step.kind],
        when=_when(step, day),
        after="" if step.kind is Kind.TALKED and step.on is None else later_words(days),
        hint=_hint(alert, step, teller),
        words=teller.notes.get((alert.id, turn), ""),
        alert_id=alert.id,
    )


def _when(step: Step, day: date) -> str:
    if step.kind is Kind.TALKED and step.on is None:
        return "at some time between sessions"
    return plain_day(day) if step.number is None else f"{plain_day(day)}, session {step.number}"


def _hint(alert: Alert, step: Step, teller: Teller) -> str:
    match step.kind:
        case Kind.TALKED:
            return f"{_talk(step, teller)} {teller.patient_said(step.number)}".strip()
        case Kind.ORDINARY:
            return "" if step.reason == "other" else f"{NOT_A_RUPTURE.get(step.reason or '', '')}."
        case Kind.CLOSED:
            return "" if step.reason == "other" else f"{CLOSING.get(step.reason or '', '')}."
        case Kind.RECOVERING:
            return _rated(teller.point(step.number))
        case Kind.REPAIRED:
            return _repaired(_episode_of(alert, teller.trend), teller.code)
        case _:
            return DECIDED.get(step.kind, "")


def _talk(step: Step, teller: Teller) -> str:
    """`You noted it: asked directly. Something was between the two.`"""
    how = "" if step.how == UNSAID else f": {HOW_TOLD.get(step.how or '', '')}"
    found = "Something was between you." if teller.you == "You" else "Something was between them."
    return f"{teller.you} noted it{how}. {found if step.found == BETWEEN else 'What it was is hard to say.'}"


def _rated(point: Point | None) -> str:
    return f"Rated {point.alliance:.0f}: usual again." if point and point.alliance is not None else ""


def _repaired(episode: Episode | None, code: str) -> str:
    if episode is None or episode.said is None:
        return f"By the answers alone: {code} has not said whether talking about it helped."
    if episode.said == HELPED:
        return f"By the answers, and {code} said that talking about it helped."
    return f"By the answers. {code} said that talking about it did not help: you might ask again."


def _episode_of(alert: Alert, trend: Trend) -> Episode | None:
    before = [one for one in episodes(trend.points, trend.alerts) if one.opened <= alert.session_number]
    return before[-1] if before else None


def stories(trend: Trend, teller: Teller) -> list[Story]:
    """The episodes of a course, newest first, and after them the questions that turned out to be no rupture."""
    found = episodes(trend.points, trend.alerts)
    ends = [*(later.opened for later in found[1:]), None]
    told = []
    for episode, end in zip(found, ends, strict=False):
        own = [
            alert
            for alert in trend.alerts
            if episode.opened <= alert.session_number and (end is None or alert.session_number < end)
        ]
        told.append(_story(episode, own, teller))
    return list(reversed(told))


def _story(episode: Episode, own: Sequence[Alert], teller: Teller) -> Story:
    """What people did stands in the ledgers of its questions; what the answers decided, in the readings."""
    told: list[tuple[date, int, Line]] = []
    for alert in own:
        told.append((alert.held_on, 0, _rupture(alert, _asked(teller.trend, alert))))
        for turn, step in enumerate(alert.steps, start=1):
            if step.kind in BY_PEOPLE:
                told.append((day_of(step, teller.zone), 1, _line(alert, turn, teller)))
    opened = teller.point(episode.opened)
    if opened and not any(alert.session_number == episode.opened for alert in own):
        told.append((opened.held_on, 0, Line("ask", "Rupture?", _at(opened))))
    raised = own[0].raised_at.astimezone(teller.zone).date() if own else opened.held_on if opened else None
    for kind, number in (
        (Kind.UNRESOLVED, episode.unresolved),
        (Kind.RECOVERING, episode.recovering),
        (Kind.REPAIRED, episode.repaired),
    ):
        point = teller.point(number)
        if point is not None:
            line = _decided(kind, point, episode, teller, raised)
            told.append((point.held_on, 2, line))
    told.sort(key=lambda one: one[:2])
    last = own[-1].status if own else None
    shut = last in SHUT
    return Story(
        episode.opened,
        [line for _, _, line in told],
        () if shut or episode.repaired else _to_come(episode),
        over=shut or episode.repaired is not None,
        heading=_heading(episode, last, teller),
    )


def _decided(kind: Kind, point: Point, episode: Episode, teller: Teller, raised: date | None) -> Line:
    hint = {
        Kind.RECOVERING: _rated(point),
        Kind.REPAIRED: _repaired(episode, teller.code),
        Kind.UNRESOLVED: DECIDED[Kind.UNRESOLVED],
    }[kind]
    after = later_words((point.held_on - raised).days) if raised else ""
    return Line(MARKS.get(kind, "seen"), HEADS[kind], _at(point), after=after, hint=hint)


def _at(point: Point) -> str:
    return f"{plain_day(point.held_on)}, session {point.number}"


def _asked(trend: Trend, alert: Alert) -> str:
    return f"{alert.sentence}{course.ticked_then(trend, alert)}"


def _to_come(episode: Episode) -> tuple[str, ...]:
    mended = "Repaired, after one more answer like it"
    if episode.recovering:
        return (mended,)
    return ("Recovering, when an answer is back at the usual level", mended)


def _heading(episode: Episode, last: AlertStatus | None, teller: Teller) -> str:
    opened = teller.point(episode.opened)
    since = f"session {episode.opened}{f', {plain_day(opened.held_on)}' if opened else ''}"
    how = "repaired" if episode.repaired else "closed" if last in SHUT else "open"
    return capital(f"{since}: {how}")

"""Patients who agreed to research, as rows in which nobody stands out: what may be told, and the telling of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from alliance.actions.clinic import Clinic
from alliance.actions.clinic_tables import BATCH, Row, Watch, answered, read, scored, ticked
from alliance.actions.definitions import Definitions
from alliance.domain.deidentifying import Known, Shown, Strangers, limit, shown
from alliance.domain.people import Dyad
from alliance.domain.trend import Point, Trend, while_the_form_may_come
from alliance.exchange.package import Package
from alliance.exchange.research_layout import after_how_long
from alliance.storage import exports, people, research, trends
from alliance.storage.database import Connection
from alliance.storage.exports import Sent
from alliance.storage.research import Course, Use

__all__ = ["FIRST", "Plan", "Writer"]

FIRST = 5  # sessions by whose days somebody might be known


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be told: of whom, how far, of which monthly questionnaires and ticks; decided before a row is written.

    `rare`: questionnaires that so few have that whoever has them is left out; `left_out`: how many patients that are.
    """

    courses: Mapping[int, Course]
    told: Mapping[int, Shown]
    longest: int
    days: int
    common: frozenset[Use]
    rare_ticks: int
    rare: Sequence[str]
    left_out: int

    @classmethod
    def of(cls, conn: Connection, every: Sequence[Course], least: int) -> Plan:
        """Raises TooFew."""
        courses = {one.dyad_id: one for one in every}
        rare: dict[Use, None] = {}
        while True:
            told = shown(
                {one.patient_id: Known(one.therapist_id, one.language) for one in courses.values()}, least
            )
            longest = limit((one.sessions for one in courses.values()), least)
            days = limit((one.days for one in courses.values()), least)
            used = research.used_by(conn, list(courses), longest=longest, days=days)
            few = {use: who for use, who in used.items() if len(who) < least}
            asked = [use for use in few if use.kind == "questionnaire"]
            if not asked:
                break
            rare.update(dict.fromkeys(asked))
            gone = set().union(*(few[use] for use in asked))
            courses = {dyad_id: one for dyad_id, one in courses.items() if dyad_id not in gone}
        return cls(
            courses,
            told,
            longest,
            days,
            common=frozenset(used.keys() - few.keys()),
            rare_ticks=sum(use.kind == "tick" for use in few),
            rare=sorted({f"{use.name} {use.version}" for use in rare}),
            left_out=len(every) - len(courses),
        )


@dataclass(slots=True)
class Writer:
    """Writes the courses of a plan, in the order of names that tell nothing."""

    clinic: Clinic
    conn: Connection
    plan: Plan
    strangers: Strangers
    used: Definitions = field(init=False)
    patterns: list[tuple[int, ...]] = field(default_factory=list)
    disputed: int = 0

    def __post_init__(self) -> None:
        self.used = Definitions(self.clinic.library)

    def into(self, package: Package, watch: Watch) -> None:
        names = {
            one.dyad_id: self.strangers.name("patient", one.patient_id) for one in self.plan.courses.values()
        }
        order = sorted(names, key=lambda dyad_id: names[dyad_id])
        for first in watch(range(0, len(order), BATCH), -(-len(order) // BATCH)):
            ids = order[first : first + BATCH]
            found = trends.trends(self.conn, people.dyads_by_id(self.conn, ids), full=False)
            sent = exports.sent(self.conn, self.clinic.keyring.open, ids, full=False)
            for trend in map(while_the_form_may_come, found):
                self._course(package, names[trend.dyad.id], trend, sent)
        package.add("items", self.used.items())
        package.add("scales", self.used.scales())

    def _course(self, package: Package, name: str, trend: Trend, sent: Mapping[int, Sent]) -> None:
        points = self._as_far_as_told(trend.points)
        place = {point.session_id: number for number, point in enumerate(points, 1)}
        forms = {session: self._form(sent[session]) for session in place if session in sent}
        kept = {session: form for session, form in forms.items() if form is not None}
        hidden = forms.keys() - kept.keys()
        self.disputed += len(hidden)
        package.add("patients", [(name, *self._known(trend.dyad), len(points))])
        package.add("sessions", self._sessions(name, points, kept, hidden))
        for session, form in kept.items():
            whose = (name, place[session])
            for table, rows in (
                ("answers", answered(self.used, form)),
                ("scores", scored(self.used, form)),
                ("ticks", ticked(self.used, form)),
            ):
                package.add(table, [(*whose, *row[1:]) for row in rows])
        package.add(
            "alerts",
            [
                (
                    *(name, place[alert.session_id], alert.level.value, " ".join(alert.rules) or None),
                    *(alert.status.value, alert.talk is not None, alert.talk.found if alert.talk else None),
                )
                for alert in trend.alerts
                if alert.session_id in place and alert.session_id not in hidden
            ],
        )

    def _as_far_as_told(self, points: Sequence[Point]) -> list[Point]:
        first = points[0].held_on
        told = [
            point for point in points[: self.plan.longest] if (point.held_on - first).days <= self.plan.days
        ]
        days = [(later.held_on - one.held_on).days for one, later in pairwise(told[:FIRST])]
        self.patterns.append(tuple(days))
        return told

    def _known(self, dyad: Dyad) -> tuple[str | None, str | None]:
        told = self.plan.told[dyad.patient.id]
        return self.strangers.name("therapist", told.therapist) if told.therapist else None, told.language

    def _form(self, one: Sent) -> Sent | None:
        """The form as far as it is told; None where it is not."""
        if one.disputed:
            return None
        for after in one.after:
            name, version = after.instrument, after.version
            after.ticks = [
                tick for tick in after.ticks if Use("tick", name, version, tick) in self.plan.common
            ]
            if Use("monthly", name, version, "") not in self.plan.common:
                after.answers = {}
        return one

    def _sessions(
        self, name: str, points: Sequence[Point], forms: Mapping[int, Sent], hidden: Iterable[int]
    ) -> Iterator[Row]:
        drawn, first = self.strangers.first_day(), points[0].held_on
        local = self.clinic.settings().local
        away = frozenset(hidden)
        for number, point in enumerate(points, 1):
            form = forms.get(point.session_id)
            late = (local(_moment(form)).date() - point.held_on).days if form else 0
            yield (
                *(name, number, _moved(point.held_on, first, drawn), form is not None),
                *((after_how_long(late), form.talked) if form else (None, None)),
                *((None,) * 6 if point.session_id in away else read(point)),
            )


def _moved(day: date, first: date, drawn: date) -> date:
    return drawn + timedelta(days=(day - first).days)


def _moment(form: Sent) -> datetime:
    return datetime.fromisoformat(form.received_at)

"""Take over what was rated before this clinic asked: every line is looked at first, and all of them go in or none.

It teaches what is usual for a dyad. It raises no question, is no answer of a form here and counts as none. A session
that this clinic noted itself is never changed by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from alliance.actions.clinic import Clinic
from alliance.actions.detecting import Detector
from alliance.actions.trail import record_by
from alliance.domain.imported import Done, Fate, Kind, Line, PastRating, Report, Source, Wrong
from alliance.domain.wording import count
from alliance.storage import imports, settings
from alliance.storage.database import Connection
from alliance.storage.imports import Case, Known

EARLIEST = date(1950, 1, 1)
MOST_SESSIONS = 10_000

Watch = Callable[[Iterable[Any], str, int], Iterable[Any]]
New = tuple[int, int, PastRating]
"""A dyad, the number that a session gets in it, and what is known of the session."""


def unwatched(rows: Iterable[Any], _what: str, _total: int) -> Iterable[Any]:
    """For those who look at nothing meanwhile."""
    return rows


def look_at_ratings(clinic: Clinic, rows: Sequence[PastRating | Wrong], now: datetime) -> Report:
    """What taking over these ratings would do, line by line. Changes nothing."""
    with clinic.db.read() as conn:
        return Report(tuple(_Plan.of(conn, rows, now).lines))


def take_over_ratings(
    clinic: Clinic,
    rows: Sequence[PastRating | Wrong],
    source: Source,
    now: datetime,
    watch: Watch = unwatched,
) -> Report:
    """Take over these ratings: all in one transaction, or, where a line is wrong or none is new, nothing at all."""
    with clinic.db.write() as conn:
        plan = _Plan.of(conn, rows, now)
        report = Report(tuple(plan.lines))
        if report.wrong or not plan.new:
            return report
        number = imports.begin(conn, Kind.RATINGS, source, now)
        news = watch(plan.new, "Taking over", len(plan.new))
        first, last = imports.add_sessions(conn, clinic.keyring, number, source.form, news, now)
        upto = plan.upto()
        detector = Detector(clinic.library)
        for dyad_id in watch(list(upto), "Learning what is usual", len(upto)):
            detector.take_history(conn, dyad_id, upto[dyad_id], now)
        detail = {"lines": len(plan.new), "dyads": len(upto), "first": first, "last": last}
        record_by(conn, "command", "import ratings", "import", number, now, detail)
    return Report(report.lines, number)


def every(clinic: Clinic) -> list[Done]:
    """Every import that was done, oldest first."""
    with clinic.db.read() as conn:
        return imports.done(conn)


class _Plan:
    """What becomes of each line, and which sessions are new."""

    def __init__(self, today: date, cases: Iterable[Case]) -> None:
        self._today = today
        self._cases: dict[str, list[Case]] = {}
        for case in cases:
            self._cases.setdefault(case.code.casefold(), []).append(case)
        self.lines: list[Line] = []
        self.new: list[New] = []

    @classmethod
    def of(cls, conn: Connection, rows: Iterable[PastRating | Wrong], now: datetime) -> _Plan:
        """The plan for these rows as the clinic stands now."""
        plan = cls(settings.clinic_settings(conn).today(now), imports.cases(conn))
        courses: dict[int, list[PastRating]] = {}
        cases: dict[int, Case] = {}
        for row in rows:
            case = plan._case(row)
            if isinstance(case, Wrong):
                plan._tell(case)
            elif isinstance(row, PastRating):
                courses.setdefault(case.dyad_id, []).append(row)
                cases[case.dyad_id] = case
        for dyad_id, course in courses.items():
            plan._course(cases[dyad_id], course, imports.known_sessions(conn, dyad_id))
        plan.lines.sort(key=lambda line: line.number)
        return plan

    def upto(self) -> Mapping[int, int]:
        """By dyad, the highest number that is new in it."""
        found: dict[int, int] = {}
        for dyad_id, number, _ in self.new:
            found[dyad_id] = max(found.get(dyad_id, 0), number)
        return found

    def _tell(self, wrong: Wrong) -> None:
        where = f"column {wrong.column}: " if wrong.column else ""
        self.lines.append(Line(wrong.line, Fate.WRONG, f"{where}{wrong.sentence}"))

    def _case(self, row: PastRating | Wrong) -> Case | Wrong:
        """The dyad that a line is about, or what is wrong with it by itself."""
        if isinstance(row, Wrong):
            return row
        if not EARLIEST <= row.held_on <= self._today:
            late = row.held_on > self._today
            why = "lies in the future" if late else "is too long ago"
            return Wrong(row.line, "date", f"{row.held_on} {why}. Look at the order of day and month.")
        if row.number is not None and row.number > MOST_SESSIONS:
            return Wrong(row.line, "session", f"there is no session {row.number}. Number them from 1.")
        of_patient = self._cases.get(row.patient.casefold(), [])
        if not of_patient:
            told = (
                f"no patient here has the code {row.patient}. Import the caseload first, or correct the code."
            )
            return Wrong(row.line, "patient", told)
        theirs = [c for c in of_patient if row.therapist.casefold() in ("", c.therapist.casefold())]
        if not theirs:
            told = f"{row.patient} is not with {row.therapist} here. Correct the address, or import the caseload first."
            return Wrong(row.line, "therapist", told)
        if len({case.therapist for case in theirs}) > 1:
            return Wrong(row.line, "therapist", f"{row.patient} has several therapists here. Say which one.")
        theirs.sort(key=lambda case: case.starts_on)
        case = next((c for c in reversed(theirs) if c.starts_on <= row.held_on), theirs[0])
        if case.ends_on is not None and row.held_on >= case.ends_on:
            told = f"this therapy had ended by {row.held_on}. Correct the day, or leave the line out."
            return Wrong(row.line, "date", told)
        return case

    def _course(self, case: Case, rows: list[PastRating], known: Mapping[int, Known]) -> None:
        if any(row.number is None for row in rows):
            numbered = list(self._numbered(case, rows, known))
        else:
            numbered = [(row.number or 0, row) for row in rows]
        ours = [number for number, one in known.items() if one.import_id is None]
        first_here = min(ours, default=MOST_SESSIONS + 1)
        seen: dict[int, PastRating] = {}
        last_day = EARLIEST
        for number, row in sorted(numbered, key=lambda one: (one[0], one[1].line)):
            before, there = seen.get(number), known.get(number)
            if before is not None:
                self._twice(number, row, before)
                continue
            seen[number] = row
            if there is not None:
                self._there(case, number, row, there)
            elif number > first_here:
                told = (
                    f"session {number} of {case.code} comes after session {first_here}, which was noted here. "
                    "Only what was before can be taken over: leave the line out."
                )
                self._tell(Wrong(row.line, "session", told))
            else:
                self.new.append((case.dyad_id, number, row))
                odd = "" if row.held_on >= last_day else "; its day is before that of the session before it"
                blank = "" if row.answered else ", held, without ratings"
                told = f"{case.code}, session {number} of {row.held_on}{blank}{odd}"
                self.lines.append(Line(row.line, Fate.NEW, told))
            last_day = row.held_on

    def _numbered(
        self, case: Case, rows: list[PastRating], known: Mapping[int, Known]
    ) -> Iterator[tuple[int, PastRating]]:
        """Sessions that are told apart by their days, with the numbers that follow from these."""
        by_day = {one.held_on: number for number, one in known.items()}
        last = max((one.held_on for one in known.values()), default=EARLIEST)
        number = max(known, default=0)
        ours = any(one.import_id is None for one in known.values())
        days: dict[date, PastRating] = {}
        for row in sorted(rows, key=lambda row: (row.held_on, row.line)):
            told = ""
            there = by_day.get(row.held_on)
            if row.number is not None:
                told = (
                    f"some lines of {case.code} have a session number and some have none. Number all or none."
                )
            elif row.held_on in days and there is None:
                if row.scores == days[row.held_on].scores:
                    self._same(row, f"{case.code}, {row.held_on}, as in line {days[row.held_on].line}")
                    continue
                told = f"{case.code} has two sessions on {row.held_on}. Give all lines of {case.code} a session number."
            elif there is None and (ours or row.held_on < last):
                told = (
                    f"{case.code} has sessions here already that are not before {row.held_on}. "
                    "Give the lines session numbers, so that it is clear where they belong."
                )
            if told:
                self._tell(Wrong(row.line, "session", told))
                continue
            days[row.held_on] = row
            if there is None:
                number += 1
            yield (number if there is None else there), row

    def _twice(self, number: int, row: PastRating, before: PastRating) -> None:
        if row.scores == before.scores and row.held_on == before.held_on:
            self._same(row, f"{row.patient}, session {number}, as in line {before.line}")
            return
        told = f"session {number} of {row.patient} stands in line {before.line} too, and differs. Keep one of them."
        self._tell(Wrong(row.line, "session", told))

    def _there(self, case: Case, number: int, row: PastRating, there: Known) -> None:
        if there.import_id is None:
            told = (
                f"session {number} of {case.code} was noted here, on {there.held_on}. "
                "An import changes nothing that was noted here: leave the line out, or correct its number."
            )
            self._tell(Wrong(row.line, "session", told))
        elif there.scores == row.scores and there.held_on == row.held_on:
            self._same(row, f"{case.code}, session {number} of {row.held_on}, by import {there.import_id}")
        else:
            told = (
                f"session {number} of {case.code} came with import {there.import_id}, and differs from this line. "
                "Undo that import first, or leave the line out."
            )
            self._tell(Wrong(row.line, "session", told))

    def _same(self, row: PastRating, told: str) -> None:
        self.lines.append(Line(row.line, Fate.DUPLICATE, told))


def in_words(report: Report) -> str:
    """`12 lines: 10 new, 1 there already, 1 wrong.`"""
    parts = [f"{report.count(fate):,} {fate.value}" for fate in Fate]
    return f"{count(len(report.lines), 'line')}: {', '.join(parts)}."

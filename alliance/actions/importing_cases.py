"""Take over a caseload: patients by code, each with a therapist who works here; all lines of a file or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from alliance.actions.clinic import Clinic
from alliance.actions.importing import EARLIEST
from alliance.actions.trail import record_by
from alliance.domain.clinic import ClinicSettings
from alliance.domain.imported import Fate, Kind, Line, PastCase, Report, Source, Wrong
from alliance.domain.people import LONGEST_CODE, Role, is_code
from alliance.storage import imports, people, settings, staff
from alliance.storage.database import Connection

FAR_AHEAD = timedelta(days=366)


def look_at_caseload(clinic: Clinic, rows: Sequence[PastCase | Wrong], now: datetime) -> Report:
    """What taking over this caseload would do, line by line. Changes nothing."""
    with clinic.db.read() as conn:
        return Report(tuple(_Cases(clinic, conn, now).plan(rows)))


def take_over_caseload(
    clinic: Clinic, rows: Sequence[PastCase | Wrong], source: Source, now: datetime
) -> Report:
    """Take over this caseload: all in one transaction, or, where a line is wrong or none is new, nothing at all."""
    with clinic.db.write() as conn:
        cases = _Cases(clinic, conn, now)
        report = Report(tuple(cases.plan(rows)))
        if report.wrong or not cases.new:
            return report
        number = imports.begin(conn, Kind.CASELOAD, source, now)
        added = 0
        for row in cases.new:
            known = cases.patients.get(row.patient.casefold())
            patient_id = known[0] if known else 0
            if not patient_id:
                patient_id = people.add_patient(
                    conn, code=row.patient, language=row.language, instrument=row.instrument, now=now
                )
                cases.patients[row.patient.casefold()] = (patient_id, row.language, row.instrument)
                imports.note_patient(conn, number, patient_id)
                added += 1
            ends_on = row.end + timedelta(days=1) if row.end else None
            therapist_id = cases.therapists[row.therapist.casefold()]
            imports.add_dyad(conn, number, patient_id, therapist_id, row.start, ends_on)
        detail = {"lines": len(cases.new), "patients": added}
        record_by(conn, "command", "import caseload", "import", number, now, detail)
    return Report(report.lines, number)


class _Cases:
    """What becomes of each line of a caseload, and which lines are new."""

    def __init__(self, clinic: Clinic, conn: Connection, now: datetime) -> None:
        self._library = clinic.library
        self._told: ClinicSettings = settings.clinic_settings(conn)
        self._today = self._told.today(now)
        people_here = staff.everyone(conn)
        self._closed = {person.email.casefold() for person in people_here if person.disabled}
        self.therapists = {
            person.email.casefold(): person.id for person in people_here if Role.THERAPIST in person.roles
        }
        self.patients = imports.patients(conn)
        cases = list(imports.cases(conn))
        self._there = {
            (case.code.casefold(), case.therapist.casefold(), case.starts_on): case.ends_on for case in cases
        }
        self._present = {
            (case.code.casefold(), case.therapist.casefold())
            for case in cases
            if case.ends_on is None or case.ends_on > self._today
        }
        self.new: list[PastCase] = []

    def plan(self, rows: Iterable[PastCase | Wrong]) -> list[Line]:
        """The fate of each line, in order."""
        lines: list[Line] = []
        seen: dict[tuple[str, str], PastCase] = {}
        first: dict[str, PastCase] = {}
        for row in rows:
            if isinstance(row, PastCase):
                before = first.setdefault(row.patient.casefold(), row)
                line = self._one(row, before, seen)
                if line.fate is Fate.NEW:
                    self.new.append(row)
                    seen[row.patient.casefold(), row.therapist.casefold()] = row
            else:
                line = _wrong(row)
            lines.append(line)
        return lines

    def _one(self, row: PastCase, first: PastCase, seen: dict[tuple[str, str], PastCase]) -> Line:
        wrong = self._person(row) or self._days(row)
        if wrong:
            return _wrong(wrong)
        pair = row.patient.casefold(), row.therapist.casefold()
        known = self.patients.get(pair[0])
        if (*pair, row.start) in self._there or (pair in self._present and row.end is None):
            return Line(row.line, Fate.DUPLICATE, f"{row.patient} with {row.therapist}; stays as it is here")
        before = seen.get(pair)
        if before is not None and before[1:] == row[1:]:
            return Line(row.line, Fate.DUPLICATE, f"{row.patient}, as in line {before.line}")
        if before is not None and (before.end is None or row.start <= before.end):
            told = f"{row.patient} is with this therapist in line {before.line} at the same time. Keep one of them."
            return _wrong(Wrong(row.line, "patient", told))
        wants = (row.language, row.instrument)
        has = known[1:] if known else (first.language, first.instrument)
        if has != wants and not known:
            told = f"{row.patient} has another language or questionnaire in line {first.line}. One patient has one."
            return _wrong(Wrong(row.line, "patient", told))
        kept = "" if has == wants else f"; keeps {has[1]} in {has[0]}"
        told = f"{row.patient} with {row.therapist} from {row.start}{kept}"
        return Line(row.line, Fate.NEW, told)

    def _person(self, row: PastCase) -> Wrong | None:
        if not is_code(row.patient):
            told = f"a code has 1 to {LONGEST_CODE} letters and figures. Shorten it; use no name."
            return Wrong(row.line, "patient", told)
        email = row.therapist.casefold()
        if email not in self.therapists:
            told = f"nobody here works as a therapist with the address {row.therapist or 'that is missing'}. "
            return Wrong(
                row.line, "therapist", f"{told}Invite them first (alliance user invite), or correct it."
            )
        if email in self._closed and row.end is None:
            told = (
                f"the account of {row.therapist} is closed. Say when this ended, or name who has the patient."
            )
            return Wrong(row.line, "therapist", told)
        known = self.patients.get(row.patient.casefold())
        if known:
            return None  # what the patient has here stays
        there = self._library.ids()
        offered = [one for one in there if one in (self._told.offered or there)]
        if row.instrument not in offered:
            told = f"{row.instrument or 'a blank'} is no questionnaire here. Choose one of: {', '.join(offered)}."
            return Wrong(row.line, "instrument", told)
        languages = [one for one in self._library.languages(row.instrument) if self._told.offers(one)]
        if row.language not in languages:
            told = f"{row.instrument} is not worded in {row.language or 'a blank'}. Choose: {', '.join(languages)}."
            return Wrong(row.line, "language", told)
        return None

    def _days(self, row: PastCase) -> Wrong | None:
        if not EARLIEST <= row.start <= self._today + FAR_AHEAD:
            return Wrong(
                row.line, "start", f"look at the year of {row.start}, and at the order of day and month."
            )
        if row.end is not None and not row.start <= row.end <= self._today + FAR_AHEAD:
            return Wrong(
                row.line, "end", f"{row.end} is before the start, or far ahead. Correct one of the two."
            )
        return None


def _wrong(wrong: Wrong) -> Line:
    where = f"column {wrong.column}: " if wrong.column else ""
    return Line(wrong.line, Fate.WRONG, f"{where}{wrong.sentence}")

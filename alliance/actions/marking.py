"""Mark breaks, an announced ending and other events on one's own patient's course. No number changes by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import is_own, own_dyad, record, require
from alliance.domain.access import NotFound, Permission
from alliance.domain.marks import EVENTS, MOST_WORDS, Kind, Mark, of_itself, standing
from alliance.domain.people import Dyad, Viewer
from alliance.domain.trend import Trend
from alliance.storage import course_marks, people, settings, shares
from alliance.storage.database import Connection

FAR = timedelta(days=366)
LONG_AGO = timedelta(days=366 * 20)
MOST_MARKS = 200  # on one course, so that nobody fills a page
BY_HAND = (Kind.BREAK, Kind.ENDING, Kind.EVENT)


@dataclass(frozen=True, slots=True)
class MarksPage:
    """What is marked on a course: in order of days, `removed` ones apart."""

    dyad: Dyad
    marks: list[Mark]
    removed: list[Mark]
    today: date


def with_marks(clinic: Clinic, conn: Connection, viewer: Viewer, trend: Trend, today: date) -> Trend:
    """The course with its marks, as far as the viewer may know of them.

    A supervisor sees that something is marked, and when, but the words only while the therapist shares the case.
    """
    dyad_id, own = trend.dyad.id, is_own(viewer, trend.dyad)
    words = own or shares.running_with(conn, clinic.keyring, viewer, dyad_id, today) is not None
    kept = course_marks.of_dyad(conn, clinic.keyring, dyad_id, words=words, removed=False)
    itself = of_itself(trend.dyad, course_marks.earlier_end(conn, trend.dyad))
    return replace(trend, marks=tuple(standing([*kept, *itself])))


def open_marks(clinic: Clinic, viewer: Viewer, patient_id: int, now: datetime) -> MarksPage:
    """The marks on the course of one's own patient. Raises NotFound, or Forbidden for a supervisor."""
    require(viewer, Permission.MARK_COURSE)
    with clinic.db.read() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        every = course_marks.of_dyad(conn, clinic.keyring, dyad.id, words=True, removed=True)
        itself = of_itself(dyad, course_marks.earlier_end(conn, dyad))
    gone = [mark for mark in every if mark.removed_at]
    return MarksPage(dyad, standing([*every, *itself]), gone, today)


def add_mark(clinic: Clinic, viewer: Viewer, patient_id: int, mark: Mark, now: datetime) -> int:
    """Mark something on the course of one's own patient. Raises Fault for days that cannot be right."""
    require(viewer, Permission.MARK_COURSE)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad = own_dyad(conn, viewer, patient_id, today)
        mark = _checked(mark, dyad, today)
        if len(course_marks.of_dyad(conn, clinic.keyring, dyad.id, words=False, removed=True)) >= MOST_MARKS:
            raise Fault(f"There are {MOST_MARKS} marks on this course, and no room for more")
        mark_id = course_marks.add(conn, clinic.keyring, dyad.id, mark, viewer.staff_id, now)
        record(conn, viewer, "mark course", "course mark", mark_id, now, {"kind": mark.kind.value})
    return mark_id


def _checked(mark: Mark, dyad: Dyad, today: date) -> Mark:
    if mark.kind not in BY_HAND:
        raise Fault("Choose what it is", "kind")
    if not today - LONG_AGO <= mark.starts_on <= today + FAR or mark.starts_on < dyad.starts_on - FAR:
        raise Fault("Look at the year: this is far from the sessions here", "starts_on")
    if mark.kind is not Kind.BREAK and mark.starts_on > today:
        raise Fault("Enter a day that is not in the future", "starts_on")
    if mark.kind is Kind.EVENT:
        if mark.what not in EVENTS:
            raise Fault("Choose what happened", "what")
        words = " ".join(mark.words.split())
        if len(words) > MOST_WORDS:
            raise Fault(f"Enter at most {MOST_WORDS} characters", "words")
        return replace(mark, words=words, ends_on=None)
    if mark.ends_on is not None and mark.ends_on < mark.starts_on:
        raise Fault("Enter a day that is not before the first one", "ends_on")
    if mark.ends_on is not None and mark.ends_on > mark.starts_on + 5 * FAR:
        raise Fault("Look at the year: this is years ahead", "ends_on")
    return replace(mark, what="", words="")


def remove_mark(clinic: Clinic, viewer: Viewer, mark_id: int, now: datetime) -> int:
    """Take a mark off one's own patient's course; it is kept, as removed. Answers with the patient's id."""
    require(viewer, Permission.MARK_COURSE)
    with clinic.db.write() as conn:
        today = settings.clinic_settings(conn).today(now)
        dyad_id = course_marks.dyad_of(conn, mark_id)
        dyad = people.dyad_in_scope(conn, viewer, dyad_id, today) if dyad_id else None
        if dyad is None:
            raise NotFound
        own_dyad(conn, viewer, dyad.patient.id, today)
        if not is_own(viewer, dyad):
            raise NotFound
        if course_marks.remove(conn, mark_id, now):
            record(conn, viewer, "remove mark", "course mark", mark_id, now)
    return dyad.patient.id

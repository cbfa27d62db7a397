"""Sessions from a therapist's calendar: what has ended was held, what is to come says when the next one is.

Reading the same calendar again changes nothing. Who is no patient of the therapist's is counted, and nothing that is
written in a calendar is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.holding import hold
from alliance.actions.trail import Unnamed, record_by
from alliance.domain.appointments import Codes, Event, Told
from alliance.domain.people import Dyad, Role, Staff, Viewer
from alliance.exchange import calendars
from alliance.exchange.calendar_lines import CalendarFault
from alliance.storage import appointments, people, sessions, settings, staff
from alliance.storage.database import Connection

LOOKS_BACK = timedelta(days=28)
"""Sessions longer ago are for people to note: no form is sent about them any more."""
LOOKS_AHEAD = timedelta(days=366)


@dataclass(slots=True)
class Read:
    """What reading a calendar came to, in counts; `unread` says what of it cannot be read. Nobody is named."""

    therapist: str
    done: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    several: int = 0
    unread: Sequence[str] = ()


class _Undone(Exception):
    """Ends a transaction that was only a trial."""


def read(
    clinic: Clinic,
    path: Path,
    email: str,
    now: datetime,
    ticks: Callable[[], float],
    *,
    go: bool,
    actor: Unnamed,
) -> Read:
    """Read one therapist's calendar, a file or a folder of files. Without `go` everything is tried and nothing kept.

    Raises Fault for a therapist who is not here, and for what is no calendar; then nothing is changed.
    """
    with clinic.db.read() as conn:
        told = settings.clinic_settings(conn)
        therapist = _therapist(conn, email)
        viewer = Viewer(therapist.id, therapist.name, therapist.roles)
        today = told.today(now)
        dyads = {dyad.patient.code: dyad for dyad in people.own_dyads(conn, viewer, today)}
    codes, first, last = Codes(dyads), today - LOOKS_BACK, today + LOOKS_AHEAD
    came = Read(therapist.name)
    events: dict[str, Event] = {}
    for file in _files(path):
        try:
            found = calendars.read(file.read_bytes(), codes, told.zone, first, last, ticks)
        except CalendarFault as fault:
            raise Fault(f"{file} is no calendar that can be read. {str(fault).removesuffix('.')}") from fault
        except OSError as fault:
            raise Fault(f"{file} cannot be read: {fault.strerror}") from fault
        events |= {event.key: event for event in found.events}
        came.unknown += found.unknown
        came.several += found.several
        came.unread = [*came.unread, *(f"{file.name}, {sentence}" for sentence in found.unread)]
    taking = _Taking(clinic, therapist.id, now, today, actor, came.done)
    try:
        with clinic.db.write() as conn:
            for event in sorted(events.values(), key=lambda event: (event.starts, event.key)):
                taking.take(conn, dyads[event.code], event)
            for dyad in dyads.values():
                taking.say_next(conn, dyad, events.values())
            if not go:
                raise _Undone
    except _Undone:
        pass
    return came


def _therapist(conn: Connection, email: str) -> Staff:
    found = staff.by_email(conn, email)
    if found is None or Role.THERAPIST not in found.roles or found.disabled:
        raise Fault(f"No therapist has the address {email} here. “alliance user list” shows who there is")
    return found


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise Fault(f"There is no calendar at {path}")
    files = sorted(path.glob("*.ics")) if path.is_dir() else [path]
    if not files:
        raise Fault(f"There is no file that ends in .ics in {path}")
    return files


@dataclass(frozen=True, slots=True)
class _Taking:
    """Makes sessions agree with events, inside a transaction."""

    clinic: Clinic
    therapist_id: int
    now: datetime
    today: date
    actor: Unnamed
    done: Counter[str]

    def take(self, conn: Connection, dyad: Dyad, event: Event) -> None:
        """Let one event be what it is: held, moved, cancelled, or still to come."""
        entry = appointments.entry_of(self.therapist_id, event.key)
        session = appointments.session_from(conn, entry)
        over = event.ends <= self.now and not event.cancelled
        if session is not None and session.dyad_id != dyad.id:
            return  # the entry was given to another patient; what was held stays
        if session is None and over:
            self._hold(conn, dyad, event, entry)
        elif session is not None and over and session.held_on == event.day:
            known = appointments.of_session(conn, session.id)
            if known is not None and (known.told or known.starts != event.starts):
                appointments.keep(conn, session.id, entry, event.starts)
        elif session is not None and over:
            bare = not sessions.has_forms(conn, session.id)
            if bare and appointments.move(conn, session, event.day):
                appointments.keep(conn, session.id, entry, event.starts)
                self._note(
                    conn, "move session", session.id, {"from": str(session.held_on), "to": str(event.day)}
                )
                self.done["moved"] += 1
            else:
                self._tell(conn, session.id, Told.MOVED, event.day)
        elif session is not None:
            if appointments.is_bare(conn, session.id) and appointments.remove(conn, session):
                self._note(conn, "remove session", session.id, {"from": "calendar"})
                self.done["removed"] += 1
            else:
                told = Told.CANCELLED if event.cancelled else Told.MOVED
                self._tell(conn, session.id, told, None if event.cancelled else event.day)

    def _hold(self, conn: Connection, dyad: Dyad, event: Event, entry: bytes) -> None:
        noted = appointments.on_day(conn, dyad.id, event.day)
        if noted is not None:
            appointments.keep(conn, noted.id, entry, event.starts)
            self.done["known"] += 1
            return
        last = sessions.last_day(conn, dyad.id)
        if event.day < dyad.starts_on or (last is not None and event.day < last):
            self.done["early"] += 1
            return
        session = hold(self.clinic, conn, dyad.id, event.day, self.now)
        appointments.keep(conn, session.id, entry, event.starts)
        self._note(conn, "add session", session.id, {"from": "calendar"})
        self.done["held"] += 1

    def say_next(self, conn: Connection, dyad: Dyad, events: Iterable[Event]) -> None:
        """The day of the next session, where the calendar tells one; else what people entered, if it is not over."""
        last = sessions.last_day(conn, dyad.id)
        ahead = [
            event.day
            for event in events
            if event.code == dyad.patient.code
            and not event.cancelled
            and event.ends > self.now
            and event.day >= self.today
            and (last is None or event.day > last)
        ]
        next_on = min(ahead, default=dyad.next_on)
        if next_on is not None and last is not None and next_on <= last:
            next_on = None
        if next_on != dyad.next_on:
            people.set_next_session(conn, dyad.id, next_on)
            self.done["next"] += 1

    def _tell(self, conn: Connection, session_id: int, told: Told, on: date | None) -> None:
        self.done["told"] += appointments.tell(conn, session_id, told, on)

    def _note(self, conn: Connection, action: str, session_id: int, detail: dict[str, object]) -> None:
        record_by(conn, self.actor, action, "session", session_id, self.now, detail)

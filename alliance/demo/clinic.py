"""Makes the made-up clinic as a real one comes about: every session and answer goes through the actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from alliance.actions import accounts, answering, caseload, ledger, muting, reading, sharing
from alliance.actions import clinic as clinics
from alliance.actions.clinic import Clinic
from alliance.demo.afterwards import Afterwards
from alliance.demo.cast import CLINIC, STAFF
from alliance.demo.noting import MUTED, meant, told_of
from alliance.demo.script import Visit, visits
from alliance.domain.clinic import ClinicSettings, CrisisLine
from alliance.domain.people import Viewer
from alliance.domain.therapy import Channel
from surveys.library import shipped

SETTINGS = ClinicSettings(
    name=CLINIC,
    # Numbers that are set aside for stories and belong to nobody (Ofcom, “numbers for use in drama”).
    crisis_lines=(
        CrisisLine("Night line of the clinic", "020 7946 0123"),
        CrisisLine("Listening ear", "0808 157 0456"),
    ),
    front_desk="020 7946 0100",
    front_desk_hours="Monday to Friday, 8 to 18",
    time_zone="Europe/London",
    fhir=True,
)
BEFORE_OPENING = timedelta(days=21)  # from the first account to the first session

Watch = Callable[[Sequence["Event"]], Iterable["Event"]]


class Event(NamedTuple):
    """Something that happens: a session is held, a therapist notes something, a form comes back."""

    at: datetime
    what: str
    visit: Visit


class Address(NamedTuple):
    """Where a clinic is reached, and where it listens."""

    public_url: str
    host: str
    port: int


class Sent(dict[str, str]):
    """A form’s fields as a browser sent them, each once."""

    def getlist(self, name: str) -> list[str]:
        return [self[name]] if name in self else []


def make(folder: Path, address: Address, *, seed: int, now: datetime, watch: Watch = iter) -> Clinic:
    """A clinic with its whole past, in a folder that is new or empty. Same seed and day, same clinic.

    Nobody can sign in yet and no link waits: see `entrance`. `watch` gets the events to come
    and hands them on, for a progress bar.
    """
    today = SETTINGS.today(now)
    library = shipped()
    written = visits(seed, today, ZoneInfo(SETTINGS.time_zone), library)
    opened = min(visit.over_at for visit in written) - BEFORE_OPENING
    clinic = clinics.create(
        folder,
        settings_at_start=SETTINGS,
        public_url=address.public_url,
        host=address.host,
        port=address.port,
        demo=True,
        now=opened,
    )
    with clinic.db.in_bulk():
        past = _Past(clinic, _hire(clinic, opened), seed)
        for event in watch(sorted(_events(written), key=lambda event: event.at)):
            past.happens(event)
        past.read(now)
        past.muted(written, now)
        past.shown(written, now)
    return clinic


def _hire(clinic: Clinic, now: datetime) -> dict[str, Viewer]:
    """Make the accounts, supervisors before those whom they supervise."""
    hired: dict[str, Viewer] = {}
    for player in STAFF:
        supervisors = [hired[other.key].staff_id for other in STAFF if player.key in other.supervises]
        accounts.invite(
            clinic,
            name=player.name,
            email=player.email,
            roles=[player.role],
            supervised_by=supervisors,
            now=now,
            actor="system",
        )
        hired[player.key] = viewers(clinic)[player.key]
    return hired


def viewers(clinic: Clinic) -> dict[str, Viewer]:
    """The made-up staff by their keys, without those whose account was closed."""
    here = {
        person.email: person for person in accounts.list_staff(clinic, actor="system") if not person.disabled
    }
    return {
        player.key: Viewer(here[player.email].id, player.name, here[player.email].roles)
        for player in STAFF
        if player.email in here
    }


def _events(written: Iterable[Visit]) -> Iterable[Event]:
    for visit in written:
        yield Event(visit.over_at, "held", visit)
        if visit.noted:
            yield Event(visit.over_at + timedelta(minutes=2), "noted", visit)
        if visit.sheet:
            yield Event(visit.sheet.at, "answered", visit)


SHOWN = {
    "Juniper 26": "",
    "Rowan 31": "I would like to look at the second conversation. What did I do differently?",
}


class _Past:
    """Lets things happen in order, with the clock where it stood."""

    def __init__(self, clinic: Clinic, staff: dict[str, Viewer], seed: int) -> None:
        self.clinic = clinic
        self.staff = staff
        self.rng = Random(f"{seed} attempts")
        self.afterwards = Afterwards(clinic, seed)
        self.patients: dict[str, int] = {}
        self.links: dict[tuple[str, int], str] = {}
        self.unread: dict[str, tuple[str, datetime]] = {}

    def happens(self, event: Event) -> None:
        getattr(self, event.what)(event.visit, event.at)

    def held(self, visit: Visit, now: datetime) -> None:
        therapist = self.staff[visit.therapist]
        code = visit.part.code
        self._open(code, now)
        if code not in self.patients:
            dyad = caseload.add_patient(
                self.clinic,
                therapist,
                code=code,
                language="en",
                instrument=visit.part.instrument,
                starts_on=visit.held_on,
                now=now,
            )
            self.patients[code] = dyad.patient.id
        session = caseload.add_session(
            self.clinic, therapist, self.patients[code], held_on=visit.held_on, next_on=visit.next_on, now=now
        )
        self.links[code, visit.number] = caseload.issue_link(
            self.clinic, therapist, session.id, channel=Channel.LINK, now=now
        )

    def noted(self, visit: Visit, now: datetime) -> None:
        """What the therapist makes of the open question, if chance has raised one."""
        therapist = self.staff[visit.therapist]
        trend = reading.chart_trend(self.clinic, therapist, self.patients[visit.part.code], now)
        alert = meant(trend, visit.noted)
        if alert is None:
            return
        reading.open_alert(self.clinic, therapist, alert.id, now)
        if visit.noted and visit.noted in ledger.OUTCOMES:
            said = told_of(visit.noted, visit.number, visit.part.code)
            ledger.answer_alert(self.clinic, therapist, alert.id, said, now)

    def answered(self, visit: Visit, now: datetime) -> None:
        """The form comes back just as a browser would send it."""
        sheet = visit.sheet
        if sheet is None:
            return
        attempt = f"{self.rng.getrandbits(128):032x}"
        fields = [("attempt", attempt), *((item, str(value)) for item, value in sheet.picked.items())]
        fields += [("talked", sheet.talked)] if sheet.talked else []
        fields += [("comment", sheet.comment), ("audience", sheet.audience)]
        fields += [("raise", "yes")] if sheet.wants_help else []
        receipt = answering.submit(
            self.clinic,
            self.links.pop((visit.part.code, visit.number)),
            attempt=attempt,
            body=urlencode(fields).encode(),
            form=Sent(fields),
            now=now,
        )
        self.afterwards.take_up(visit, receipt, now)
        if sheet.comment and sheet.audience == "both":
            self.unread[visit.part.code] = visit.therapist, now

    def _open(self, code: str, now: datetime) -> None:
        """A therapist reads what a patient wrote before they meet again, at the latest."""
        if code in self.unread:
            therapist, _ = self.unread.pop(code)
            reading.open_patient(self.clinic, self.staff[therapist], self.patients[code], now)

    def read(self, now: datetime) -> None:
        """What was written lately has been read, but for the newest, and one that was overlooked."""
        waiting = sorted(self.unread, key=lambda code: self.unread[code][1])
        for code in waiting[1:-1]:
            self._open(code, now)

    def muted(self, written: Iterable[Visit], now: datetime) -> None:
        """Patients about whom a therapist lets questions rest."""
        therapists = {visit.part.code: visit.therapist for visit in written}
        for code, (reason, lasts, words) in MUTED.items():
            therapist, until = self.staff[therapists[code]], SETTINGS.today(now) + lasts
            patient = self.patients[code]
            muting.mute(self.clinic, therapist, patient, until=until, reason=reason, words=words, now=now)

    def shown(self, written: Iterable[Visit], now: datetime) -> None:
        """Cases that a therapist would like to look at with the supervisor."""
        therapists = {visit.part.code: visit.therapist for visit in written}
        for code, question in SHOWN.items():
            therapist = self.staff[therapists[code]]
            sharing.show(self.clinic, therapist, self.patients[code], None, now, question=question)

"""A therapist's calendar: held sessions once each, however often it is read and whatever is moved about in it."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from alliance.actions import appointments, caseload
from alliance.actions.faults import Fault
from alliance.domain.appointments import Told
from alliance.domain.people import Dyad
from alliance.domain.therapy import Channel, TherapySession
from alliance.storage import appointments as entries
from alliance.storage import people, sessions
from alliance.storage.erasing import erase_patient
from tests.cast import NOW, Cast, add_patient, address, answer
from tests.exchange.ics import calendar, entry
from tests.post_office import agree, open_office, run, with_mail

L = ";TZID=Europe/London:"
DAY = timedelta(days=1)


class Diary:
    """Jonas Berg’s calendar, and a patient of his whom it names."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast, self.path = cast, folder / "jonas.ics"
        self.dyad: Dyad = add_patient(cast, "Sorrel 3", at=NOW - 60 * DAY)

    def says(self, *told: bytes | str) -> None:
        self.path.write_bytes(told[0] if told and isinstance(told[0], bytes) else calendar(*map(str, told)))

    def read(
        self, now: datetime = NOW, *, go: bool = True, email: str = address("jonas")
    ) -> appointments.Read:
        return appointments.read(
            self.cast.clinic, self.path, email, now, time.monotonic, go=go, actor="system"
        )

    def done(self, now: datetime = NOW) -> dict[str, int]:
        return dict(self.read(now).done)

    @property
    def held(self) -> list[TherapySession]:
        with self.cast.clinic.db.read() as conn:
            return sessions.of_dyad(conn, self.dyad.id)

    @property
    def days(self) -> list[str]:
        return [f"{session.held_on:%d %b}" for session in self.held]

    @property
    def next_on(self) -> date | None:
        with self.cast.clinic.db.read() as conn:
            found = people.dyad_in_scope(conn, self.cast.viewer("jonas"), self.dyad.id, NOW.date())
        assert found is not None
        return found.next_on

    def told(self, place: int) -> tuple[Told | None, date | None]:
        with self.cast.clinic.db.read() as conn:
            found = entries.of_session(conn, self.held[place].id)
        assert found is not None
        return found.told, found.told_day

    def link(self, place: int) -> str:
        jonas = self.cast.viewer("jonas")
        return caseload.issue_link(
            self.cast.clinic, jonas, self.held[place].id, channel=Channel.LINK, now=NOW
        )


@pytest.fixture
def diary(cast: Cast, tmp_path: Path) -> Diary:
    return Diary(cast, tmp_path)


def at(day: str, hour: str = "0900", uid: str = "a", summary: str = "Sorrel 3", **more: str) -> str:
    """An appointment on a day of November 2026, or a whole date."""
    return entry(uid, f"{L}{day if len(day) == 8 else f'202611{day}'}T{hour}00", summary=summary, **more)


WEEKLY = at("05", uid="w", RRULE="FREQ=WEEKLY")


def test_what_is_over_was_held_and_the_next_one_is_known(diary: Diary) -> None:
    diary.says(WEEKLY, at("20", "0900", uid="today"), at("20", "1000", uid="now"))
    assert diary.done() == {"held": 4, "next": 1}
    assert diary.days == ["05 Nov", "12 Nov", "19 Nov", "20 Nov"]  # at ten it is not over yet
    assert diary.next_on == date(2026, 11, 26)
    assert diary.done() == {} and diary.done(NOW + timedelta(hours=1)) == {"held": 1}
    assert [session.number for session in diary.held] == [1, 2, 3, 4, 5]


def test_a_trial_tells_all_of_it_and_does_nothing(diary: Diary) -> None:
    diary.says(WEEKLY)
    assert dict(diary.read(go=False).done) == {"held": 3, "next": 1}
    assert (diary.days, diary.next_on) == ([], None)


def test_of_strangers_nothing_is_kept_but_how_many_they_are(
    diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    diary.says(
        at("19", uid="dentist@example", summary="Dentist, Dr Xylander"),
        at("19", uid="b", summary="Birch 2"),  # somebody else’s patient
        at("19", uid="c", summary="Sorrel 3, Alder 14"),
        at("19", uid="d", RRULE="FREQ=SECONDLY"),
    )
    came = diary.read()
    assert (came.done, came.unknown, came.several) == (Counter(), 2, 1)
    assert came.unread == ["jonas.ics, line 25: it repeats secondly, which no appointment does"]
    kept = diary.cast.clinic.config.database.read_bytes()
    wal = diary.cast.clinic.config.database.with_name("clinic.db-wal")
    kept += wal.read_bytes() if wal.exists() else b""
    assert b"Xylander" not in kept and b"dentist" not in kept.lower() and "Xylander" not in caplog.text


def test_a_session_that_was_noted_by_hand_is_the_same_one(diary: Diary) -> None:
    jonas, clinic = diary.cast.viewer("jonas"), diary.cast.clinic
    caseload.add_session(
        clinic, jonas, diary.dyad.patient.id, held_on=date(2026, 11, 19), next_on=date(2026, 11, 27), now=NOW
    )
    diary.says(at("12", uid="before"), at("19"))
    assert diary.done() == {"early": 1, "known": 1}
    assert (diary.days, diary.next_on) == (["19 Nov"], date(2026, 11, 27))
    diary.says(at("19"), at("19", "1400", uid="twice on one day"))
    assert diary.done() == {"held": 1}


def test_what_is_moved_moves_until_a_form_went_out(diary: Diary) -> None:
    diary.says(at("17"))
    assert diary.done() == {"held": 1}
    diary.says(at("18", "1100"))
    assert diary.done() == {"moved": 1} and diary.days == ["18 Nov"]
    assert diary.done() == {}
    diary.link(0)
    diary.says(at("16"))
    assert diary.done() == {"told": 1} and diary.days == ["18 Nov"]
    assert diary.told(0) == (Told.MOVED, date(2026, 11, 16))
    diary.says(at("18", "1100"))
    diary.read()
    assert diary.told(0) == (None, None)
    diary.says(at("24"))  # to come, though a form went out
    assert diary.done()["told"] == 1
    assert diary.told(0) == (Told.MOVED, date(2026, 11, 24))


def test_two_sessions_do_not_change_places(diary: Diary) -> None:
    diary.says(at("12", uid="a"), at("19", uid="b"))
    diary.read()
    diary.says(at("20", "0700", uid="a"), at("19", uid="b"))
    assert diary.done() == {"told": 1}
    assert diary.days == ["12 Nov", "19 Nov"]


def test_what_is_cancelled_goes_if_nothing_hangs_on_it(diary: Diary) -> None:
    diary.says(WEEKLY)
    diary.read()
    off = at("05", uid="w", RRULE="FREQ=WEEKLY", EXDATE=f"{L}20261119T090000")
    diary.says(off)
    assert diary.done() == {"removed": 1} and diary.days == ["05 Nov", "12 Nov"]
    diary.says(WEEKLY)
    assert diary.done() == {"held": 1}
    token = diary.link(2)
    diary.says(at("05", uid="w", RRULE="FREQ=WEEKLY", STATUS="CANCELLED"))
    came = diary.read()
    assert came.done["told"] == 3 and len(diary.held) == 3  # the first two have others after them
    assert diary.told(2) == (Told.CANCELLED, None)
    answer(diary.cast.clinic, token, NOW, 8)
    diary.says()
    diary.read()  # what is in the calendar no more was held all the same
    assert len(diary.held) == 3


def test_a_calendar_may_be_a_folder(diary: Diary, tmp_path: Path) -> None:
    diary.path = tmp_path / "calendar"
    diary.path.mkdir()
    with pytest.raises(Fault, match=r"no file that ends in \.ics"):
        diary.read()
    for uid, day in (("a", "12"), ("b", "19")):
        (diary.path / f"{uid}.ics").write_bytes(calendar(at(day, uid=uid)))
    assert diary.done() == {"held": 2}


def test_what_cannot_be_read_changes_nothing(diary: Diary) -> None:
    with pytest.raises(Fault, match=r"There is no calendar at .*jonas\.ics"):
        diary.read()
    diary.says(calendar(at("19"), at("12", uid="b"))[:-30])
    with pytest.raises(Fault, match=r"jonas\.ics is no calendar that can be read\. What begins in line"):
        diary.read()
    diary.says(at("19"))
    for email in ("nobody@clinic.example", address("miriam"), address("dana")):
        with pytest.raises(Fault, match="No therapist has the address"):
            diary.read(email=email)
    assert diary.days == []


def test_with_the_patient_everything_goes(diary: Diary) -> None:
    diary.says(WEEKLY)
    diary.read()
    clinic = diary.cast.clinic
    with clinic.db.write() as conn:
        assert conn.execute("SELECT count(*) AS n FROM appointment").fetchone()["n"] == 3
        erase_patient(conn, diary.dyad.patient.id)
        assert conn.execute("SELECT count(*) AS n FROM appointment").fetchone()["n"] == 0
    diary.says(WEEKLY)
    assert diary.read().unknown == 1


def test_who_agreed_to_mail_is_asked_about_it_once(diary: Diary) -> None:
    with open_office() as office:
        agree(diary.cast, diary.dyad.patient.id)
        clinic = with_mail(diary.cast.clinic, office.port)
        diary.says(at("12", uid="before"), at("20", "0900"))
        diary.read(NOW - timedelta(minutes=15))
        assert run(clinic, NOW).fates.total() == 0  # of last week's, eight days ago
        diary.read(NOW)
        for _ in range(2):
            run(clinic, NOW)
            diary.read(NOW)
        assert len(office.mails) == 1

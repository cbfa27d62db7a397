"""Calendars: every kind of time as the moment that was meant, and nothing that takes for ever or says too much."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.domain.appointments import Codes
from alliance.exchange.calendar_lines import CalendarFault
from alliance.exchange.calendars import Found, read
from tests.exchange.ics import calendar, entry

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
CODES = Codes(["Alder 14", "Alder 1", "Birch-2", "B.3"])
B, N = ";TZID=Europe/Berlin:", ";TZID=America/New_York:"


def found(
    content: bytes, zone: ZoneInfo = BERLIN, first: date = date(2026, 1, 1), last: date = date(2026, 12, 31)
) -> Found:
    return read(content, CODES, zone, first, last, time.monotonic)


def starts(content: bytes, zone: ZoneInfo = BERLIN) -> list[str]:
    return [f"{event.starts:%m-%d %H:%M}" for event in found(content, zone).events]


@pytest.mark.parametrize(
    ("told", "zone", "utc", "day"),
    [
        (f"{B}20260329T013000", BERLIN, "03-29 00:30", 29),  # an hour before clocks go forward
        (f"{B}20260329T023000", BERLIN, "03-29 01:30", 29),  # a time that there is not: with the clock before
        (f"{B}20260329T030000", BERLIN, "03-29 01:00", 29),
        (f"{B}20261025T013000", BERLIN, "10-24 23:30", 25),  # clocks go back: this time comes once
        (f"{B}20261025T023000", BERLIN, "10-25 00:30", 25),  # this one twice: the first is meant
        (f"{B}20261025T033000", BERLIN, "10-25 02:30", 25),
        (f"{N}20260308T023000", NEW_YORK, "03-08 07:30", 8),
        (f"{N}20261101T013000", NEW_YORK, "11-01 05:30", 1),
        (f"{N}20261101T023000", NEW_YORK, "11-01 07:30", 1),
        (":20261119T100000", BERLIN, "11-19 09:00", 19),  # without a zone it is the clinic’s
        (":20261119T100000", NEW_YORK, "11-19 15:00", 19),
        (":20261119T233000Z", BERLIN, "11-19 23:30", 20),  # in Berlin it is tomorrow
        (f"{N}20261119T200000", BERLIN, "11-20 01:00", 20),
        (";VALUE=DATE:20261119", BERLIN, "11-18 23:00", 19),
    ],
)
def test_a_time_is_the_moment_and_the_day_that_were_meant(
    told: str, zone: ZoneInfo, utc: str, day: int
) -> None:
    (event,) = found(calendar(entry("one", told)), zone).events
    assert (f"{event.starts:%m-%d %H:%M}", event.day.day) == (utc, day)
    assert event.starts.tzinfo is UTC and event.ends > event.starts


def test_a_day_ends_with_the_day_and_a_time_without_an_end_at_once() -> None:
    (event,) = found(calendar(entry("one", ";VALUE=DATE:20260329"))).events
    assert (event.ends - event.starts).total_seconds() == 23 * 3600
    (event,) = found(calendar(entry("one", ":20260329T100000Z", DTEND=":20260329T100000Z"))).events
    assert event.ends == event.starts


def test_a_series_keeps_its_hour_on_the_wall_over_both_changes_of_clocks() -> None:
    weekly = entry("w", f"{B}20260322T100000", RRULE="FREQ=WEEKLY;COUNT=3")
    assert starts(calendar(weekly)) == ["03-22 09:00", "03-29 08:00", "04-05 08:00"]
    nightly = entry("n", f"{B}20261024T023000", RRULE="FREQ=DAILY;COUNT=3")
    assert starts(calendar(nightly)) == ["10-24 00:30", "10-25 00:30", "10-26 01:30"]
    autumn = entry("a", f"{N}20261026T090000", RRULE="FREQ=WEEKLY;BYDAY=MO;UNTIL=20261110T000000Z")
    assert starts(calendar(autumn), NEW_YORK) == ["10-26 13:00", "11-02 14:00", "11-09 14:00"]


def test_a_series_in_universal_time_follows_the_zone_that_the_calendar_names() -> None:
    weekly = entry("w", ":20260322T090000Z", RRULE="FREQ=WEEKLY;COUNT=2")
    assert starts(calendar(weekly, X_WR_TIMEZONE="Europe/Berlin")) == ["03-22 09:00", "03-29 08:00"]


def test_exceptions_are_left_out_and_one_that_was_moved_stays_the_same_one() -> None:
    weekly = entry("w", f"{B}20261105T100000", RRULE="FREQ=WEEKLY;COUNT=4", EXDATE=f"{B}20261112T100000")
    moved = entry("w", f"{B}20261121T150000", RECURRENCE_ID=f"{B}20261119T100000")
    off = entry("w", f"{B}20261126T100000", RECURRENCE_ID=f"{B}20261126T100000", STATUS="CANCELLED")
    plain, changed = found(calendar(weekly)).events, found(calendar(weekly, moved, off)).events
    assert [event.key for event in plain] == sorted(event.key for event in plain)
    assert {event.key for event in changed} == {event.key for event in plain}
    told = {event.key: (event.day.day, event.cancelled) for event in changed}
    assert [told[event.key] for event in plain] == [(5, False), (12, True), (21, False), (26, True)]
    single, later = calendar(entry("s", f"{B}20261105T100000")), calendar(entry("s", f"{B}20261106T100000"))
    assert found(single).events[0].key == found(later).events[0].key


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"summary": "alder  14"}, "Alder 14"),
        ({"summary": "Session with Alder 14 (room 3)"}, "Alder 14"),
        ({"summary": "Alder 1"}, "Alder 1"),
        ({"summary": "B.3, weekly"}, "B.3"),
        ({"summary": "Session", "CATEGORIES": "therapy,BIRCH-2"}, "Birch-2"),
        ({"summary": "Alder 1", "X_ALLIANCE_PATIENT": "Birch-2"}, "Birch-2"),
    ],
)
def test_a_patient_is_known_by_the_code_alone(more: dict[str, str], code: str) -> None:
    (event,) = found(calendar(entry("one", f"{B}20261119T100000", **more))).events
    assert event.code == code


@pytest.mark.parametrize("summary", ["Dentist", "Alder 144", "Balder 14", "Alder 1-4", "B-3", "Birch-22", ""])
def test_whoever_is_not_named_is_counted_and_no_more(summary: str) -> None:
    came = found(calendar(entry("one", f"{B}20261119T100000", summary=summary)))
    assert (came.events, came.unknown, came.unread) == ([], 1, [])


def test_two_patients_in_one_entry_are_left() -> None:
    came = found(calendar(entry("one", f"{B}20261119T100000", summary="Alder 14 and Birch-2")))
    assert (came.events, came.several) == ([], 1)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "repeats secondly"),
        ("FREQ=MINUTELY;INTERVAL=1", "repeats minutely"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "BYMONTH beside FREQ=DAILY"),
        ("FREQ=DAILY;BYSECOND=1", "BYSECOND"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL is not from 1"),
        ("FREQ=WEEKLY;INTERVAL=100000000", "INTERVAL is not from 1"),
        ("INTERVAL=2", "without saying how often"),
    ],
)
def test_a_rule_that_would_take_for_ever_is_named_and_left(rule: str, why: str) -> None:
    sound = entry("two", f"{B}20261119T100000")
    came = found(calendar(entry("one", f"{B}20261119T100000", RRULE=rule), sound))
    assert len(came.events) == 1 and len(came.unread) == 1
    assert came.unread[0].startswith("line 4: ") and why in came.unread[0]


def test_what_repeats_without_end_or_never_comes_is_read_in_time() -> None:
    endless = [entry(f"e{n}", f"{B}20200101T100000", RRULE="FREQ=DAILY") for n in range(3)]
    never = entry("n", f"{B}20260101T100000", RRULE="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    assert len(found(calendar(*endless, never)).events) == 3 * 365 + 1  # its first day counts


def test_a_large_calendar_is_read_and_one_that_takes_too_long_is_given_up() -> None:
    many = calendar(*(entry(f"e{n}", f"{B}20261119T100000", summary=f"Dentist {n}") for n in range(10_000)))
    assert found(many).unknown == 10_000
    hours = itertools.count(0, 40)
    with pytest.raises(CalendarFault, match="longer than a minute"):
        read(calendar(*[entry(str(n), f"{B}20261119T100000") for n in range(5)]), CODES, BERLIN,
             date(2026, 1, 1), date(2026, 12, 31), lambda: next(hours))  # fmt: skip
    with pytest.raises(CalendarFault, match="more than 20,000 entries"):
        found(calendar("BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 20_001))
    with pytest.raises(CalendarFault, match="larger than 16 MB"):
        found(b" " * (16 << 20) + b"x")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no calendar in it"),
        (b"Alder 14 at ten", "Line 1 is not of a calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Alder 14", "begins in line 2 has no end"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "Line 2 ends what was not begun"),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "Line 1 begins something outside"),
        (
            calendar(entry("one", ":20261119T100000")).replace(b"Alder", b"\xc4lder"),
            "Line 9 is not a text in UTF-8",
        ),
        (b"code,day\nAlder 14,2026-11-19\n", "Line 1 is not of a calendar"),
    ],
)
def test_what_is_no_calendar_is_told_by_line_and_quotes_nothing(content: bytes, words: str) -> None:
    with pytest.raises(CalendarFault, match=words) as caught:
        found(content)
    assert "Alder" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("DTSTART;TZID=Europe/Berlin:20261119T100000", "DTSTART:yesterday", "its DTSTART cannot be read"),
        ("UID:one", "UID:", "it has no UID"),
        ("DURATION:PT50M", "RRULE:FREQ=WEEKLY;INTERVAL=often", "its RRULE cannot be read"),
        ("TZID=Europe/Berlin", "TZID=Mars/Olympus", "its time zone is known by no name"),
        ("DURATION:PT50M", "EXDATE:sometimes", "its EXDATE cannot be read"),
        ("DURATION:PT50M", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261119T090000Z", "a whole rest of a series"),
    ],
)
def test_a_broken_entry_keeps_none_of_the_others_out(old: str, new: str, why: str) -> None:
    broken = entry("one", f"{B}20261119T100000").replace(old, new)
    came = found(calendar(broken, entry("two", f"{B}20261119T100000")))
    assert len(came.events) == 1
    assert came.unread == [f"line 4: {came.unread[0][8:]}"] and why in came.unread[0]


LINE = st.sampled_from(
    calendar(entry("one", f"{B}20261119T100000", RRULE="FREQ=WEEKLY;COUNT=3")).split(b"\r\n")
)


@given(st.lists(st.one_of(LINE, st.binary(max_size=30)), max_size=14))
@settings(max_examples=60, deadline=None)
def test_whatever_a_file_holds_it_is_read_or_refused(lines: list[bytes]) -> None:
    try:
        came = found(b"BEGIN:VCALENDAR\r\n" + b"\r\n".join(lines) + b"\r\nEND:VCALENDAR\r\n")
    except CalendarFault as fault:
        assert str(fault)[0].isupper()
    else:
        assert all(isinstance(event.starts, datetime) for event in came.events)

"""Calendars as files (iCalendar, RFC 5545): the appointments in them that name a patient, each with its own key.

What stands in a calendar is other people’s business. A file is read for the codes it is asked for; no other text of it
leaves this module, not in what it returns and not in what it complains of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import icalendar
import recurring_ical_events

from alliance.domain.appointments import Codes, Event
from alliance.exchange.calendar_lines import CalendarFault, event_lines

PATIENT = "X-ALLIANCE-PATIENT"
MOST_SECONDS = 60.0
"""After so long a calendar is given up: some rules take for ever."""
MOST_EVERY = 400
"""The longest step of a rule that is followed: every 400 days, weeks, months or years."""
# Which parts of a rule are followed. Others ask for a moment within the day, or for days that may never come, and
# looking for those through eight thousand years takes long.
FOLLOWED = {
    "DAILY": {"BYDAY"},
    "WEEKLY": {"BYDAY"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTH", "BYMONTHDAY"},
}
PLAIN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
NEEDED = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}

Ticks = Callable[[], float]


@dataclass(slots=True)
class Found:
    """What a calendar holds: appointments in order of time, and how many entries were left, with why.

    `unknown` entries name no patient that was asked for, `several` name more than one. `unread` says of the others
    what cannot be read, with the line they begin in.
    """

    events: list[Event] = field(default_factory=list)
    unknown: int = 0
    several: int = 0
    unread: list[str] = field(default_factory=list)


def read(content: bytes, codes: Codes, zone: tzinfo, first: date, last: date, ticks: Ticks) -> Found:
    """The appointments that touch the days `first` to `last` at the clinic, whose clock is `zone`.

    Times without a zone are the clinic’s. `ticks` counts seconds. Raises CalendarFault for what is no calendar, and
    where reading takes longer than a minute.
    """
    lines = event_lines(content)
    until = ticks() + MOST_SECONDS
    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
    except Exception as error:
        # Whatever it says may quote the calendar.
        raise CalendarFault(
            "It is damaged in a way that cannot be told apart line by line; export it again"
        ) from error
    found, begins = Found(), iter(lines)
    for calendar in calendars:
        _read_one(_One(calendar, codes, zone, first, last), begins, found, lambda: ticks() > until)
    found.events.sort(key=lambda event: (event.starts, event.key))
    return found


@dataclass(frozen=True, slots=True)
class _One:
    """One calendar, and what is looked for in it."""

    calendar: Any
    codes: Codes
    zone: tzinfo
    first: date
    last: date

    @property
    def window(self) -> tuple[datetime, datetime]:
        begin = datetime.combine(self.first, datetime.min.time(), self.zone)
        return begin, datetime.combine(self.last + timedelta(days=1), datetime.min.time(), self.zone)


def _read_one(one: _One, begins: Iterator[int], found: Found, too_long: Callable[[], bool]) -> None:
    groups: dict[str, list[Any]] = {}
    at: dict[str, int] = {}
    for entry in one.calendar.walk("VEVENT"):
        line = next(begins, 0)
        uid = str(entry.get("UID", "")).strip()
        if not uid:
            found.unread.append(f"line {line}: it has no UID, so it could not be told again")
            continue
        groups.setdefault(uid, []).append(entry)
        at.setdefault(uid, line)
    for uid, entries in groups.items():
        if too_long():
            raise CalendarFault("It takes longer than a minute to read; take out what repeats without end")
        named = [_named(entry, one.codes) for entry in entries]
        if not any(named):
            found.unknown += 1
        elif any(len(codes) > 1 for codes in named):
            found.several += 1
        elif why := next(filter(None, map(_unread, entries)), ""):
            found.unread.append(f"line {at[uid]}: {why}")
        else:
            _expand(one, uid, entries, at[uid], found)


def _named(entry: Any, codes: Codes) -> set[str]:
    """The codes that an entry names: by a property of its own, by its categories, or in its summary."""
    for texts in ([str(entry.get(PATIENT, ""))], _categories(entry)):
        if exact := {code for text in texts if (code := codes.exact(text)) is not None}:
            return exact
    return codes.inside(str(entry.get("SUMMARY", "")))


def _categories(entry: Any) -> list[str]:
    told = entry.get("CATEGORIES", [])
    return [
        str(one) for many in (told if isinstance(told, list) else [told]) for one in getattr(many, "cats", [])
    ]


def _unread(entry: Any) -> str:
    """What of an entry cannot be followed; empty where all of it can."""
    broken = sorted({str(name) for name, _ in entry.errors} & NEEDED)
    if broken:
        return f"its {broken[0]} cannot be read"
    if "DTSTART" not in entry:
        return "it has no DTSTART"
    if "TZID" in entry["DTSTART"].params and getattr(entry["DTSTART"].dt, "tzinfo", None) is None:
        return "its time zone is known by no name or definition"
    if str(getattr(entry.get("RECURRENCE-ID"), "params", {}).get("RANGE", "")):
        return "it changes a whole rest of a series at once (RANGE)"
    rules = entry.get("RRULE", [])
    return next(filter(None, map(_rule_fault, rules if isinstance(rules, list) else [rules])), "")


def _rule_fault(rule: Any) -> str:
    often = str(next(iter(rule.get("FREQ", [])), "")).upper()
    if often not in FOLLOWED:
        return f"it repeats {often.lower() or 'without saying how often'}, which no appointment does"
    if not all(1 <= int(every) <= MOST_EVERY for every in rule.get("INTERVAL", [1])):
        return f"its INTERVAL is not from 1 to {MOST_EVERY}"
    unknown = sorted({str(name).upper() for name in rule} - PLAIN - FOLLOWED[often])
    return f"its RRULE says {unknown[0]} beside FREQ={often}, which is not followed" if unknown else ""


def _expand(one: _One, uid: str, entries: Sequence[Any], line: int, found: Found) -> None:
    alone = icalendar.Calendar()
    if "X-WR-TIMEZONE" in one.calendar:
        alone["X-WR-TIMEZONE"] = one.calendar["X-WR-TIMEZONE"]
    for entry in entries:
        alone.add_component(entry)
    series = any(name in entry for entry in entries for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
    try:
        occurrences = recurring_ical_events.of(alone).between(*one.window)
        events = [_event(one, uid, occurrence, series=series) for occurrence in occurrences]
        events += _left_out(one, uid, entries)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        found.unread.append(f"line {line}: its times do not fit together")
        return
    found.events += events


def _event(one: _One, uid: str, entry: Any, *, series: bool) -> Event:
    """One occurrence. An entry that does not repeat is known by its UID alone, so that it can be moved."""
    starts = entry["DTSTART"].dt
    ends = entry["DTEND"].dt if "DTEND" in entry else starts
    which = _stamp(entry["RECURRENCE-ID"].dt, one.zone) if series and "RECURRENCE-ID" in entry else ""
    begun, ended = _moment(starts, one.zone), _moment(ends if ends > starts else _end_of(starts), one.zone)
    if ended < begun:  # by the clock on the wall it began in an hour that was left out
        ended = begun + (ends - starts)
    return Event(
        key=f"{uid}\n{which}",
        code=next(iter(_named(entry, one.codes))),
        starts=begun,
        ends=ended,
        day=begun.astimezone(one.zone).date(),
        cancelled=str(entry.get("STATUS", "")).upper() == "CANCELLED",
    )


def _left_out(one: _One, uid: str, entries: Sequence[Any]) -> Iterator[Event]:
    """The days that a series says are left out: what was there before is cancelled."""
    for entry in entries:
        told = entry.get("EXDATE", [])
        for many in told if isinstance(told, list) else [told]:
            for day in _days(many):
                at = _moment(day, one.zone)
                if one.window[0] <= at < one.window[1]:
                    key, on = f"{uid}\n{_stamp(day, one.zone)}", at.astimezone(one.zone).date()
                    yield Event(key, next(iter(_named(entry, one.codes))), at, at, on, cancelled=True)


def _days(many: Any) -> Iterable[Any]:
    return (one.dt for one in many.dts)


def _end_of(starts: Any) -> Any:
    """Where an entry that says no end ends: a day with the day, a time at once (RFC 5545, 3.6.1)."""
    return starts if isinstance(starts, datetime) else starts + timedelta(days=1)


def _moment(at: Any, zone: tzinfo) -> datetime:
    """A time of a calendar as a moment: a day begins at midnight, a time without a zone is the clinic’s.

    A local time that a change of clocks leaves out is read with the clock before it; of one that comes twice, the
    first is meant (RFC 5545, 3.3.5).
    """
    if not isinstance(at, datetime):
        at = datetime.combine(at, datetime.min.time())
    known: datetime = at if at.tzinfo is not None else at.replace(tzinfo=zone)
    return known.astimezone(UTC)


def _stamp(at: Any, zone: tzinfo) -> str:
    return _moment(at, zone).strftime("%Y%m%dT%H%M%SZ")

"""The lines of an iCalendar file, looked at before anything is made of them: so that a fault names its line."""

from __future__ import annotations

LARGEST = 16 << 20
"""Bytes; more are refused unread."""
MOST_ENTRIES = 20_000


class CalendarFault(Exception):
    """Why a file cannot be used as a calendar, in a sentence that quotes nothing of it."""


def event_lines(content: bytes) -> list[int]:
    """The lines in which appointments begin, in order, from 1. Raises CalendarFault for what is no whole calendar."""
    if len(content) > LARGEST:
        raise CalendarFault(f"It is larger than {LARGEST >> 20} MB; export fewer years")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise CalendarFault(f"Line {line} is not a text in UTF-8; export it again as iCalendar") from fault
    begun: list[tuple[str, int]] = []
    found: list[int] = []
    calendars = 0
    for number, one in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        name, _, value = one.partition(":")
        name, value = name.strip().upper(), value.strip().upper()
        if name == "BEGIN":
            if not begun and value != "VCALENDAR":
                raise CalendarFault(
                    f"Line {number} begins something outside a calendar; is it an iCalendar file?"
                )
            calendars += not begun
            begun.append((value, number))
            if value == "VEVENT":
                found.append(number)
        elif name == "END":
            if not begun or begun.pop()[0] != value:
                raise CalendarFault(f"Line {number} ends what was not begun; export it again")
        elif not begun and one.strip():
            raise CalendarFault(f"Line {number} is not of a calendar; is it an iCalendar file?")
    if begun:
        raise CalendarFault(f"What begins in line {begun[-1][1]} has no end: the file was cut off")
    if not calendars:
        raise CalendarFault("There is no calendar in it")
    if len(found) > MOST_ENTRIES:
        raise CalendarFault(f"It holds more than {MOST_ENTRIES:,} entries; export fewer years")
    return found

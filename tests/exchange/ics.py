"""Small calendars for tests."""

from __future__ import annotations


def entry(uid: str, starts: str, summary: str = "Alder 14", minutes: int = 50, **more: str) -> str:
    """An appointment. `starts` is what follows DTSTART, such as `:20261119T100000`; `more` are further lines."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20260101T000000Z",
        f"DTSTART{starts}",
        *(
            []
            if "VALUE=DATE" in starts or "DURATION" in more or "DTEND" in more
            else [f"DURATION:PT{minutes}M"]
        ),
        f"SUMMARY:{summary}",
        *(f"{name.replace('_', '-')}{'' if text[0] in ':;' else ':'}{text}" for name, text in more.items()),
        "END:VEVENT",
    ]
    return "\r\n".join(lines)


def calendar(*entries: str, **more: str) -> bytes:
    """A calendar that holds these."""
    head = [f"{name.replace('_', '-')}:{text}" for name, text in more.items()]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//made up//EN", *head, *entries, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()

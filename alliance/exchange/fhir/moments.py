"""Days and moments as FHIR searches for them: a text as exact as it is, and what lies within or beyond it.

A day, a month or a moment to the second is a span of time. What is searched for is a span too, and the prefixes say
how the two have to lie (FHIR R4, search, 3.1.1.4.10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")

_TEXT = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<part>\d{1,9}))?)?"
    r"(?P<zone>Z|[+ -]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` until before `end`, both with a time zone."""

    start: datetime
    end: datetime

    @classmethod
    def of_day(cls, day: date, zone: tzinfo) -> Span:
        """A day at the clinic."""
        return cls(_midnight(day, zone), _midnight(day + timedelta(days=1), zone))

    @classmethod
    def of_moment(cls, moment: datetime) -> Span:
        """A moment, as exact as it is kept."""
        return cls(moment, moment + timedelta(microseconds=1))


@dataclass(frozen=True, slots=True)
class When:
    """What is searched for: a prefix and a span."""

    prefix: str
    span: Span

    def fits(self, found: Span) -> bool:
        """Whether what was found lies as was asked for."""
        within = self.span.start <= found.start and found.end <= self.span.end
        above, below = found.end > self.span.end, found.start < self.span.start
        return {
            "eq": within,
            "ne": not within,
            "gt": above,
            "lt": below,
            "ge": above or within,
            "le": below or within,
            "sa": found.start >= self.span.end,
            "eb": found.end <= self.span.start,
        }[self.prefix]


def when(text: str, zone: tzinfo) -> When:
    """`ge2026-11`, `2026-11-20T10:00:00Z`. Without a zone it is the clinic's. Raises ValueError."""
    prefix = text[:2] if text[:2] in PREFIXES else "eq"
    found = _TEXT.fullmatch(text.removeprefix(prefix))
    if found is None:
        raise ValueError(text)
    try:
        return When(prefix, _span(found, zone))
    except OverflowError as error:
        raise ValueError(text) from error


def _span(found: re.Match[str], zone: tzinfo) -> Span:
    number = {name: int(value) for name, value in found.groupdict().items() if value and name != "zone"}
    first = date(number["year"], number.get("month", 1), number.get("day", 1))
    if "hour" not in number:
        if "day" in number:
            return Span.of_day(first, zone)
        months = 1 if "month" in number else 12
        after = first.month - 1 + months
        return Span(
            _midnight(first, zone), _midnight(date(first.year + after // 12, after % 12 + 1, 1), zone)
        )
    part = found["part"]
    # A leap second is the one before it, to us.
    second = min(number.get("second", 0), 59)
    micro = int((part or "0").ljust(6, "0")[:6])
    start = datetime(
        first.year,
        first.month,
        first.day,
        number["hour"],
        number["minute"],
        second,
        micro,
        _zone(found, zone),
    )
    if part:
        return Span(start, start + timedelta(microseconds=10 ** max(0, 6 - len(part))))
    return Span(start, start + (timedelta(seconds=1) if found["second"] else timedelta(minutes=1)))


def _zone(found: re.Match[str], zone: tzinfo) -> tzinfo:
    told = found["zone"]
    if told is None:
        return zone
    # A plus in an address that nobody wrote as %2B arrives as a space.
    told = "+00:00" if told == "Z" else told.replace(" ", "+")
    return datetime.fromisoformat(f"2000-01-01T00:00:00{told}").tzinfo or zone


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)

"""Moments and days as the database keeps them: text of one width, so that order of text is order of time."""

from __future__ import annotations

from datetime import UTC, date, datetime


def stamp(at: datetime) -> str:
    """A moment as `2026-11-20T14:05:00.000000Z`. Raises ValueError for a moment without a time zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(text: str) -> datetime:
    """The moment that `stamp` wrote, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str) -> date:
    """The day that `date.isoformat` wrote."""
    return date.fromisoformat(text)

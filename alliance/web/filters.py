"""Words for templates: names, days and lengths of time as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask, g

from alliance.domain import wording
from alliance.web.context import current_clinic
from alliance.web.sparkline import sparkline


def named(text: str, names: Mapping[str, str]) -> str:
    """A text of a questionnaire with the people's names in their places."""
    for place, name in names.items():
        text = text.replace(f"{{{place}}}", name)
    return text


def hours(count: int) -> str:
    """`168` → "seven days"; `36` → "36 hours"."""
    if count % 24 == 0:
        return wording.count(count // 24, "day")
    return wording.count(count, "hour")


def figure(value: float | None) -> str:
    """A number of a table, or a dash where there is none."""
    return "–" if value is None else f"{value:.0f}"


def clock(moment: datetime) -> str:
    """`18:40` on the clinic's clock."""
    return f"{_local(moment):%H:%M}"


def local_day(moment: datetime) -> date:
    """The day it was at the clinic."""
    return _local(moment).date()


def _local(moment: datetime) -> datetime:
    if "settings" not in g:
        g.settings = current_clinic().settings()
    local: datetime = g.settings.local(moment)
    return local


def install(app: Flask) -> None:
    """Make these known to every template."""
    app.jinja_env.filters.update(
        capital=wording.capital,
        clock=clock,
        figure=figure,
        hours=hours,
        listed=wording.listed,
        local_day=local_day,
        long_day=wording.long_day,
        named=named,
        number=wording.number,
        plain_day=wording.plain_day,
        short_day=wording.short_day,
    )
    app.jinja_env.globals.update(count=wording.count, sparkline=sparkline)

"""Words for templates: names, days and lengths of time as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask, g
from markupsafe import Markup, escape

from alliance.domain import wording
from alliance.domain.copies import RESTRICTED
from alliance.languages import both
from alliance.web.context import current_clinic
from alliance.web.languages import translate_count
from alliance.web.sparkline import sparkline


def named(text: str, names: Mapping[str, Markup], place: str = "", supervisors: int = 1) -> Markup:
    """A text of a questionnaire with the people's names in their places.

    It speaks of one supervisor. Where there are several, `place` tells what to say instead: whom an answer may
    go to and who helps is asked of everybody alike, so the page has words of its own for it.
    """
    if supervisors > 1 and place in OF_SEVERAL:
        one, many = OF_SEVERAL[place]
        return Markup(escape(translate_count(one, many, supervisors))) % names  # noqa: S704 (escaped)
    marked = escape(text)
    for name, person in names.items():
        marked = marked.replace(f"{{{name}}}", person)
    return marked


OF_SEVERAL = {
    "audience.both": both(
        "%(therapist)s, my therapist, and %(supervisor)s, the supervisor",
        "%(therapist)s, my therapist, and %(supervisor)s, the supervisors",
    ),
    "audience.supervisor": both(
        "Only %(supervisor)s, the supervisor", "Only %(supervisor)s, the supervisors"
    ),
    "raise.note": both("Only %(supervisor)s sees this.", "Only %(supervisor)s see this."),
}


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
        lower_first=wording.lower,
        named=named,
        number=wording.number,
        plain_day=wording.plain_day,
        short_day=wording.short_day,
        week_day=wording.week_day,
    )
    app.jinja_env.globals.update(count=wording.count, sparkline=sparkline, redisclosure=redisclosure)


def redisclosure() -> str:
    """What printed sheets say where the clinic has set that copies may not be passed on."""
    return RESTRICTED if current_clinic().settings().restricted else ""

"""What a clinic tells its patients: its name, whom to call, how long links work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class CrisisLine:
    """Somebody who can be called at any time, by the name patients know and the number they dial."""

    name: str
    number: str

    @property
    def dial(self) -> str:
        """The number as a phone dials it: digits, and a leading plus if there is one."""
        return re.sub(r"(?!^\+)[^0-9]", "", self.number.strip())


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """The clinic's own words and numbers. `link_hours` is how long a link works, 1–336.

    `monthly`: patients are asked about life around therapy once a month.
    """

    name: str
    crisis_lines: tuple[CrisisLine, ...] = ()
    front_desk: str = ""
    front_desk_hours: str = ""
    time_zone: str = "UTC"
    link_hours: int = 168
    proof_of_use: bool = False  # whether a patient in the room is told that the last answers were read
    monthly: bool = True

    def today(self, now: datetime) -> date:
        """The day it is at the clinic."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def local(self, moment: datetime) -> datetime:
        """The same moment on the clinic's clock."""
        return moment.astimezone(ZoneInfo(self.time_zone))

    def begin_of(self, day: date) -> datetime:
        """The moment at which this day begins at the clinic."""
        return datetime.combine(day, time(), ZoneInfo(self.time_zone))

    @property
    def front_desk_dial(self) -> str:
        return CrisisLine("", self.front_desk).dial

"""What a clinic tells its patients: its name, whom to call, how long links work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class CrisisLine:
    """Somebody who can be called at any time, by the name patients know and the number they dial.

    `language` is the tag of the language that they speak, empty for a line that is for everybody here. `country` is
    two letters, given where the number is not one of the clinic’s own country.
    """

    name: str
    number: str
    language: str = ""
    country: str = ""

    @property
    def dial(self) -> str:
        """The number as a phone dials it: digits, and a leading plus if there is one."""
        return re.sub(r"(?!^\+)[^0-9]", "", self.number.strip())


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """The clinic's own words and numbers. `link_hours` is how long a link works, 1–336.

    `proof_of_use`: a patient in the room is told that the last answers were read. `words`: the questionnaire has room
    for words of the patient's own; `unread_days` is after how many working days without a therapist's opening them a
    supervisor is told that they wait.
    `monthly`: patients are asked about life around therapy once a month. `questionnaire` is the one that new
    patients begin with unless another is chosen, `offered` the ids of those to choose from and `languages` the tags
    of the languages; nothing named is all there are. `versions` says which version of a questionnaire is asked;
    where it says nothing, the newest. `years_kept` is after how many years without a therapy somebody is asked whether
    a patient is to be erased, 0 for never. `restricted`: copies say that they may not be passed on. `fhir`:
    therapists may let another system read their own patients’ records.
    """

    name: str
    crisis_lines: tuple[CrisisLine, ...] = ()
    front_desk: str = ""
    front_desk_hours: str = ""
    time_zone: str = "UTC"
    link_hours: int = 168
    proof_of_use: bool = False
    monthly: bool = True
    words: bool = True
    unread_days: int = 2
    questionnaire: str = ""
    offered: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    years_kept: int = 0
    restricted: bool = False
    fhir: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime) -> date:
        """The day it is at the clinic."""
        return self.local(now).date()

    def local(self, moment: datetime) -> datetime:
        """The same moment on the clinic's clock."""
        return moment.astimezone(self.zone)

    def begin_of(self, day: date) -> datetime:
        """The moment at which this day begins at the clinic."""
        return datetime.combine(day, time(), self.zone)

    def lines(self, language: str) -> list[CrisisLine]:
        """Whom a patient who reads this language can call: lines in that language first, then those for everybody."""
        own = [line for line in self.crisis_lines if line.language and line.language == language]
        return own + [line for line in self.crisis_lines if not line.language]

    def offers(self, language: str) -> bool:
        """Whether patients can be asked in this language."""
        return not self.languages or language in self.languages

    def version_of(self, questionnaire: str) -> str | None:
        """Which version of it is asked here; None for the newest."""
        return dict(self.versions).get(questionnaire)

    @property
    def front_desk_dial(self) -> str:
        return CrisisLine("", self.front_desk).dial

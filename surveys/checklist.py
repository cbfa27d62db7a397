"""A checklist: what may have been off, to be ticked after answers that say that something was.

Everything here is frozen and checks itself, like an `Instrument`. A checklist is not scored: each tick is what
somebody said, and the families of ticks are kinds of it that the page does not show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.definition import Instrument
from surveys.forms import Posted
from surveys.rules import need_id, need_no_duplicates, need_plain, refuse
from surveys.terms import check_name, check_terms

HAPPENED = "happened"
"""The field that the page posts, once for each tick."""

PAGE_FIELDS = frozenset({"attempt", "stop", HAPPENED})


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that may have been off.

    `text` goes on from its group's heading, `quote` is how staff read it. `family` is the kind of rupture it
    speaks of, or empty. `themes` are those (1 to 12) of the cited study. What is `alone` ("none of these")
    speaks only where nothing else is ticked.
    """

    id: str
    text: str
    quote: str
    family: str = ""
    themes: tuple[int, ...] = ()
    alone: bool = False

    def __post_init__(self) -> None:
        key = f"ticks.{self.id}"
        need_id(key, self.id)
        need_plain(f"{key}.text", self.text)
        need_plain(f"{key}.quote", self.quote)
        need_no_duplicates(f"{key}.themes", self.themes)
        for theme in self.themes:
            if not 1 <= theme <= 12:
                refuse(f"{key}.themes", f"has theme {theme}; the study has themes 1 to 12")
        if self.alone and self.family:
            refuse(f"{key}.family", "cannot be there where a tick speaks alone")


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of rupture, named as staff read it: the rest of a sentence that begins with "Perhaps"."""

    id: str
    name: str

    def __post_init__(self) -> None:
        need_id(f"families.{self.id}", self.id)
        need_plain(f"families.{self.id}", self.name)


@dataclass(frozen=True, slots=True)
class TickGroup:
    """Ticks that stand together on the page and go on from one heading."""

    id: str
    heading: str
    ticks: tuple[str, ...]

    def __post_init__(self) -> None:
        need_id(f"groups.{self.id}", self.id)
        need_plain(f"groups.{self.id}.heading", self.heading)
        if not self.ticks:
            refuse(f"groups.{self.id}.ticks", "is empty")


@dataclass(frozen=True, slots=True)
class Rule:
    """When a checklist is offered: after one of these instruments, where an answer to an item of one of these
    scales is `at_most` or `at_least` so much, in the instrument's own numbers. One of the two is None.
    """

    place: int
    after: tuple[str, ...]
    scales: tuple[str, ...]
    at_most: int | None = None
    at_least: int | None = None

    def __post_init__(self) -> None:
        for name in ("after", "scales"):
            if not getattr(self, name):
                refuse(f"{self.key}.{name}", "is empty, so the checklist would never be offered")
            need_no_duplicates(f"{self.key}.{name}", getattr(self, name))
        if (self.at_most is None) == (self.at_least is None):
            refuse(self.key, "has to say either “at_most” or “at_least”")

    @property
    def key(self) -> str:
        return f"offered.{self.place}"

    def met(self, instrument: Instrument, answers: Mapping[str, int]) -> bool:
        """Whether these answers to that instrument are a reason. An item that is turned round counts so."""
        if instrument.id not in self.after:
            return False
        for item in instrument.items:
            if item.scale not in self.scales or item.id not in answers:
                continue
            value = answers[item.id]
            if item.reversed:
                value = instrument.minimum + instrument.maximum - value
            if self.at_most is not None and value <= self.at_most:
                return True
            if self.at_least is not None and value >= self.at_least:
                return True
        return False

    def check_against(self, instrument: Instrument) -> None:
        """Refuse a rule that this instrument, which it names, could not or would always meet."""
        if instrument.kind != "session":
            refuse(f"{self.key}.after", f"“{instrument.id}” is not asked after a session")
        known = {scale.id for scale in instrument.scales}
        for scale in self.scales:
            if scale not in known:
                refuse(f"{self.key}.scales", f"“{scale}” is none of {instrument.key}’s scales")
        low, high = instrument.minimum, instrument.maximum
        for name, bound, last in (
            ("at_most", self.at_most, range(low, high)),
            ("at_least", self.at_least, range(low + 1, high + 1)),
        ):
            if bound is not None and bound not in last:
                fault = f"is {bound}; for {instrument.key} it has to be from {last[0]} to {last[-1]}"
                refuse(f"{self.key}.{name}", fault)


@dataclass(frozen=True, slots=True, eq=False)
class Checklist:
    """One version of a checklist in one language. There is one object of each, equal to itself alone."""

    id: str
    version: str
    language: str
    name: str
    title: str
    heading: str
    lead: str
    instruction: str
    families: tuple[Family, ...]
    ticks: tuple[Tick, ...]
    groups: tuple[TickGroup, ...]
    offered: tuple[Rule, ...]
    holder: str
    licence: str
    citation: str
    validated: bool
    wording_may_be_shipped: bool
    modes: tuple[str, ...]

    def __post_init__(self) -> None:
        check_name(self)
        for key in ("name", "title", "heading", "lead", "instruction"):
            need_plain(key, getattr(self, key))
        check_terms(self)
        need_no_duplicates("families", (family.id for family in self.families))
        need_no_duplicates("ticks", (tick.id for tick in self.ticks))
        self._check_families()
        self._check_groups()
        if not self.offered:
            refuse("offered", "is empty, so the checklist would never be offered")

    @property
    def key(self) -> str:
        """Which version this is: "what-happened 1.0"."""
        return f"{self.id} {self.version}"

    def tick(self, tick_id: str) -> Tick:
        """The tick of that id; LookupError where there is none."""
        for tick in self.ticks:
            if tick.id == tick_id:
                return tick
        raise LookupError(f"{self.key} has no tick “{tick_id}”")

    def is_due(self, instrument: Instrument, answers: Mapping[str, int]) -> bool:
        """Whether these answers, and these alone, are a reason to offer it."""
        return any(rule.met(instrument, answers) for rule in self.offered)

    def speaking(self, ticked: tuple[str, ...]) -> tuple[Tick, ...]:
        """Those ticks that say something: "none of these" beside others says nothing."""
        found = tuple(tick for tick in self.ticks if tick.id in ticked)
        return tuple(tick for tick in found if not tick.alone) or found

    def families_of(self, ticked: tuple[str, ...]) -> tuple[Family, ...]:
        """The kinds of rupture that these ticks speak of, in the order of the definition."""
        named = {tick.family for tick in self.speaking(ticked)}
        return tuple(family for family in self.families if family.id in named)

    def _check_families(self) -> None:
        known, used = {family.id for family in self.families}, {tick.family for tick in self.ticks}
        for tick in self.ticks:
            if tick.family and tick.family not in known:
                refuse(f"ticks.{tick.id}.family", f"“{tick.family}” is none of the families")
        for family in self.families:
            if family.id not in used:
                refuse(f"families.{family.id}", "has no ticks")

    def _check_groups(self) -> None:
        need_no_duplicates("groups", (group.id for group in self.groups))
        known = {tick.id for tick in self.ticks}
        seen: set[str] = set()
        for group in self.groups:
            for tick_id in group.ticks:
                if tick_id not in known:
                    refuse(f"groups.{group.id}.ticks", f"“{tick_id}” is none of the ticks")
                if tick_id in seen:
                    refuse(f"groups.{group.id}.ticks", f"“{tick_id}” is in a group already")
                seen.add(tick_id)
        for tick in self.ticks:
            if tick.id not in seen:
                refuse(f"ticks.{tick.id}", "is in no group, so the page would not ask it")


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a page with ticks sent: those that are known, in the page's order, and how much else there was."""

    ticks: tuple[str, ...]
    unknown: int

    @property
    def nothing_sent(self) -> bool:
        """Whether the page came back as it went out, which is the same as stopping."""
        return not self.ticks and not self.unknown


def check_ticks(checklist: Checklist, posted: Posted) -> Ticked:
    """What `posted` says. Never raises: a tick that is not on the page is counted, and does no harm.

    "None of these" beside other ticks is kept as it came; what it is told as is for `Checklist.speaking`.
    """
    known = {tick.id for tick in checklist.ticks}
    sent = posted.getlist(HAPPENED)
    strange = [value for value in sent if value not in known]
    names = [name for name in posted if name not in PAGE_FIELDS]
    ticks = tuple(tick.id for tick in checklist.ticks if tick.id in sent)
    return Ticked(ticks, len(strange) + len(names))

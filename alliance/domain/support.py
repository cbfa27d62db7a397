"""Support cards: what may help to open a conversation, one card for each kind of rupture; and which fits a question.

A card is data that checks itself. Each of its statements says what it rests on: themes of the study of patients
whose therapy had not helped (1 to 12, see the codebook), or numbered sources that the card lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from alliance.domain.wording import listed
from surveys.rules import DefinitionFault, need_plain

THEMES = range(1, 13)
MOST_LINES, LONGEST = 8, 300
SECTIONS = ("patients", "experts", "say", "avoid")


class Kind(StrEnum):
    """The kinds of rupture that have a card. `drift` is a slow slide: no single session, all of them together."""

    DISTANCE = "distance"
    INTRUSION = "intrusion"
    PACE = "pace"
    DIRECTION = "direction"
    SILENCE = "silence"
    EARLY_LOW = "early-low"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Source:
    """Something published: by whom, when, where, and what of it is used here."""

    number: int
    authors: str
    year: int
    journal: str
    about: str
    doi: str

    def __post_init__(self) -> None:
        for name in ("authors", "journal", "about", "doi"):
            need_plain(f"sources.{self.number}.{name}", getattr(self, name))
        if not 1900 <= self.year <= 2100:
            raise DefinitionFault(f"sources.{self.number}.year", f"is {self.year}, which is no year")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, with the themes and the numbered sources it rests on.

    Only what a clinic wrote itself may rest on neither, and is then shown as the clinic's own.
    """

    text: str
    themes: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()

    @property
    def rests_on(self) -> str:
        """`themes 8 and 9, source 2`; empty for what the clinic says on its own account."""
        parts = [_numbers("theme", self.themes), _numbers("source", self.sources)]
        return ", ".join(part for part in parts if part)


def _numbers(what: str, numbers: tuple[int, ...]) -> str:
    if not numbers:
        return ""
    return f"{what}{'s' if numbers[1:] else ''} {listed([str(number) for number in numbers])}"


@dataclass(frozen=True, slots=True)
class Content:
    """What can be rewritten of a card: its one line, what patients said, what experts advise, words one might
    use (the best first), and what is better left out."""

    opening: str
    patients: tuple[Statement, ...]
    experts: tuple[Statement, ...]
    say: tuple[Statement, ...]
    avoid: tuple[Statement, ...]

    def __post_init__(self) -> None:
        _need_line("opening", self.opening)
        for name in SECTIONS:
            lines: tuple[Statement, ...] = getattr(self, name)
            if not lines:
                raise DefinitionFault(name, "is empty")
            if len(lines) > MOST_LINES:
                raise DefinitionFault(
                    name, f"has {len(lines)} lines; a card can be read with {MOST_LINES} at most"
                )
            for place, line in enumerate(lines, start=1):
                _need_line(f"{name}.{place}", line.text)
                for theme in line.themes:
                    if theme not in THEMES:
                        raise DefinitionFault(
                            f"{name}.{place}", f"names theme {theme}; the study has themes 1 to 12"
                        )

    @property
    def statements(self) -> Iterator[tuple[str, Statement]]:
        """Every statement with the key of its place."""
        for name in SECTIONS:
            for place, line in enumerate(getattr(self, name), start=1):
                yield f"{name}.{place}", line


def _need_line(key: str, text: str) -> None:
    if not text.strip():
        raise DefinitionFault(key, "is empty")
    if len(text) > LONGEST:
        raise DefinitionFault(key, f"has {len(text)} letters; keep a line to {LONGEST}")
    if "\n" in text or not text.replace("\t", " ").isprintable():
        raise DefinitionFault(key, "has a line break, or a sign that cannot be seen")


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `name` says what happened, `when` which questions it is for; `together` are questions to think
    about with somebody else. `version` is that of the text as it stands, in words."""

    kind: Kind
    name: str
    when: str
    content: Content
    together: tuple[str, ...]
    sources: tuple[Source, ...]
    version: str

    def __post_init__(self) -> None:
        need_plain("name", self.name)
        need_plain("when", self.when)
        need_plain("version", self.version)
        if not self.together:
            raise DefinitionFault("together", "is empty")
        for place, question in enumerate(self.together, start=1):
            need_plain(f"together.{place}", question)
        if [source.number for source in self.sources] != list(range(1, len(self.sources) + 1)):
            raise DefinitionFault("sources", "are not numbered 1, 2, 3 and so on")
        for key, line in self.content.statements:
            for number in line.sources:
                if not 1 <= number <= len(self.sources):
                    raise DefinitionFault(key, f"names source {number}; the card lists {len(self.sources)}")

    def need_traced(self) -> None:
        """Refuse a statement that rests on nothing: no card is shipped with one."""
        for key, line in self.content.statements:
            if not line.rests_on:
                raise DefinitionFault(key, "rests on no theme and no source")

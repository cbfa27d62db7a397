"""The support cards of this package, read strictly: `<kind>.toml` for each kind, and `sources.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from alliance.domain.support import SECTIONS, Card, Content, Kind, Source, Statement
from surveys.rules import DefinitionFault
from surveys.tables import InstrumentFault, Table, read_toml

FOLDER = Path(__file__).parent.parent / "support"
SOURCES = "sources.toml"


class CardFault(Exception):
    """A card that cannot be used: the file, the key (or nothing) and what is wrong, in one sentence."""

    def __init__(self, file: str, key: str, fault: str) -> None:
        super().__init__(": ".join(part for part in (file, key, fault) if part))
        self.file = file
        self.key = key
        self.fault = fault


@cache
def shipped() -> Mapping[Kind, Card]:
    """The cards of this package, one a kind."""
    return read_cards(FOLDER)


def read_cards(folder: Path) -> Mapping[Kind, Card]:
    """One card for each kind. Raises CardFault for the first thing that is wrong."""
    try:
        known = _sources(read_toml(folder / SOURCES, SOURCES))
        return {kind: _card(kind, folder, known) for kind in Kind}
    except InstrumentFault as fault:
        raise CardFault(fault.file, fault.key, fault.fault) from fault


def _sources(top: Table) -> Mapping[str, Mapping[str, object]]:
    found: dict[str, Mapping[str, object]] = {}
    for one in top.tables("sources"):
        name = one.filled("id")
        if name in found:
            raise one.fault("id", f"“{name}” is there twice")
        found[name] = {
            "authors": one.filled("authors"),
            "year": one.whole("year"),
            "journal": one.filled("journal"),
            "about": one.filled("about"),
            "doi": one.filled("doi"),
        }
        one.done()
    top.done()
    return found


def _card(kind: Kind, folder: Path, known: Mapping[str, Mapping[str, object]]) -> Card:
    file = f"{kind.value}.toml"
    top = read_toml(folder / file, file)
    cited: list[str] = []
    try:
        content = Content(top.filled("opening"), *(_lines(top, name, cited, known) for name in SECTIONS))
        sources = tuple(
            Source(number=number, **known[name])  # type: ignore[arg-type]
            for number, name in enumerate(cited, start=1)
        )
        card = Card(
            kind=kind,
            name=top.filled("name"),
            when=top.filled("when"),
            content=content,
            together=top.texts("together"),
            sources=sources,
            version=top.filled("version"),
        )
        card.need_traced()
    except DefinitionFault as fault:
        raise CardFault(file, fault.key, fault.fault) from fault
    top.done()
    return card


def _lines(
    top: Table, name: str, cited: list[str], known: Mapping[str, Mapping[str, object]]
) -> tuple[Statement, ...]:
    """The statements of one section. Sources are numbered in the order in which a card first names them."""
    read = []
    for one in top.tables(name):
        named = one.texts("sources", ())
        for source in named:
            if source not in known:
                raise one.fault("sources", f"“{source}” is not in {SOURCES}")
            if source not in cited:
                cited.append(source)
        read.append(
            Statement(
                one.filled("text"),
                one.wholes("themes", ()),
                tuple(cited.index(source) + 1 for source in named),
            )
        )
        one.done()
    return tuple(read)

"""Support cards as this clinic has them: as shipped, or as a supervisor or administrator rewrote them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alliance.actions.clinic import Clinic
from alliance.actions.faults import Fault
from alliance.actions.scope import record, require
from alliance.domain.access import NotFound, Permission
from alliance.domain.people import Viewer
from alliance.domain.support import SECTIONS, Card, Content, Kind, Statement
from alliance.domain.support_files import shipped
from alliance.domain.support_lines import Untraceable, read_lines
from alliance.domain.wording import plain_day
from alliance.storage import settings, support_cards
from alliance.storage.support_cards import Change
from surveys.rules import DefinitionFault

LINES = {
    "patients": "what patients said",
    "experts": "what experts advise",
    "say": "words one might use",
    "avoid": "what is better left out",
}


def current(clinic: Clinic) -> Mapping[Kind, Card]:
    """Every card as it stands now, in its version's words."""
    with clinic.db.read() as conn:
        newest = {change.kind: change for change in support_cards.changes(conn)}
        local = settings.clinic_settings(conn).local
    return {
        kind: _as_changed(card, newest[kind], local(newest[kind].at)) if kind in newest else card
        for kind, card in shipped().items()
    }


def _as_changed(card: Card, change: Change, at: datetime) -> Card:
    if change.content is None:
        return card
    words = f"this clinic’s version {change.version}, by {change.by}, {plain_day(at.date())} {at.year}"
    return replace(card, content=change.content, version=words)


def as_shipped(card: Card) -> bool:
    """Whether the card is the one that came with the package."""
    return card == shipped()[card.kind]


@dataclass(frozen=True, slots=True)
class CardPage:
    """One card to be edited: as it is, all its changes, newest first, and the id of the newest (0: none)."""

    card: Card
    changes: Sequence[Change]
    start: Content

    @property
    def newest(self) -> int:
        return self.changes[0].id if self.changes else 0


def open_card(clinic: Clinic, viewer: Viewer, kind: Kind, start_from: int | None = None) -> CardPage:
    """One card with its past. `start_from` is the change whose text the form begins with: an older one, or 0 for
    the shipped one. Raises NotFound for what is no change of this card.
    """
    require(viewer, Permission.EDIT_CARDS)
    card = current(clinic)[kind]
    with clinic.db.read() as conn:
        past = list(reversed(support_cards.changes(conn, kind)))
    texts = {change.id: change.content for change in past} | {0: shipped()[kind].content}
    start = card.content if start_from is None else texts.get(start_from)
    if start is None:
        raise NotFound
    return CardPage(card, past, start)


def draft(kind: Kind, fields: Mapping[str, str]) -> Card:
    """The card as it would read with these fields: `opening`, and one statement a line for each section.

    Raises Fault, at its field, for what no card can hold.
    """
    shipped_card = shipped()[kind]
    try:
        sections = {name: _section(name, fields.get(name, "")) for name in SECTIONS}
        content = Content(" ".join(fields.get("opening", "").split()), **sections)
        return replace(shipped_card, content=content, version="not saved yet")
    except DefinitionFault as fault:
        name = fault.key.partition(".")[0]
        place = fault.key.partition(".")[2]
        where = f"line {place} {fault.fault}" if place else f"this {fault.fault}"
        raise Fault(f"In {LINES.get(name, 'the first line')}: {where}", name) from fault


def _section(name: str, text: str) -> tuple[Statement, ...]:
    try:
        return read_lines(text)
    except Untraceable as fault:
        told = "In square brackets name themes or sources, such as [theme 8, source 2]"
        raise Fault(f"{told}: “{str(fault)[:60]}”", name) from fault


def save(
    clinic: Clinic, viewer: Viewer, kind: Kind, fields: Mapping[str, str], newest: int, now: datetime
) -> None:
    """Keep the clinic's own version. `newest` is the change that the writer had before them: if somebody else
    saved since, nothing is written over, and Fault says so.
    """
    require(viewer, Permission.EDIT_CARDS)
    card = draft(kind, fields)
    with clinic.db.write() as conn:
        past = support_cards.changes(conn, kind)
        if (past[-1].id if past else 0) != newest:
            raise Fault("Somebody else changed this card while you wrote. Look at theirs, then save again")
        before = past[-1].content if past and past[-1].content else shipped()[kind].content
        if card.content == before:
            return
        support_cards.add(conn, kind, card.content, viewer.staff_id, now)
        record(conn, viewer, "change support card", "support card", 0, now, {"card": kind.value})


def put_back(clinic: Clinic, viewer: Viewer, kind: Kind, now: datetime) -> None:
    """Let the card be the shipped one again. The clinic's versions stay, to start from."""
    require(viewer, Permission.EDIT_CARDS)
    with clinic.db.write() as conn:
        past = support_cards.changes(conn, kind)
        if not past or past[-1].content is None:
            return
        support_cards.add(conn, kind, None, viewer.staff_id, now)
        record(conn, viewer, "put support card back", "support card", 0, now, {"card": kind.value})

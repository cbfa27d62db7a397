"""A checklist's files: its structure, and its texts in one language."""

from __future__ import annotations

from dataclasses import replace

from surveys.checklist import Checklist, Family, Rule, Tick, TickGroup
from surveys.tables import STRUCTURE, Table


def read_structure(top: Table) -> Checklist:
    """The checklist without its texts: ids stand in for them."""
    own_id = top.text("id")
    checklist = Checklist(
        id=own_id,
        version=top.text("version"),
        language="en",
        name=own_id,
        title=own_id,
        heading=own_id,
        lead=own_id,
        instruction=own_id,
        families=tuple(Family(family_id, family_id) for family_id in top.texts("families")),
        ticks=tuple(_tick(table) for table in top.tables("ticks")),
        groups=tuple(_group(table) for table in top.tables("groups")),
        offered=tuple(_rule(place, table) for place, table in enumerate(top.tables("offered"), start=1)),
        holder=top.filled("holder"),
        licence=top.filled("licence"),
        citation=top.filled("citation"),
        validated=False,
        wording_may_be_shipped=top.flag("wording_may_be_shipped"),
        modes=top.texts("modes"),
    )
    top.done()
    return checklist


def _tick(table: Table) -> Tick:
    own_id = table.filled("id")
    tick = Tick(
        id=own_id,
        text=own_id,
        quote=own_id,
        family=table.text("family", ""),
        themes=table.wholes("themes", ()),
        alone=table.flag("alone", False),
    )
    table.done()
    return tick


def _group(table: Table) -> TickGroup:
    own_id = table.filled("id")
    group = TickGroup(own_id, own_id, table.texts("ticks"))
    table.done()
    return group


def _rule(place: int, table: Table) -> Rule:
    rule = Rule(
        place=place,
        after=table.texts("after"),
        scales=table.texts("scales"),
        at_most=table.whole_or_none("at_most"),
        at_least=table.whole_or_none("at_least"),
    )
    table.done()
    return rule


def put_texts(structure: Checklist, language: str, top: Table) -> Checklist:
    """The checklist in one language."""
    families, groups, ticks = top.table("families", {}), top.table("groups"), top.table("ticks")
    checklist = replace(
        structure,
        language=language,
        validated=top.flag("validated"),
        name=top.filled("name"),
        title=top.filled("title"),
        heading=top.filled("heading"),
        lead=top.filled("lead"),
        instruction=top.filled("instruction"),
        families=tuple(replace(family, name=families.filled(family.id)) for family in structure.families),
        groups=tuple(replace(group, heading=groups.filled(group.id)) for group in structure.groups),
        ticks=tuple(_worded(tick, ticks.table(tick.id)) for tick in structure.ticks),
    )
    for table, part in ((families, "a family"), (groups, "a group"), (ticks, "a tick")):
        table.done(f"is the text of {part} that {STRUCTURE} does not have")
    top.done()
    return checklist


def _worded(tick: Tick, table: Table) -> Tick:
    text = table.filled("text")
    worded = replace(tick, text=text, quote=table.text("quote", "") or text)
    table.done()
    return worded

"""An instrument's files: its structure, and its texts in one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, cast

from surveys import questions as questioning
from surveys.definition import Group, Instrument, Item, Kind, Option, Question, Scale
from surveys.tables import STRUCTURE, Table


def read_structure(top: Table, kind: str) -> Instrument:
    """The instrument without its texts: ids stand in for them."""
    own_id = top.text("id")
    items = tuple(_item(table) for table in top.tables("items"))
    instrument = Instrument(
        id=own_id,
        version=top.text("version"),
        language="en",
        name=own_id,
        title=own_id,
        heading=own_id,
        lead=own_id,
        instruction=own_id,
        low_end=own_id,
        high_end=own_id,
        scales=tuple(_scale(table, items) for table in top.tables("scales")),
        items=items,
        groups=tuple(_group(table) for table in top.tables("groups")),
        questions=tuple(_question(table) for table in top.tables("questions", ())),
        holder=top.filled("holder"),
        licence=top.filled("licence"),
        citation=top.filled("citation"),
        validated=False,
        wording_may_be_shipped=top.flag("wording_may_be_shipped"),
        modes=top.texts("modes"),
        minimum=top.whole("minimum"),
        maximum=top.whole("maximum"),
        # Instrument refuses any other word.
        kind=cast(Kind, kind),
    )
    top.done()
    return instrument


def _item(table: Table) -> Item:
    own_id = table.filled("id")
    item = Item(
        id=own_id,
        scale=table.text("scale"),
        text=own_id,
        themes=table.wholes("themes", ()),
        short=own_id,
        reversed=table.flag("reversed", False),
    )
    table.done()
    return item


def _scale(table: Table, items: Iterable[Item]) -> Scale:
    own_id = table.filled("id")
    scale = Scale(
        id=own_id,
        name=own_id,
        items=tuple(item.id for item in items if item.scale == own_id),
        in_alliance=table.flag("in_alliance"),
        # Scale refuses any other word.
        higher_is=cast(Literal["better", "worse"], table.text("higher_is")),
    )
    table.done()
    return scale


def _group(table: Table) -> Group:
    own_id = table.filled("id")
    group = Group(id=own_id, heading=own_id, items=table.texts("items"))
    table.done()
    return group


def _question(table: Table) -> Question:
    own_id = table.filled("id")
    question = Question(
        id=own_id,
        # Question refuses any other word.
        kind=cast(questioning.Kind, table.text("kind")),
        text=own_id,
        options=tuple(Option(value, value) for value in table.texts("options", ())),
        max_length=table.whole("max_length", 0),
        default=table.text("default", ""),
        needs_supervisor=table.flag("needs_supervisor", False),
    )
    table.done()
    return question


def put_texts(structure: Instrument, language: str, top: Table) -> Instrument:
    """The instrument in one language."""
    scales, items = top.table("scales"), top.table("items")
    groups, questions = top.table("groups"), top.table("questions", {})
    instrument = replace(
        structure,
        language=language,
        validated=top.flag("validated"),
        name=top.filled("name"),
        title=top.filled("title"),
        heading=top.filled("heading"),
        lead=top.filled("lead"),
        instruction=top.filled("instruction"),
        low_end=top.filled("low_end"),
        high_end=top.filled("high_end"),
        scales=tuple(replace(scale, name=scales.filled(scale.id)) for scale in structure.scales),
        items=tuple(_worded_item(item, items.table(item.id)) for item in structure.items),
        groups=tuple(replace(group, heading=groups.filled(group.id)) for group in structure.groups),
        questions=tuple(_worded_question(one, questions.table(one.id)) for one in structure.questions),
    )
    for table, part in (
        (scales, "a scale"),
        (items, "an item"),
        (groups, "a group"),
        (questions, "a question"),
    ):
        table.done(f"is the text of {part} that {STRUCTURE} does not have")
    top.done()
    return instrument


def _worded_item(item: Item, table: Table) -> Item:
    text = table.filled("text")
    quote = table.text("quote", "") or text.rstrip(".")
    worded = replace(item, text=text, short=table.filled("short"), quote=quote)
    table.done()
    return worded


def _worded_question(question: Question, table: Table) -> Question:
    options = table.table("options", {})
    worded = replace(
        question,
        text=table.filled("text"),
        note=table.text("note", ""),
        options=tuple(_worded_option(option, options.table(option.value)) for option in question.options),
    )
    options.done(f"is the text of an answer that {STRUCTURE} does not have")
    table.done()
    return worded


def _worded_option(option: Option, table: Table) -> Option:
    worded = replace(option, text=table.filled("text"), note=table.text("note", ""))
    table.done()
    return worded

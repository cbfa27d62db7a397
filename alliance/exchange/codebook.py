"""The codebook of an export: each table and column, and each sentence that was asked, as a table and to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from alliance.domain.spreadsheets import table as as_csv
from alliance.exchange.tables import Column, Kind, Table
from surveys.checklist import Checklist
from surveys.definition import Instrument

__all__ = ["HEADER", "in_words", "item_rows", "rows", "scale_rows", "written"]

HEADER = ("table", "column", "meaning", "type", "unit", "least", "most", "levels", "blank")
WITHHELD = "not to be passed on"
TYPES: dict[Kind, str] = {
    "whole": "whole number",
    "number": "number",
    "text": "text",
    "word": "word",
    "level": "one of the levels",
    "day": "day, YYYY-MM-DD",
    "moment": "moment in UTC, YYYY-MM-DDThh:mm:ssZ",
    "yes": "true or false",
}


def rows(tables: Iterable[Table]) -> Iterator[tuple[str, ...]]:
    """One row for each column of each table, as `HEADER` heads them."""
    for table in tables:
        for column in table.columns:
            levels = "; ".join(f"{value}: {meaning}" for value, meaning in column.levels)
            yield (
                table.name,
                column.name,
                column.meaning,
                TYPES[column.kind],
                column.unit,
                _bound(column.least),
                _bound(column.most),
                levels,
                column.blank or "never",
            )


def written(tables: Iterable[Table]) -> str:
    """The codebook as a table."""
    return as_csv([HEADER, *rows(tables)])


def in_words(
    tables: Sequence[Table], instruments: Sequence[Instrument] = (), checklists: Sequence[Checklist] = ()
) -> str:
    """The codebook to read, in Markdown, with every sentence and tick of these definitions."""
    lines = [
        "# Codebook",
        "",
        "Every table is a file of its name, comma-separated, in UTF-8. An empty cell has the meaning that stands here;"
        " where it says “never”, there is none. Text that a spreadsheet would take for a formula, or that begins with"
        " an apostrophe, has one apostrophe more before it: take the first one of a cell away, and you have what stood"
        " there. Rows that belong together are found by the columns of the same name.",
    ]
    for table in tables:
        lines += ["", f"## {table.name}", "", f"A row is {table.meaning}. Named by {_listed(table.key)}.", ""]
        if table.refers:
            lines += [_references(table), ""]
        lines += ["| column | meaning | type | empty |", "|---|---|---|---|"]
        lines += [_line(column) for column in table.columns]
    lines += [line for one in instruments for line in _sentences(one)]
    lines += [line for one in checklists for line in _ticks(one)]
    return "\n".join(lines) + "\n"


def _line(column: Column) -> str:
    told = TYPES[column.kind]
    if column.levels:
        told = "; ".join(f"`{value}`: {meaning}" for value, meaning in column.levels)
    elif column.least is not None:
        most = f" to {_bound(column.most)}" if column.most is not None else " or more"
        told += f", {_bound(column.least)}{most}"
    return f"| `{column.name}` | {column.meaning} | {told} | {column.blank or 'never'} |"


def _references(table: Table) -> str:
    told = [f"{_listed(one.columns)} name a row of {one.table}" for one in table.refers]
    return f"{'; '.join(told)}."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _sentences(one: Instrument) -> Iterator[str]:
    validated = "validated" if one.validated else "not validated"
    yield from ("", f"## Sentences of {one.key}", "")
    yield f"{one.name}, {validated}. {one.holder}, {one.licence}. {one.minimum} to {one.maximum}."
    yield from ("", "| item | scale | themes | sentence |", "|---|---|---|---|")
    for _, _, item, scale, text, themes, *_rest in item_rows(one):
        yield f"| `{item}` | {scale} | {themes or '–'} | {text or WITHHELD} |"


def _ticks(one: Checklist) -> Iterator[str]:
    yield from ("", f"## Ticks of {one.key}", "", "| tick | family | themes | words |", "|---|---|---|---|")
    for tick in one.ticks:
        words = tick.quote if one.wording_may_be_shipped else WITHHELD
        yield f"| `{tick.id}` | {tick.family or '–'} | {_themes(tick.themes) or '–'} | {words} |"


def item_rows(one: Instrument) -> Iterator[tuple[object, ...]]:
    """The rows of the table `items` for a questionnaire. A sentence that may not be passed on is not in them."""
    free = one.wording_may_be_shipped
    for item in one.items:
        yield (
            one.id,
            one.version,
            item.id,
            item.scale,
            item.text if free else None,
            _themes(item.themes),
            one.minimum,
            one.maximum,
            one.low_end if free else None,
            one.high_end if free else None,
            item.reversed,
        )


def scale_rows(one: Instrument) -> Iterator[tuple[object, ...]]:
    """The rows of the table `scales` for a questionnaire, without its overall score."""
    for scale in one.scales:
        yield one.id, one.version, scale.id, scale.name, scale.higher_is, scale.in_alliance


def _themes(themes: Sequence[int]) -> str:
    return " ".join(map(str, themes))

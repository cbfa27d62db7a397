"""Look at a table that another tool wrote and propose how to read it: as TOML, with a reason beside each guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import BinaryIO

from alliance.domain.imported import Kind
from alliance.exchange.incoming import Cells, Incoming, IncomingFault
from alliance.exchange.mapping import COLUMNS, SCALES, SEPARATOR_NAMES, WANTED
from alliance.exchange.ratings import shown

__all__ = ["propose"]

LOOKED_AT = 2_000  # lines
EXAMPLES = 3
# Parts of names that columns of other tools have, in the languages of this house; the first that fits wins.
NAMES: dict[str, tuple[str, ...]] = {
    "patient": (
        "patient",
        "client",
        "klient",
        "paciente",
        "code",
        "chiffre",
        "case",
        "pseudonym",
        "subject",
        "id",
    ),
    "therapist": (
        "therapist",
        "therapeut",
        "thérapeute",
        "terapeuta",
        "clinician",
        "provider",
        "counsel",
        "behandl",
    ),
    "date": ("date", "datum", "fecha", "day", "tag", "held", "completed"),
    "session": (
        "session",
        "sitzung",
        "séance",
        "sesión",
        "sessione",
        "visit",
        "termin",
        "number",
        "nummer",
        "no",
        "nr",
    ),
    "safety": ("safety", "sicherheit", "safe", "bond"),
    "attunement": ("attunement", "abstimmung", "relationship", "beziehung", "understood", "verstanden"),
    "collaboration": ("collaboration", "zusammenarbeit", "goals", "ziele", "task", "approach"),
    "rupture": ("rupture", "tension", "spannung", "bruch"),
    "score": (
        "total",
        "score",
        "summe",
        "gesamt",
        "sum",
        "mean",
        "mittel",
        "alliance",
        "allianz",
        "puntuación",
    ),
    "language": ("language", "sprache", "langue", "idioma", "lingua"),
    "instrument": ("instrument", "questionnaire", "fragebogen", "form"),
    "start": ("start", "begin", "beginn", "admission", "aufnahme", "intake", "first"),
    "end": ("end", "ende", "discharge", "entlassung", "last", "closed"),
}
NOTHING = (
    "NA",
    "N/A",
    "n/a",
    "NULL",
    "null",
    "None",
    "nan",
    "NaN",
    "-",
    "--",
    ".",
    "-9",
    "-99",
    "-999",
    "999",
)
DAY = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[T ].*)?")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
TOPS = (1, 4, 5, 6, 7, 9, 10, 12, 20, 21, 28, 35, 36, 40, 50, 60, 63, 72, 84, 100, 120, 144, 168, 200, 252)


def propose(stream: BinaryIO, name: str, kind: Kind) -> str:
    """A mapping of this file as TOML that `from_toml` reads, or would once what is missing is filled in.

    Raises IncomingFault for what is no table at all.
    """
    encoding = _encoding(stream)
    table = Incoming(stream, name, encoding=encoding)
    rows = [row.values for row in islice(table, LOOKED_AT) if isinstance(row, Cells)]
    values = {column: [row[at].strip() for row in rows] for at, column in enumerate(table.columns) if column}
    if not rows:
        raise IncomingFault(
            f"{name} has no lines below the names of its columns. Nothing can be read off it."
        )
    columns = _columns(values, kind)
    return "\n".join(_written(name, kind, table, values, columns)) + "\n"


def _encoding(stream: BinaryIO) -> str:
    """UTF-8 where all of it is; else Windows-1252, which most tools write that do not write UTF-8."""
    stream.seek(0)
    text = stream.read()
    stream.seek(0)
    try:
        text.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _columns(values: dict[str, list[str]], kind: Kind) -> dict[str, str]:
    """By our name, the column of theirs that it looks most like; each is taken once."""
    found: dict[str, str] = {}
    for ours in COLUMNS[kind]:
        likely = [column for column in values if column not in found.values() and _fits(ours, values[column])]
        for part in NAMES[ours]:
            match = next((column for column in likely if _called(column, part)), None)
            if match is not None:
                found[ours] = match
                break
    if "score" in found and any(scale in found for scale in SCALES[:3]):
        del found["score"]  # the scales tell more
    return found


def _called(column: str, part: str) -> bool:
    words = re.split(r"[^\w]+|_", column.casefold())
    return part in words or (len(part) > 3 and part in column.casefold())


def _fits(ours: str, values: Sequence[str]) -> bool:
    """Whether what stands in a column can be what we look for."""
    there = [value for value in values if value and value not in NOTHING]
    if not there:
        return ours in ("end", "rupture")
    days = sum(bool(DAY.fullmatch(value)) for value in there) / len(there)
    numbers = sum(bool(NUMBER.fullmatch(value)) for value in there) / len(there)
    if ours in ("date", "start", "end"):
        return days > 0.8
    if ours in SCALES:
        return numbers > 0.8 and days < 0.2
    if ours == "session":
        return all(value.removesuffix(".0").isdigit() for value in there)
    return days < 0.2


def _written(
    name: str, kind: Kind, table: Incoming, values: dict[str, list[str]], columns: dict[str, str]
) -> Iterable[str]:
    rated = [columns[scale] for scale in SCALES if scale in columns]
    yield f"# How {_comment(name)} is read. Look at every line; what is not right, correct. Then:"
    yield f"#   alliance import {kind.value} DIR FILE --mapping THIS-FILE"
    yield "# says line by line what it would do, and changes nothing until it is told --go."
    yield f"kind = {_text(kind.value)}"
    if kind is Kind.RATINGS:
        yield 'questionnaire = ""  # how pages shall call what these were rated on: fill it in'
        yield 'measures = "other"  # "same" only if it asks what the questionnaire of this clinic asks'
    yield f"encoding = {_text(table.encoding)}"
    yield f"separator = {_text(SEPARATOR_NAMES[table.separator])}"
    yield f"decimal = {_text(_decimal([v for column in rated for v in values[column]]))}"
    day = columns.get("date") or columns.get("start")
    order, why = _order(values[day]) if day else ("year-month-day", "no days were found")
    yield f"dates = {_text(order)}  # {why}"
    signs = [one for one in NOTHING if any(one in column for column in values.values())]
    yield f"missing = [{', '.join(_text(one) for one in signs)}]  # what stands for “not answered”, besides nothing"
    yield ""
    yield "[columns]  # left: our name; right: theirs"
    for ours in COLUMNS[kind]:
        if ours in columns:
            yield f"{ours} = {_text(columns[ours])}  # {_examples(values[columns[ours]])}"
        else:
            needed = "needed: fill it in" if ours in WANTED[kind] else "not found"
            yield f'{ours} = ""  # {needed}'
    yield f"# not read: {', '.join(_comment(c) for c in values if c not in columns.values()) or 'nothing'}"
    if rated:
        yield ""
        yield "[ranges]  # the number that becomes 0 and the one that becomes 100; turned round where low is good"
        for scale in SCALES:
            if scale in columns:
                yield _range(scale, values[columns[scale]])
    yield from _people(columns, values)


def _people(columns: dict[str, str], values: dict[str, list[str]]) -> Iterable[str]:
    """Therapists are known here by their address; names need one each."""
    column = columns.get("therapist")
    names = sorted({value for value in values[column] if value}) if column else []
    if not column:
        yield ""
        yield "[fixed]  # what is the same for all lines and stands in no column"
        yield '# therapist = "name@clinic.example"'
    elif any("@" not in one for one in names):
        yield ""
        yield "[therapists]  # left: as in the file; right: the address of the account here"
        for one in names[:200]:
            yield f'{_text(one)} = ""'


def _decimal(values: Iterable[str]) -> str:
    numbers = [value for value in values if NUMBER.fullmatch(value)]
    return "," if sum("," in one for one in numbers) > sum("." in one for one in numbers) else "."


def _order(values: Iterable[str]) -> tuple[str, str]:
    """How days are written, and why that is thought."""
    parts = [matched.groups() for value in values if (matched := DAY.fullmatch(value))]
    if not parts or any(len(first) == 4 for first, _, _ in parts):
        return "year-month-day", "as 2026-03-09"
    if any(int(first) > 12 for first, _, _ in parts):
        return "day.month.year", "some begin with a number above 12"
    if any(int(second) > 12 for _, second, _ in parts):
        return "month/day/year", "some have a number above 12 in the middle"
    return "day.month.year", "CANNOT BE TOLD from these days: make sure"


def _range(scale: str, values: Iterable[str]) -> str:
    found = [
        float(value.replace(",", ".")) for value in values if NUMBER.fullmatch(value) and value not in NOTHING
    ]
    low, high = min(found, default=0.0), max(found, default=100.0)
    top = next((one for one in TOPS if one >= high), high)
    return f"{scale} = [{min(0.0, low):g}, {top:g}]  # found: {low:g} to {high:g}; look it up in the manual"


def _examples(values: Iterable[str]) -> str:
    several = list(dict.fromkeys(value for value in values if value))[:EXAMPLES]
    return "as " + ", ".join(_comment(shown(one)) for one in several) if several else "always empty"


def _text(value: str) -> str:
    """Text as TOML writes it."""
    out = "".join(
        f"\\u{ord(one):04x}" if ord(one) < 32 or ord(one) == 127 else f"\\{one}" if one in '"\\' else one
        for one in value
    )
    return f'"{out}"'


def _comment(text: str) -> str:
    return "".join(one if one.isprintable() else "�" for one in text)

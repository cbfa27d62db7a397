"""The files that are read as they are: how their columns are called, and examples of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alliance.domain.imported import Form, Kind
from alliance.domain.spreadsheets import table
from alliance.exchange.incoming import IncomingFault
from alliance.exchange.mapping import CASELOAD, COLUMNS, SCALES, WANTED, Plan
from alliance.exchange.ratings import shown
from surveys.definition import Instrument

ITEM = "item."
"""What stands before the id of an item in the name of its column."""


def own_plan(
    columns: Sequence[str], kind: Kind, name: str, questionnaire: str, measures: Form | None
) -> Plan:
    """The mapping of a file that is written as the template asks. Raises IncomingFault for one that is not."""
    known = COLUMNS[kind]
    lower = {column.casefold(): column for column in columns}
    items = {key.removeprefix(ITEM): column for key, column in lower.items() if key.startswith(ITEM)}
    missing = [one for one in WANTED[kind] if one not in lower]
    if missing:
        raise IncomingFault(
            f"{name} has no column {missing[0]}. Its first line must name the columns as “alliance import template” "
            "does; for a file from another tool make a mapping first (alliance import map)."
        )
    strange = [
        column for key, column in lower.items() if column and key not in known and not key.startswith(ITEM)
    ]
    if strange:
        raise IncomingFault(
            f"{name} has a column {shown(strange[0])}, which the template does not know. Take it out, or make a "
            "mapping (alliance import map)."
        )
    if kind is Kind.RATINGS and not items and not any(scale in lower for scale in SCALES):
        raise IncomingFault(f"{name} has no ratings. It needs one of the columns {', '.join(SCALES)}.")
    if items and any(scale in lower for scale in SCALES):
        raise IncomingFault(f"{name} has items and scores. Keep the items: scores are worked out from them.")
    return Plan(
        kind=kind,
        questionnaire=questionnaire,
        measures=measures or (Form.OTHER if "score" in lower else Form.SAME),
        columns={one: lower[one] for one in known if one in lower},
        items=items,
    )


EXAMPLE: Mapping[Kind, Sequence[Sequence[object]]] = {
    Kind.CASELOAD: (
        CASELOAD,
        ("Alder 14", "jonas.berg@clinic.example", "en", "after-session", "2025-03-04", ""),
        ("Birch 2", "claire.dubois@clinic.example", "de", "after-session", "2024-11-19", "2026-02-27"),
    ),
    Kind.RATINGS: (
        ("patient", "therapist", "date", "session", "safety", "attunement", "collaboration", "rupture"),
        ("Alder 14", "jonas.berg@clinic.example", "2025-03-04", 1, 70, 66.7, 73.3, 10),
        ("Alder 14", "jonas.berg@clinic.example", "2025-03-11", 2, 76.7, 70, "", 5),
        ("Alder 14", "jonas.berg@clinic.example", "2025-03-18", 3, "", "", "", ""),
    ),
}


def template(kind: Kind, instrument: Instrument | None = None) -> str:
    """A file with made-up lines that shows how its columns are called; with an instrument, for single answers."""
    if kind is Kind.RATINGS and instrument is not None:
        items = [f"{ITEM}{item.id}" for item in instrument.items]
        picked = [instrument.maximum - 2 for _ in items]
        header = ("patient", "therapist", "date", "session", *items)
        return table([header, ("Alder 14", "jonas.berg@clinic.example", "2025-03-04", 1, *picked)])
    return table(EXAMPLE[kind])

"""How the columns of somebody else’s table become those of a clinic: a small TOML file that a person can edit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alliance.domain.imported import LONGEST_NAME, Form, Kind
from alliance.exchange.incoming import ENCODINGS, SEPARATORS
from alliance.exchange.ratings import RatingsFault

CASELOAD = ("patient", "therapist", "language", "instrument", "start", "end")
SCALES = ("safety", "attunement", "collaboration", "rupture", "score")
RATINGS = ("patient", "therapist", "date", "session", *SCALES)
COLUMNS = {Kind.CASELOAD: CASELOAD, Kind.RATINGS: RATINGS}
"""How the columns of a file of each kind are called here."""
ORDERS = {"year-month-day": "2026-03-09", "day.month.year": "9.3.2026", "month/day/year": "3/9/2026"}
"""How days can be written, each with an example."""
WANTED = {Kind.CASELOAD: ("patient", "therapist", "start"), Kind.RATINGS: ("patient", "date")}
KEYS = {
    "kind",
    "questionnaire",
    "measures",
    "encoding",
    "separator",
    "decimal",
    "dates",
    "missing",
    "instrument",
}
TABLES = {"columns", "items", "ranges", "fixed", "therapists"}
SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class MappingFault(RatingsFault):
    """A mapping that cannot be used. The message is a sentence that names the place."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is read. `columns` and `items`: names here to names there. `ranges`: the numbers there that stand for
    0 and for 100. `fixed`: what stands in no column. `therapists`: what stands there to e-mail addresses.
    """

    kind: Kind
    questionnaire: str = ""
    measures: Form = Form.OTHER
    encoding: str = "utf-8"
    separator: str = ""
    decimal: str = "."
    dates: str = "year-month-day"
    missing: tuple[str, ...] = ("",)
    instrument: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    therapists: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> tuple[str, ...]:
        """The names that columns can have here."""
        return COLUMNS[self.kind]


def from_toml(text: str, name: str) -> Plan:
    """The mapping that a file holds. Raises MappingFault; `name` is what to call the file."""
    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise MappingFault(f"{name} cannot be read as TOML: {fault}.") from fault
    reader = _Reader(told, name)
    return reader.plan()


class _Reader:
    def __init__(self, told: Mapping[str, Any], name: str) -> None:
        self._told = told
        self._name = name

    def plan(self) -> Plan:
        unknown = sorted(set(self._told) - KEYS - TABLES)
        if unknown:
            raise self._fault(
                unknown[0], f"there is no such entry. Known are {', '.join(sorted(KEYS | TABLES))}"
            )
        kind = Kind(self._one_of("kind", [kind.value for kind in Kind], Kind.RATINGS.value))
        separators = {name: sign for sign, name in SEPARATOR_NAMES.items()}
        separator = self._one_of("separator", [*separators, *SEPARATORS, ""], "")
        plan = Plan(
            kind=kind,
            questionnaire=self._text("questionnaire", ""),
            measures=Form(self._one_of("measures", [form.value for form in Form], Form.OTHER.value)),
            encoding=self._one_of("encoding", ENCODINGS, "utf-8"),
            separator=separators.get(separator, separator),
            decimal=self._one_of("decimal", (".", ","), "."),
            dates=self._one_of("dates", list(ORDERS), "year-month-day"),
            missing=self._texts("missing"),
            instrument=self._text("instrument", ""),
            columns=self._table("columns"),
            items=self._table("items"),
            ranges=self._ranges(),
            fixed=self._table("fixed"),
            therapists=self._table("therapists"),
        )
        return self._checked(plan)

    def _checked(self, plan: Plan) -> Plan:
        for table, names in (("columns", plan.columns), ("fixed", plan.fixed)):
            for key in names:
                if key not in plan.known:
                    raise self._fault(
                        f"{table}.{key}", f"there is no such column. Known are {', '.join(plan.known)}"
                    )
        for key in plan.ranges:
            if key not in SCALES:
                raise self._fault(f"ranges.{key}", f"there is no such scale. Known are {', '.join(SCALES)}")
        missing = [one for one in WANTED[plan.kind] if not (plan.columns.get(one) or plan.fixed.get(one))]
        if missing:
            raise self._fault(
                f"columns.{missing[0]}", "this column is needed. Say how it is called in the file"
            )
        rated = [one for one in SCALES if plan.columns.get(one)]
        if plan.kind is Kind.RATINGS and not rated and not plan.items:
            raise self._fault(
                "columns", f"no ratings are named. Name at least one of {', '.join(SCALES)}, or items"
            )
        if plan.items and not plan.instrument:
            raise self._fault(
                "instrument", "it is needed with [items]: which questionnaire of this clinic they belong to"
            )
        if plan.items and rated:
            raise self._fault(
                "items", "items and scores cannot both be taken: scores are worked out from the items"
            )
        if len(plan.questionnaire) > LONGEST_NAME or not plan.questionnaire.isprintable():
            raise self._fault("questionnaire", f"a name has at most {LONGEST_NAME} characters, on one line")
        return plan

    def _text(self, key: str, otherwise: str) -> str:
        value = self._told.get(key, otherwise)
        if not isinstance(value, str):
            raise self._fault(key, "this must be text in quotation marks")
        return value.strip() if key != "separator" else value

    def _one_of(self, key: str, known: Sequence[str], otherwise: str) -> str:
        value = self._text(key, otherwise)
        if value not in known:
            raise self._fault(
                key, f"“{value[:40]}” is not one of {', '.join(one for one in known if one.strip())}"
            )
        return value

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._told.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._fault(key, 'this must be a list of texts, as ["NA", "-99"]')
        return ("", *(one.strip() for one in value if one.strip()))

    def _table(self, key: str) -> dict[str, str]:
        value = self._told.get(key, {})
        if not isinstance(value, dict):
            raise self._fault(key, f"this must be a section, [{key}]")
        for name, text in value.items():
            if not isinstance(text, str):
                raise self._fault(f"{key}.{name}", "this must be text in quotation marks")
        return {name: text.strip() for name, text in value.items() if text.strip()}

    def _ranges(self) -> dict[str, tuple[float, float]]:
        value = self._told.get("ranges", {})
        if not isinstance(value, dict):
            raise self._fault("ranges", "this must be a section, [ranges]")
        found: dict[str, tuple[float, float]] = {}
        for name, pair in value.items():
            numbers = isinstance(pair, list) and len(pair) == 2 and all(_is_number(one) for one in pair)
            if not numbers or pair[0] == pair[1]:
                told = "this must be two different numbers, those that become 0 and 100, as [0, 40]"
                raise self._fault(f"ranges.{name}", told)
            found[name] = (float(pair[0]), float(pair[1]))
        return found

    def _fault(self, place: str, what: str) -> MappingFault:
        return MappingFault(f"{self._name}, {place}: {what}.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9

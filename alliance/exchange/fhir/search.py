"""A search, read and carried out: which records fit, and which of them are on this page.

A parameter that is not understood is refused, since leaving it out would answer another question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Generic, TypeVar
from urllib.parse import urlencode

from alliance.exchange.fhir.moments import Span, When, when

PAGE = 100  # records, unless _count says otherwise
LARGEST_PAGE = 500
LONGEST = 200  # letters that a parameter may have
MOST_PARAMETERS = 20

Key = tuple[int, int, int]
"""Where a record stands among all of its kind. It never changes, so a page goes on where the last one ended."""

Record = TypeVar("Record")


class SearchFault(Exception):
    """What is wrong with a search, in a sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Entry(Generic[Record]):
    """A record as a search sees it."""

    key: Key
    id: str
    changed_at: datetime
    record: Record
    patient: str = ""
    code: str = ""
    on: Span | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. All of a field's members have to fit; of one member's alternatives, one."""

    ids: tuple[frozenset[str], ...] = ()
    patients: tuple[frozenset[str], ...] = ()
    codes: tuple[frozenset[str], ...] = ()
    on: tuple[tuple[When, ...], ...] = ()
    changed: tuple[tuple[When, ...], ...] = ()
    count: int = PAGE
    after: Key | None = None
    told: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def address(self, base: str) -> str:
        """The address of this very search."""
        return f"{base}?{urlencode(self.told)}" if self.told else base

    def fits(self, one: Entry[Record]) -> bool:
        """Whether this record is among what is searched for."""
        return (
            all(one.id in any_of for any_of in self.ids)
            and all(one.patient in any_of for any_of in self.patients)
            and all(one.code in any_of for any_of in self.codes)
            and all(one.on and any(test.fits(one.on) for test in any_of) for any_of in self.on)
            and all(
                any(test.fits(Span.of_moment(one.changed_at)) for test in any_of) for any_of in self.changed
            )
        )


@dataclass(frozen=True, slots=True)
class Page(Generic[Record]):
    """One page. `after` is where the next one begins, None on the last."""

    entries: Sequence[Entry[Record]]
    total: int
    after: Key | None

    def address(self, base: str, query: Query) -> str | None:
        """The address of the next page."""
        if self.after is None:
            return None
        told = [(name, value) for name, value in query.told if name != "_after"]
        return f"{base}?{urlencode([*told, ('_after', '.'.join(map(str, self.after)))])}"


def select(entries: Iterable[Entry[Record]], query: Query) -> Page[Record]:
    """The page that is asked for, in the order of keys."""
    found = sorted((one for one in entries if query.fits(one)), key=lambda one: one.key)
    rest = [one for one in found if query.after is None or one.key > query.after]
    shown = rest[: query.count]
    more = len(rest) > len(shown)
    return Page(shown, len(found), shown[-1].key if more and shown else None)


def read(told: Sequence[tuple[str, str]], allowed: Collection[str], base: str, zone: tzinfo) -> Query:
    """A search from an address's parameters, of which `allowed` are understood. Raises SearchFault."""
    if len(told) > MOST_PARAMETERS:
        raise SearchFault(f"There are more than {MOST_PARAMETERS} parameters")
    query = Query(told=tuple(told))
    for name, value in told:
        if len(value) > LONGEST:
            raise SearchFault(f"What {_named(name)} says is longer than {LONGEST} letters")
        if name in PLAIN:
            query = PLAIN[name](query, value)
        elif name in allowed:
            query = _with(query, name, value, base, zone)
        else:
            known = ", ".join(sorted({*allowed, *PLAIN}))
            raise SearchFault(f"{_named(name)} is no parameter of this search. Those are {known}")
    return query


def _named(name: str) -> str:
    return f"“{name[:40]}”" if name.isprintable() else "One parameter"


def _with(query: Query, name: str, value: str, base: str, zone: tzinfo) -> Query:
    parts = value.split(",")
    if not all(parts):
        raise SearchFault(f"{_named(name)} says nothing")
    if name == "_id":
        return replace(query, ids=(*query.ids, frozenset(parts)))
    if name == "patient":
        return replace(query, patients=(*query.patients, frozenset(_patient(part, base) for part in parts)))
    if name == "code":
        return replace(query, codes=(*query.codes, frozenset(_code(part, base) for part in parts)))
    try:
        tests = tuple(when(part, zone) for part in parts)
    except ValueError:
        raise SearchFault(
            f"{_named(name)} is no day or moment as FHIR writes it, such as ge2026-11-20 or 2026-11-20T10:00:00Z"
        ) from None
    if name == "_lastUpdated":
        return replace(query, changed=(*query.changed, tests))
    return replace(query, on=(*query.on, tests))


def _patient(text: str, base: str) -> str:
    """`p12`, `Patient/p12` or its whole address."""
    return text.removeprefix(f"{base}/").removeprefix("Patient/")


def _code(text: str, base: str) -> str:
    """A code, alone or behind its system. One of another system is none of ours."""
    system, bar, code = text.rpartition("|")
    return code if not bar or system == f"{base}/CodeSystem/alliance" else "|"


def _count(query: Query, value: str) -> Query:
    if not (value.isascii() and value.isdigit() and 0 < len(value) <= 9) or int(value) < 1:
        raise SearchFault("“_count” is no number from 1 up")
    return replace(query, count=min(int(value), LARGEST_PAGE))


def _after(query: Query, value: str) -> Query:
    found = re.fullmatch(r"(\d{1,18})\.(\d{1,3})\.(\d{1,5})", value, re.ASCII)
    if found is None:
        raise SearchFault("“_after” is not as a link to the next page has it")
    return replace(query, after=(int(found[1]), int(found[2]), int(found[3])))


def _format(query: Query, value: str) -> Query:
    if value.replace(" ", "+") not in JSON:
        raise SearchFault("“_format” can be json alone")
    return query


JSON = {"json", "application/json", "application/fhir+json", "text/json"}
PLAIN: dict[str, Callable[[Query, str], Query]] = {"_after": _after, "_count": _count, "_format": _format}

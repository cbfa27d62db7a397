"""What ids, texts and placeholders of a definition keep to."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from string import Formatter
from types import MappingProxyType

PLACEHOLDERS = ("therapist", "supervisor")
"""What a question's texts may name; the page fills in the names."""

_POSTED = "the page posts a field of that name"
_FORM = "the form class uses that name itself"

RESERVED = MappingProxyType(
    {
        **dict.fromkeys(
            ("attempt", "form", "blank", "talked", "comment", "audience", "raise", "noticed"), _POSTED
        ),
        **dict.fromkeys(("data", "errors", "meta", "process", "validate"), _FORM),
        "alliance": "the overall score has that name",
        "overall": "the overall score of a questionnaire of one’s own has that name",
        "ends": "the page has an anchor of that name",
    }
)
"""Ids that nothing in a definition may have, and why."""


class DefinitionFault(ValueError):
    """What is wrong with a definition, and at which key."""

    def __init__(self, key: str, fault: str) -> None:
        super().__init__(f"{key}: {fault}")
        self.key = key
        self.fault = fault


@dataclass(slots=True)
class Collected:
    """All that is wrong with a definition: file, key and fault of each. `file` is the one that is being read."""

    file: str = ""
    faults: list[tuple[str, str, str]] = field(default_factory=list)

    def take(self, file: str, key: str, fault: str) -> None:
        """One more; a key is named once, by the first thing that is wrong with it."""
        if (file, key) not in {found[:2] for found in self.faults}:
            self.faults.append((file, key, fault))


_COLLECTED: ContextVar[Collected | None] = ContextVar("collected", default=None)

MISSING = "…"
"""Stands in for a text that is not there while faults are collected. Nothing is said of it a second time."""


@contextmanager
def collecting() -> Iterator[Collected]:
    """Collect every fault instead of raising the first one. What is built meanwhile may be unsound."""
    collected = Collected()
    token = _COLLECTED.set(collected)
    try:
        yield collected
    finally:
        _COLLECTED.reset(token)


def collected() -> Collected | None:
    """Where faults are collected at this moment; None where the first one is raised."""
    return _COLLECTED.get()


def refuse(key: str, fault: str) -> None:
    """Raise DefinitionFault; where faults are collected, keep it and go on."""
    found = _COLLECTED.get()
    if found is None:
        raise DefinitionFault(key, fault)
    found.take(found.file, key, fault)


def need_id(key: str, value: str) -> None:
    """Refuse an id that is not kebab-case or is taken."""
    if value is MISSING:
        return
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value):
        fault = f"the id “{value}” is not kebab-case: small letters, digits and single hyphens"
        refuse(key, fault)
    if value in RESERVED:
        refuse(key, f"the id “{value}” is taken: {RESERVED[value]}")


def need_text(key: str, text: str) -> None:
    """Refuse a text with nothing in it."""
    if not text.strip():
        refuse(key, "is empty")


def need_plain(key: str, text: str) -> None:
    """Refuse an empty text, and one with placeholders where nothing is filled in."""
    need_text(key, text)
    if "{" in text or "}" in text:
        refuse(key, "has a placeholder or a curly bracket, and nothing is filled in here")


def need_placeholders(key: str, text: str, *, supervised: bool) -> None:
    """Refuse a placeholder that no page fills in, and {supervisor} where there may be none."""
    try:
        fields = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        refuse(key, "has a single curly bracket")
        return
    for name, form, conversion in fields:
        if name not in PLACEHOLDERS or form or conversion:
            known = " and ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            refuse(key, f"has the unknown placeholder “{name}”; known are {known}")
        if name == "supervisor" and not supervised:
            refuse(key, "names {supervisor}, but is asked too where there is none")


def need_no_duplicates(key: str, values: Iterable[Hashable]) -> None:
    """Refuse a value that is there twice."""
    seen: set[Hashable] = set()
    for value in values:
        if value in seen:
            refuse(key, f"“{value}” is there twice")
        seen.add(value)

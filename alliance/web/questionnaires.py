"""What staff are told of the questionnaires: their languages, and how far a wording can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alliance.languages import language
from alliance.web.languages import choices
from surveys.definition import Instrument
from surveys.library import Library


@dataclass(frozen=True, slots=True)
class Wording:
    """A questionnaire in one language."""

    name: str
    version: str
    language: str
    status: str


def status(validated: bool, tag: str) -> str:
    """How far a wording can be trusted. The clinic is told; patients have nothing to do with it."""
    if validated:
        return "validated"
    return "not validated" if tag == "en" else "draft translation, not validated"


def wordings(library: Library) -> list[Wording]:
    """Every wording of what patients can be asked, under the names that staff know."""
    return [
        Wording(
            library.for_staff(one.id, one.version).name,
            one.version,
            language(one.language).name,
            status(one.validated, one.language),
        )
        for one in _in_order(library)
    ]


def _in_order(library: Library) -> Iterator[Instrument]:
    found = list(library)
    for one_id, version in dict.fromkeys((one.id, one.version) for one in found):
        worded = {one.language: one for one in found if (one.id, one.version) == (one_id, version)}
        yield from (worded[known.tag] for known in choices(worded))


def offered_languages(library: Library) -> list[tuple[str, str]]:
    """The languages that patients can be asked in after a session: the tag, and the name with its status."""
    tags = {tag for one_id in library.ids() for tag in library.languages(one_id)}
    trusted = {tag for tag in tags if all(one.validated for one in library if one.language == tag)}
    return [(one.tag, _label(one.name, one.tag, one.tag in trusted)) for one in choices(tags)]


def _label(name: str, tag: str, trusted: bool) -> str:
    return name if trusted or tag == "en" else f"{name} ({status(trusted, tag)})"

"""What staff are told of the questionnaires: their languages, and how far a wording can be trusted."""

from __future__ import annotations

from datetime import date

from alliance.domain.clinic import ClinicSettings
from alliance.domain.people import Patient
from alliance.web.languages import choices
from surveys.library import Library


def status(validated: bool, tag: str) -> str:
    """How far a wording can be trusted. The clinic is told; patients have nothing to do with it."""
    if validated:
        return "validated"
    return "not validated" if tag == "en" else "draft translation, not validated"


def drafts(library: Library) -> set[str]:
    """The languages in which some wording is a draft translation."""
    return {one.language for one in library if not one.validated and one.language != "en"}


def names(library: Library) -> list[tuple[str, str]]:
    """What can be asked after a session: the id, and the name with its length."""
    found = []
    for one in library.ids():
        instrument = library.for_staff(one)
        found.append((one, f"{instrument.name}: {len(instrument.items)} ratings"))
    return found


def offered(
    library: Library, told: ClinicSettings, today: date, patient: Patient | None = None
) -> list[tuple[str, str]]:
    """The same for those that new patients can have, and that this patient has, as far as the clinic may ask them."""
    has = {patient.instrument} if patient else set()
    may, wanted = library.askable(today), {*(told.offered or library.ids()), *has}
    return [(one, label) for one, label in names(library) if one in may and one in wanted]


def offered_languages(
    library: Library, told: ClinicSettings, patient: Patient | None = None
) -> list[tuple[str, str]]:
    """The languages that the clinic offers, and this patient’s."""
    has = patient.language if patient else None
    return [(tag, label) for tag, label in every_language(library) if told.offers(tag) or tag == has]


def every_language(library: Library) -> list[tuple[str, str]]:
    """The languages that patients can be asked in after a session: the tag, and the name with its status."""
    tags = {tag for one_id in library.ids() for tag in library.languages(one_id)}
    trusted = {tag for tag in tags if all(one.validated for one in library if one.language == tag)}
    return [(one.tag, _label(one.name, one.tag, one.tag in trusted)) for one in choices(tags)]


def _label(name: str, tag: str, trusted: bool) -> str:
    return name if trusted or tag == "en" else f"{name} ({status(trusted, tag)})"

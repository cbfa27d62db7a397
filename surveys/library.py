"""The definitions of what can be asked, by id, version and language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from surveys.checklist import Checklist
from surveys.definition import Instrument, Kind
from surveys.loader import Definition, load_folder, naming
from surveys.packs import Added, changed_since, read_added
from surveys.tables import STRUCTURE, InstrumentFault

__all__ = ["InstrumentFault", "Library", "NotThere", "asked_of_staff", "shipped"]


class NotThere(LookupError):
    """No such questionnaire, version or language. The message is a sentence that names what there is."""


class Library:
    """All instruments and checklists in some folders of such folders, loaded and checked when it is made.

    Raises InstrumentFault for the first thing that is wrong, also where two folders hold the same version, and
    where a checklist is to be offered after an instrument that is not there.
    """

    def __init__(self, *folders: Path) -> None:
        self._found: dict[tuple[str, str], dict[str, Definition]] = {}
        self._added: dict[tuple[str, str], Added] = {}
        self._all: tuple[Definition, ...] | None = None  # in order, once somebody asks
        for folder in folders:
            self._add(folder)
        for checklist in self.checklists():
            self._check_offers(checklist)

    def __iter__(self) -> Iterator[Instrument]:
        """Every instrument of any kind in every version and language, oldest version first."""
        return (one for one in self.everything() if isinstance(one, Instrument))

    def checklists(self) -> Iterator[Checklist]:
        """Every checklist in every version and language, oldest version first."""
        return (one for one in self.everything() if isinstance(one, Checklist))

    def everything(self) -> Iterator[Definition]:
        """Every instrument and checklist in every version and language, by id, oldest version first."""
        if self._all is None:
            ids = sorted({one_id for one_id, _ in self._found})
            ordered = [(one_id, version) for one_id in ids for version in self.versions(one_id)]
            self._all = tuple(one for key in ordered for one in self._found[key].values())
        return iter(self._all)

    def ids(self, kind: Kind = "session") -> tuple[str, ...]:
        """The ids of the instruments of that kind; without one, of those that are asked after a session."""
        return tuple(sorted({one.id for one in self if one.kind == kind}))

    def versions(self, instrument_id: str) -> tuple[str, ...]:
        """The versions of that instrument or checklist, oldest first; NotThere where there is none."""
        versions = [version for one_id, version in self._found if one_id == instrument_id]
        if not versions:
            known = tuple(sorted({one_id for one_id, _ in self._found}))
            raise NotThere(f"There is no instrument “{instrument_id}”; there are {_listed(known)}.")
        return tuple(sorted(versions, key=_age))

    def languages(self, instrument_id: str, version: str | None = None) -> tuple[str, ...]:
        """The languages that version, or else any version, is worded in; NotThere where there is none."""
        versions = self.versions(instrument_id) if version is None else (version,)
        return tuple(sorted({language for one in versions for language in self._worded(instrument_id, one)}))

    def get(self, instrument_id: str, version: str | None = None, language: str = "en") -> Instrument:
        """The instrument in that language, in that version or else the newest worded in it.

        The same object every time. Raises NotThere.
        """
        found = self._get(instrument_id, version, language)
        if not isinstance(found, Instrument):
            raise NotThere(f"{found.key} is a checklist, no questionnaire.")
        return found

    def for_staff(self, instrument_id: str, version: str | None = None) -> Instrument:
        """The instrument in the language that staff read, English; where it is not worded in it, in its own."""
        languages = self.languages(instrument_id, version)
        return self.get(instrument_id, version, "en" if "en" in languages else languages[0])

    def checklist(self, checklist_id: str, version: str | None = None, language: str = "en") -> Checklist:
        """The same for a checklist."""
        found = self._get(checklist_id, version, language)
        if not isinstance(found, Checklist):
            raise NotThere(f"{found.key} is a questionnaire, no checklist.")
        return found

    def follow_up(self, instrument: Instrument, answers: Mapping[str, int], today: date) -> Checklist | None:
        """The newest checklist in the instrument's language that these very answers are a reason to offer."""
        wanted = instrument.language
        due = [one for one in self.checklists() if one.language == wanted and one.is_due(instrument, answers)]
        due = [one for one in due if not self.ended(one.id, one.version, today)]
        return due[-1] if due else None

    def monthly(self, language: str, today: date) -> Instrument | None:
        """The newest of the monthly questionnaires in that language, if there is one."""
        found = [one for one in self if one.kind == "monthly" and one.language == language]
        found = [one for one in found if not self.ended(one.id, one.version, today)]
        return found[-1] if found else None

    def with_own(self, folder: Path) -> tuple[Library, tuple[InstrumentFault, ...]]:
        """This library and what a clinic's own folder adds to it, and what there could not be used, each with why.

        One faulty definition keeps none of the others out.
        """
        found, faults = self, []
        for inner in sorted(folder.iterdir()) if folder.is_dir() else ():
            if not _is_definition(inner):
                continue
            try:
                added = read_added(inner)
                changed = changed_since(inner, added)
                found = found.and_one(inner, added.changed() if changed else added)
                if changed:
                    raise changed
            except InstrumentFault as fault:
                faults.append(fault)
        return found, tuple(faults)

    def and_one(self, inner: Path, added: Added) -> Library:
        """This library and the definition in one more folder. Raises InstrumentFault."""
        more = Library()
        more._found, more._added = dict(self._found), dict(self._added)
        key = more._add_one(inner)
        more._added[key] = added
        for one in more._found[key].values():
            _check_beside_own_view(one)
        for checklist in more.checklists():
            more._check_offers(checklist)
        return more

    def added(self, one_id: str, version: str) -> Added | None:
        """What the clinic stated of a version that it added; None for one that comes with the product."""
        return self._added.get((one_id, version))

    def ended(self, one_id: str, version: str, today: date) -> bool:
        """Whether the clinic's right to ask this version is over. What was answered stays readable."""
        added = self._added.get((one_id, version))
        return added is not None and added.ended(today)

    def askable(self, today: date) -> tuple[str, ...]:
        """Of the instruments that are asked after a session, those of which the clinic may ask some version."""
        return tuple(
            one
            for one in self.ids()
            if any(not self.ended(one, version, today) for version in self.versions(one))
        )

    def _get(self, one_id: str, version: str | None, language: str) -> Definition:
        versions = self.versions(one_id) if version is None else (version,)
        for one in reversed(versions):
            worded = self._worded(one_id, one)
            if language in worded:
                return worded[language]
        known = _listed(self.languages(one_id, version))
        raise NotThere(f"{one_id} has no texts in “{language}”, only in {known}.")

    def _worded(self, one_id: str, version: str) -> dict[str, Definition]:
        worded = self._found.get((one_id, version))
        if worded is None:
            known = self.versions(one_id)
            raise NotThere(f"{one_id} has no version “{version}”; it has {_listed(known)}.")
        return worded

    def _add(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InstrumentFault(str(folder), "", "is not a folder of instruments")
        for inner in sorted(folder.iterdir()):
            if _is_definition(inner):
                self._add_one(inner)

    def _add_one(self, inner: Path) -> tuple[str, str]:
        found = load_folder(inner)
        first = found[0]
        if (first.id, first.version) in self._found:
            fault = f"{first.key} is in another folder of instruments too"
            raise InstrumentFault(f"{inner.name}/{STRUCTURE}", "version", fault)
        self._found[first.id, first.version] = {one.language: one for one in found}
        self._all = None
        return first.id, first.version

    def _check_offers(self, checklist: Checklist) -> None:
        """Refuse a checklist whose rules speak of what is not there."""
        file = f"{checklist.id}-{checklist.version}/{STRUCTURE}"
        for rule in checklist.offered:
            for wanted in rule.after:
                named = [one for one in self if one.id == wanted]
                if not named:
                    raise InstrumentFault(file, f"{rule.key}.after", f"“{wanted}” is none of the instruments")
                with naming(file):
                    for instrument in named:
                        rule.check_against(instrument)


@cache
def shipped() -> Library:
    """The instruments that come with this package."""
    return Library(Path(__file__).parent / "instruments")


@cache
def asked_of_staff() -> Library:
    """The instruments that staff answer about a session. No patient is ever asked one."""
    return Library(Path(__file__).parent / "staff_instruments")


def _check_beside_own_view(one: Definition) -> None:
    """What therapists rate themselves is compared with the patient’s answer by the sentence’s id."""
    own = next(iter(asked_of_staff()))
    if not isinstance(one, Instrument) or (one.minimum, one.maximum) == (own.minimum, own.maximum):
        return
    for item in one.items:
        if item.id in {other.id for other in own.items}:
            fault = (
                f"is compared with the therapist’s own view, which goes from {own.minimum} to {own.maximum}: "
                "use that range, or another id"
            )
            raise InstrumentFault(f"{one.id}-{one.version}/{STRUCTURE}", f"items.{item.id}.id", fault)


def _is_definition(inner: Path) -> bool:
    """Editors and file managers leave hidden folders behind."""
    return inner.is_dir() and not inner.name.startswith((".", "__"))


def _age(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if names else "none"

"""The instruments that can be asked, by id, version and language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from surveys.definition import Instrument
from surveys.loader import load_folder
from surveys.tables import InstrumentFault

__all__ = ["InstrumentFault", "Library", "shipped"]


class Library:
    """Every instrument in some folders of instrument folders, loaded and checked when the library is made.

    Raises InstrumentFault for the first thing that is wrong, also where two folders hold the same version.
    """

    def __init__(self, *folders: Path) -> None:
        self._found: dict[tuple[str, str], dict[str, Instrument]] = {}
        for folder in folders:
            self._add(folder)

    def __iter__(self) -> Iterator[Instrument]:
        """Every instrument in every version and language, oldest version first."""
        for instrument_id in self.ids():
            for version in self.versions(instrument_id):
                yield from self._found[instrument_id, version].values()

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted({instrument_id for instrument_id, _ in self._found}))

    def versions(self, instrument_id: str) -> tuple[str, ...]:
        """The versions of that instrument, oldest first; LookupError where there is none."""
        versions = [version for one_id, version in self._found if one_id == instrument_id]
        if not versions:
            raise LookupError(f"There is no instrument “{instrument_id}”; there are {_listed(self.ids())}.")
        return tuple(sorted(versions, key=_age))

    def languages(self, instrument_id: str, version: str | None = None) -> tuple[str, ...]:
        """The languages that version, or else any version, is worded in; LookupError where there is none."""
        versions = self.versions(instrument_id) if version is None else (version,)
        return tuple(sorted({language for one in versions for language in self._worded(instrument_id, one)}))

    def get(self, instrument_id: str, version: str | None = None, language: str = "en") -> Instrument:
        """The instrument in that language, in that version or else the newest worded in it.

        The same object every time. Raises LookupError, in a sentence that names what there is.
        """
        versions = self.versions(instrument_id) if version is None else (version,)
        for one in reversed(versions):
            worded = self._worded(instrument_id, one)
            if language in worded:
                return worded[language]
        known = _listed(self.languages(instrument_id, version))
        raise LookupError(f"{instrument_id} has no texts in “{language}”, only in {known}.")

    def _worded(self, instrument_id: str, version: str) -> dict[str, Instrument]:
        worded = self._found.get((instrument_id, version))
        if worded is None:
            known = self.versions(instrument_id)
            raise LookupError(f"{instrument_id} has no version “{version}”; it has {_listed(known)}.")
        return worded

    def _add(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InstrumentFault(str(folder), "", "is not a folder of instruments")
        for inner in sorted(folder.iterdir()):
            # Editors and file managers leave hidden folders behind.
            if inner.is_dir() and not inner.name.startswith((".", "__")):
                instruments = load_folder(inner)
                first = instruments[0]
                if (first.id, first.version) in self._found:
                    fault = f"{first.key} is in another folder of instruments too"
                    raise InstrumentFault(f"{inner.name}/instrument.toml", "version", fault)
                self._found[first.id, first.version] = {one.language: one for one in instruments}


@cache
def shipped() -> Library:
    """The instruments that come with this package."""
    return Library(Path(__file__).parent / "instruments")


def _age(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if names else "none"

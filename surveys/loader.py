"""One folder of definitions: `instrument.toml` is its structure, `<language>.toml` its texts in one language.

The structure is built first, with ids standing in for texts, so that a fault in it is named as such and not
as a missing translation; then each language's texts are put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surveys import checklist_files, instrument_files
from surveys.checklist import Checklist
from surveys.definition import KINDS, Instrument
from surveys.rules import MISSING, DefinitionFault, collected, collecting
from surveys.tables import ADDED, STRUCTURE, InstrumentFault, read_toml

CHECKLIST = "checklist"
"""The `kind` of a definition that is no questionnaire but a checklist."""

Definition = Instrument | Checklist

PLAIN = {"id", "version", "minimum", "maximum", "modes", "citation"}
"""Keys of a structure that no file of texts has."""


def load_folder(folder: Path) -> tuple[Definition, ...]:
    """The instrument or checklist in `folder`, once for each of its languages.

    Raises InstrumentFault for the first thing that is wrong.
    """
    structure = _structure(folder)
    _check_called(folder, structure)
    languages = language_files(folder)
    if not languages:
        raise _no_texts(folder)
    return tuple(_in_language(structure, path) for path in languages)


def language_files(folder: Path) -> list[Path]:
    """The files of texts in a definition’s folder."""
    return sorted(path for path in folder.glob("*.toml") if path.name not in (STRUCTURE, ADDED))


def examine(folder: Path) -> tuple[Definition | None, tuple[InstrumentFault, ...]]:
    """Everything that is wrong with the definition in `folder`, in one pass, and its structure where it has one."""
    structure = None
    with collecting() as found:
        try:
            structure = _structure(folder)
            _check_called(folder, structure)
        except InstrumentFault as fault:
            found.take(fault.file, fault.key, fault.fault)
        of_structure = {key: fault for _, key, fault in found.faults}
        languages = language_files(folder)
        for path in languages:
            try:
                if structure is not None:
                    _in_language(structure, path)
            except InstrumentFault as fault:
                found.take(fault.file, fault.key, fault.fault)
        if not languages:
            none = _no_texts(folder)
            found.take(none.file, none.key, none.fault)
    # What is wrong with the structure is found again with every language.
    own = (
        InstrumentFault(file, key, fault)
        for file, key, fault in found.faults
        if file.endswith(f"/{STRUCTURE}")
        or (of_structure.get(key) != fault and key not in PLAIN & of_structure.keys())
    )
    return structure, tuple(own)


def _no_texts(folder: Path) -> InstrumentFault:
    return InstrumentFault(f"{folder.name}/en.toml", "", "is missing, and so is every other language")


def _check_called(folder: Path, structure: Definition) -> None:
    wanted = f"{structure.id}-{structure.version}"
    if folder.name != wanted and MISSING not in wanted:
        fault = f"holds {structure.key}, so its folder has to be called “{wanted}”"
        raise InstrumentFault(f"{folder.name}/{STRUCTURE}", "id", fault)


def _structure(folder: Path) -> Definition:
    file = f"{folder.name}/{STRUCTURE}"
    with naming(file):
        top = read_toml(folder / STRUCTURE, file)
        kind = top.text("kind", "session")  # as it was when there was no other
        if kind == CHECKLIST:
            return checklist_files.read_structure(top)
        if kind not in KINDS:
            top.refuse("kind", f"is “{kind}”, none of {', '.join((*KINDS, CHECKLIST))}")
            kind = "session"
        return instrument_files.read_structure(top, kind)


def _in_language(structure: Definition, path: Path) -> Definition:
    file = f"{path.parent.name}/{path.name}"
    top = read_toml(path, file)
    with naming(file):
        language = top.text("language")
        if language not in (path.stem, MISSING):
            top.refuse("language", f"is “{language}”, but the file is called “{path.name}”")
        if isinstance(structure, Checklist):
            return checklist_files.put_texts(structure, language, top)
        return instrument_files.put_texts(structure, language, top)


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Let a fault that a definition finds in itself say in which file it is."""
    found = collected()
    if found is not None:
        found.file = file
    try:
        yield
    except DefinitionFault as fault:
        raise InstrumentFault(file, fault.key, fault.fault) from fault

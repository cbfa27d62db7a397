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
from surveys.rules import DefinitionFault
from surveys.tables import STRUCTURE, InstrumentFault, read_toml

CHECKLIST = "checklist"
"""The `kind` of a definition that is no questionnaire but a checklist."""

Definition = Instrument | Checklist


def load_folder(folder: Path) -> tuple[Definition, ...]:
    """The instrument or checklist in `folder`, once for each of its languages.

    Raises InstrumentFault for the first thing that is wrong.
    """
    structure = _structure(folder)
    wanted = f"{structure.id}-{structure.version}"
    if folder.name != wanted:
        fault = f"holds {structure.key}, so its folder has to be called “{wanted}”"
        raise InstrumentFault(f"{folder.name}/{STRUCTURE}", "id", fault)
    languages = sorted(path for path in folder.glob("*.toml") if path.name != STRUCTURE)
    if not languages:
        raise InstrumentFault(f"{folder.name}/en.toml", "", "is missing, and so is every other language")
    return tuple(_in_language(structure, path) for path in languages)


def _structure(folder: Path) -> Definition:
    file = f"{folder.name}/{STRUCTURE}"
    with naming(file):
        top = read_toml(folder / STRUCTURE, file)
        kind = top.text("kind", "session")  # as it was when there was no other
        if kind == CHECKLIST:
            return checklist_files.read_structure(top)
        if kind not in KINDS:
            raise top.fault("kind", f"is “{kind}”, none of {', '.join((*KINDS, CHECKLIST))}")
        return instrument_files.read_structure(top, kind)


def _in_language(structure: Definition, path: Path) -> Definition:
    file = f"{path.parent.name}/{path.name}"
    top = read_toml(path, file)
    language = top.text("language")
    if language != path.stem:
        raise top.fault("language", f"is “{language}”, but the file is called “{path.name}”")
    with naming(file):
        if isinstance(structure, Checklist):
            return checklist_files.put_texts(structure, language, top)
        return instrument_files.put_texts(structure, language, top)


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Let a fault that a definition finds in itself say in which file it is."""
    try:
        yield
    except DefinitionFault as fault:
        raise InstrumentFault(file, fault.key, fault.fault) from fault

"""`alliance instruments`: the questionnaires, and those that a clinic adds."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.arguments import FOLDER

if TYPE_CHECKING:
    from surveys.checklist import Checklist
    from surveys.definition import Instrument
    from surveys.library import Library

PACK = click.argument(
    "pack", metavar="FOLDER", type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True)
)


@click.group()
def instruments() -> None:
    """The questionnaires that patients can be asked."""


@instruments.command("list")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def list_instruments(folder: Path | None) -> None:
    """Every questionnaire with version, languages, licence, whether it has been validated, when it is asked, and
    where it is from; with DIR also those that this clinic added, and by what right.
    """
    from surveys.library import shipped

    if folder is None:
        _list(shipped())
        return
    from alliance.actions.clinic import opened

    with opened(folder) as clinic:
        _list(clinic.library)
        for fault in clinic.faults:
            click.echo(f"Error: left out: {fault}.", err=True)
    sys.exit(1 if clinic.faults else 0)


def _list(library: Library) -> None:
    from alliance.actions.questionnaires import WHEN_ASKED
    from surveys.checklist import Checklist

    found: dict[str, list[Instrument | Checklist]] = {}
    for one in library.everything():
        found.setdefault(one.key, []).append(one)
    for worded in found.values():
        first = worded[0]
        languages = ", ".join(one.language for one in worded)
        validated = [one.language for one in worded if one.validated]
        state = f"validated: {', '.join(validated)}" if validated else "not validated"
        kind = "checklist" if isinstance(first, Checklist) else first.kind
        right = _right(library, first)
        click.echo(
            "\t".join((first.id, first.version, languages, first.licence, state, WHEN_ASKED[kind], right))
        )


def _right(library: Library, one: Instrument | Checklist) -> str:
    added = library.added(one.id, one.version)
    if added is None:
        return "with Alliance"
    until = f" until {added.until}" if added.until else ""
    return f"added {added.added_on}, licence: {added.licence}{until}"


@instruments.command("check")
@PACK
def check(pack: Path) -> None:
    """Check a questionnaire of your own: everything that is wrong with it, in one pass.

    Nothing is changed. docs/instrument-packs.md tells how such a folder is made.
    """
    from surveys.library import shipped
    from surveys.loader import examine, load_folder
    from surveys.packs import OWN, Added, fingerprints
    from surveys.tables import InstrumentFault

    structure, faults = examine(pack)
    if not faults:
        try:
            if not _is_shipped(structure):
                trial = Added("", OWN, None, date.min, fingerprints(pack))
                shipped().and_one(pack, trial)
        except InstrumentFault as found_beside:
            faults = (found_beside,)
    for fault in faults:
        click.echo(f"{fault}.", err=True)
    if faults:
        many = "One thing" if len(faults) == 1 else f"{len(faults)} things"
        raise click.ClickException(f"{many} to put right in {pack.name}; then check it again.")
    found = load_folder(pack)
    languages = ", ".join(one.language for one in found)
    click.echo(f"{found[0].key} is sound, in {languages}.")
    click.echo(_about(found[0]))


def _is_shipped(one: Instrument | Checklist | None) -> bool:
    from surveys.library import shipped

    return one is not None and (one.id, one.version) in {(it.id, it.version) for it in shipped().everything()}


def _about(one: Instrument | Checklist) -> str:
    from surveys.definition import WATCHED, Instrument

    told = []
    if isinstance(one, Instrument) and one.kind == "session":
        told.append(
            "The detector watches its answers."
            if one.watched
            else f"The detector does not watch its answers: its alliance scales are not {', '.join(WATCHED)}. They are "
            "charted by themselves, and raise no question."
        )
    if not one.wording_may_be_shipped:
        told.append(f"Its words belong to {one.holder}: to add it, a clinic has to state its licence.")
    return " ".join(told) or f"Its words belong to {one.holder}, on these terms: {one.licence}."


@instruments.command("add")
@FOLDER
@PACK
@click.option("--licence", help="Number or date of what allows the clinic to use the words, or “own”.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day of that licence; left out: it has none.",
)
def add(folder: Path, pack: Path, licence: str | None, until: datetime | None) -> None:
    """Add a questionnaire to the clinic in DIR, or renew its licence; it is asked once the server starts again.

    The words of a questionnaire that may not be passed on need a licence: it is asked for, or given as --licence.
    A version that is there is never changed.
    """
    from alliance.actions import packs
    from alliance.actions.clinic import opened
    from surveys.loader import examine

    structure, faults = examine(pack)
    if structure is None or faults:
        first = f" The first: {faults[0]}." if faults else ""
        raise click.ClickException(f"{pack.name} is not sound.{first} See “alliance instruments check”.")
    if packs.needs_licence(structure) and licence is None and sys.stdin.isatty():
        click.echo(f"The words of {structure.key} belong to {structure.holder}.")
        licence = click.prompt("Number or date of your licence, or “own”")
        last = click.prompt("Its last day, such as 2027-12-31 (empty: none)", default="", show_default=False)
        until = click.DateTime(["%Y-%m-%d"]).convert(last, None, None) if last else None
    said = packs.Statement(licence, until.date() if until else None) if licence else None
    if said is None and until is not None:
        raise click.UsageError("--until is the last day of a licence: say which with --licence.")
    with opened(folder) as clinic:
        one, new = packs.add(clinic, pack, said, datetime.now(UTC))
        now_there = "Added" if new else "Taken over, with its licence as it is now"
        click.echo(f"{now_there}: {one.key}. Start the server again; it is then among the questionnaires.")

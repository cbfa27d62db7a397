"""`alliance import`: past ratings and caseloads from files. It says what it would do; only --go does it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alliance.cli.arguments import FOLDER
from alliance.cli.progress import watched

if TYPE_CHECKING:
    from alliance.actions.clinic import Clinic
    from alliance.domain.imported import Kind, PastCase, PastRating, Report, Source, Wrong
    from alliance.exchange.mapping import Plan
    from surveys.definition import Instrument
    from surveys.library import Library

    Rows = list[PastRating | PastCase | Wrong]

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
MAPPING = click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="How the file’s columns are to be read; “alliance import map” writes one.",
)
GO = click.option("--go", is_flag=True, help="Do it. Without this nothing is changed.")
WRONG_ONLY = click.option("--wrong-only", is_flag=True, help="Tell of the lines that are wrong, not of all.")
INSTRUMENT = "after-session"


@click.group("import")
def import_() -> None:
    """Take over past ratings and caseloads from CSV files.

    Without --go each command says line by line what it would do, and changes nothing. An import goes in whole or not
    at all; the same file a second time brings nothing. docs/importing.md tells how, step by step.
    """


@import_.command()
@click.argument("kind", type=click.Choice(["caseload", "ratings"]))
@click.option(
    "--items", metavar="QUESTIONNAIRE", help="For ratings: a column for each of its single answers."
)
def template(kind: str, items: str | None) -> None:
    """Print a file with made-up lines that shows how the columns are called."""
    from alliance.domain.imported import Kind
    from alliance.exchange import templates
    from surveys.library import shipped

    instrument = _instrument(shipped(), items) if items else None
    click.echo(templates.template(Kind(kind), instrument), nl=False)


@import_.command("map")
@FILE
@click.option("--kind", type=click.Choice(["caseload", "ratings"]), default="ratings", show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of to standard output."
)
def map_(file: Path, kind: str, out: Path | None) -> None:
    """Look at an export of another tool and propose how its columns are to be read, as TOML to be edited."""
    from alliance.domain.imported import Kind
    from alliance.exchange.proposing import propose

    with _opened(file) as stream:
        text = propose(stream, file.name, Kind(kind))
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as written:
            written.write(text)
    except FileExistsError:
        raise click.ClickException(f"{out} is there already. Choose another name, or remove it.") from None
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"Written: {out}. Read it, correct what is not right, then import with --mapping.", err=True)


@import_.command()
@FOLDER
@FILE
@MAPPING
@WRONG_ONLY
@GO
def caseload(folder: Path, file: Path, mapping: Path | None, wrong_only: bool, go: bool) -> None:
    """Bring patients by code, each with a therapist who has an account here."""
    from alliance.actions import importing_cases
    from alliance.actions.clinic import opened
    from alliance.domain.imported import Kind, PastRating

    with opened(folder) as clinic:
        source, found = _read(clinic, file, mapping, Kind.CASELOAD)
        rows = [row for row in found if not isinstance(row, PastRating)]
        now = datetime.now(UTC)
        take_over = importing_cases.take_over_caseload
        look = importing_cases.look_at_caseload
        report = take_over(clinic, rows, source, now) if go else look(clinic, rows, now)
    _tell(report, wrong_only=wrong_only)


@import_.command()
@FOLDER
@FILE
@MAPPING
@click.option("--questionnaire", metavar="NAME", help="What these were rated on, as pages shall call it.")
@click.option(
    "--measures",
    type=click.Choice(["same", "other"]),
    help="Whether that measures as the questionnaire here does.  [default: other for one score, else same]",
)
@click.option("--items-of", metavar="QUESTIONNAIRE", help="Whose items the columns item.… are.")
@WRONG_ONLY
@GO
def ratings(
    folder: Path,
    file: Path,
    mapping: Path | None,
    questionnaire: str | None,
    measures: str | None,
    items_of: str | None,
    wrong_only: bool,
    go: bool,
) -> None:
    """Bring ratings of sessions held before, for patients who are here.

    They teach what is usual for each patient and therapist, and raise no question.
    """
    from alliance.actions import importing
    from alliance.actions.clinic import opened
    from alliance.domain.imported import Kind, PastCase

    told = (questionnaire, measures, items_of)
    if mapping is not None and any(told):
        raise click.UsageError("With --mapping, questionnaire, measures and items stand in the mapping.")
    with opened(folder) as clinic:
        source, found = _read(clinic, file, mapping, Kind.RATINGS, *told)
        rows = [row for row in found if not isinstance(row, PastCase)]
        now = datetime.now(UTC)
        if go:
            report = importing.take_over_ratings(clinic, rows, source, now, _watched)
        else:
            report = importing.look_at_ratings(clinic, rows, now)
    _tell(report, wrong_only=wrong_only)


@import_.command("list")
@FOLDER
def list_imports(folder: Path) -> None:
    """Every import: number, when, what, how many are here of it, and whether it was undone."""
    from alliance.actions import importing
    from alliance.actions.clinic import opened

    with opened(folder) as clinic:
        for one in importing.every(clinic):
            brought = f"{one.sessions:,} sessions" if one.kind == "ratings" else f"{one.patients:,} patients"
            state = "undone" if one.undone_at else "here"
            at = f"{one.made_at:%Y-%m-%d %H:%M} UTC"
            click.echo("\t".join((str(one.number), at, one.kind.value, brought, one.questionnaire, state)))


@import_.command()
@FOLDER
@click.argument("number", type=click.IntRange(min=1))
@GO
def undo(folder: Path, number: int, go: bool) -> None:
    """Take import NUMBER back, whole, as long as nothing noted since rests on it."""
    from alliance.actions import undoing
    from alliance.actions.clinic import opened

    with opened(folder) as clinic:
        found = undoing.undo(clinic, number, datetime.now(UTC)) if go else undoing.look(clinic, number)
    brought = f"{found.sessions:,} sessions" if found.kind == "ratings" else f"{found.patients:,} patients"
    click.echo(
        f"Undone: import {number}, {brought}." if go else f"Import {number}, {brought}, would be undone."
    )
    if not go:
        click.echo("Nothing was changed. Once more with --go does it.", err=True)


def _read(
    clinic: Clinic,
    file: Path,
    mapping: Path | None,
    kind: Kind,
    questionnaire: str | None = None,
    measures: str | None = None,
    items_of: str | None = None,
) -> tuple[Source, Rows]:
    """Every line of the file, and what the file is. Raises for what is wrong with the whole of it."""
    from alliance.domain.imported import Form, Source
    from alliance.exchange import incoming, templates
    from alliance.exchange import mapping as mappings
    from alliance.exchange.histories import Histories

    plan: Plan | None = None
    if mapping is not None:
        plan = mappings.from_toml(_text_of(mapping), mapping.name)
        if plan.kind is not kind:
            told = f"{mapping.name} is a mapping of a {plan.kind.value} file, not of a {kind.value} file."
            raise click.ClickException(told)
    with _opened(file) as stream:
        encoding, separator = (plan.encoding, plan.separator) if plan else ("utf-8", "")
        table = incoming.Incoming(stream, file.name, encoding=encoding, separator=separator)
        if plan is None:
            form = Form(measures) if measures else None
            plan = templates.own_plan(table.columns, kind, file.name, questionnaire or "", form)
        instrument = None
        if plan.items:
            instrument = _instrument(clinic.library, items_of or plan.instrument or INSTRUMENT)
        named = plan.questionnaire or (instrument.key if instrument else "an earlier questionnaire")
        named = named if kind == "ratings" else ""
        rows = list(_watched(Histories(table, plan, instrument), "Reading", None))
    return Source(incoming.fingerprint(file), named, plan.measures), rows


def _instrument(library: Library, named: str) -> Instrument:
    """A questionnaire by its id, with or without a version: “after-session 1.0”."""
    name, _, version = named.partition(" ")
    try:
        return library.get(name, version or None)
    except LookupError as error:
        told = str(error.args[0]) if error.args else f"There is no questionnaire {named}."
        raise click.ClickException(told) from error


def _tell(report: Report, *, wrong_only: bool) -> None:
    """The report, line by line on standard output; what it comes to on standard error. Exit code 1 if any is wrong."""
    from alliance.actions.importing import in_words
    from alliance.domain.imported import Fate

    for line in report.lines:
        if line.fate is Fate.WRONG or not wrong_only:
            click.echo(f"line {line.number}: {line.fate.value}: {line.sentence}")
    click.echo(in_words(report), err=True)
    if report.number is not None:
        click.echo(f"Done: import {report.number}.", err=True)
    elif report.wrong:
        told = "Nothing was changed: a file goes in whole or not at all."
        click.echo(f"{told} Correct the lines that are wrong and try again.", err=True)
    elif report.count(Fate.NEW):
        click.echo("Nothing was changed. Once more with --go does it.", err=True)
    else:
        click.echo("There is nothing new in this file. Nothing was changed.", err=True)
    if report.wrong:
        sys.exit(1)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{path.name} is not text in UTF-8.") from None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error


def _watched(rows: Iterable[Any], what: str, total: int | None) -> Iterable[Any]:
    return watched(rows, what, total, unit="lines")

"""`alliance export`: what a clinic keeps, as files that others can read."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.arguments import FOLDER
from alliance.cli.progress import watched

if TYPE_CHECKING:
    from alliance.actions.taking_out import Exported

OUT = click.argument("out", type=click.Path(path_type=Path), metavar="OUT")


@click.group()
def export() -> None:
    """Take data out of the clinic: as tables, for research, or what their columns mean.

    Every export has a number, and stands with it in the trail.
    """


@export.command("tables")
@FOLDER
@OUT
@click.option("--comments", is_flag=True, help="With what patients wrote to their therapists.")
@click.option(
    "--held-back", is_flag=True, help="With what patients kept from their therapists, for supervisors."
)
def tables(folder: Path, out: Path, comments: bool, held_back: bool) -> None:
    """Write every session, answer and question of the clinic in DIR into OUT: a new folder, or one file.zip.

    CSV with a codebook, which is a Frictionless data package too. By code and number, without names. What patients
    kept from their therapists is not in it, nor a sign of that, and no comment, unless you ask for it: then whoever
    gets the files must be somebody to whom it was written. The clinic may be served meanwhile.
    """
    from alliance.actions.clinic import opened
    from alliance.actions.clinic_tables import Wanted, export_tables

    with opened(folder) as clinic:
        made = export_tables(
            clinic,
            out,
            Wanted(comments=comments, held_back=held_back),
            account=account(),
            now=datetime.now(UTC),
            watch=_watch("therapies"),
        )
    _tell(made)


@export.command("research")
@FOLDER
@OUT
@click.option(
    "--least",
    default=8,
    show_default=True,
    type=click.IntRange(min=8),
    help="How many patients have to share what is told of each.",
)
def research(folder: Path, out: Path, least: int) -> None:
    """Write what patients who agreed to research have answered into OUT: a new folder, or one file.zip.

    Under names and days that are made up for this export alone; no words, nothing that few share, nothing that was kept
    from a therapist. OUT.risk.md beside it says what it gives away all the same, and stays in the clinic. It is in no
    sense without risk: read docs/exporting.md before you hand it on.
    """
    from alliance.actions.clinic import opened
    from alliance.actions.research_tables import export_research

    with opened(folder) as clinic:
        made, found, paper = export_research(
            clinic,
            out,
            account=account(),
            now=datetime.now(UTC),
            watch=_watch("batches"),
            least=least,
        )
    _tell(made)
    click.echo(f"{paper}: what it gives away. The smallest group has {found.groups.smallest} patients.")


@export.command("codebook")
def codebook() -> None:
    """Say what every column of such tables means, and every sentence of the questionnaires that come along."""
    from alliance.exchange.codebook import in_words
    from alliance.exchange.layout import TABLES
    from surveys.library import shipped

    library = shipped()
    english = [one for one in library if one.language == "en"]
    ticks = [one for one in library.checklists() if one.language == "en"]
    click.echo(in_words(TABLES, english, ticks), nl=False)


def account() -> str:
    """The account of this machine at whose command line it is made: it stands on what is taken out."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "nobody by name"


def _watch(unit: str) -> Callable[[Iterable[int], int], Iterable[int]]:
    """A look at how far the writing is."""
    return lambda rows, count: watched(rows, "Writing", count, unit=unit)


def _tell(made: Exported) -> None:
    rows = ", ".join(f"{count:,} {table}" for table, count in made.rows.items() if count)
    click.echo(f"{made.path}: export {made.number}. {rows}.")

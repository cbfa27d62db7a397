"""`alliance backup`, `restore` and `replay`: that nothing is lost, whatever is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.arguments import FOLDER
from alliance.cli.progress import watched

if TYPE_CHECKING:
    from alliance.actions.replaying import Replayed


@click.command()
@FOLDER
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for it.  [default: as clinic.toml says]",
)
def backup(folder: Path, to: Path | None) -> None:
    """Make a backup of the clinic in DIR, encrypted, and look at it. The clinic may be served meanwhile.

    Older ones that need not be kept go. Prints where the new one is.
    """
    from alliance.actions import keeping
    from alliance.config import Config
    from alliance.domain.wording import count
    from alliance.storage.keyring import Keyring

    config = Config.load(folder)
    made = keeping.back_up(config, Keyring.load(config.keyring), datetime.now(UTC), to)
    click.echo(f"{made.path}: {count(made.responses, 'answer')}, {made.size / 1e6:.1f} MB, whole.")


@click.command()
@click.argument("backup", type=click.Path(dir_okay=False, path_type=Path))
@FOLDER
@click.option(
    "--keyring",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A copy of the clinic’s keyring.json, where DIR has none.",
)
def restore(backup: Path, folder: Path, keyring: Path | None) -> None:
    """Put BACKUP back as the clinic in DIR, with everything that the spool has since. The server must have ended.

    What stood there before is put aside. A backup that is not whole changes nothing.
    """
    from alliance.actions import restoring

    done = restoring.restore(backup, folder, datetime.now(UTC), keyring, _watch)
    made = done.manifest.made_at
    click.echo(f"Put back: the backup of {made:%A} {made.day} {made:%B %Y, %H:%M} UTC.")
    if done.erased:
        click.echo(f"Erased again, as they had been: {done.erased}.")
    if done.aside:
        click.echo(f"What stood there before is in {done.aside}. Remove it once you are sure.")
    if done.gap_until:
        click.echo(
            "This is not one of the two newest backups. What was received between it and "
            f"{done.gap_until:%d %B, %H:%M} UTC is in later ones only.",
            err=True,
        )
    tell(done.replayed)
    click.echo(
        f"Answers there now: {done.responses}. Look it over with “alliance doctor {folder}”, then serve it."
    )


@click.command()
@FOLDER
@click.option(
    "--from",
    "spool",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The spool's folder.  [default: as clinic.toml says]",
)
def replay(folder: Path, spool: Path | None) -> None:
    """Put back from the spool whatever the database does not have.

    “alliance restore” does this by itself. Once more, or when there is nothing to put back, it changes nothing.
    """
    from alliance.actions import replaying
    from alliance.actions.clinic import opened
    from alliance.storage import erased

    with opened(folder) as clinic:
        where = spool or clinic.config.spool_folder
        gone = erased.read([folder, where])
        tell(replaying.replay(clinic, where, gone, datetime.now(UTC), _watch))


def _watch(segments: Sequence[Path]) -> Iterable[Path]:
    return watched(segments, "Replaying")


def tell(done: Replayed) -> None:
    """Say what came of it; what could not be put back is an error."""
    from alliance.domain.wording import count

    click.echo(f"Put back from the spool: {done.back}. There already: {done.there}.")
    if done.aside:
        click.echo(f"Kept aside, as other answers count: {done.aside}.")
    if done.erased:
        click.echo(f"Left out, of patients who were erased: {done.erased}.")
    for sentence in done.why:
        click.echo(f"Could not be put back: {sentence}.", err=True)
    if done.damaged:
        click.echo(f"Damaged in the spool: {count(done.damaged, 'record')}.", err=True)
    if done.lost or done.damaged:
        raise click.ClickException("Not everything could be put back. The spool keeps what it has.")

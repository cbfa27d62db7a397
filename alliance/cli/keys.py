"""`alliance rotate-keys` and `recovery-key`: new keys, and a way back when they are lost."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from alliance.cli.arguments import FOLDER

PAPER = """This is the recovery key of the clinic in {folder}. It is shown this once.
Print it or write it down, twice, and keep it away from the machine and from its backups:

  {key}

Made on {day}. Whoever has it and the file keyring.sealed, which lies beside every backup, has all keys of the
clinic. A recovery key from before opens only copies from before."""


@click.command("rotate-keys")
@FOLDER
@click.option(
    "--forget-old", is_flag=True, help="Afterwards take keys that nothing needs out of the key ring."
)
def rotate_keys(folder: Path, forget_old: bool) -> None:
    """Bring a new key into use in DIR and seal everything anew with it.

    The server may go on serving. Run again after it was interrupted, it goes on where it ended. Keys from before stay
    in the key ring for backups and spool, until they are forgotten.
    """
    from alliance.actions import rotating
    from alliance.actions.clinic import opened
    from alliance.domain.wording import count

    with opened(folder) as clinic:
        done = rotating.rotate(clinic, datetime.now(UTC), _watched)
        begun = "Went on with the key" if done.resumed else "The key in use is now"
        click.echo(f"{begun} {done.key}. Sealed anew: {count(done.done, 'value')}.")
        for sentence in done.broken:
            click.echo(f"Not sealed anew: {sentence}", err=True)
        if forget_old and not done.broken:
            gone = rotating.forget(clinic, datetime.now(UTC))
            click.echo(f"Forgotten: {', '.join(gone) or 'none'}.")
    sys.exit(1 if done.broken else 0)


def _watched(batches: Iterator[int], what: str, total: int) -> Iterator[int]:
    """Shows how far it is: by how many values each batch has brought it further."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    with tqdm(desc=what, total=total, leave=False, unit="", disable=None) as bar:
        for done in batches:
            bar.update(done)
            yield done


@click.command("recovery-key")
@FOLDER
@click.option("--again", is_flag=True, help="Make another one in place of the one that was made.")
@click.option("--restore", is_flag=True, help="Make keyring.json anew from the key on paper.")
@click.option(
    "--sealed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The copy of the key ring that the paper opens.  [default: DIR/keyring.sealed]",
)
def recovery_key(folder: Path, again: bool, restore: bool, sealed: Path | None) -> None:
    """Make a key for paper that brings the key ring of DIR back when it is lost.

    With --restore, ask for what is on the paper and write keyring.json. A key ring that is there is left alone.
    """
    if restore:
        _restore(folder, sealed)
        return
    from alliance.actions import rotating
    from alliance.actions.clinic import opened

    with opened(folder) as clinic:
        if clinic.keyring.keys.recovery is not None and not again:
            raise click.ClickException(
                "There is a recovery key already. If its paper is lost, make another with --again."
            )
        key = rotating.make_recovery_key(clinic, datetime.now(UTC))
    click.echo(PAPER.format(folder=folder, key=key, day=f"{datetime.now(UTC):%d %B %Y}"))


def _restore(folder: Path, sealed: Path | None) -> None:
    from alliance.storage import keyfile, recovery

    copy = sealed or folder / recovery.FILE
    if not copy.exists():
        raise click.ClickException(
            f"There is no {copy}. Name the one that lies beside a backup with --sealed."
        )
    paper = click.prompt("Recovery key", err=True) if sys.stdin.isatty() else sys.stdin.readline()
    keys = recovery.opened(copy.read_bytes(), paper)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keyfile.make(folder / "keyring.json", keys)
    recovery.keep(folder, keys)
    click.echo(f"The key ring is back: {folder / 'keyring.json'}. “alliance doctor” says whether it fits.")

"""`alliance send` and `alliance bounce`: mails to patients, and the reports that come back about them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.arguments import FOLDER

if TYPE_CHECKING:
    from alliance.actions.mailing import Run

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server that handed us a report then keeps it, and comes again


@click.command()
@FOLDER
def send(folder: Path) -> None:
    """Read the calendars, if any are set, and send the e-mails that are due, to patients who agreed to it.

    Run it as often as you like, by cron for instance; “alliance nightly” does it too. No mail goes out twice.
    """
    from alliance.actions import mailing
    from alliance.actions.clinic import opened
    from alliance.cli.appointments import read_all

    with opened(folder) as clinic:
        troubles = read_all(clinic)
        tell(mailing.send(clinic, lambda: datetime.now(UTC)))
    if troubles:
        raise click.ClickException(" ".join(troubles))


def tell(run: Run) -> None:
    """Say what a run came to; if it could not go to its end, that is an error."""
    from alliance.domain.wording import count
    from alliance.mail.sending import Fate

    fates = run.fates
    said = [f"Sent: {count(fates[Fate.SENT], 'e-mail')}."]
    if fates[Fate.LATER]:
        said.append(f"To be tried again: {fates[Fate.LATER]}.")
    if fates[Fate.REFUSED]:
        said.append(f"Refused by the mail server: {fates[Fate.REFUSED]}.")
    if fates[Fate.UNKNOWN]:
        said.append(f"Not known whether it was sent, and not sent again: {fates[Fate.UNKNOWN]}.")
    click.echo(" ".join(said))
    if run.trouble:
        raise click.ClickException(run.trouble)


@click.command()
@FOLDER
def bounce(folder: Path) -> None:
    """Take a returned e-mail on standard input, and note that it did not arrive.

    For an alias of the mail server: whatever comes back to mail.sender goes in here. What is no report about a
    mail of ours changes nothing.
    """
    from alliance.actions import mailing
    from alliance.actions.clinic import Unavailable, opened
    from alliance.mail.returned import LARGEST

    content = sys.stdin.buffer.read(LARGEST + 1)
    try:
        with opened(folder) as clinic:
            click.echo(mailing.bounce(clinic, content, datetime.now(UTC)))
    except Unavailable as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(TRY_AGAIN)

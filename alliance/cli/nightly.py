"""`alliance nightly`: what is done once a day, by cron or a systemd timer."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.arguments import FOLDER

if TYPE_CHECKING:
    from alliance.actions.clinic import Clinic


@click.command()
@FOLDER
def nightly(folder: Path) -> None:
    """Read calendars, erase what is due, let go what has served its end, note silences, learn, settle months, back
    up, send mail.

    Run it once a day; running it twice does no harm. The server may go on serving meanwhile.
    """
    from alliance.actions import anchoring, erasing, mailing, retaining
    from alliance.actions.clinic import opened
    from alliance.actions.faults import Fault
    from alliance.actions.learning import nightly as one_night
    from alliance.cli.appointments import read_all
    from alliance.cli.sending import tell
    from alliance.domain.clinic_data import in_words
    from alliance.domain.scale_figures import in_brief
    from alliance.domain.wording import count

    with opened(folder) as clinic:
        erased = erasing.carry_out_due(clinic, datetime.now(UTC))
        if erased:
            click.echo(f"Erased, as was asked for and confirmed: {count(erased, 'patient')}.")
        gone = sum(retaining.sweep(clinic, datetime.now(UTC)).values())
        if gone:
            click.echo(f"Let go by itself: {count(gone, 'row')}.")
        if asked := retaining.waiting(clinic, datetime.now(UTC)):
            click.echo(
                f"Therapies that ended long ago, for an administrator to decide: {count(asked, 'patient')}."
            )
        troubles = read_all(clinic)
        night = one_night(clinic, datetime.now(UTC))
        click.echo(f"Noted as unanswered: {count(night.silences, 'form')}.")
        for month in night.settled:
            click.echo(f"Settled for supervisors: {month:%B %Y}.")
        for line in (*in_words(night.fitted), *in_brief(night.scales)):
            click.echo(line)
        troubles += [] if clinic.config.demo else keep(clinic, datetime.now(UTC))
        try:
            head = anchoring.anchor(clinic, datetime.now(UTC))
            click.echo(f"Kept the end of the audit trail: line {head.sequence:,}.")
        except Fault as fault:
            troubles.append(f"{fault.sentence}.")
        for sentence in troubles:
            click.echo(f"Error: {sentence}", err=True)
        if clinic.config.mail:
            tell(mailing.send(clinic, lambda: datetime.now(UTC)))
    if troubles:
        sys.exit(1)


def keep(clinic: Clinic, now: datetime) -> list[str]:
    """Make a backup and restore it into a folder that goes again; what an administrator has to know of it all."""
    from alliance.actions import keeping, restoring
    from alliance.actions.alarms import alarms
    from alliance.actions.faults import Fault
    from alliance.storage import ballast
    from alliance.storage.backups import BackupFault
    from alliance.storage.database import DatabaseFault

    config = clinic.config
    ballast.make(config.folder)
    try:
        made = keeping.back_up(config, clinic.keyring, now)
        restoring.prove(Path(made.path), config, clinic.keyring, now)
    except (BackupFault, DatabaseFault, Fault) as fault:
        return [f"{str(fault).removesuffix('.')}."]
    click.echo(f"Backed up, and restored to try it: {made.path}.")
    return alarms(config, now)

"""`alliance nightly`: what is done once a day, by cron or a systemd timer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from alliance.cli.arguments import FOLDER


@click.command()
@FOLDER
def nightly(folder: Path) -> None:
    """Erase what is due, note silences, learn from this clinic's own past, settle closed months, send what is due.

    Run it once a day; running it twice does no harm. The server may go on serving meanwhile.
    """
    from alliance.actions import erasing, mailing
    from alliance.actions.clinic import opened
    from alliance.actions.learning import nightly as one_night
    from alliance.cli.sending import tell
    from alliance.domain.clinic_data import in_words
    from alliance.domain.scale_figures import in_brief
    from alliance.domain.wording import count

    with opened(folder) as clinic:
        erased = erasing.carry_out_due(clinic, datetime.now(UTC))
        if erased:
            click.echo(f"Erased, as was asked for and confirmed: {count(erased, 'patient')}.")
        night = one_night(clinic, datetime.now(UTC))
        click.echo(f"Noted as unanswered: {count(night.silences, 'form')}.")
        for month in night.settled:
            click.echo(f"Settled for supervisors: {month:%B %Y}.")
        for line in (*in_words(night.fitted), *in_brief(night.scales)):
            click.echo(line)
        if clinic.config.mail:
            tell(mailing.send(clinic, lambda: datetime.now(UTC)))

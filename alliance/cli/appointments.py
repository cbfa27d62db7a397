"""`alliance appointments`: sessions from therapists’ calendars."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.arguments import FOLDER

if TYPE_CHECKING:
    from alliance.actions.appointments import Read
    from alliance.actions.clinic import Clinic

# By what was done, in the order in which it is told; and what it is called in a trial.
DONE = {
    "held": "Sessions that were held, added: {}.",
    "known": "Noted by hand before, now known by the calendar too: {}.",
    "moved": "Moved to another day, before any form went out: {}.",
    "removed": "Taken away again, as nothing hung on them: {}.",
    "told": "Moved or cancelled in the calendar after something hung on them, so left; their pages say so: {}.",
    "next": "Days of next sessions, set: {}.",
    "early": "Before the first day or before the newest session, left for people to note: {}.",
}


@click.command()
@FOLDER
@click.argument("calendar", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--therapist", metavar="EMAIL", help="Whose calendar FILE is, a file or a folder of .ics files."
)
@click.option("--go", is_flag=True, help="Do it. Without this it is only told what would be done.")
def appointments(folder: Path, calendar: Path | None, therapist: str | None, go: bool) -> None:
    """Add held sessions, and the days of next ones, from a therapist’s iCalendar file.

    Without FILE, the calendars that clinic.toml names. “alliance nightly” and “alliance send” read those too. Reading
    a calendar again changes nothing. What names no patient of the therapist’s is counted, and none of it is kept.
    """
    from alliance.actions.clinic import opened

    if (calendar is None) != (therapist is None):
        raise click.UsageError("FILE and --therapist belong together.")
    with opened(folder) as clinic:
        if calendar is None and not clinic.config.appointments:
            raise click.ClickException(
                "clinic.toml names no calendar. Name a FILE and its --therapist, or add a table [appointments]."
            )
        named = {therapist: calendar} if therapist and calendar else clinic.config.appointments
        troubles = _read(clinic, named, go=go, aloud=True)
    if not go:
        click.echo("Nothing was changed. Add --go to do it.")
    if troubles:
        raise click.ClickException(" ".join(troubles))


def read_all(clinic: Clinic) -> list[str]:
    """Read every calendar that the settings name; what could not be read, in sentences."""
    return _read(clinic, clinic.config.appointments, go=True, aloud=False)


def _read(clinic: Clinic, named: Mapping[str, Path], *, go: bool, aloud: bool) -> list[str]:
    from alliance.actions import appointments as reading
    from alliance.actions.faults import Fault

    troubles = []
    for email, path in named.items():
        try:
            came = reading.read(
                clinic,
                path,
                email,
                datetime.now(UTC),
                time.monotonic,
                go=go,
                actor="command" if aloud else "system",
            )
        except Fault as fault:
            troubles.append(f"{fault.sentence}.")
            continue
        _tell(came, aloud=aloud)
    return troubles


def _tell(came: Read, *, aloud: bool) -> None:
    lines = [sentence.format(came.done[what]) for what, sentence in DONE.items() if came.done[what]]
    if aloud:
        lines += [f"Entries that name no patient: {came.unknown}."] if came.unknown else []
        lines += [f"Entries that name more than one patient, left: {came.several}."] if came.several else []
        lines += [f"Cannot be read, left: {sentence}." for sentence in came.unread]
    if lines or aloud:
        click.echo(f"Calendar of {came.therapist}. {' '.join(lines) or 'Nothing new.'}")

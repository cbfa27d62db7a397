"""`alliance init`: a new clinic."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.arguments import FOLDER, LOCAL

if TYPE_CHECKING:
    from alliance.domain.clinic import CrisisLine

CRISIS_LINE = "Whom patients can call when they are not safe, as Name=number (empty: no more)"
NEXT = """{name} is made, in {folder}. Next:

  alliance user invite {folder} --name … --email … --role admin
  alliance doctor {folder}
  alliance serve {folder}

Keep a copy of keyring.json in a safe place, away from copies of the database: without it nothing that
patients write can be read."""


@click.command()
@FOLDER
@click.option("--name", help="The name that patients know the clinic by.")
@click.option("--public-url", help="The address that browsers use, such as https://alliance.example.org.")
@click.option(
    "--crisis-line", "crisis_lines", multiple=True, metavar="NAME=NUMBER", help="Whom to call; repeatable."
)
@click.option("--front-desk", default="", help="The number of the front desk.")
@click.option("--front-desk-hours", default="", help="When somebody answers there.")
@click.option("--time-zone", default="UTC", show_default=True, help="Such as Europe/London.")
@click.option("--host", default=LOCAL, show_default=True, help="What the server listens on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
def init(
    folder: Path,
    name: str | None,
    public_url: str | None,
    crisis_lines: tuple[str, ...],
    host: str,
    port: int,
    **more: str,
) -> None:
    """Make a clinic in DIR: its settings, its keys and its database. Never overwrites one.

    At a terminal it asks for what is missing.
    """
    from alliance.actions import clinic as clinics
    from alliance.actions.administering import check_settings
    from alliance.domain.clinic import ClinicSettings

    _need_no_clinic(folder)
    name = _asked("--name", name, "The name that patients know the clinic by")
    public_url = _asked("--public-url", public_url, "The address that browsers will use (https://…)")
    if not crisis_lines and sys.stdin.isatty():
        crisis_lines = tuple(_ask_for_crisis_lines())
    lines = tuple(map(_crisis_line, crisis_lines))
    settings = ClinicSettings(
        name.strip(), lines, more["front_desk"], more["front_desk_hours"], more["time_zone"]
    )
    check_settings(settings)
    clinics.create(
        folder,
        settings_at_start=settings,
        public_url=public_url,
        host=host,
        port=port,
        now=datetime.now(UTC),
    ).close()
    click.echo(NEXT.format(name=settings.name, folder=folder))


def _need_no_clinic(folder: Path) -> None:
    for file in ("clinic.toml", "keyring.json", "clinic.db"):
        if (folder / file).exists():
            raise click.ClickException(f"There is a clinic in {folder} already; nothing was changed.")


def _asked(option: str, value: str | None, question: str) -> str:
    if value is not None:
        return value
    if not sys.stdin.isatty():
        raise click.UsageError(f"Give {option}: {question[0].lower()}{question[1:]}.")
    return str(click.prompt(question))


def _ask_for_crisis_lines() -> Iterator[str]:
    """As many as there are; an empty answer is the end."""
    while answer := click.prompt(CRISIS_LINE, default="", show_default=False):
        yield answer


def _crisis_line(text: str) -> CrisisLine:
    from alliance.domain.clinic import CrisisLine

    name, equals, number = text.partition("=")
    if not equals:
        raise click.ClickException(f"Write a crisis line as Name=number, not “{text}”.")
    return CrisisLine(name.strip(), number.strip())

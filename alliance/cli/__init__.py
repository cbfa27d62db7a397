"""The `alliance` command: results go to standard output, what went wrong to standard error, in a sentence.

The modules here import what a command needs inside that command, so that `alliance --help` is there at once.
"""

from __future__ import annotations

from typing import Any

import click

from alliance import __version__
from alliance.cli.appointments import appointments
from alliance.cli.detecting import detect
from alliance.cli.exporting import export
from alliance.cli.fhir import fhir
from alliance.cli.importing import import_
from alliance.cli.instruments import instruments
from alliance.cli.keeping import backup, replay, restore
from alliance.cli.keys import recovery_key, rotate_keys
from alliance.cli.logs import log_discreetly
from alliance.cli.making import init
from alliance.cli.nightly import nightly
from alliance.cli.proving import verify
from alliance.cli.running import demo, doctor, serve
from alliance.cli.sending import bounce, send
from alliance.cli.simulating import simulate
from alliance.cli.users import user


class OneSentence(click.Group):
    """A command group that says what went wrong instead of showing where in the code it did."""

    def invoke(self, ctx: click.Context) -> Any:
        log_discreetly()
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except Exception as error:
            if not _is_ours(error):
                raise
            raise click.ClickException(_sentence(str(error))) from error


def _is_ours(error: Exception) -> bool:
    """Whether the message of this error was written for the person at the command line."""
    from alliance.actions.faults import Fault
    from alliance.cli.server import ListenError
    from alliance.config import ConfigFault
    from alliance.exchange.ratings import RatingsFault
    from alliance.storage.backups import BackupFault
    from alliance.storage.database import DatabaseFault, StorageUnavailable
    from alliance.storage.keyring import KeyringFault
    from surveys.library import InstrumentFault

    ours = (
        *(ConfigFault, DatabaseFault, Fault, InstrumentFault, KeyringFault, ListenError, RatingsFault),
        *(BackupFault, StorageUnavailable),
    )
    return isinstance(error, ours)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


@click.group(cls=OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="alliance")
def main() -> None:
    """Brief feedback on the therapeutic relationship after every session.

    Look around in a made-up clinic with “alliance demo”; make your own with “alliance init DIR”.
    """


export.add_command(fhir)
for command in (
    demo,
    init,
    serve,
    doctor,
    user,
    instruments,
    detect,
    import_,
    simulate,
    nightly,
    backup,
    restore,
    replay,
    verify,
    rotate_keys,
    recovery_key,
    appointments,
    send,
    bounce,
    export,
):
    main.add_command(command)

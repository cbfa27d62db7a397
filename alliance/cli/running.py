"""`alliance demo`, `serve` and `doctor`: a clinic at work."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.arguments import FOLDER, LOCAL
from alliance.cli.progress import watched

if TYPE_CHECKING:
    from socket import socket

    from flask import Flask

    from alliance.cli.standing_by import StandingBy
    from alliance.config import Config
    from alliance.demo.clinic import Event

DEMO_PORT = 8642


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"Listen here; 0 is any free port.  [default: {DEMO_PORT} or any]",
)
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path), help="Keep the clinic here and use it again."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Say where it is and how to sign in as one line of JSON."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another number makes other courses.")
def demo(port: int | None, folder: Path | None, as_json: bool, seed: int) -> None:
    """Make up a clinic and serve it on this machine.

    Three therapists, a supervisor, an admin, 40 patients and 600 sessions, none of them real. Without --dir
    everything is gone when it ends.
    """
    from alliance.app import create_app
    from alliance.cli.beside import one_night
    from alliance.cli.server import run, until_told_to_end
    from alliance.demo.clinic import Address
    from alliance.demo.entrance import fresh_links, let_in
    from alliance.demo.place import standing
    from alliance.demo.telling import Ready

    with until_told_to_end(), closing(_bind_demo(port)) as bound:
        number = bound.getsockname()[1]
        address = Address(f"http://{LOCAL}:{number}", LOCAL, number)
        with (
            standing(folder, address, seed=seed, now=datetime.now(UTC), watch=_watch) as clinic,
            one_night(clinic.config.folder) as start_night,
        ):
            now = datetime.now(UTC)
            ready = Ready(address.public_url, let_in(clinic, now), fresh_links(clinic, now), folder)
            told = ready.as_json() if as_json else ready.as_text()

            def answering() -> None:
                click.echo(told)
                start_night()

            run(create_app(clinic), bound, clinic.config, ready=answering)


def _bind_demo(port: int | None) -> socket:
    """A socket at the port asked for; if none was, at the usual one or else at any that is free."""
    from alliance.cli.server import ListenError, bind

    if port is not None:
        return bind(LOCAL, port)
    try:
        return bind(LOCAL, DEMO_PORT)
    except ListenError:
        return bind(LOCAL, 0)


def _watch(events: Sequence[Event]) -> Iterable[Event]:
    return watched(events, "Making up a clinic")


@click.command()
@FOLDER
def serve(folder: Path) -> None:
    """Serve the clinic in DIR until Ctrl-C.

    Where its database is damaged, everybody is asked to come back later, until a backup has been put back.
    """
    with ExitStack() as stack:
        with _without_tidying():
            from alliance.cli.server import bind, run, until_told_to_end

            stack.enter_context(until_told_to_end())
            app, config, who, trouble = _opened(folder, stack)
        bound = stack.enter_context(closing(bind(config.host, config.port)))
        told = f"{who} is at {config.public_url}, listening at {config.host} port {config.port}."

        def answering() -> None:
            click.echo(told)
            if trouble:
                click.echo(f"Error: {trouble} Until then everybody is asked to come back later.", err=True)

        run(app, bound, config, ready=answering)


@contextmanager
def _without_tidying() -> Iterator[None]:
    """While all that a server needs is loaded, nobody looks through it for rubbish: that is a quarter of the start."""
    gc.disable()
    try:
        yield
        gc.freeze()  # it stays for good, and need not be looked through later either
    finally:
        gc.enable()


def _opened(folder: Path, stack: ExitStack) -> tuple[Flask | StandingBy, Config, str, str]:
    """What serves this clinic until the stack ends: app, settings, whose it is, and what keeps it closed."""
    from alliance.actions.clinic import open_clinic
    from alliance.app import create_app
    from alliance.cli.standing_by import StandingBy
    from alliance.config import Config
    from alliance.storage import ballast
    from alliance.storage.sqlite import DatabaseDamaged

    try:
        clinic = open_clinic(folder)
    except DatabaseDamaged as fault:
        config = Config.load(folder)
        return StandingBy(config, stack), config, "A clinic that is closed", str(fault)
    stack.callback(clinic.close)
    app = create_app(clinic)
    ballast.make(folder)
    return app, clinic.config, clinic.settings().name, ""


@click.command()
@FOLDER
def doctor(folder: Path) -> None:
    """Say what is in order with the clinic in DIR and what to look at.

    Exit code 1 if there is anything to look at.
    """
    from alliance.actions.doctor import examine

    findings = list(examine(folder, datetime.now(UTC)))
    for finding in findings:
        click.echo(f"{'ok' if finding.ok else 'look':<5} {finding.sentence}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)

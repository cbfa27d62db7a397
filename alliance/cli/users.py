"""`alliance user`: accounts, from the server’s own command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.arguments import FOLDER

if TYPE_CHECKING:
    from alliance.actions.clinic import Clinic
    from alliance.domain.people import Staff

ROLES = ("therapist", "supervisor", "admin")


@click.group()
def user() -> None:
    """Invite colleagues, list them, close accounts, take a lost second step away."""


@user.command()
@FOLDER
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="Repeatable.")
@click.option(
    "--supervisor", "supervisors", multiple=True, metavar="EMAIL", help="Of a therapist; repeatable."
)
def invite(folder: Path, name: str, email: str, roles: tuple[str, ...], supervisors: tuple[str, ...]) -> None:
    """Make an account and print the link where its owner sets a password: once, within 72 hours."""
    from alliance.actions import accounts
    from alliance.actions.clinic import opened
    from alliance.domain.people import Role

    with opened(folder) as clinic:
        token = accounts.invite(
            clinic,
            name=name,
            email=email,
            roles=map(Role, roles),
            supervised_by=[_person(clinic, supervisor).id for supervisor in supervisors],
            now=datetime.now(UTC),
            actor="command",
        )
        click.echo(f"{clinic.config.public_url}/welcome/{token}")


@user.command("invite-again")
@FOLDER
@click.argument("email")
def invite_again(folder: Path, email: str) -> None:
    """Print a new link for somebody who lost the first one, or the password."""
    from alliance.actions import accounts
    from alliance.actions.clinic import opened

    with opened(folder) as clinic:
        token = accounts.invite_again(clinic, _person(clinic, email).id, datetime.now(UTC), actor="command")
        click.echo(f"{clinic.config.public_url}/welcome/{token}")


@user.command("list")
@FOLDER
def list_users(folder: Path) -> None:
    """Everybody with an account, by name: address, name, roles, and whether they can sign in."""
    from alliance.actions import accounts
    from alliance.actions.clinic import opened

    with opened(folder) as clinic:
        for person in accounts.list_staff(clinic, actor="command"):
            state = "closed" if person.disabled else "active" if person.ready else "invited"
            click.echo("\t".join((person.email, person.name, ", ".join(sorted(person.roles)), state)))


@user.command()
@FOLDER
@click.argument("email")
def disable(folder: Path, email: str) -> None:
    """Close an account; whoever is signed in with it no longer is. What was done stays in the records."""
    from alliance.actions import accounts
    from alliance.actions.clinic import opened

    with opened(folder) as clinic:
        person = _person(clinic, email)
        accounts.disable(clinic, person.id, datetime.now(UTC), actor="command")
        click.echo(f"The account of {person.name} is closed.")


@user.command("reset-second-factor")
@FOLDER
@click.argument("email")
def reset_second_factor(folder: Path, email: str) -> None:
    """Take app, recovery codes and passkeys away from somebody who lost them: make sure, face to face, who it is.

    The password stays. For an hour a new app can be set up at the sign-in.
    """
    from alliance.actions import authenticators
    from alliance.actions.clinic import opened

    with opened(folder) as clinic:
        name = authenticators.reset(clinic, _person(clinic, email).id, datetime.now(UTC), actor="command")
        click.echo(f"Taken away. Within the next hour {name} sets up a new app when signing in.")


def _person(clinic: Clinic, email: str) -> Staff:
    from alliance.actions import accounts

    for person in accounts.list_staff(clinic, actor="command"):
        if person.email.casefold() == email.strip().casefold():
            return person
    raise click.ClickException(f"Nobody here has the address {email}.")

"""`alliance instruments`: the questionnaires."""

from __future__ import annotations

import click

from surveys.checklist import Checklist
from surveys.definition import Instrument

ASKED = {
    "session": "after a session",
    "monthly": "once a month",
    "therapist": "by the therapist",
    "checklist": "when something was off",
}


@click.group()
def instruments() -> None:
    """The questionnaires that patients can be asked."""


@instruments.command("list")
def list_instruments() -> None:
    """Every questionnaire with version, languages, licence, whether it has been validated, and when it is asked."""
    from surveys.library import shipped

    found: dict[str, list[Instrument | Checklist]] = {}
    for one in shipped().everything():
        found.setdefault(one.key, []).append(one)
    for worded in found.values():
        first = worded[0]
        languages = ", ".join(one.language for one in worded)
        validated = [one.language for one in worded if one.validated]
        state = f"validated: {', '.join(validated)}" if validated else "not validated"
        kind = "checklist" if isinstance(first, Checklist) else first.kind
        click.echo("\t".join((first.id, first.version, languages, first.licence, state, ASKED[kind])))

"""`alliance instruments`: the questionnaires."""

from __future__ import annotations

import click


@click.group()
def instruments() -> None:
    """The questionnaires that patients can be asked."""


@instruments.command("list")
def list_instruments() -> None:
    """Every questionnaire with version, languages, licence, and whether it has been validated."""
    from surveys.library import shipped

    library = shipped()
    for name in library.ids():
        for version in library.versions(name):
            languages = library.languages(name, version)
            worded = [library.get(name, version, language) for language in languages]
            validated = [one.language for one in worded if one.validated]
            state = f"validated: {', '.join(validated)}" if validated else "not validated"
            click.echo("\t".join((name, version, ", ".join(languages), worded[0].licence, state)))

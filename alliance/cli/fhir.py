"""`alliance export fhir`: what the therapists may know, as FHIR R4 resources in one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from alliance.cli.arguments import FOLDER
from alliance.cli.progress import watched


@click.command()
@FOLDER
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to be written. It must not be there yet.",
)
@click.option("--patient", "code", metavar="CODE", help="This patient alone, by code.")
def fhir(folder: Path, out: Path, code: str | None) -> None:
    """Write the answers and scores of the clinic in DIR as one FHIR R4 Bundle (JSON).

    Patients go by their code. What a patient kept from the therapist, and whatever anybody wrote, is not in it. The
    file is for its owner only, and the trail keeps that it was made.
    """
    from alliance.actions import fhir_export
    from alliance.actions.clinic import opened
    from alliance.domain.wording import count

    with opened(folder) as clinic:
        done = fhir_export.export(clinic, out, datetime.now(UTC), code=code, watch=_watch)
    click.echo(f"{out}: {count(done.resources, 'resource')} about {count(done.patients, 'patient')}.")


def _watch(patients: Sequence[int]) -> Iterable[int]:
    return watched(patients, "Writing", unit="patients")

"""`python -m tests.benchmarks`: every figure in one run, each beside what it is measured against and its goal."""

from __future__ import annotations

import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from tests.benchmarks import (
    assured,
    browser,
    busy,
    memory,
    overview,
    patient,
    rebuild,
    report,
    start,
    steps,
    trend,
    visits,
    weight,
)
from tests.benchmarks.measuring import Plan, Result

MEASURES: dict[tuple[str, ...], Callable[[Plan], Iterator[Result]]] = {
    ("P2", "P3", "P4"): patient.measure,
    ("P1",): visits.measure,
    ("P5",): busy.measure,
    ("P6",): weight.measure,
    ("P11",): trend.measure,
    ("P12",): browser.measure,
    ("P13",): steps.measure,
    ("P17",): start.measure,
    ("P16",): memory.measure,
    ("P7", "P8", "P9", "P10"): overview.measure,
    ("P14", "P15"): rebuild.measure,
}


@click.command(help=__doc__)
@click.option(
    "--only", default="", help="These alone, such as P7,P9; what is measured with them comes along."
)
@click.option(
    "--rounds", default=5, show_default=True, type=click.IntRange(2, 50), help="Rounds of each measure."
)
@click.option("--quick", is_flag=True, help="Small clinics and few rounds: shows that all of it runs.")
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Keep the large clinics here, for the next time."
)
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write every round into this file."
)
@click.option(
    "--markdown", type=click.Path(path_type=Path), help="Put the table into this file, between its marks."
)
def main(
    only: str, rounds: int, quick: bool, keep: Path | None, json_file: Path | None, markdown: Path | None
) -> None:
    wanted = {name.strip().upper() for name in only.split(",") if name.strip()}
    known = {name for names in MEASURES for name in names}
    if unknown := sorted(wanted - known):
        raise click.ClickException(
            f"There is no measure {', '.join(unknown)}; there are {', '.join(sorted(known, key=_number))}."
        )
    if quick:
        click.echo("--quick: small clinics and few rounds. These figures are not to be quoted.", err=True)
    warnings.simplefilter("ignore", ResourceWarning)
    plan = Plan(quick, rounds, kept=keep, say=lambda told: click.echo(f"  {told}", err=True))
    command = " ".join(["python -m tests.benchmarks", *_said(only, quick, rounds)])
    try:
        assurances = []
        for one in assured.assure(plan):
            assurances.append(one)
            click.echo(f"{one.what}: {'yes' if one.holds else 'NO'}", err=True)
            if not one.holds:
                raise click.ClickException(f"No figure counts: {one.what} does not hold ({one.told}).")
        results: list[Result] = []
        for names, measure in MEASURES.items():
            if wanted and not wanted & set(names):
                continue
            click.echo(f"{', '.join(names)} …", err=True)
            results += measure(plan)
    finally:
        shutil.rmtree(plan.folder, ignore_errors=True)
    click.echo(report.as_text(results, assurances))
    if json_file:
        json_file.write_text(report.as_json(results, assurances, command), encoding="utf-8")
    if markdown:
        report.into(markdown, report.as_markdown(results, assurances, command))


def _number(name: str) -> int:
    return int(name.removeprefix("P"))


def _said(only: str, quick: bool, rounds: int) -> list[str]:
    return [*([f"--only {only}"] if only else []), *(["--quick"] if quick else []), f"--rounds {rounds}"]


if __name__ == "__main__":
    sys.exit(main())

"""`alliance simulate`: how often the detector is right and wrong, on made-up courses whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from alliance.cli.progress import watched

if TYPE_CHECKING:
    from alliance.analysis.simulation.plans import Plan
    from alliance.analysis.simulation.results import Result

TABLES = ("main", "worlds", "caseload", "calibration", "histories", "defaults", "repair", "tried")
KEPT_IN = "simulation.json"


@click.command()
@click.argument("table", type=click.Choice([*TABLES, "all"]), default="main")
@click.option(
    "--seed", "seeds", type=click.IntRange(0), multiple=True, help="Repeatable.  [default: three fresh seeds]"
)
@click.option(
    "--dyads", type=click.IntRange(100), help="For each kind of rupture in the main table.  [default: 3000]"
)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Write every table as CSV here, and all of them as {KEPT_IN}.",
)
@click.option(
    "--page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all that is in --out as a page to read.",
)
@click.option(
    "--evidence",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the figures that the help pages tell, from all that is in --out.",
)
@click.option("--quick", is_flag=True, help="One seed and few dyads: to see that it runs.")
def simulate(
    table: str,
    seeds: tuple[int, ...],
    dyads: int | None,
    folder: Path | None,
    page: Path | None,
    evidence: Path | None,
    quick: bool,
) -> None:
    """The detector's own figures, from simulation and not from patients.

    TABLE is main (what each rule finds, at how many false alerts), worlds (where a clinic differs), caseload (how
    many alerts are true), calibration (what the shown number is worth), histories (how much past it takes),
    defaults (what they are worth before anything is learned), repair (whether episodes end when ruptures
    do), tried (what was tried to do better), or all.
    """
    from alliance import __version__
    from alliance.analysis.simulation.digest import evidence_json
    from alliance.analysis.simulation.report import as_page, as_text
    from alliance.analysis.simulation.results import KINDS, Result

    if page and not folder:
        raise click.UsageError("Give --out too: the page is written from the tables there.")
    if evidence and not folder:
        raise click.UsageError("Give --out too: the evidence is taken from the tables there.")
    plan = _plan(seeds, dyads, quick)
    results = {}
    for name in TABLES if table == "all" else (table,):
        rows = KINDS[name].rows(plan)
        results[name] = Result.of(__version__, plan, watched(rows, name, KINDS[name].count(plan)))
    click.echo(as_text(results), nl=False)
    if folder:
        kept = _keep(folder, results)
        if page:
            page.write_text(as_page(kept), encoding="utf-8")
        if evidence:
            try:
                evidence.write_text(evidence_json(kept), encoding="utf-8")
            except ValueError as error:
                raise click.ClickException(str(error)) from error


def _plan(seeds: tuple[int, ...], dyads: int | None, quick: bool) -> Plan:
    from alliance.analysis.simulation.plans import (
        DYADS,
        PAST_DYADS,
        QUICK_DYADS,
        QUICK_PAST_DYADS,
        SEEDS,
        Plan,
    )

    few = Plan(SEEDS[:1], QUICK_DYADS, QUICK_PAST_DYADS) if quick else Plan(SEEDS, DYADS, PAST_DYADS)
    try:
        return Plan(seeds or few.seeds, dyads or few.dyads, few.past)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _keep(folder: Path, results: dict[str, Result]) -> dict[str, Result]:
    """Write the tables; others that lie in the folder stay as they are. Returns all of them."""
    from alliance.analysis.simulation.results import KINDS, from_json, to_json

    kept = folder / KEPT_IN
    try:
        earlier = from_json(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        together = earlier | results
        ordered = {name: together[name] for name in KINDS if name in together}
        folder.mkdir(parents=True, exist_ok=True)
        for name, result in results.items():
            (folder / f"{name}.csv").write_text(result.to_csv(), encoding="utf-8")
        kept.write_text(to_json(ordered), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise click.ClickException(f"Nothing can be written to {folder}: {error}") from error
    return ordered

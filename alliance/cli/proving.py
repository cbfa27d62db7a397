"""`alliance verify`: prove that nothing was lost or changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from alliance.cli.arguments import FOLDER
from alliance.cli.progress import watched


@click.command()
@FOLDER
@click.option(
    "--anchor", "anchors", multiple=True, metavar="LINE", help="A line that was kept elsewhere; repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="Say what was found as one line of JSON.")
def verify(folder: Path, anchors: tuple[str, ...], as_json: bool) -> None:
    """Prove that everything in DIR is as it was written.

    The file, every line of the audit trail, every answer, every sealed value, what the detector keeps and every sum.
    Changes nothing; the server may go on serving. Exit code 1 if anything was found.
    """
    from alliance.actions.examining import verify_folder

    report = verify_folder(folder, anchors, watched)
    if as_json:
        told = [
            {"part": one.part, "kind": one.kind, "numbers": one.numbers, "sentence": one.sentence}
            for one in report.findings
        ]
        click.echo(
            json.dumps(
                {
                    "ok": report.ok,
                    "findings": told,
                    "notes": list(report.notes),
                    "counts": dict(report.counts),
                },
                ensure_ascii=False,
            )
        )
    else:
        for finding in report.findings:
            click.echo(finding.sentence)
        for note in report.notes:
            click.echo(f"Known: {note}")
        looked_at = ", ".join(f"{number:,} {table}" for table, number in report.counts.items())
        said = "Everything is as it was written" if report.ok else f"{len(report.findings)} findings"
        click.echo(f"{said}. Looked at: {looked_at or 'nothing'}.")
    sys.exit(0 if report.ok else 1)

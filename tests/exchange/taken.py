"""What was taken out, read back: tables as rows, and the bytes of every file."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

Rows = list[dict[str, str]]
VALIDATE = """
import json, sys
from frictionless import Package, system
with system.use_context(trusted=True):
    for path in sys.argv[1:]:
        report = Package(path).validate()
        print(json.dumps([report.valid, report.flatten(["title", "note"])]))
"""


def files(path: Path) -> dict[str, bytes]:
    """Every file of an export, by name, whether it is a folder or a ZIP."""
    if path.is_dir():
        return {one.name: one.read_bytes() for one in path.iterdir()}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tables(path: Path) -> dict[str, Rows]:
    """Every table of an export."""
    return {
        name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))
        for name, data in files(path).items()
        if name.endswith(".csv")
    }


def validated(*paths: Path) -> list[tuple[bool, list[Any]]]:
    """What the Frictionless framework says of these data packages, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", VALIDATE, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]  # type: ignore[misc]

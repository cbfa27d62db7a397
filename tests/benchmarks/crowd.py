"""Visits to a server: sending them, and counting afterwards what was stored."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from alliance.actions.clinic import Clinic
from tests.storage.rows import ROOT

CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Came:
    """What visitors say of their visits."""

    whole: int
    failed: int
    seconds: float

    @property
    def rate(self) -> float:
        """Whole ones a second."""
        return self.whole / self.seconds


def ask(port: int, path: str, times: int, connections: int = CONNECTIONS) -> Came:
    """Ask for one page so often."""
    return _visitor(str(port), str(connections), path, str(times))


def visit(port: int, tokens: Sequence[str], connections: int = CONNECTIONS) -> Came:
    """Answer over each of these links."""
    return _visitor(str(port), str(connections), "/a/{}", said="\n".join(tokens))


def _visitor(*arguments: str, said: str = "") -> Came:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.visitor", *arguments],
        cwd=ROOT, input=said, capture_output=True, text=True, check=True,
    )  # fmt: skip
    came = Came(**json.loads(done.stdout))
    if came.failed:
        raise AssertionError(f"{came.failed} of {came.whole + came.failed} requests failed: no figure counts")
    return came


def stored(clinic: Clinic) -> int:
    """How many answers count."""
    with clinic.db.read() as conn:
        return int(conn.execute("SELECT count(*) AS n FROM response").fetchone()["n"])

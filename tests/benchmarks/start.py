"""P17: from the command to the first answer of `alliance serve`, as a multiple of a process that imports Flask.

By the wall clock, in turn, with what Python keeps of compiled modules in place, as an installed package has it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import WALL, Plan, Result, calmly, lasted
from tests.benchmarks.settings import staffed
from tests.benchmarks.workers import processor_time
from tests.faults.killed import settle

ASK = b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
FLASK = (sys.executable, "-c", "import flask")


def measure(plan: Plan) -> Iterator[Result]:
    folder = plan.place("start")
    with staffed(folder) as cast:
        place = cast.clinic.config.folder
    yield from calmly(partial(starts, plan, place))


def starts(plan: Plan, place: Path) -> Sequence[Result]:
    """So many rounds after one that is not counted."""
    flasks, ratios, spents = [], [], []
    for round_ in range(plan.rounds + 1):
        began = os.times()
        flask = lasted(partial(subprocess.run, FLASK, check=True, env=_environment()))
        ended = os.times()
        flask_spent = (
            ended.children_user + ended.children_system - began.children_user - began.children_system
        )
        served, served_spent = _serve(place)
        if round_:
            flasks.append(1e3 * flask)
            ratios.append(served / flask)
            spents.append(served_spent / flask_spent)
    told = f"in processor time {sorted(spents)[len(spents) // 2]:.2f}"
    return (Result("P17", tuple(ratios), WALL, tuple(flasks), "ms", told),)


def _serve(place: Path) -> tuple[float, float]:
    """Seconds until the first answer, and of processor time by then."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settle(place, port)
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "alliance.cli", "serve", str(place)],
        stdout=subprocess.PIPE, env=_environment(),
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None and process.stdout.readline(), "it ended without a word"
            with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
                line.sendall(ASK)
                assert line.recv(64).startswith(b"HTTP/1.1 200")
            return time.perf_counter() - began, processor_time(process.pid)
        finally:
            process.terminate()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

"""gunicorn with two sync workers: the processes, what they spent, and what they hold."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.storage.rows import ROOT

WORKERS = 2
TICK = 1 / os.sysconf("SC_CLK_TCK")  # seconds
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server with workers."""

    port: int
    pid: int

    @property
    def workers(self) -> list[int]:
        told = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="utf-8")
        return [int(pid) for pid in told.split()]

    def spent(self) -> float:
        """Processor time of the workers so far, seconds."""
        return sum(processor_time(pid) for pid in self.workers)

    def held(self) -> float:
        """Memory of all its processes, each page’s share counted where several hold it (PSS), MB."""
        return sum(proportional(pid) for pid in (self.pid, *self.workers))


def processor_time(pid: int) -> float:
    """Seconds that a process has spent, the system’s on its behalf included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def proportional(pid: int) -> float:
    """Proportional set size of a process, MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError("this system does not tell the proportional set size")


@contextmanager
def gunicorn(what: str, log: Path, clinic: Path | None = None) -> Iterator[Served]:
    """Serve an application of `wsgi` with two sync workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--worker-class", "sync"),
        *("--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--no-control-socket"),
        f"tests.benchmarks.wsgi:{what}()",
    ]
    environment = {**os.environ, "ALLIANCE_FOLDER": str(clinic or "")}
    with (
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said) as process,
    ):
        try:
            _wait(port, process, log)
            served = Served(port, process.pid)
            assert len(served.workers) == WORKERS
            yield served
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
                line.sendall(b"GET /status HTTP/1.0\r\nHost: alliance.example\r\n\r\n")
                if line.recv(1):
                    return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError(f"gunicorn does not answer: {log.read_text(encoding='utf-8')}")

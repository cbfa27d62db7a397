"""The product as a real process: a made-up clinic, served, with what its one line on standard output says."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

PATIENCE = 120  # seconds until a clinic has been made up and answers, on a slow machine with company


@dataclass(frozen=True)
class Demo:
    """A running demo: its address, the sign-ins as {role, email, password}, and links to questionnaires."""

    url: str
    staff: Sequence[dict[str, str]]
    patient_links: Sequence[str]
    folder: Path
    process: subprocess.Popen[str] = field(repr=False)

    def account(self, role: str) -> dict[str, str]:
        """The first sign-in with this role, or with an e-mail address that starts like this."""
        return next(
            who for who in self.staff if role in who["role"].split(", ") or who["email"].startswith(role)
        )

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, content type and text of a page, asked for without a cookie."""
        with urlopen(Request(self.url.rstrip("/") + path), timeout=30) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()


@contextmanager
def running_demo(command: Sequence[str], folder: Path, cwd: Path | None = None) -> Iterator[Demo]:
    """Start `command demo`, wait for its line, and end it afterwards. The log is in `folder`/server.log."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    arguments = [*command, "demo", "--json", "--port", "0", "--dir", str(folder / "clinic")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=cwd, env=environment
        ) as process,
    ):
        try:
            told = json.loads(_first_line(process, log))
            yield Demo(told["url"], told["staff"], told["patient_links"], folder, process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _first_line(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ready, _, _ = select.select([process.stdout], [], [], 0.5)
        if ready:
            line = process.stdout.readline()
            assert line, f"the demo ended without a word; it had said:\n{log.read_text(encoding='utf-8')}"
            return line
    raise AssertionError(
        f"no line after {PATIENCE} seconds; the log says:\n{log.read_text(encoding='utf-8')}"
    )

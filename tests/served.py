"""A clinic as it is really served: `alliance serve` in a process of its own, as if behind a proxy with TLS."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from tests.cast import Cast, add_patient, hold
from tests.web.posting import GOOD

HOST = "127.0.0.1"
URLENCODED = "application/x-www-form-urlencoded"


@dataclass
class Served:
    """A running server, and the same clinic opened here, to make links and to look at what was kept."""

    port: int
    cast: Cast
    process: subprocess.Popen[str]
    log: Path
    codes: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))

    def links(self, number: int) -> list[str]:
        """Tokens of new links, each for a session of a patient of its own."""
        viewer, now = self.cast.viewer("jonas"), datetime.now(UTC)
        found = []
        for _ in range(number):
            dyad = add_patient(self.cast, f"Fern {next(self.codes)}", at=now)
            found.append(hold(self.cast, viewer, dyad.patient.id, now)[1])
        return found

    def resident(self) -> int:
        """Bytes of memory that the server holds."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def raw(self, sent: bytes, *, patience: float = 30.0) -> bytes:
        """What comes back for these very bytes, until the other side closes or is quiet for a second."""
        with socket.create_connection((HOST, self.port), timeout=patience) as line:
            with contextlib.suppress(OSError):  # it was refused before all of it had gone
                line.sendall(sent)
            return read(line)


def read(line: socket.socket) -> bytes:
    """All that comes over this line."""
    found = b""
    try:
        while True:
            more = line.recv(65536)
            if not more:
                return found
            found += more
            line.settimeout(1.0)
    except OSError:
        return found


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as a browser would put it. Underscores in names of headers stand for hyphens."""
    told = {"Host": "alliance.example", "Connection": "close", "Content-Length": str(len(body))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def answers(token: str, attempt: str = "the-attempt-of-one-page", **more: str) -> bytes:
    """A whole request that answers a questionnaire."""
    body = urlencode({"form": "after-session 1.0", "attempt": attempt, "audience": "both", **GOOD, **more})
    return request("POST", f"/a/{token}", body.encode(), Content_Type=URLENCODED)


def status(answer: bytes) -> int:
    """The status of an answer; 0 where there was none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


@contextmanager
def serving(cast: Cast, folder: Path, *settings: str, before: Sequence[str] = ()) -> Iterator[Served]:
    """Serve the clinic of this cast; `settings` are more lines for its clinic.toml. The log is in `folder`.

    `before` is a command that runs the server, and ends with it.
    """
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    toml = cast.clinic.config.folder / "clinic.toml"
    text = toml.read_text(encoding="utf-8").replace("port = 8080", f"port = {port}")
    text = text.replace("{port}", str(port))
    toml.write_text("\n".join([text, *settings]), encoding="utf-8")
    log = folder / "served.log"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            [*before, sys.executable, "-m", "alliance.cli", "serve", str(cast.clinic.config.folder)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            assert "listening" in process.stdout.readline(), log.read_text(encoding="utf-8")
            yield Served(port, cast, process, log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

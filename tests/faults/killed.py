"""Rounds in which the server is killed while patients send, and the account of what became of every answer."""

from __future__ import annotations

import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue

from alliance.actions.tokens import token_hash
from alliance.storage.times import stamp
from tests.actions.sending import LOW, STEADY, page
from tests.cast import Cast
from tests.faults.rounds import rounds
from tests.storage.rows import ROOT

CLIENTS = 4
A_ROUND = 150  # links that wait to be answered in a round: more than anybody gets through
A_DYAD = 3  # sessions, whose answers arrive in any order
SOONEST, LATEST = 0.02, 0.35  # seconds until the kill
SPARED = rounds(short=1, long=100)  # and so many answers before those seconds begin, at most
PATIENCE = 30.0  # seconds until a server answers, on a slow machine with company


@dataclass(frozen=True)
class Sending:
    """One page that a patient sends, the same each time it is sent again."""

    token: str
    attempt: str
    body: bytes


@dataclass
class Tally:
    """What was said to the patients, to be compared with what is kept."""

    acknowledged: list[Sending] = field(default_factory=list)
    unanswered: list[Sending] = field(default_factory=list)
    refused: int = 0
    rounds: int = 0

    def note(self, sending: Sending, status: int | None) -> None:
        if status == 303:
            self.acknowledged.append(sending)
        else:
            self.unanswered.append(sending)
            self.refused += status == 503
            assert status in (None, 503), f"a questionnaire was answered with {status}"


def sendings(cast: Cast, count: int) -> list[Sending]:
    """So many links that wait, written straight into the tables, each with the page that will be sent over it."""
    now = datetime.now(UTC)
    made = [_sending(number) for number in range(count)]
    with cast.clinic.db.in_bulk(), cast.clinic.db.write() as conn:
        first = {
            table: conn.execute(f"SELECT coalesce(max(id), 0) + 1 AS n FROM {table}").fetchone()["n"]
            for table in ("patient", "dyad", "therapy_session")
        }
        for each in range(-(-count // A_DYAD)):
            patient, dyad = first["patient"] + each, first["dyad"] + each
            conn.execute(
                "INSERT INTO patient (id, code, language, instrument, created_at) VALUES (?, ?, 'en', ?, ?)",
                (patient, f"Fern {patient:05d}", "after-session", stamp(now)),
            )
            conn.execute(
                "INSERT INTO dyad (id, patient_id, therapist_id, starts_on) VALUES (?, ?, ?, '2026-01-01')",
                (dyad, patient, cast.ids["jonas"]),
            )
        for each, sending in enumerate(made):
            session = first["therapy_session"] + each
            conn.execute(
                "INSERT INTO therapy_session (id, dyad_id, number, held_on, created_at) VALUES (?, ?, ?, ?, ?)",
                (session, first["dyad"] + each // A_DYAD, each % A_DYAD + 1, f"{now:%Y-%m-%d}", stamp(now)),
            )
            conn.execute(
                "INSERT INTO invitation (session_id, instrument, version, language, channel, token_hash, created_at,"
                " expires_at) VALUES (?, 'after-session', '1.0', 'en', 'link', ?, ?, ?)",
                (session, token_hash(sending.token), stamp(now), stamp(now + timedelta(days=3))),
            )
    return made


def _sending(number: int) -> Sending:
    attempt = secrets.token_urlsafe(16)
    answers = LOW if number % 5 == 0 else STEADY
    return Sending(
        secrets.token_urlsafe(20), attempt, page(answers, comment=f"number {number}", attempt=attempt)
    )


class Nursery:
    """Starts servers, one after the other, and tells when each has died."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port
        self.alive: int | None = None

    def start(self, folder: Path, hook: str = "none") -> int:
        """Serve the clinic in this folder; answers with the process’s id once it answers."""
        settle(folder, self.port)
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{folder}\t{hook}\n")
        self.process.stdin.flush()
        born = self.process.stdout.readline().split()
        assert born and born[0] == "born", born
        said = self.process.stdout.readline()
        assert "is at" in said, said + (folder.parent / "server.log").read_text()
        self.alive = int(born[1])
        return self.alive

    def ended(self) -> int:
        """Wait until the server is gone; the signal that killed it, or 0 if it ended by itself."""
        assert self.process.stdout
        said = self.process.stdout.readline().split()
        assert said[:1] == ["ended"], said
        self.alive = None
        return os.WTERMSIG(int(said[1]))


def settle(folder: Path, port: int) -> None:
    """Let the clinic in this folder be served on this machine only, at this port."""
    file = folder / "clinic.toml"
    file.write_text(f'public_url = "http://localhost:{port}"\nhost = "127.0.0.1"\nport = {port}\n')
    file.chmod(0o600)


@contextmanager
def open_nursery(*before: str) -> Iterator[Nursery]:
    """Where mortal servers come from. `before` is a command to run it under."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [*before, sys.executable, "-m", "tests.faults.nursery"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        nursery = Nursery(process, port)
        try:
            yield nursery
        finally:
            if nursery.alive:
                os.kill(nursery.alive, signal.SIGKILL)
            assert process.stdin
            process.stdin.close()


def send(port: int, sending: Sending) -> int | None:
    """The status with which the page was answered; None if no whole answer came."""
    line = HTTPConnection("localhost", port, timeout=PATIENCE)
    try:
        line.request(
            "POST",
            f"/a/{sending.token}",
            sending.body,
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        reply = line.getresponse()
        reply.read()
        return reply.status
    except (OSError, HTTPException):
        return None
    finally:
        line.close()


def one_round(server: Nursery, folder: Path, waiting: list[Sending], tally: Tally, hook: str = "none") -> int:
    """Send with several clients until the server is killed; the signal that did it.

    What got no whole answer in earlier rounds is sent again before anything else. What nobody came to send goes back
    to those that wait.
    """
    again, tally.unanswered = tally.unanswered, []
    queue: SimpleQueue[Sending] = SimpleQueue()
    for sending in (*again, *waiting[:A_ROUND]):
        queue.put(sending)
    del waiting[:A_ROUND]
    process = server.start(folder, hook)
    dead, due = threading.Event(), threading.Event()
    spared = len(tally.acknowledged) + random.randrange(SPARED)

    def client() -> None:
        while not dead.is_set():
            try:
                sending = queue.get_nowait()
            except Empty:
                return
            status = send(server.port, sending)
            with lock:
                tally.note(sending, status)
                if len(tally.acknowledged) >= spared:
                    due.set()

    def killer() -> None:
        due.wait(PATIENCE)
        if not dead.wait(random.uniform(SOONEST, LATEST) if at_random else PATIENCE):
            os.kill(process, signal.SIGKILL)

    lock = threading.Lock()
    at_random = hook in ("none", "reply before commit")  # with the others it dies by itself
    if not at_random or spared == len(tally.acknowledged):
        due.set()
    threads = [threading.Thread(target=act) for act in (*[client] * CLIENTS, killer)]
    for thread in threads:
        thread.start()
    killed_by = server.ended()
    dead.set()
    due.set()
    for thread in threads:
        thread.join(PATIENCE)
    while not queue.empty():
        waiting.append(queue.get())
    tally.rounds += 1
    return killed_by

"""Patients at their browsers: a process of its own that opens and sends questionnaires over a few connections.

Run as `python -m tests.benchmarks.visitor PORT CONNECTIONS PATH [TIMES]`: with TIMES it asks for PATH so often;
without, it opens PATH with each line of standard input in place of “{}”, reads the hidden fields of the form and sends
it, filled in. Says as one line of JSON how many were whole, how many failed, and how many seconds it took. A visit is
whole when the page came with 200 and the answer was taken with 303.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from collections import Counter
from queue import Empty, SimpleQueue
from urllib.parse import urlencode

HIDDEN = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]*)"')
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
FILLED = {
    **dict.fromkeys(("safe", "free", "myself", "heard", "felt", "sense", "team", "say", "useful"), "8"),
    **dict.fromkeys(("held", "hurt", "leave"), "1"),
    "talked": "no",
    "comment": "It was all right today.",
    "audience": "both",
}


class Line:
    """A connection that is kept while the server keeps it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open: socket.socket | None = None

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of one answer. Raises OSError where none came."""
        if self.open is None:
            self.open = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.open.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        told = f"{method} {path} HTTP/1.1\r\nHost: alliance.example\r\nContent-Length: {len(body)}\r\n"
        if body:
            told += "Content-Type: application/x-www-form-urlencoded\r\n"
        self.open.sendall(told.encode() + b"\r\n" + body)
        came = b""
        while b"\r\n\r\n" not in came:
            came += self._more()
        head, _, rest = came.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is None:
            raise OSError("an answer without a length")
        while len(rest) < int(length[1]):
            rest += self._more()
        if CLOSES.search(head):
            self.open.close()
            self.open = None
        return int(head.split(b" ", 2)[1]), rest

    def _more(self) -> bytes:
        assert self.open is not None
        if more := self.open.recv(65536):
            return more
        raise OSError("the server hung up")


def visit(line: Line, path: str) -> bool:
    """Open a questionnaire, fill it in, send it."""
    status, page = line.ask("GET", path)
    if status != 200:
        return False
    hidden = {name.decode(): value.decode() for name, value in HIDDEN.findall(page)}
    status, _ = line.ask("POST", path, urlencode({**hidden, **FILLED}).encode())
    return status == 303


def main(port: str, connections: str, path: str, times: str = "") -> None:
    waiting: SimpleQueue[str] = SimpleQueue()
    for token in [""] * int(times) if times else sys.stdin.read().split():
        waiting.put(path.replace("{}", token))
    came: Counter[bool] = Counter()
    lock = threading.Lock()

    def patient() -> None:
        line = Line(int(port))
        while True:
            try:
                where = waiting.get_nowait()
            except Empty:
                return
            try:
                whole = line.ask("GET", where)[0] == 200 if times else visit(line, where)
            except OSError:
                whole, line.open = False, None
            with lock:
                came[whole] += 1

    patients = [threading.Thread(target=patient) for _ in range(int(connections))]
    began = time.perf_counter()
    for each in patients:
        each.start()
    for each in patients:
        each.join()
    seconds = time.perf_counter() - began
    sys.stdout.write(json.dumps({"whole": came[True], "failed": came[False], "seconds": seconds}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

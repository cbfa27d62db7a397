"""Serving a clinic: the socket, the limits, and what may stand in a log."""

from __future__ import annotations

import logging
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

if TYPE_CHECKING:
    from flask import Flask

# Half-open connections are cheap to make; with the library's own limits a hundred of them shut everybody out.
LIMITS: dict[str, Any] = {
    "threads": 8,
    "connection_limit": 1500,
    "channel_timeout": 20,  # seconds
    "asyncore_use_poll": True,
    "max_request_body_size": 64 * 1024,  # bytes, as for the next
    "max_request_header_size": 16 * 1024,
    "clear_untrusted_proxy_headers": True,
    "ident": None,
}

TOLD_AGAIN = 5.0  # seconds within which another signal to end is the same one

SECRET_PATH = re.compile(r"(/a/|/stop/|/welcome/)[^/\s?'\"]+")


class ListenError(Exception):
    """The clinic cannot be served at its address. The message says why in a sentence."""


def bind(host: str, port: int) -> socket.socket:
    """A socket at this address; port 0 is any free one. Who comes early waits until it is served.

    Raises ListenError.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen()  # only then is the port ours alone
    except OSError as error:
        bound.close()
        reason = (error.strerror or str(error)).lower()
        raise ListenError(f"Nothing can listen at {host} port {port}: {reason}.") from error
    return bound


def run(app: Flask, bound: socket.socket, public_url: str, ready: Callable[[], None]) -> None:
    """Answer at the bound socket until the process is told to end; `ready` is called once it does answer.

    Raises ListenError if the app cannot even say that it is up.
    """
    log_discreetly()
    with app.test_client() as client:
        answer = client.get("/status", base_url=public_url)
    if answer.status_code != 200:
        raise ListenError(f"The clinic does not come up: it answers {answer.status}.")
    server = create_server(app, sockets=[bound], **LIMITS)
    try:
        ready()
        server.run()
    finally:
        server.close()


@contextmanager
def until_told_to_end() -> Iterator[None]:
    """Ends quietly on Ctrl-C and on SIGTERM. Being told again while things are put away changes nothing."""
    told = -TOLD_AGAIN

    def end(*_: object) -> None:
        nonlocal told
        if monotonic() - told >= TOLD_AGAIN:
            told = monotonic()
            raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Discreet(logging.Formatter):
    """Leaves out of every line, tracebacks included, what would open a patient’s form or a staff account."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRET_PATH.sub(r"\1…", super().format(record))


def log_discreetly() -> None:
    """Warnings and worse go to standard error, without tokens. There is no access log."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)

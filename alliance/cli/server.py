"""Serving a clinic: the socket, the limits, and whom to believe."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from flask import Flask
from waitress.server import create_server

from alliance.cli.connections import connection
from alliance.cli.crews import Crews
from alliance.cli.logs import log_discreetly

if TYPE_CHECKING:
    from alliance.cli.standing_by import StandingBy
    from alliance.config import Config

# Half-open connections are cheap to make; with the library's own limits a hundred of them shut everybody out.
LIMITS: dict[str, Any] = {
    "threads": 8,  # for staff, and as many for patients
    "connection_limit": 1500,
    "channel_timeout": 20,  # seconds
    "asyncore_use_poll": True,
    "max_request_body_size": 64 * 1024,  # bytes, as for the next
    "max_request_header_size": 16 * 1024,
    "clear_untrusted_proxy_headers": True,
    "ident": None,
}

FILES = LIMITS["connection_limit"] + 500  # open at once: sockets, the database, what is sent

TOLD_AGAIN = 5.0  # seconds within which another signal to end is the same one


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


def run(app: Flask | StandingBy, bound: socket.socket, config: Config, ready: Callable[[], None]) -> None:
    """Answer at the bound socket until the process is told to end; `ready` is called once it does answer.

    Raises ListenError if the app cannot even say that it is up.
    """
    log_discreetly()
    raise_file_limit()
    if isinstance(app, Flask):
        with app.test_client() as client:
            answer = client.get("/status", base_url=config.public_url)
        if answer.status_code != 200:
            raise ListenError(f"The clinic does not come up: it answers {answer.status}.")
    server = create_server(app, sockets=[bound], **LIMITS, **trusted(config))
    server.task_dispatcher = Crews(server.task_dispatcher, LIMITS["threads"])
    server.channel_class = connection(over_tls=config.public_url.startswith("https://"))
    try:
        ready()
        server.run()
    finally:
        server.close()


def trusted(config: Config) -> dict[str, Any]:
    """Whose word is taken for where a request came from. Of what a proxy may say, nothing else is believed."""
    if not config.proxy:
        return {}
    return {
        "trusted_proxy": config.proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for"},
    }


def raise_file_limit() -> int | None:
    """Let the process have as many sockets open as it is to serve, where it may. The limit then, if there is one."""
    try:
        import resource
    except ImportError:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= FILES:
        soft, wanted = resource.RLIM_INFINITY if soft == resource.RLIM_INFINITY else soft, FILES
    else:
        wanted = hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return None if soft == resource.RLIM_INFINITY else soft


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

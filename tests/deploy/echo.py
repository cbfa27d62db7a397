"""A server that keeps what reaches it, to see what a web server in front passes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Echo:
    """What has come, newest last: the line, the headers in lower case as pairs, and the body."""

    port: int = 0
    came: list[tuple[str, list[tuple[str, str]], bytes]] = field(default_factory=list)

    def newest(self, name: str) -> list[str]:
        """Every value that the newest request has under this name."""
        return [value for each, value in self.came[-1][1] if each == name.lower()]


@contextmanager
def echoing() -> Iterator[Echo]:
    """Listens as long as it is needed, and answers “up” to everything."""
    echo = Echo()

    class Handler(BaseHTTPRequestHandler):
        def keep(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = [(name.lower(), value) for name, value in self.headers.items()]
            echo.came.append((self.requestline, headers, body))
            self.send_response(200)
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"up\n")

        do_GET = do_POST = keep  # noqa: N815 (the names that the library calls)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        echo.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield echo
        finally:
            server.shutdown()

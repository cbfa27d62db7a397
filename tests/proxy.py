"""A line between browser and server that can be slow, or break once the server has done its part."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

NOT_PASSED_ON = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class Line:
    """A line to a server. `cut_replies` to POSTs are swallowed; every reply takes `delay` seconds longer.

    Without `cookies` no server can set any, as with a browser that refuses them.
    """

    url: str
    cut_replies: int = 0
    delay: float = 0.0
    cookies: bool = True
    posts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cuts(self, method: str) -> bool:
        """Whether the reply to this request is lost."""
        if method != "POST":
            return False
        with self._lock:
            self.posts += 1
            self.cut_replies -= 1
            return self.cut_replies >= 0


@contextmanager
def line_to(server: str) -> Iterator[Line]:
    """A line to the server at this address, as long as it is needed."""
    behind = urlsplit(server)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # one request a connection: a cut line loses nothing else

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            upstream = HTTPConnection(behind.hostname or "", behind.port, timeout=30)
            sent = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            upstream.request(self.command, self.path, body or None, sent)
            reply = upstream.getresponse()
            text = reply.read()
            upstream.close()
            time.sleep(line.delay)
            if line.cuts(self.command):
                self.close_connection = True
                return
            self.send_response_only(reply.status, reply.reason)
            for name, value in reply.getheaders():
                if name.lower() not in NOT_PASSED_ON and (line.cookies or name.lower() != "set-cookie"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = pass_on  # noqa: N815 (the names that the library calls)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        line = Line(f"http://127.0.0.1:{proxy.server_address[1]}")
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            yield line
        finally:
            proxy.shutdown()

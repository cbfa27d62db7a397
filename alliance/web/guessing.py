"""Whoever tries one link after another is told to wait. A link that is right opens all the same.

A clinic's visitors may all come from one address, so nothing but wrong links is counted, and a right one is never
refused. Where they came from is kept in memory only, as a keyed hash whose key ends with the process.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from threading import Lock
from time import monotonic

from flask import Flask, Response, request
from werkzeug.exceptions import TooManyRequests

from alliance.web import errors
from alliance.web.kiosk_cookies import Cookie, read

MOST = 30  # wrong links
WITHIN = 600.0  # seconds
MOST_SOURCES = 10_000  # above them the one that was quiet longest is forgotten
SECRET_ARGUMENTS = {"token", "ticket"}
"""How parts of an address are called that open what they name."""


class WrongLinks:
    """How many wrong links came from where, lately. `most`: how many of them one source may try."""

    def __init__(self, clock: Callable[[], float] = monotonic, most: float = MOST) -> None:
        self.most = most
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lately: OrderedDict[bytes, deque[float]] = OrderedDict()
        self._lock = Lock()

    def one_more(self, source: str) -> bool:
        """Count a wrong link from there. False where there have been too many, and then it is not counted."""
        now, where = self._clock(), blake2b(source.encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            times = self._lately.setdefault(where, deque())
            self._lately.move_to_end(where)
            while times and now - times[0] >= WITHIN:
                times.popleft()
            while len(self._lately) > MOST_SOURCES:
                self._lately.popitem(last=False)
            if len(times) >= self.most:
                return False
            times.append(now)
            return True


def install(app: Flask) -> None:
    """Watch every answer of this application."""
    counted = app.extensions["wrong_links"] = WrongLinks()

    def watch(response: Response) -> Response:
        if not is_wrong_link(response) or counted.one_more(source(request.remote_addr)):
            return response
        return errors.page_for(TooManyRequests(retry_after=int(WITHIN)))

    app.after_request(watch)


def is_wrong_link(response: Response) -> bool:
    """Whether somebody came with a secret that opens nothing here: a link's, a tablet's, or another system's."""
    if response.status_code == 401:
        return "Authorization" in request.headers and request.blueprint == "fhir"
    if response.status_code != 404:
        return False
    if SECRET_ARGUMENTS & (request.view_args or {}).keys():
        return True
    return request.blueprint == "kiosk" and read(Cookie.TABLET) is not None


def source(address: str | None) -> str:
    """Where somebody comes from. Who has one address of version 6 has as many as fit into its first half."""
    try:
        found = ip_address((address or "").strip("[]"))
    except ValueError:
        return address or ""
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped) if found.ipv4_mapped else f"{int(found) >> 64:x}/64"

"""Connections as they come from the network: what is no request, or takes for ever to become one, gets no further."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask

from alliance.web.headers import A_YEAR_OF_TLS, PATIENT_HEADERS

WHOLE_WITHIN = 60.0  # seconds for a request to arrive, the largest over the slowest line included

CODING = re.compile(rb"^transfer-encoding[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)

REFUSED = {
    413: "That was too much to send. Nothing was kept. Go back, shorten what you wrote and send it again.",
    431: "That was too much to send. Nothing was kept.",
}
UNREADABLE = "This could not be read. Nothing was kept."


class OneFraming(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request whose end can be read in one way only.

    The library goes by the chunks where a length stands beside them. A proxy that goes by the length would see
    another request begin where we see the middle of this one.
    """

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        codings = CODING.findall(header_plus)
        if not codings:
            return
        if len(codings) > 1 or codings[0].lower() != b"chunked" or self.version != "1.1":
            raise ParsingError("one coding, chunked, is understood")
        if "CONTENT_LENGTH" in self.headers:
            raise ParsingError("a length and chunks")


def connection(*, over_tls: bool, clock: Callable[[], float] = monotonic) -> type[HTTPChannel]:
    """The kind of connection the server makes; `over_tls`: browsers are told to keep to TLS."""
    headers = [*PATIENT_HEADERS, ("Cache-Control", "no-store")]
    if over_tls:
        headers.append(("Strict-Transport-Security", A_YEAR_OF_TLS))

    class Refusal(ErrorTask):  # type: ignore[misc]
        """The answer to what the application never sees. It names neither the software nor the limit."""

        def execute(self) -> None:
            error = self.request.error
            body = f"{REFUSED.get(error.code, UNREADABLE)}\n".encode()
            self.status = f"{error.code} {error.reason}"
            self.response_headers.extend([("Content-Type", "text/plain; charset=utf-8"), *headers])
            self.set_close_on_finish()
            self.content_length = len(body)
            self.write(body)

    class Patient(HTTPChannel):  # type: ignore[misc]
        """Waits for a request, but not for ever: a byte now and then would keep the library waiting."""

        parser_class = OneFraming
        error_task_class = Refusal
        began = 0.0

        def received(self, data: bytes) -> Any:
            if self.request is None:
                self.began = clock()
            result = super().received(data)
            if self.request is not None and clock() - self.began > WHOLE_WITHIN:
                self.will_close = True
            return result

    return Patient

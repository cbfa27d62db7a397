"""Proofs that only the holder of a clinic’s key ring can make: of the trail’s lines, its end, and of every answer."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence

Value = object  # what a database gives back: None, whole and real numbers, text, bytes; and lists of such

START = bytes(32)  # what stands before the first line of a trail


def _bytes(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    raise TypeError(f"a {type(value).__name__} has no canonical form")


_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_bytes).encode


def canonical(values: Sequence[Value]) -> bytes:
    """Values as bytes, so that different values never give the same ones: 1, 1.0, "1" and b"1" are four.

    JSON tells numbers, text and nothing apart, quotes whatever could end a text, and writes a real number with as many
    digits as it needs to be read back exactly (Python’s own shortest form); bytes become the one object there is.
    """
    return _encode(values).encode("ascii")


class Proofs:
    """HMAC-SHA-256 (RFC 2104) with one key for each purpose, so that a proof of one thing is none of another."""

    __slots__ = ("_anchor", "_digest", "_head", "_line")

    def __init__(self, secret: bytes) -> None:
        self._line, self._head, self._digest, self._anchor = (
            hmac.digest(secret, f"alliance proof of {what}".encode(), "sha256")
            for what in ("a line", "the last line", "a record", "an anchor")
        )

    def line(self, before: bytes, row: Sequence[Value]) -> bytes:
        """The proof of a line of the trail that stands behind the one with the proof `before`."""
        return hmac.digest(self._line, before + canonical(row), "sha256")

    def last_line(self, number: int, proof: bytes) -> bytes:
        """The proof that the line with this number and proof is the last one."""
        return hmac.digest(self._head, canonical((number, proof)), "sha256")

    def record(self, kind: str, values: Sequence[Value]) -> bytes:
        """The proof of a record of this kind with all that belongs to it."""
        return hmac.digest(self._digest, canonical((kind, values)), "sha256")

    def anchor(self, text: str) -> bytes:
        """The proof of a line that is kept outside the database."""
        return hmac.digest(self._anchor, text.encode(), "sha256")

"""Made-up files of ratings."""

from __future__ import annotations

import io

from alliance.exchange.ratings import ENCODING, RatingsFile, Row

HEADER = "dyad,session,safety,attunement,collaboration,rupture"
NAME = "ratings.csv"


def lines(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def opened(content: bytes | str) -> RatingsFile:
    raw = content.encode() if isinstance(content, str) else content
    return RatingsFile(io.TextIOWrapper(io.BytesIO(raw), encoding=ENCODING, newline=""), NAME)


def rows_of(content: bytes | str) -> list[Row]:
    return list(opened(content))

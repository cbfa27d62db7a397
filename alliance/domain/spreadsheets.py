"""Tables for spreadsheets. No cell of them is ever read as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

# Signs that make a spreadsheet calculate instead of show, their full-width forms too.
CALCULATES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: object) -> str:
    """A cell as text; an apostrophe before it, where a spreadsheet would begin to calculate."""
    text = "" if cell is None else str(cell)
    return (
        f"'{text}" if text.lstrip(" \u00a0").startswith(CALCULATES) or text.startswith(CALCULATES) else text
    )


def table(rows: Iterable[Sequence[object]]) -> str:
    """Rows as RFC 4180 has them, quoted wherever that could matter."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return out.getvalue()

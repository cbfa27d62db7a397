"""Tables for spreadsheets. No cell of them is ever read as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

# Signs that make a spreadsheet calculate instead of show, their full-width forms too.
CALCULATES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: object) -> str:
    """A cell as text; an apostrophe before it, where a spreadsheet would begin to calculate, and where it begins with
    one itself, so that whoever takes away the first apostrophe of a cell always has what stood there.
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(("'", *CALCULATES)) or text.lstrip().startswith(CALCULATES) else text


def plain(cell: str) -> str:
    """What stood in a cell before it was made safe."""
    return cell.removeprefix("'")


def table(rows: Iterable[Sequence[object]]) -> str:
    """Rows as RFC 4180 has them, quoted wherever that could matter."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return out.getvalue()

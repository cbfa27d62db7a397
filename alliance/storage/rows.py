"""Rows without their columns' names, for what there may be very much of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alliance.storage.sqlite import Connection


def plain(
    conn: Connection, query: str, values: Sequence[object] | Mapping[str, object] = ()
) -> Iterator[tuple[Any, ...]]:
    """The rows as bare tuples, one after the other."""
    cursor = conn.cursor()
    cursor.row_factory = None
    return iter(cursor.execute(query, values))

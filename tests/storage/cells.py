"""Where in a database file the rows of a table stand, byte by byte (sqlite.org/fileformat2.html, section 1.6)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

TABLE_LEAF, TABLE_INNER, INDEX_LEAF, INDEX_INNER = 13, 5, 10, 2


def of_table(conn: sqlite3.Connection, raw: bytes, table: str) -> list[range]:
    """The bytes of each row of a table; rows are short enough to stand on one page."""
    root = conn.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    return list(_under(raw, root, int.from_bytes(raw[16:18], "big")))


def _under(raw: bytes, page: int, size: int) -> Iterator[range]:
    start = (page - 1) * size
    head = start + (100 if page == 1 else 0)
    kind, cells = raw[head], int.from_bytes(raw[head + 3 : head + 5], "big")
    inner = kind in (TABLE_INNER, INDEX_INNER)
    pointers = head + (12 if inner else 8)
    for place in range(cells):
        at = start + int.from_bytes(raw[pointers + 2 * place : pointers + 2 * place + 2], "big")
        if inner:
            yield from _under(raw, int.from_bytes(raw[at : at + 4], "big"), size)
        if kind != TABLE_INNER:
            yield _cell(raw, at + (4 if inner else 0), with_key=kind == TABLE_LEAF)
    if inner:
        yield from _under(raw, int.from_bytes(raw[head + 8 : head + 12], "big"), size)


def _cell(raw: bytes, at: int, *, with_key: bool) -> range:
    length, after = _varint(raw, at)
    if with_key:
        _, after = _varint(raw, after)
    return range(at, after + length)


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        value = value << 7 | raw[at + place] & 0x7F
        if raw[at + place] < 0x80:
            return value, at + place + 1
    return value << 8 | raw[at + 8], at + 9

"""Delete a patient with everything that hangs on them, whatever tables there are: the schema itself says what.

What refers to a row by a foreign key belongs to it. So a table that is added later is reached without a word here,
as long as it says by a foreign key whose it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from alliance.storage import digests
from alliance.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: `child` refers by its `columns` to `parent`’s `targets`."""

    child: str
    columns: tuple[str, ...]
    parent: str
    targets: tuple[str, ...]


def erase_patient(conn: Connection, patient_id: int) -> dict[str, int]:
    """Delete the patient and everything that refers to them; how many rows went from which table."""
    return _erase(conn, "patient", patient_id)


def erase_dyad(conn: Connection, dyad_id: int) -> dict[str, int]:
    """Delete a dyad and everything that refers to it."""
    return _erase(conn, "dyad", dyad_id)


def references(conn: Connection) -> list[Reference]:
    """Every foreign key of the schema."""
    tables = [row["name"] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return [reference for table in tables for reference in _of_table(conn, table)]


def _of_table(conn: Connection, table: str) -> Iterator[Reference]:
    keys: dict[int, list[tuple[str, str | None, str]]] = {}
    rows = conn.execute(f"PRAGMA foreign_key_list({table})").fetchall()
    for row in sorted(rows, key=lambda row: (row["id"], row["seq"])):
        keys.setdefault(row["id"], []).append((row["from"], row["to"], row["table"]))
    for parts in keys.values():
        parent = parts[0][2]
        named = tuple(target for _, target, _ in parts if target is not None)
        targets = named or _primary_key(conn, parent)
        yield Reference(table, tuple(column for column, _, _ in parts), parent, targets)


def _primary_key(conn: Connection, table: str) -> tuple[str, ...]:
    rows = [row for row in conn.execute(f"PRAGMA table_info({table})") if row["pk"]]
    return tuple(row["name"] for row in sorted(rows, key=lambda row: row["pk"]))


def _erase(conn: Connection, table: str, row_id: int) -> dict[str, int]:
    every = references(conn)
    found = _reach(conn, every, table, row_id)
    for kind, of in (*zip(digests.KINDS, digests.KINDS, strict=True), ("aside", "invitation")):
        digests.bury(conn, kind, (int(str(key[0])) for key in found.get(of, ())))
    gone: dict[str, int] = {}
    for one in _children_first(every, found):
        keys = _primary_key(conn, one)
        cursor = conn.execute(
            f"DELETE FROM {one} WHERE ({', '.join(keys)}) IN (SELECT {_from_json(keys)} FROM json_each(?))",  # noqa: S608
            (json.dumps(sorted(found[one])),),
        )
        if cursor.rowcount:
            gone[one] = cursor.rowcount
    return gone


def _reach(
    conn: Connection, every: list[Reference], table: str, row_id: int
) -> dict[str, set[tuple[object, ...]]]:
    """By table, the primary keys of everything that refers to this row, at first or at second hand."""
    found: dict[str, set[tuple[object, ...]]] = {table: {(row_id,)}}
    waiting = [(table, found[table])]
    while waiting:
        parent, keys = waiting.pop()
        for reference in every:
            if reference.parent != parent:
                continue
            new = _referring(conn, reference, keys) - found.setdefault(reference.child, set())
            if new:
                found[reference.child] |= new
                waiting.append((reference.child, new))
    return {name: keys for name, keys in found.items() if keys}


def _referring(
    conn: Connection, reference: Reference, parents: set[tuple[object, ...]]
) -> set[tuple[object, ...]]:
    child, own = _primary_key(conn, reference.child), _primary_key(conn, reference.parent)
    joined = " AND ".join(
        f"c.{column} = p.{target}"
        for column, target in zip(reference.columns, reference.targets, strict=True)
    )
    rows = conn.execute(
        f"SELECT {', '.join(f'c.{name}' for name in child)} FROM {reference.parent} AS p"  # noqa: S608 (of the schema)
        f" JOIN {reference.child} AS c ON {joined}"
        f" WHERE ({', '.join(f'p.{name}' for name in own)}) IN (SELECT {_from_json(own)} FROM json_each(?))",
        (json.dumps(sorted(parents)),),
    )
    return {tuple(row) for row in rows}


def _from_json(keys: tuple[str, ...]) -> str:
    return ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(keys)))


def _children_first(every: list[Reference], found: Mapping[str, object]) -> list[str]:
    """The tables in an order in which nothing is left pointing nowhere."""
    before = {
        table: {one.child for one in every if one.parent == table and one.child in found} - {table}
        for table in found
    }
    return list(TopologicalSorter(before).static_order())

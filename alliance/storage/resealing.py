"""Sealing anew with the key that is active now: what is left to do stands in the values themselves.

A sealed value names its key in its first bytes. So whoever is cut off goes on by asking again, and two at once do each
other no harm.
"""

from __future__ import annotations

from alliance.storage import checks
from alliance.storage.keyring import BLOB_VERSION, Keyring, SealBroken
from alliance.storage.sealed import SEALED, Sealed
from alliance.storage.sqlite import Connection

Key = tuple[object, ...]


def left(conn: Connection, keyring: Keyring) -> dict[str, int]:
    """By column, how many values are sealed with another key than the active one; without those that have none."""
    found = {column.name: _left(conn, keyring, column) for column in SEALED}
    found["setting.value"] = int(not checks.proof_is_of(conn, keyring.active))
    return {name: number for name, number in found.items() if number}


def _left(conn: Connection, keyring: Keyring, column: Sealed) -> int:
    row = conn.execute(
        f"SELECT count(*) FROM {column.table} WHERE {_elsewhere(column)}",  # noqa: S608 (constants only)
        _begins(keyring),
    ).fetchone()
    return int(row[0])


def some(
    conn: Connection, keyring: Keyring, column: Sealed, most: int, after: Key | None
) -> tuple[Key | None, int, list[str]]:
    """Seal up to `most` values behind `after` anew: the last one’s key, how many, what could not be opened.

    None for the key when there are no more.
    """
    names = ", ".join(column.key)
    behind = f" AND ({names}) > ({', '.join('?' * len(column.key))})" if after else ""
    rows = conn.execute(
        f"SELECT {column.column}, {names} FROM {column.table} WHERE {_elsewhere(column)}{behind}"  # noqa: S608
        f" ORDER BY {names} LIMIT ?",
        (*_begins(keyring), *(after or ()), most),
    ).fetchall()
    last, done, broken = None, 0, []
    for blob, *key in map(tuple, rows):
        last = tuple(key)
        place = column.place(last)
        try:
            anew = keyring.seal(keyring.open(blob, place), place)
        except SealBroken as fault:
            broken.append(str(fault))
            continue
        where = " AND ".join(f"{name} = ?" for name in column.key)
        conn.execute(f"UPDATE {column.table} SET {column.column} = ? WHERE {where}", (anew, *last))  # noqa: S608
        done += 1
    return last, done, broken


def proof(conn: Connection, keyring: Keyring) -> None:
    """Seal the proof that this key ring belongs to this database anew."""
    conn.execute("UPDATE setting SET value = ? WHERE name = ?", (checks.proof(keyring), checks.PROOF))


def _elsewhere(column: Sealed) -> str:
    return f"{column.column} IS NOT NULL AND substr({column.column}, 1, ?) <> ?"


def _begins(keyring: Keyring) -> tuple[int, bytes]:
    key_id = keyring.active.encode()
    start = bytes((BLOB_VERSION, len(key_id))) + key_id
    return len(start), start

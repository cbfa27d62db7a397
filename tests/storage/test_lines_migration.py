"""Lines to call that were kept before they had a language are lines for everybody."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import alliance.storage

SQL = (Path(alliance.storage.__file__).parent / "schema" / "0013_administration.sql").read_text("utf-8")


def test_lines_that_were_kept_are_for_everybody() -> None:
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    for table in ("dyad", "staff"):
        conn.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
    old = '{"name":"Lime","crisis_lines":[{"name":"„Nacht“","number":"112"},{"name":"B","number":"1"}]}'
    conn.executemany("INSERT INTO setting VALUES (?, ?)", [("clinic", old), ("other", "{}")])
    conn.executescript(SQL)
    kept = dict(conn.execute("SELECT name, value FROM setting"))
    assert kept["other"] == "{}"
    more = '"language":"","country":""'
    assert kept["clinic"] == (
        f'{{"name":"Lime","crisis_lines":[{{"name":"„Nacht“","number":"112",{more}}},{{"name":"B","number":"1",{more}}}]}}'
    )

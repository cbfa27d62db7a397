"""The reference of everything that is stored: one submission in plain SQL, with nothing around it.

One transaction with a response, its ten answers, a state and a line of a trail, in a write-ahead log that is flushed at
every commit, over one connection that stays open.
"""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path
from typing import Any, cast

from alliance.storage import sqlite

SCHEMA = (
    "CREATE TABLE response (id INTEGER PRIMARY KEY, dyad INTEGER NOT NULL, at TEXT NOT NULL, total REAL NOT NULL)"
    " STRICT",
    "CREATE TABLE answer (response INTEGER NOT NULL REFERENCES response, item INTEGER NOT NULL, value INTEGER NOT NULL,"
    " PRIMARY KEY (response, item)) STRICT, WITHOUT ROWID",
    "CREATE TABLE state (dyad INTEGER PRIMARY KEY, state TEXT NOT NULL) STRICT",
    "CREATE TABLE audit (id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, whom INTEGER NOT NULL) STRICT",
)
AT, STATE = "2026-11-20T10:00:00+00:00", "[" + ", ".join(["12.345"] * 17) + "]"
DYADS, ITEMS = 1_000, 10


class Raw:
    """A database of such submissions."""

    def __init__(self, path: Path) -> None:
        connect = cast(Any, sqlite.sqlite3).connect
        self.conn = connect(path, isolation_level=None, check_same_thread=False)
        (mode,) = self.conn.execute("PRAGMA journal_mode = WAL").fetchone()
        assert mode == "wal", f"the reference needs a write-ahead log, not “{mode}”"
        for statement in ("PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON", *SCHEMA):
            self.conn.execute(statement)
        self.ids = count(1)

    def submit(self) -> None:
        """One more."""
        number = next(self.ids)
        run = self.conn.execute
        run("BEGIN IMMEDIATE")
        run("INSERT INTO response VALUES (?, ?, ?, ?)", (number, number % DYADS, AT, 80.0))
        self.conn.executemany(
            "INSERT INTO answer VALUES (?, ?, ?)", [(number, item, 7) for item in range(ITEMS)]
        )
        run(
            "INSERT INTO state VALUES (?, ?) ON CONFLICT (dyad) DO UPDATE SET state = excluded.state",
            (number % DYADS, STATE),
        )
        run("INSERT INTO audit (at, what, whom) VALUES (?, 'answer', ?)", (AT, number))
        run("COMMIT")

    def rate(self, seconds: float) -> float:
        """Submissions a second, as many as there is time for."""
        done, began = 0, time.perf_counter()
        while (now := time.perf_counter()) - began < seconds:
            self.submit()
            done += 1
        return done / (now - began)

    def close(self) -> None:
        self.conn.close()

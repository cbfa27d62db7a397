"""Every column whose values are sealed: what an examination opens, and what is sealed anew when keys change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alliance.storage.keyring import Keyring, SealBroken
from alliance.storage.rows import plain
from alliance.storage.sqlite import Connection


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column. `key`: the columns that name its row; `where`: the place it is sealed for, made of them."""

    table: str
    column: str
    key: tuple[str, ...]
    where: str

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"

    def place(self, key: tuple[object, ...]) -> str:
        """The place of one row’s value."""
        return self.where.format(*key)


SEALED = (
    Sealed("alert_step", "words", ("alert_id", "turn"), "alert_step|{}.{}|words"),
    Sealed("attempt", "body", ("id",), "attempt|{}|body"),
    Sealed("contact", "address", ("id",), "contact|{}|address"),
    Sealed("course_mark", "told", ("id",), "course_mark|{}|told"),
    Sealed("follow_up", "body", ("attempt_id",), "follow_up|{}|body"),
    Sealed("mute", "words", ("id",), "mute|{}|words"),
    Sealed("paper_entry", "body", ("invitation_id", "turn"), "paper_entry|{}.{}|body"),
    Sealed("response", "comment", ("id",), "response|{}|comment"),
    Sealed("share", "question", ("id",), "share|{}|question"),
    Sealed("totp", "secret", ("id",), "totp|{}|secret"),
)


def count(conn: Connection, column: Sealed) -> int:
    """How many values a column holds."""
    row = conn.execute(f"SELECT count({column.column}) FROM {column.table}").fetchone()  # noqa: S608 (constants only)
    return int(row[0])


def broken(conn: Connection, keyring: Keyring, column: Sealed) -> Iterator[str]:
    """A sentence for each value of a column that does not open in its place."""
    rows = plain(
        conn,
        f"SELECT {column.column}, {', '.join(column.key)} FROM {column.table}"  # noqa: S608 (constants only)
        f" WHERE {column.column} IS NOT NULL",
    )
    for blob, *key in rows:
        try:
            keyring.open(blob, column.place(tuple(key)))
        except SealBroken as fault:
            yield str(fault)

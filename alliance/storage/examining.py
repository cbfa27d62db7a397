"""A database file examined in all its parts, each by itself, so that damage in one does not hide the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alliance.domain.audit import Head
from alliance.domain.verifying import Finding, Part
from alliance.storage import chain_check, checks, digest_check, digests, migrations, sealed, sqlite
from alliance.storage.keyring import Keyring
from alliance.storage.records import Kind
from alliance.storage.sqlite import Connection, DatabaseFault

Watch = Callable[[Iterator[Any], str, int], Iterator[Any]]
PROVED = {("response", "comment"), ("follow_up", "body")}  # opened with the record that they belong to
COUNTED = (
    "patient",
    "dyad",
    "therapy_session",
    "response",
    "answer",
    "score",
    "attempt",
    "follow_up",
    "imported_session",
    "alert",
    "audit",
)


@contextmanager
def opened(database: Path) -> Iterator[Connection]:
    """One snapshot of a file, in which nothing can be changed. Raises DatabaseFault where it cannot be read at all."""
    try:
        conn = sqlite.connect_to_examine(database)
        try:
            conn.execute("BEGIN")
            yield conn
        finally:
            conn.close()
    except sqlite.Error as error:
        raise checks.fault(database, error) from error


def fit_to_serve(database: Path, keyring: Keyring) -> Iterator[Finding]:
    """Whether the file would be served: what is looked at before every start, and whether it is of this version."""
    try:
        count = checks.check(database, keyring)
    except DatabaseFault as fault:
        yield Finding("file", "refused", str(fault))
        return
    if count < len(migrations.names()):
        sentence = (
            "The database is of an older version: start the server once, which brings it up, and ask again."
        )
        yield Finding("file", "older", sentence)


def file(conn: Connection) -> Iterator[Finding]:
    """What SQLite itself finds: pages, indexes, CHECKs, types, rows that point nowhere."""
    for row in conn.execute("PRAGMA integrity_check"):
        if row[0] != "ok":
            told = " ".join(str(row[0]).split()).removeprefix("*** in database main *** ")
            yield Finding("file", "damaged", f"The file is damaged: {told}.")
    for row in conn.execute("PRAGMA foreign_key_check"):
        yield Finding(
            "file", "points nowhere", f"Row {row[1]} of {row[0]} points to one of {row[2]} that is not there."
        )


def trail(conn: Connection, keyring: Keyring, heads: Sequence[Head]) -> Iterator[Finding]:
    """Every line of the trail that is not as it was written."""
    yield from chain_check.examine(conn, keyring.proofs, heads)


def answers(conn: Connection, keyring: Keyring, watch: Watch) -> Iterator[Finding]:
    """Every answer that is not as it was acknowledged."""
    for kind in digests.KINDS:
        yield from digest_check.examine(conn, keyring, kind, _watched(conn, kind, watch))
    yield from digest_check.examine_aside(conn, keyring)


def _watched(conn: Connection, kind: Kind, watch: Watch) -> Callable[[Iterator[Any]], Iterator[Any]]:
    total = digest_check.count(conn, kind)
    return lambda rows: watch(rows, f"{digest_check.CALLED[kind]}s", total)


def seals(conn: Connection, keyring: Keyring) -> Iterator[Finding]:
    """Every sealed value that does not open in its place, but for those that are proved with an answer."""
    for column in sealed.SEALED:
        if (column.table, column.column) not in PROVED:
            for sentence in sealed.broken(conn, keyring, column):
                yield Finding("seals", "broken", sentence)


def counts(conn: Connection) -> dict[str, int]:
    """How many rows there are of what matters most."""
    return {
        table: int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 (constants only)
        for table in COUNTED
    }


def each(conn: Connection, part: Part, found: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What one part comes to. What is no text is read as it is; what cannot be read at all ends the part."""
    for text in (str, _as_it_is):
        conn.text_factory = text
        try:
            return list(found())
        except (sqlite.Error, ValueError, TypeError) as error:
            why = error
        finally:
            conn.text_factory = str
    return [Finding(part, "unreadable", f"The {part} cannot be read to the end ({why}).")]


def _as_it_is(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")

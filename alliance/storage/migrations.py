"""The schema, as an ordered set of named migrations. Each is applied once, whole, and never edited again.

The text of each is a file in `schema/`, named after it. What has been published stays as it is: a change is a new
file with the next number.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import cast

from sqlite_utils import Database, Migrations

from alliance.storage.sqlite import Connection, is_complete, memory

SCHEMA = Path(__file__).parent / "schema"
RECORD = Migrations.migrations_table  # which of them a database has had


def read(folder: Path, count: int | None = None) -> Migrations:
    """The migrations in a folder, or the first `count` of them, in the order of their names."""
    found = Migrations("alliance")
    for path in sorted(folder.glob("*.sql"))[:count]:
        add(found, path.stem, path.read_text("utf-8"))
    return found


def add(found: Migrations, name: str, script: str) -> None:
    """Put one more migration behind the others."""

    @found(name=name)
    def migrate(db: Database) -> None:
        run_script(cast(Connection, db.conn), script)


migrations = read(SCHEMA)


def run_script(conn: Connection, script: str) -> None:
    """Run the statements of a script one by one, inside the transaction that is open.

    `executescript` would commit that transaction first, and a migration that fails halfway would stay.
    """
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if is_complete(statement):
            conn.execute(statement)
            statement = ""


def names() -> tuple[str, ...]:
    """The names of all migrations in their order."""
    with closing(memory()) as conn:
        return tuple(migration.name for migration in migrations.pending(_database(conn)))


def applied(conn: Connection) -> tuple[str, ...]:
    """The names of the migrations that the database records, in the order in which they were applied."""
    return tuple(migration.name for migration in migrations.applied(_database(conn)))


def apply(conn: Connection, count: int | None = None) -> None:
    """Bring the database to the newest schema, or to that of the first `count` migrations.

    To be called inside a write transaction of a connection that has foreign keys off.
    """
    wanted = names()
    stop = wanted[count] if count is not None and count < len(wanted) else None
    migrations.apply(_database(conn), stop_before=stop)


def _database(conn: Connection) -> Database:
    # Without plugins, which could change the schema; triggers recurse on our connections anyway.
    return Database(conn, recursive_triggers=False, execute_plugins=False)

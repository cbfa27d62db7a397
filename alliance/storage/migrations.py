"""The schema, as an ordered set of named migrations. Each is applied once, whole, and never edited again.

The text of each is a file in `schema/`, named after it. What has been published stays as it is: a change is a new
file with the next number.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from alliance.storage.sqlite import Connection, has_table, is_complete

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

SCHEMA = Path(__file__).parent / "schema"
SET = "alliance"
RECORD = "_sqlite_migrations"  # where sqlite-utils keeps which of them a database has had


class Migration(NamedTuple):
    """One change of the schema: its name, and the statements that make it."""

    name: str
    script: str


def read(folder: Path, count: int | None = None) -> list[Migration]:
    """The migrations in a folder, or the first `count` of them, in the order of their names."""
    return [Migration(path.stem, path.read_text("utf-8")) for path in sorted(folder.glob("*.sql"))[:count]]


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
    return tuple(migration.name for migration in migrations)


def applied(conn: Connection) -> tuple[str, ...]:
    """The names of the migrations that the database records, in the order in which they were applied."""
    if not has_table(conn, RECORD):
        return ()
    rows = conn.execute(
        f"SELECT name FROM {RECORD} WHERE migration_set = ? ORDER BY rowid",  # noqa: S608 (a constant)
        (SET,),
    )
    return tuple(row[0] for row in rows)


def apply(conn: Connection, count: int | None = None) -> None:
    """Bring the database to the newest schema, or to that of the first `count` migrations, and record each.

    To be called inside a write transaction of a connection that has foreign keys off.
    """
    from sqlite_utils import Database  # a tenth of a second that a server need not wait for at every start

    # Without plugins, which could change the schema; triggers recurse on our connections anyway.
    _recorded(count).apply(Database(conn, recursive_triggers=False, execute_plugins=False))


def make(conn: Connection, count: int) -> None:
    """Give an empty database the schema of the first `count` migrations. Nothing is recorded."""
    for migration in migrations[:count]:
        run_script(conn, migration.script)


def _recorded(count: int | None) -> Migrations:
    """The migrations, or the first `count` of them, in the hands of what records them."""
    from sqlite_utils import Migrations

    found = Migrations(SET)
    for migration in migrations[:count]:

        @found(name=migration.name)
        def migrate(db: Database, script: str = migration.script) -> None:
            run_script(cast(Connection, db.conn), script)

    return found

"""The schema, as an ordered set of named migrations. Each is applied once, whole, and never edited again."""

from __future__ import annotations

from contextlib import closing

from sqlite_utils import Database, Migrations

from alliance.storage.schema import INITIAL, LEARNED
from alliance.storage.sqlite import Connection, is_complete, memory

migrations = Migrations("alliance")
RECORD = Migrations.migrations_table  # which of them a database has had


@migrations(name="0001_initial")
def initial(db: Database) -> None:
    """People, sessions, responses, the detector's state, alerts and the audit trail."""
    run_script(db.conn, INITIAL)


@migrations(name="0002_learned")
def learned(db: Database) -> None:
    """Priors from the clinic's own past, and what therapists said came of alerts."""
    run_script(db.conn, LEARNED)


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

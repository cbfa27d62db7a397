"""A copy of the database as it stood at one moment, made while it is in use, and looked at before it is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from alliance.storage import chain, checks, migrations, sqlite
from alliance.storage.backups import BackupFault
from alliance.storage.files import sync_file, sync_folder
from alliance.storage.keyring import Keyring


def take(source: Path, target: Path) -> None:
    """Copy the database; others go on reading and writing it. Raises DatabaseFault."""
    try:
        with closing(sqlite.connect(source, "schema")) as conn, closing(sqlite.new(target)) as copy:
            conn.backup(copy)  # in one step: what comes meanwhile is not in it, and nothing is in it by half
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite.Error as error:
        raise checks.fault(source, error) from error
    target.chmod(0o600)
    sync_file(target)


def examine(path: Path, keyring: Keyring) -> tuple[tuple[str, ...], Mapping[str, int], str]:
    """Look at every page and every reference: the changes it has had, its counts, the head of its trail.

    Raises DatabaseFault for what may not be served, and BackupFault for what a quick look does not find.
    """
    checks.check(path, keyring)
    try:
        with closing(sqlite.connect(path, "read")) as conn:
            finding = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if finding != "ok":
                raise BackupFault(f"The database is damaged ({' '.join(finding.split())}).")
            if (stray := conn.execute("PRAGMA foreign_key_check").fetchone()) is not None:
                raise BackupFault(f"The database is damaged: a row of {stray['table']} points nowhere.")
            found = counts(conn)
            head = chain.head(conn).line() if "audit_chain" in found else ""  # an older one has no chain yet
            return migrations.applied(conn), found, head
    except sqlite.Error as error:
        raise checks.fault(path, error) from error


def counts(conn: sqlite.Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = conn.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
    ).fetchall()
    return {
        row["name"]: int(conn.execute(f"SELECT count(*) FROM {row['name']}").fetchone()[0])  # noqa: S608 (of the schema)
        for row in tables
    }


def put_in_place(folder: Path, database: Path, staged: Path, aside: Path) -> None:
    """Let `staged` be the folder’s database, and put what stood there into `aside`.

    Whoever is cut off must do it again: while the mark stands, nobody opens the clinic.
    """
    mark = folder / MARK
    mark.write_text(f"{aside.name}\n", encoding="utf-8")
    sync_file(mark)
    sync_folder(folder)
    aside.mkdir(mode=0o700, exist_ok=True)
    # What belongs to the old file goes first: SQLite would apply an old log to the new file.
    for suffix in ("-wal", "-shm", "-journal", ""):
        old = database.with_name(database.name + suffix)
        if old.exists():
            old.rename(aside / old.name)
    sync_folder(aside)
    sync_folder(folder)
    staged.rename(database)
    sync_folder(folder)
    mark.unlink()
    sync_folder(folder)


MARK = "restoring"


def interrupted(folder: Path) -> bool:
    """Whether a backup was being put in place here when that was cut off."""
    return (folder / MARK).exists()

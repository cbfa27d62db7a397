"""What must hold before a database is served. Nothing here makes or changes anything."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from alliance.storage import migrations
from alliance.storage.keyring import Keyring, SealBroken, key_of
from alliance.storage.sqlite import (
    APPLICATION_ID,
    OLDEST,
    PATIENCE,
    VERSION,
    Connection,
    DatabaseDamaged,
    DatabaseFault,
    Error,
    Row,
    connect_to_examine,
    is_damage,
    is_locked,
    is_out_of_reach,
    memory,
)

RESTORE = "Restore a backup with “alliance restore”."
MAGIC = b"SQLite format 3\x00"
PROOF = "keyring"  # the setting whose value only the right key ring can open
PROOF_PLACE = f"setting|{PROOF}|value"
PROOF_TEXT = "This key ring belongs to this database."


def check(path: Path, keyring: Keyring) -> int:
    """Examine the database file at `path`; the number of migrations it has had.

    Raises DatabaseFault for a file that is missing, empty, truncated, damaged, not ours, newer than this
    version, altered, or sealed with other keys.
    """
    if VERSION < OLDEST:
        raise DatabaseFault(
            f"This Python comes with SQLite {_dotted(VERSION)}; at least {_dotted(OLDEST)} is needed. "
            "Install the package pysqlite3, or a newer Python."
        )
    _check_file(path)
    try:
        with closing(connect_to_examine(path)) as conn:
            conn.execute("BEGIN")  # one snapshot for all that follows
            _check_whole(conn, path)
            count = _check_version(conn, path)
            _check_schema(conn, path, count)
            _check_keyring(conn, path, keyring)
            return count
    except Error as error:
        raise fault(path, error) from error
    except UnicodeDecodeError as error:  # what SQLite says of damaged text may itself be none
        raise DatabaseFault(
            f"The database {path} is damaged (a name or a text in it cannot be read). {RESTORE}"
        ) from error


def proof(keyring: Keyring) -> str:
    """The value of the setting that tells later which key ring belongs to the database."""
    return json.dumps(base64.b64encode(keyring.seal(PROOF_TEXT, PROOF_PLACE)).decode())


def proof_is_of(conn: Connection, key_id: str) -> bool:
    """Whether that proof was sealed with this key."""
    row = conn.execute("SELECT value FROM setting WHERE name = ?", (PROOF,)).fetchone()
    return row is not None and key_of(base64.b64decode(json.loads(row["value"]))) == key_id


def _check_file(path: Path) -> None:
    """What the file's first 100 bytes and its length tell (sqlite.org/fileformat.html, section 1.3)."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
            size = os.fstat(file.fileno()).st_size  # after the header: another process may be adding pages
    except FileNotFoundError:
        raise DatabaseDamaged(
            f"There is no database at {path}. Make a clinic with “alliance init”, or restore a backup "
            "with “alliance restore”."
        ) from None
    except OSError as error:
        raise DatabaseFault(f"The database {path} cannot be read: {error.strerror}.") from error
    if size == 0:
        raise DatabaseDamaged(f"The database {path} is empty. {RESTORE}")
    if not header.startswith(MAGIC[:size]):
        raise DatabaseDamaged(
            f"{path} is not an SQLite database. Name the right folder, or restore a backup."
        )
    if any(_beside(path, suffix) for suffix in ("-wal", "-journal")):
        return  # after a crash; SQLite mends the file as it opens it, so its length means nothing yet
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(header[28:32], "big")
    if len(header) < 100 or size < page * pages:
        raise DatabaseDamaged(
            f"The database {path} is truncated: it holds {size} bytes instead of {page * pages}. {RESTORE}"
        )


def _beside(path: Path, suffix: str) -> bool:
    file = path.with_name(path.name + suffix)
    return file.exists() and file.stat().st_size > 0


def _check_whole(conn: Connection, path: Path) -> None:
    if conn.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise DatabaseFault(f"{path} is an SQLite database, but not one of Alliance. Name the right folder.")
    finding = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    if finding != "ok":
        where = " ".join(finding.split()).removeprefix("*** in database main *** ")
        raise DatabaseDamaged(f"The database {path} is damaged ({where}). {RESTORE}")


def _check_version(conn: Connection, path: Path) -> int:
    known, done = migrations.names(), migrations.applied(conn)
    unknown = [name for name in done if name not in known]
    if unknown:
        raise DatabaseFault(
            f"The database {path} was written by a newer version of Alliance: this one does not know "
            f"the change “{unknown[0]}”. Install that newer version, or a later one."
        )
    if done != known[: len(done)]:
        raise DatabaseDamaged(f"The database {path} was altered: its record of changes has a gap. {RESTORE}")
    return len(done)


def _check_schema(conn: Connection, path: Path, count: int) -> None:
    found, expected = _schema(conn), _expected_schema(tuple(migrations.migrations[:count]))
    for name in sorted(found.keys() | expected.keys()):
        if found.get(name) != expected.get(name):
            kind = (expected.get(name) or found[name]).split()[1].lower()
            how = (
                "is missing" if name not in found else "was added" if name not in expected else "was changed"
            )
            raise DatabaseDamaged(f"The database {path} was altered: the {kind} {name} {how}. {RESTORE}")


def _schema(conn: Connection) -> dict[str, str]:
    """The statements that make the tables, indexes, triggers and views, by name and in one spacing."""
    rows: list[Row] = conn.execute(
        "SELECT name, sql FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_' AND tbl_name <> ?",
        (migrations.RECORD,),
    ).fetchall()
    return {row["name"]: " ".join(row["sql"].split()) for row in rows}


@lru_cache(maxsize=4)
def _expected_schema(done: tuple[migrations.Migration, ...]) -> Mapping[str, str]:
    """The schema as these migrations, the first of all, make it: known from the first time, as they never change."""
    with closing(memory()) as conn:
        migrations.make(conn, len(done))
        return MappingProxyType(_schema(conn))


def _check_keyring(conn: Connection, path: Path, keyring: Keyring) -> None:
    row = conn.execute("SELECT value FROM setting WHERE name = ?", (PROOF,)).fetchone()
    if row is None:
        raise DatabaseDamaged(
            f"The database {path} was altered: its proof of the key ring is missing. {RESTORE}"
        )
    try:
        keyring.open(base64.b64decode(json.loads(row["value"])), PROOF_PLACE)
    except (SealBroken, ValueError, TypeError):
        raise DatabaseFault(
            f"The key ring is not the one of the database {path}: it cannot open what was sealed there. "
            "Put back the keyring.json that belongs to it."
        ) from None


def fault(path: Path, error: Error) -> DatabaseFault:
    """An error of SQLite while opening, as a sentence."""
    if is_locked(error):
        return DatabaseFault(
            f"The database {path} has been held by another program for {PATIENCE:.0f} seconds. "
            "End that program and start again."
        )
    if is_out_of_reach(error) and not is_damage(error):
        return DatabaseFault(
            f"The database {path} cannot be opened: {error}. Look whether the disk has space, and whether "
            "the folder and its files belong to the account that runs Alliance."
        )
    return DatabaseDamaged(f"The database {path} is damaged ({error}). {RESTORE}")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))

"""A change of the schema: all of it or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alliance.storage import checks, sqlite
from alliance.storage.keyring import Keyring
from alliance.storage.sqlite import Connection, DatabaseFault


@contextmanager
def whole_change(path: Path, keyring: Keyring) -> Iterator[Connection]:
    """A transaction that may change the schema, kept only if it leaves no row pointing nowhere."""
    why = None
    try:
        with contextlib.closing(sqlite.connect(path, "schema")) as conn:
            conn.proofs = keyring.proofs
            conn.execute("BEGIN IMMEDIATE")
            yield conn
            stray = conn.execute("PRAGMA foreign_key_check").fetchone()
            if stray is None:
                conn.execute("COMMIT")
            else:
                why = f"a row of {stray['table']} would point to one of {stray['parent']} that is not there"
    except sqlite.Error as error:
        if sqlite.is_out_of_reach(error):
            raise checks.fault(path, error) from error
        why = str(error)
    if why:
        raise DatabaseFault(
            f"The database {path} cannot be brought to this version ({why}). Nothing was changed."
        )

"""A process that is killed while it brings a database to the present schema leaves the old one, or the new one."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from alliance.storage import migrations, sqlite
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring
from tests.faults.rounds import rounds
from tests.storage.rows import contents, insert_one_of_each, python

Rows = dict[str, list[tuple[object, ...]]]

# Each line names a database, a key ring and a statement: a fork opens the database and is killed after it. With
# statement 0 it lives, and the number of statements comes back.
OPENS = """
import os, signal, sys
from pathlib import Path
from alliance.storage import sqlite
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring

class Mortal(sqlite.Connection):
    changing, done, last = False, 0, 0
    def execute(self, sql, *more):
        found = super().execute(sql, *more)
        Mortal.changing = sql == "BEGIN IMMEDIATE" or Mortal.changing
        if Mortal.changing:
            Mortal.done += 1
            if Mortal.done == Mortal.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return found

sqlite.connect.__defaults__ = (Mortal,)
for line in sys.stdin:
    path, keys, Mortal.last = (kind(part) for kind, part in zip((Path, Path, int), line.rstrip("\\n").split("\\t")))
    child = os.fork()
    if child == 0:
        Database.open(path, Keyring.load(keys)).close()
        sys.stdout.write(f"{Mortal.done}\\n")
        sys.stdout.flush()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    sys.stdout.write(f"{status}\\n")
    sys.stdout.flush()
"""


@dataclass
class Opener:
    """Opens databases in processes that may be killed."""

    process: subprocess.Popen[str]
    keys: Path

    def __call__(self, path: Path, last: int = 0) -> int:
        """Open; the number of statements if nothing was to happen, or else the signal that ended it."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{path}\t{self.keys}\t{last}\n")
        self.process.stdin.flush()
        said = int(self.process.stdout.readline())
        if last:
            return said
        assert self.process.stdout.readline() == "0\n"
        return said


@pytest.fixture
def opens(tmp_path: Path) -> Iterator[Opener]:
    Keyring.create(tmp_path / "keyring.json")
    with python(OPENS) as process:
        yield Opener(process, tmp_path / "keyring.json")
        assert process.stdin
        process.stdin.close()


def old_database(path: Path, keys: Path, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database as this version of the schema has it, with a row in every table."""
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", migrations.read(migrations.SCHEMA, version))
        db = Database.create(path, Keyring.load(keys))
        with db.write() as conn:
            insert_one_of_each(conn)
        db.close()


def kept(path: Path) -> tuple[tuple[str, ...], Rows]:
    """Which migrations a database has had, and every row of it."""
    with closing(sqlite.connect(path, "read")) as conn:
        return migrations.applied(conn), contents(conn)


@pytest.mark.control(68)
def test_a_migration_killed_after_any_statement_is_made_up_for_by_the_next_start(
    tmp_path: Path,
    opens: Opener,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    names, killed, untouched = migrations.names(), 0, 0
    for version in range(1, len(names)):
        old, whole, victim = (tmp_path / f"{version}-{name}.db" for name in ("old", "whole", "victim"))
        old_database(old, opens.keys, version, monkeypatch)
        shutil.copy(old, whole)
        statements = opens(whole)
        before, after = kept(old), kept(whole)
        assert (before[0], after[0]) == (names[:version], names)
        every = range(1, statements + 1)
        for last in sorted(random.sample(every, min(len(every), rounds(short=3, long=10_000)))):
            shutil.copy(old, victim)
            assert opens(victim, last) == signal.SIGKILL
            killed += 1
            found = kept(victim)
            assert found in (before, after), f"from {names[version - 1]}, after statement {last}"
            untouched += found == before
            opens(victim)
            assert kept(victim) == after
            for file in tmp_path.glob(f"{victim.name}*"):
                file.unlink()
    record_property(
        "figures",
        f"migration killed: {killed} times from {len(names) - 1} versions, {untouched} times nothing had changed,"
        f" {killed - untouched} times all had, and every next start completed it",
    )
    assert untouched

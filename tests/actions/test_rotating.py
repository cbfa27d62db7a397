"""New keys for old: everything opens at every moment, and whoever is cut off goes on."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from alliance.actions import clinic as clinics
from alliance.actions import keeping, rotating
from alliance.actions.clinic import Clinic
from alliance.actions.examining import verify_folder
from alliance.actions.faults import Fault
from alliance.actions.passwords import Passwords
from alliance.cli import main
from alliance.config import Config
from alliance.storage import keyfile, migrations, records, resealing, sealed, sqlite
from alliance.storage.database import Connection, Database, DatabaseFault
from alliance.storage.keyring import Keyring, KeyringFault, key_of
from tests.actions.stories import course
from tests.cast import NOW, Cast
from tests.faults.rounds import rounds
from tests.storage.rows import ROOT

KILLS = rounds(20, 200)
# Sealed, but not kept in a column: tickets, cookies and pages of half an hour; what is in files of its own; the proof.
ELSEWHERE = {
    "actions/carried.py",
    *("storage/spool.py", "storage/backups.py", "storage/checks.py"),
}


@pytest.fixture
def told(cast: Cast) -> Clinic:
    """A clinic in which some things are sealed, with the key k1."""
    course(cast, "Elm 3", [8, 8, 3], last={"comment": "Something was off."})
    course(cast, "Ash 4", [7, 2, 6, 5], last={"comment": "Only for her.", "audience": "supervisor"})
    return cast.clinic


def words(clinic: Clinic) -> list[list[object] | None]:
    """Every answer with its words open."""
    with clinic.db.read() as conn:
        return [values for _, values, _ in records.every(conn, clinic.keyring.open, "response")]


def keys_in_use(clinic: Clinic) -> set[str | None]:
    with clinic.db.read() as conn:
        return {
            key_of(row[0])
            for column in sealed.SEALED
            for row in conn.execute(
                f"SELECT {column.column} FROM {column.table} WHERE {column.column} IS NOT NULL"
            )
        }


@pytest.mark.control(47)
def test_everything_is_sealed_anew_and_reads_as_before(told: Clinic) -> None:
    before = words(told)
    assert keys_in_use(told) == {"k1"}
    done = rotating.rotate(told, NOW)
    assert (done.key, done.resumed, done.broken) == ("k2", False, [])
    assert done.done > 10
    assert keys_in_use(told) == {"k2"}
    assert words(told) == before
    assert verify_folder(told.config.folder).ok
    again = Keyring.load(told.config.keyring)
    assert (again.active, set(again.keys.sealing)) == ("k2", {"k1", "k2"})
    assert again.keys.chain_key == told.keyring.keys.chain_key
    assert rotating.rotate(told, NOW).key == "k3"


def test_a_server_goes_on_and_seals_with_the_new_key(told: Clinic, passwords: Passwords) -> None:
    """Two that have the clinic open: what the one changes, the other follows."""
    with clinics.open_clinic(told.config.folder, passwords=passwords) as server:
        rotating.rotate(told, NOW)
        assert server.keyring.active == "k1"
        assert words(server) == words(told)  # opens what it had no key for a moment ago
        with server.db.write():
            assert server.keyring.active == "k2"


def test_a_value_that_does_not_open_is_named_and_the_rest_is_done(told: Clinic) -> None:
    with told.db.write() as conn:
        conn.execute(
            "UPDATE response SET comment = substr(comment, 1, 30) WHERE comment IS NOT NULL AND id = 9"
        )
        damaged = conn.execute("SELECT changes()").fetchone()[0]
    done = rotating.rotate(told, NOW)
    assert len(done.broken) == damaged


@pytest.mark.control(47)
def test_a_key_ring_without_the_key_in_use_is_refused(told: Clinic) -> None:
    rotating.rotate(told, NOW)
    keys = told.keyring.keys
    old = keyfile.Keys("k1", {"k1": keys.sealing["k1"]}, keys.cookie_secret, keys.chain_key)
    told.close()
    with pytest.raises(DatabaseFault, match="The key ring is not the one of the database"):
        Database.open(told.config.database, Keyring.of(old))
    told.config.keyring.unlink()
    with pytest.raises(KeyringFault, match="There is no key ring"):
        clinics.open_clinic(told.config.folder)


def test_an_old_key_is_forgotten_once_nothing_needs_it(told: Clinic) -> None:
    with pytest.raises(Fault, match="The spool still needs the key k1"):
        rotating.rotate(told, NOW)
        rotating.forget(told, NOW)
    shutil.rmtree(told.config.spool_folder)
    keeping.back_up(told.config, told.keyring, NOW)
    with pytest.raises(Fault, match=r"1 backups, the last of 20 November 2026, need an older key"):
        rotating.forget(told, NOW)
    shutil.rmtree(told.config.backup_folder)
    before = words(told)
    assert rotating.forget(told, NOW) == ["k1"]
    assert set(Keyring.load(told.config.keyring).keys.sealing) == {"k2"}
    assert words(told) == before
    assert verify_folder(told.config.folder).ok
    assert rotating.forget(told, NOW) == []


class Counting(Connection):
    """Ends this process, as a power cut would, before so many statements."""

    left = -1

    def execute(self, *values: object) -> object:  # type: ignore[override]
        tick()
        return super().execute(*values)  # type: ignore[call-overload]


def tick() -> None:
    if Counting.left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    Counting.left -= 1


def rotate_until(folder: Path, passwords: Passwords, left: int) -> int:
    """In a process of its own: rotate, and be killed before statement or file number `left`; its signal."""
    child = os.fork()
    if child == 0:
        try:
            config = Config.load(folder)
            keyring = Keyring.load(config.keyring)
            db = Database.open(config.database, keyring, Counting)
            put = keyfile.put
            keyfile.put = lambda *values: (tick(), put(*values), tick())  # type: ignore[assignment]
            rotating.BATCH = 3
            Counting.left = left
            rotating.rotate(Clinic(config, keyring, db, None, passwords), NOW)  # type: ignore[arg-type]
            os._exit(0)
        except BaseException:
            os._exit(9)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)


@pytest.mark.control(47)
def test_whoever_is_killed_goes_on_and_everything_opens_at_every_moment(
    told: Clinic, passwords: Passwords, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    before, total = words(told), 130
    told.close()
    killed = 0
    for turn in range(KILLS):
        folder = tmp_path / f"turn {turn}"
        shutil.copytree(told.config.folder, folder)
        ended = rotate_until(folder, passwords, turn * total // KILLS)
        assert ended in (signal.SIGKILL, 0)
        killed += ended == signal.SIGKILL
        with clinics.open_clinic(folder, passwords=passwords) as clinic:
            assert words(clinic) == before
            half = clinic.keyring.active
            done = rotating.rotate(clinic, NOW)
            assert done.resumed == (half == "k2" and ended != 0)
            assert keys_in_use(clinic) == {clinic.keyring.active}
            assert words(clinic) == before
        report = verify_folder(folder)
        assert report.ok, report.findings
        shutil.rmtree(folder)
    told_as = f"rotation killed at {killed} points: everything readable, every rotation finished"
    record_property("figures", told_as)
    assert killed >= KILLS - 1


def blobs() -> Iterator[tuple[str, str, str]]:
    """Every column of the schema that holds bytes: table, column, how it is declared."""
    with closing(sqlite.memory()) as conn:
        migrations.apply(conn)
        tables = conn.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
        for name, statement in tables:
            for row in conn.execute(f"PRAGMA table_info({name})").fetchall():
                if row["type"] == "BLOB":
                    yield name, row["name"], statement


def test_every_column_of_bytes_is_sealed_or_a_hash_of_its_own() -> None:
    known = {(column.table, column.column) for column in sealed.SEALED}
    other = set()
    for table, column, statement in blobs():
        if (table, column) not in known and not re.search(rf"length\({column}\) = 32", statement):
            other.add(f"{table}.{column}")
    assert other == {"passkey.credential_id", "passkey.public_key"}  # public


def test_every_place_that_seals_is_known() -> None:
    """Modules that call `seal` and keep it in the database: as many calls as columns of theirs in the list."""
    calls: dict[str, int] = {}
    for path in sorted((ROOT / "alliance").rglob("*.py")):
        found = sum(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "seal"
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
        )
        if found:
            calls[str(path.relative_to(ROOT / "alliance"))] = found
    assert calls.keys() >= ELSEWHERE
    inside = {name: number for name, number in calls.items() if name not in ELSEWHERE}
    assert inside.pop("storage/resealing.py") == 1
    assert sum(inside.values()) == len(sealed.SEALED), inside


def test_every_sealed_column_is_found_and_sealed_anew(told: Clinic) -> None:
    with told.db.read() as conn:
        left = resealing.left(conn, Keyring.of(told.keyring.keys.with_new()))
    assert {"attempt.body", "response.comment", "totp.secret", "setting.value"} <= set(left)


def test_the_command(told: Clinic) -> None:
    result = CliRunner().invoke(main, ["rotate-keys", str(told.config.folder)])
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.match(r"The key in use is now k2. Sealed anew: \d+ values.", result.stdout)
    refused = CliRunner().invoke(main, ["rotate-keys", str(told.config.folder), "--forget-old"])
    assert refused.exit_code == 1
    assert "The spool still needs the key" in refused.stderr

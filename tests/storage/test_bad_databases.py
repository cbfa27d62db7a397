"""A file that must not be served is refused with a sentence, and stays as it is to the byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.storage import sqlite
from alliance.storage.database import Database, DatabaseFault
from alliance.storage.keyring import Keyring, KeyringFault
from tests.storage.rows import contents, insert_one_of_each, python

Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed clinic with a row in every table, to be copied before it is spoilt."""
    folder = tmp_path_factory.mktemp("clinic")
    db = Database.create(folder / "clinic.db", Keyring.create(folder / "keyring.json"))
    with db.write() as conn:
        insert_one_of_each(conn)
    db.close()
    return folder


@pytest.fixture
def folder(clinic: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clinic, tmp_path / "clinic"))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() if path.is_file() else b"a folder" for path in folder.iterdir()}


def refusal(folder: Path) -> str:
    """The sentence with which the clinic is refused, after seeing that no byte of it changed."""
    before = files(folder)
    with pytest.raises((DatabaseFault, KeyringFault)) as caught:
        Database.open(folder / "clinic.db", Keyring.load(folder / "keyring.json"))
    assert files(folder) == before
    return str(caught.value)


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def cut(to: int) -> Damage:
    """Leave the first `to` bytes; or all but the last ones, where it is negative."""
    return lambda path: write(path, path.read_bytes()[:to])


def patch(offset: int, value: bytes) -> Damage:
    def change(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[offset : offset + len(value)] = value
        write(path, bytes(content))

    return change


def statement(*statements: str) -> Damage:
    """What somebody with a database tool may do."""

    def change(path: Path) -> None:
        conn = sqlite.connect(path, "schema")
        for sql in statements:
            conn.execute(sql)
        conn.close()

    return change


def foreign(path: Path) -> None:
    path.unlink()
    path.touch()
    statement("CREATE TABLE bookmark (url TEXT)")(path)


def other_keys(path: Path) -> None:
    path.with_name("keyring.json").unlink()
    Keyring.create(path.with_name("keyring.json"))


LATER = (
    "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('alliance', '9999_more', '')"
)
NO_DELETE = "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT 1; END"
LOOSE_SCORE = "CREATE TABLE score (response_id INTEGER, scale TEXT, value REAL, reason TEXT)"

BAD: dict[str, tuple[Damage, str]] = {
    "missing": (Path.unlink, "There is no database at"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be read: Is a directory"),
    "empty": (cut(to=0), "is empty. Restore a backup"),
    "text": (lambda path: write(path, b"Dear colleagues,\n" * 400), "is not an SQLite database"),
    "nothing but zeros": (lambda path: write(path, bytes(180_224)), "is not an SQLite database"),
    "foreign": (foreign, "is an SQLite database, but not one of Alliance"),
    "cut in the magic": (cut(to=10), "is truncated: it holds 10 bytes"),
    "cut in the header": (cut(to=99), "is truncated: it holds 99 bytes"),
    "cut after the header": (cut(to=100), "is truncated: it holds 100 bytes"),
    "cut after a page": (cut(to=4096), "is truncated: it holds 4096 bytes instead of"),
    "cut in the middle": (cut(to=90_007), "is truncated"),
    "cut by a page": (cut(to=-4096), "is truncated"),
    "cut by a byte": (cut(to=-1), "is truncated"),
    "magic flipped": (patch(3, b"I"), "is not an SQLite database"),
    "page size flipped": (patch(16, b"\x20\x00"), "is truncated"),
    "page size impossible": (patch(16, b"\x10\x01"), "is truncated"),
    "format unknown": (patch(19, b"\x09"), "is damaged (file is not a database)"),
    "fractions flipped": (patch(21, b"\x41"), "is damaged (file is not a database)"),
    "schema format flipped": (patch(44, b"\x00\x00\x00\x99"), "is damaged (unsupported file format)"),
    "application id flipped": (patch(68, b"\x41\x4c\x4c\x48"), "but not one of Alliance"),
    "schema page overwritten": (patch(100, b"\xff" * 200), "is damaged"),
    "newer": (statement(LATER), "newer version of Alliance: this one does not know the change “9999_more”"),
    "record of changes emptied": (statement("DELETE FROM _sqlite_migrations"), "the table alert was added"),
    "trigger dropped": (statement("DROP TRIGGER audit_no_delete"), "the trigger audit_no_delete is missing"),
    "trigger changed": (
        statement("DROP TRIGGER audit_no_delete", NO_DELETE),
        "the trigger audit_no_delete was changed",
    ),
    "table dropped": (statement("DROP TABLE score"), "the table score is missing"),
    "table without checks": (statement("DROP TABLE score", LOOSE_SCORE), "the table score was changed"),
    "table added": (statement("CREATE TABLE patiennt (code TEXT)"), "the table patiennt was added"),
    "column added": (statement("ALTER TABLE patient ADD COLUMN name TEXT"), "the table patient was changed"),
    "index dropped": (statement("DROP INDEX alert_of_dyad"), "the index alert_of_dyad is missing"),
    "proof gone": (statement("DELETE FROM setting"), "its proof of the key ring is missing"),
    "proof spoilt": (
        statement("UPDATE setting SET value = '7'"),
        "The key ring is not the one of the database",
    ),
    "proof not sealed": (
        statement("UPDATE setting SET value = '\"bm90aGluZw==\"'"),
        "The key ring is not the one of the database",
    ),
    "a row that no check allows": (
        statement("PRAGMA ignore_check_constraints = ON", "UPDATE score SET value = 170"),
        "is damaged (CHECK constraint failed in score)",
    ),
    "its log not a file": (
        lambda path: path.with_name("clinic.db-wal").mkdir(),
        "cannot be opened: unable to open database file. Look whether the disk has space",
    ),
    "other keys": (other_keys, "The key ring is not the one of the database"),
    "keys missing": (lambda path: path.with_name("keyring.json").unlink(), "There is no key ring at"),
    "keys open to others": (lambda path: path.with_name("keyring.json").chmod(0o644), "“chmod 600 "),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_database_is_refused_and_left_alone(folder: Path, bad: str) -> None:
    spoil, sentence = BAD[bad]
    spoil(folder / "clinic.db")
    said = refusal(folder)
    assert sentence in said
    assert str(folder) in said
    assert said.endswith(".")


def test_a_good_database_is_opened(folder: Path) -> None:
    """Without this, all of the above could be refused for one and the same wrong reason."""
    db = Database.open(folder / "clinic.db", Keyring.load(folder / "keyring.json"))
    with db.read() as conn:
        assert contents(conn)["patient"][0][1] == "P-001"
    db.close()


def test_a_page_in_the_middle_overwritten(folder: Path) -> None:
    path = folder / "clinic.db"
    conn = sqlite.connect(path, "read")
    root = conn.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'response'").fetchone()[0]
    conn.close()
    patch(4096 * (root - 1), bytes(range(200)))(path)
    assert "is damaged (Tree " in refusal(folder)


@given(offset=st.integers(0, 99), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bit_of_the_header_is_harmless_or_noticed(
    clinic: Path, tmp_path: Path, offset: int, bit: int
) -> None:
    """Some fields count changes or are unused; then every row must be there. Otherwise nothing may change."""
    folder = Path(shutil.copytree(clinic, tmp_path / f"{offset}-{bit}", dirs_exist_ok=True))
    path, keyring = folder / "clinic.db", Keyring.load(folder / "keyring.json")
    patch(offset, bytes([path.read_bytes()[offset] ^ 1 << bit]))(path)
    before = files(folder)
    try:
        db = Database.open(path, keyring)
    except DatabaseFault:
        assert files(folder) == before
        return
    with db.read() as conn, closing(sqlite.connect(clinic / "clinic.db", "read")) as good:
        assert contents(conn) == contents(good)
    db.close()


DIES = """
import os, sys
from pathlib import Path
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring
db = Database.open(Path(sys.argv[1]), Keyring.load(Path(sys.argv[2])))
with db.write() as conn:
    conn.execute("INSERT INTO setting VALUES ('acknowledged', '1')")
os._exit(9)
"""


@pytest.fixture
def crashed(folder: Path) -> Path:
    """A clinic whose server was killed after a commit: part of it stands in the write-ahead log alone."""
    process = python(DIES, folder / "clinic.db", folder / "keyring.json")
    assert (process.communicate(timeout=60), process.returncode)[1] == 9
    assert (folder / "clinic.db-wal").stat().st_size > 0
    return folder


needs_log = pytest.mark.skipif(sqlite.safe_journal() != "wal", reason="no write-ahead log with this SQLite")


@needs_log
def test_after_a_crash_what_was_committed_is_there(crashed: Path) -> None:
    db = Database.open(crashed / "clinic.db", Keyring.load(crashed / "keyring.json"))
    with db.read() as conn:
        assert conn.execute("SELECT value FROM setting WHERE name = 'acknowledged'").fetchone()[0] == "1"
    db.close()


@needs_log
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [(other_keys, "The key ring is not the one"), (cut(to=90_000), "is damaged")],
    ids=["other keys", "truncated"],
)
def test_after_a_crash_a_bad_one_is_left_alone_too(crashed: Path, spoil: Damage, sentence: str) -> None:
    spoil(crashed / "clinic.db")
    (crashed / "clinic.db-shm").unlink(missing_ok=True)  # an index of the log, without anything of its own
    before = {name: content for name, content in files(crashed).items() if not name.endswith("-shm")}
    with pytest.raises(DatabaseFault, match=sentence):
        Database.open(crashed / "clinic.db", Keyring.load(crashed / "keyring.json"))
    assert {name: content for name, content in files(crashed).items() if not name.endswith("-shm")} == before


def test_a_file_held_by_another_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    holding = sqlite.connect(folder / "clinic.db", "schema")
    holding.execute("PRAGMA locking_mode = EXCLUSIVE")
    holding.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseFault, match=r"has been held by another program .*End that program"):
        Database.open(folder / "clinic.db", Keyring.load(folder / "keyring.json"))
    holding.close()


def test_an_sqlite_too_old_for_strict_tables(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alliance.storage.checks.VERSION", (3, 36, 0))
    assert "SQLite 3.36.0; at least 3.37.0 is needed" in refusal(folder)


def test_a_damaged_name_that_is_no_text_is_told_in_a_sentence(folder: Path) -> None:
    """SQLite repeats it in its message, which then is no text either."""
    path = folder / "clinic.db"
    at = path.read_bytes().find(b"CREATE TABLE dyad (")
    patch(at + len("CREATE TABLE dyad "), b"\xc7\xc7\xc7")(path)
    assert "is damaged" in refusal(folder)

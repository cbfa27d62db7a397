"""The schema refuses nonsense, and older databases are brought up to it whole or not at all."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database as Utilities
from sqlite_utils import Migrations

from alliance.storage import migrations, sqlite
from alliance.storage.database import Database, DatabaseFault, IntegrityError
from alliance.storage.keyring import Keyring
from tests.storage.rows import HASH, NOW, ONE_OF_EACH, contents, finish, insert, insert_one_of_each, python


def test_the_migrations_are_named_in_their_order() -> None:
    names = migrations.names()
    assert names[0] == "0001_initial"
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]


def test_a_new_database_has_had_them_all(db: Database) -> None:
    assert db.facts().migrations == migrations.names()


def test_every_table_is_strict_and_documented_by_a_row(db: Database) -> None:
    with db.read() as conn:
        tables = conn.execute("SELECT name, strict FROM pragma_table_list WHERE type = 'table'").fetchall()
    ours = {row["name"]: row["strict"] for row in tables if "sqlite" not in row["name"]}
    assert set(ours) >= set(ONE_OF_EACH) | {"setting", "supervision"}
    assert all(ours.values())


@pytest.mark.parametrize(
    ("table", "change", "why"),
    [
        ("staff", {"id": 9, "email": "MARA@clinic.example"}, "UNIQUE constraint failed: staff.email"),
        ("staff", {"id": 9, "email": "mara"}, "CHECK constraint failed"),
        ("staff", {"id": "nine", "email": "x@y"}, "datatype mismatch"),
        ("staff", {"id": 9, "email": "x@y", "name": None}, "NOT NULL constraint failed: staff.name"),
        ("staff", {"id": 9, "email": "x@y", "name": b"bytes"}, "cannot store BLOB value in TEXT column"),
        ("staff_role", {"role": "owner"}, "CHECK constraint failed"),
        ("staff_role", {"staff_id": 99}, "FOREIGN KEY constraint failed"),
        ("staff_invitation", {"id": 9, "token_hash": HASH[:31]}, "CHECK constraint failed"),
        ("staff_invitation", {"id": 9}, "UNIQUE constraint failed: staff_invitation.token_hash"),
        ("web_session", {"id_hash": "text"}, "cannot store TEXT value in BLOB column"),
        ("patient", {"id": 9, "code": "p-001"}, "UNIQUE constraint failed: patient.code"),
        ("patient", {"id": 9, "code": ""}, "CHECK constraint failed"),
        ("dyad", {"id": 9, "patient_id": 99}, "FOREIGN KEY constraint failed"),
        ("dyad", {"id": 9}, "UNIQUE constraint failed: dyad.patient_id"),
        ("therapy_session", {"id": 9, "number": 0}, "CHECK constraint failed"),
        ("therapy_session", {"id": 9}, "UNIQUE constraint failed: therapy_session.dyad_id"),
        ("invitation", {"id": 9, "channel": "post"}, "CHECK constraint failed"),
        ("attempt", {"id": "short"}, "CHECK constraint failed"),
        ("attempt", {"id": "b" * 22, "counted": 2}, "CHECK constraint failed"),
        ("response", {"id": 9}, "UNIQUE constraint failed: response."),
        ("offer", {"kind": "weekly"}, "CHECK constraint failed"),
        ("offer", {}, "UNIQUE constraint failed: offer.response_id, offer.kind"),
        ("offer", {"response_id": 99}, "FOREIGN KEY constraint failed"),
        ("follow_up", {"id": 9, "attempt_id": "g" * 22}, "UNIQUE constraint failed: follow_up.response_id"),
        ("follow_up", {"id": 9, "counted": 0}, "UNIQUE constraint failed: follow_up.attempt_id"),
        ("follow_up", {"id": 9, "attempt_id": "short"}, "CHECK constraint failed"),
        (
            "follow_up",
            {"id": 9, "attempt_id": "g" * 22, "kind": "monthly"},  # which was not offered
            "FOREIGN KEY constraint failed",
        ),
        ("follow_up_tick", {"tick": ""}, "CHECK constraint failed"),
        ("follow_up_answer", {"item": "x", "value": -1}, "CHECK constraint failed"),
        ("follow_up_score", {"scale": "x", "reason": "not answered"}, "CHECK constraint failed"),
        ("answer", {"item": "x", "value": 7.5}, "cannot store REAL value in INTEGER column"),
        ("answer", {"item": "x", "value": -1}, "CHECK constraint failed"),
        ("score", {"scale": "x", "value": 100.5}, "CHECK constraint failed"),
        ("score", {"scale": "x", "value": None}, "CHECK constraint failed"),
        ("score", {"scale": "x", "reason": "not answered"}, "CHECK constraint failed"),
        ("reading", {"number": 2, "level": "alarm"}, "CHECK constraint failed"),
        ("reading", {"number": 2, "track": "secret"}, "CHECK constraint failed"),
        ("alert", {"id": 9, "audience": "supervisor", "status": "vanished"}, "CHECK constraint failed"),
        ("alert", {"id": 9, "audience": "supervisor", "sentence": ""}, "CHECK constraint failed"),
        ("alert", {"id": 9}, "UNIQUE constraint failed: alert.session_id"),
        ("paper_form", {"invitation_id": 9, "number": "K7Q2"}, "CHECK constraint failed"),
        ("paper_form", {"invitation_id": 9}, "UNIQUE constraint failed: paper_form.number"),
        ("paper_entry", {"turn": 4}, "CHECK constraint failed"),
        ("paper_entry", {"invitation_id": 9}, "FOREIGN KEY constraint failed"),
        ("dispute", {"invitation_id": 9}, "UNIQUE constraint failed: dispute.response_id"),
        ("contact", {"id": 9}, "UNIQUE constraint failed: contact.dyad_id"),
        ("contact", {"id": 9, "address": None}, "CHECK constraint failed"),
        ("contact", {"id": 9, "ended_at": NOW, "ended_by": "link"}, "CHECK constraint failed"),
        ("contact", {"id": 9, "failed_at": NOW}, "CHECK constraint failed"),
        ("mail", {"id": 9, "message_id": "<b@c>", "stop_hash": HASH[::-1]}, "UNIQUE .*mail.session_id"),
        ("mail", {"id": 9, "kind": "reminder", "stop_hash": HASH[::-1]}, "UNIQUE .*mail.message_id"),
        ("mail", {"id": 9, "kind": "weekly"}, "CHECK constraint failed"),
        ("mail", {"id": 9, "state": "lost"}, "CHECK constraint failed"),
        ("course_month", {"month": "2025-1"}, "CHECK constraint failed"),
        ("course_month", {"month": "2025-03", "back": -1}, "CHECK constraint failed"),
        ("settled_month", {"therapist_id": 2, "patients": 4}, "CHECK constraint failed: patients >= 5"),
        ("settled_month", {"therapist_id": 2, "answers": 9}, "CHECK constraint failed: answers >= 10"),
        ("settled_year", {"therapist_id": 2, "patients": 4}, "CHECK constraint failed: patients >= 5"),
        ("audit", {"id": 9, "actor": "nobody"}, "CHECK constraint failed"),
    ],
)
def test_the_database_refuses_nonsense(db: Database, table: str, change: dict[str, object], why: str) -> None:
    with db.write() as conn:
        insert_one_of_each(conn)
    with pytest.raises(IntegrityError, match=why), db.write() as conn:
        insert(conn, table, ONE_OF_EACH[table] | change)


@pytest.mark.parametrize(
    "table", ["staff", "patient", "dyad", "therapy_session", "invitation", "attempt", "response", "contact"]
)
def test_what_others_point_to_stays(db: Database, table: str) -> None:
    with db.write() as conn:
        insert_one_of_each(conn)
    with pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"), db.write() as conn:
        conn.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET action = 'looked away'",
        "UPDATE OR REPLACE audit SET id = 2",
        "DELETE FROM audit",
        f"INSERT OR REPLACE INTO audit (id, at, actor, action) VALUES (1, '{NOW}', 'system', 'x')",
        f"REPLACE INTO audit (id, at, actor, action) VALUES (1, '{NOW}', 'system', 'x')",
    ],
)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_the_audit_trail_only_grows_even_for_a_plain_connection(
    db: Database, statement: str, recursive: str
) -> None:
    """Without the authorizer, and as another tool opens the file."""
    with closing(sqlite.connect(db.path, "schema")) as conn:
        conn.execute(f"PRAGMA recursive_triggers = {recursive}")
        insert_one_of_each(conn)
        insert(conn, "audit", ONE_OF_EACH["audit"] | {"id": None})
        before = contents(conn)["audit"]
        with pytest.raises(IntegrityError, match="the audit trail can only grow"):
            conn.execute(statement)
        assert contents(conn)["audit"] == before
        assert len(before) == 2


def test_a_script_is_run_statement_by_statement() -> None:
    script = """
      -- a comment; with a semicolon
      CREATE TABLE one (a TEXT DEFAULT 'x;y'); /* another; */ CREATE TABLE two (b TEXT);
      CREATE TRIGGER both AFTER INSERT ON one BEGIN
        INSERT INTO two VALUES ('p'); INSERT INTO two VALUES ('q');
      END;
    """
    with closing(sqlite.memory()) as conn:
        conn.execute("BEGIN")
        migrations.run_script(conn, script)
        assert conn.in_transaction
        conn.execute("INSERT INTO one DEFAULT VALUES")
        assert [tuple(row) for row in conn.execute("SELECT a FROM one UNION ALL SELECT b FROM two")] == [
            ("x;y",),
            ("p",),
            ("q",),
        ]


def extended(*more: str) -> list[migrations.Migration]:
    """The migrations as they may stand some day: the first, and others that run these scripts."""
    later = migrations.read(migrations.SCHEMA, 1)
    for number, script in enumerate(more, 2):
        later.append(migrations.Migration(f"{number:04}_trial", script))
    return later


@pytest.fixture
def old(path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[object, ...]]]:
    """The rows of a database that has had the first migration only, one or more in every table."""
    monkeypatch.setattr(migrations, "migrations", extended())
    db = Database.create(path, keyring)
    with db.write() as conn:
        insert_one_of_each(conn)
        rows = contents(conn)
    db.close()
    monkeypatch.undo()
    assert all(rows.values()), "a table of the first schema has no row in this test"
    return rows


def test_old_rows_survive_opening(
    path: Path, keyring: Keyring, old: dict[str, list[tuple[object, ...]]]
) -> None:
    db = Database.open(path, keyring)
    with db.read() as conn:
        assert migrations.applied(conn) == migrations.names()
        new = contents(conn)
    db.close()
    old["patient"] = [(*row[:4], *row[5:]) for row in old["patient"]]  # its contact was never filled
    old["alert"] = [row[:10] for row in old["alert"]]  # what came of it is in the ledger
    assert {table: [row[: len(old[table][0])] for row in new[table]] for table in old} == old


REBUILD = """
  CREATE TABLE patient_new (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, since TEXT NOT NULL) STRICT;
  INSERT INTO patient_new SELECT id, code, created_at FROM patient;
  DROP TABLE patient;
  ALTER TABLE patient_new RENAME TO patient;
"""


def test_a_table_that_others_point_to_can_be_rebuilt(
    path: Path, keyring: Keyring, old: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "migrations", extended(REBUILD))
    db = Database.open(path, keyring)
    with db.read() as conn:
        assert [tuple(row) for row in conn.execute("SELECT * FROM patient")] == [(1, "P-001", NOW)]
        assert len(contents(conn)["dyad"]) == 1
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), db.write() as conn:
        conn.execute("DELETE FROM patient")
    db.close()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (
            "CREATE TABLE extra (a TEXT); DROP TABLE nowhere;",
            r"to this version \(no such table: nowhere\). Nothing was",
        ),
        ("CREATE TABLE extra (a TEXT); DELETE FROM patient;", "a row of dyad would point to one of patient"),
    ],
)
def test_a_migration_that_fails_changes_nothing(
    path: Path, keyring: Keyring, old: object, monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", extended("CREATE TABLE first_of_two (a TEXT);", script))
        with pytest.raises(DatabaseFault, match=why):
            Database.open(path, keyring)
    assert path.read_bytes() == before
    Database.open(path, keyring).close()


def test_a_record_of_migrations_with_a_gap(
    path: Path, keyring: Keyring, old: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "migrations", extended("CREATE TABLE a (x);", "CREATE TABLE b (x);"))
    Database.open(path, keyring).close()
    with closing(sqlite.connect(path, "schema")) as conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = '0002_trial'")
    with pytest.raises(DatabaseFault, match="its record of changes has a gap"):
        Database.open(path, keyring)


OPENS = """
import json, os, sys
from pathlib import Path
from alliance.storage import migrations
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring

dies = sys.argv[3:] == ["dies"]

trial = "CREATE TABLE trial (a TEXT) STRICT; INSERT INTO trial VALUES ('once');"
migrations.migrations[1:] = [migrations.Migration("0002_trial", trial)]
run_script = migrations.run_script

def run(conn, script):
    run_script(conn, script)
    if dies and script == trial:
        os._exit(9)

migrations.run_script = run

print("ready", flush=True)
sys.stdin.readline()
db = Database.open(Path(sys.argv[1]), Keyring.load(Path(sys.argv[2])))
with db.read() as conn:
    print(json.dumps([row["a"] for row in conn.execute("SELECT a FROM trial")]))
db.close()
"""


def test_three_processes_that_migrate_at_once(path: Path, old: object) -> None:
    processes = [python(OPENS, path, path.with_name("keyring.json")) for _ in range(3)]
    for process in processes:  # all have imported what they need before any begins
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [json.loads(said) for said in finish(*processes)] == [["once"]] * 3


def test_a_process_that_dies_while_migrating(path: Path, old: dict[str, list[tuple[object, ...]]]) -> None:
    dying = python(OPENS, path, path.with_name("keyring.json"), "dies")
    dying.communicate("go\n", timeout=60)
    assert dying.returncode == 9
    with closing(sqlite.connect(path, "read")) as conn:
        assert contents(conn) == old
    again = python(OPENS, path, path.with_name("keyring.json"))
    out, errors = again.communicate("go\n", timeout=60)
    assert (out, errors, again.returncode) == ('ready\n["once"]\n', "", 0)


def test_the_record_of_migrations_is_the_librarys_own(db: Database) -> None:
    with db.read() as conn:
        applied = Migrations("alliance").applied(
            Utilities(conn, recursive_triggers=False, execute_plugins=False)
        )
    assert [migration.name for migration in applied] == list(migrations.names())

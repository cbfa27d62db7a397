"""Which SQLite is safe in which mode, and what a connection may do."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlite_utils import Database as Utilities

from alliance.storage import sqlite
from alliance.storage.database import Database
from tests.storage.rows import NOW, ROOT, contents, insert_one_of_each


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        *(
            ((3, 6, 23), False),
            ((3, 40, 1), False),
            ((3, 44, 5), False),
            ((3, 44, 6), True),
            ((3, 44, 9), True),
        ),
        *(
            ((3, 45, 0), False),
            ((3, 45, 3), False),
            ((3, 49, 2), False),
            ((3, 50, 0), False),
            ((3, 50, 6), False),
        ),
        *(
            ((3, 50, 7), True),
            ((3, 50, 8), True),
            ((3, 51, 0), False),
            ((3, 51, 1), False),
            ((3, 51, 2), False),
        ),
        *(((3, 51, 3), True), ((3, 52, 0), True), ((3, 53, 4), True), ((4, 0, 0), True)),
    ],
)
def test_only_mended_versions_get_a_write_ahead_log(version: tuple[int, ...], safe: bool) -> None:
    assert sqlite.survives_checkpoints(version) is safe
    assert sqlite.safe_journal(version) == ("wal" if safe else "delete")


def test_what_is_committed_survives_a_power_cut() -> None:
    assert sqlite.safe_synchronous("wal") == "FULL"
    assert sqlite.safe_synchronous("delete") == "EXTRA"


@pytest.mark.parametrize("use", ["read", "write", "schema"])
def test_every_connection_has_every_safeguard_on(db: Database, use: sqlite.Use) -> None:
    conn = sqlite.connect(db.path, use)
    expected = {
        "foreign_keys": 0 if use == "schema" else 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "temp_store": 2,
        "busy_timeout": 5000,
        "cell_size_check": 1,
    }
    assert {name: conn.execute(f"PRAGMA {name}").fetchone()[0] for name in expected} == expected
    assert sqlite.synchronous(conn) == sqlite.safe_synchronous(sqlite.journal_mode(conn))
    assert sqlite.journal_mode(conn) == sqlite.safe_journal()
    conn.close()


def test_a_connection_never_makes_a_file(path: Path) -> None:
    with pytest.raises(sqlite.Error, match="unable to open database file"):
        sqlite.connect(path, "write")
    assert not path.exists()


def test_an_odd_file_name_is_no_command(tmp_path: Path, db: Database) -> None:
    odd = tmp_path / "a?mode=memory#é %41.db"
    odd.write_bytes(db.path.read_bytes())
    conn = sqlite.connect(odd, "read")
    assert [row["file"] for row in conn.execute("PRAGMA database_list")] == [str(odd)]
    conn.close()


FORBIDDEN_TO_WRITERS = [
    "CREATE TABLE patiennt (id INTEGER)",
    "CREATE TEMP TABLE patiennt (id INTEGER)",
    "CREATE INDEX more ON patient (code)",
    "CREATE TRIGGER more AFTER INSERT ON patient BEGIN SELECT 1; END",
    "CREATE TEMP TRIGGER more AFTER INSERT ON patient BEGIN SELECT 1; END",
    "CREATE VIEW more AS SELECT * FROM patient",
    "CREATE TEMP VIEW more AS SELECT * FROM patient",
    "CREATE VIRTUAL TABLE more USING fts5 (code)",
    "DROP TABLE answer",
    "DROP INDEX alert_of_dyad",
    "DROP TRIGGER audit_no_delete",
    "ALTER TABLE patient ADD COLUMN name TEXT",
    "ALTER TABLE audit RENAME TO history",
    "ALTER TABLE patient DROP COLUMN paused_at",
    "ATTACH DATABASE ':memory:' AS other",
    "DETACH DATABASE main",
    "REINDEX patient",
    "ANALYZE",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA secure_delete = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA journal_mode = MEMORY",
    "PRAGMA writable_schema = ON",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA application_id = 0",
    "PRAGMA user_version = 9",
    "PRAGMA trusted_schema = ON",
    "UPDATE audit SET action = 'looked away'",
    "UPDATE AUDIT SET actor_id = NULL WHERE id = 1",
    "DELETE FROM audit",
    "DELETE FROM main.Audit WHERE id = 1",
    f"INSERT INTO audit (id, at, actor, action) VALUES (1, '{NOW}', 'system', 'x')"
    " ON CONFLICT (id) DO UPDATE SET action = excluded.action",
]


@pytest.mark.parametrize("statement", FORBIDDEN_TO_WRITERS)
def test_a_writer_may_change_neither_schema_nor_audit_trail(db: Database, statement: str) -> None:
    with db.write() as conn:
        insert_one_of_each(conn)
    before = schema_and_rows(db)
    with pytest.raises(sqlite.Error, match="not authorized"), db.write() as conn:
        conn.execute(statement)
    assert schema_and_rows(db) == before


@pytest.mark.parametrize("statement", ["VACUUM", "VACUUM INTO 'copy.db'"])
def test_a_writer_may_not_rebuild_the_file(db: Database, statement: str) -> None:
    conn = sqlite.connect(db.path, "write")
    with pytest.raises(sqlite.Error, match="authorization denied"):
        conn.execute(statement)
    conn.close()


@pytest.mark.parametrize(
    "statement",
    [
        *FORBIDDEN_TO_WRITERS,
        "INSERT INTO setting VALUES ('a', '1')",
        "REPLACE INTO setting VALUES ('a', '1')",
        "UPDATE setting SET value = '1'",
        "DELETE FROM setting",
    ],
)
def test_a_reader_may_change_nothing(db: Database, statement: str) -> None:
    before = schema_and_rows(db)
    with pytest.raises(sqlite.Error, match="not authorized"), db.read() as conn:
        conn.execute(statement)
    assert schema_and_rows(db) == before


@pytest.mark.parametrize(
    "act",
    [
        lambda tables: tables["patiennt"].insert({"code": "P-001"}),
        lambda tables: tables["patient"].insert({"code": "P-001", "name": "Ada"}, alter=True),
        lambda tables: tables["patient"].transform(drop={"paused_at"}),
        lambda tables: tables["patient"].create_index(["language"]),
        lambda tables: tables["audit"].delete(1),
        lambda tables: tables["audit"].drop(),
        lambda tables: tables["patient"].enable_fts(["code"]),
    ],
    ids=["a misspelt table", "alter", "transform", "index", "delete", "drop", "full text"],
)
def test_helpers_that_change_the_schema_on_the_quiet_may_not(db: Database, act) -> None:  # type: ignore[no-untyped-def]
    with db.write() as conn:
        insert_one_of_each(conn)
    before = schema_and_rows(db)
    with pytest.raises(sqlite.Error), db.write() as conn:
        act(Utilities(conn, recursive_triggers=False, execute_plugins=False))
    assert schema_and_rows(db) == before


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA table_info('audit')",
        "SELECT name FROM pragma_table_info('audit')",
        "PRAGMA foreign_key_check",
        "PRAGMA integrity_check(3)",
        "PRAGMA journal_mode",
        "SELECT json_extract('{\"a\": 1}', '$.a')",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n",
        "SAVEPOINT here",
    ],
)
def test_looking_is_allowed(db: Database, statement: str) -> None:
    with db.read() as reading:
        reading.execute(statement).fetchall()
    with db.write() as writing:
        writing.execute(statement).fetchall()


def schema_and_rows(db: Database) -> tuple[list[tuple[object, ...]], object]:
    with db.read() as conn:
        schema = [
            tuple(row) for row in conn.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name")
        ]
        return schema, contents(conn)


OPENS_OR_ENDS_TRANSACTIONS = {"atomic", "commit", "rollback", "executescript"}


def own_transactions(source: str) -> list[str]:
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [f.attr for f in calls if isinstance(f, ast.Attribute) and f.attr in OPENS_OR_ENDS_TRANSACTIONS]


def test_transactions_begin_and_end_in_one_place() -> None:
    """Deferred ones fail at once when two read and then write; they are for migrations alone."""
    modules = [*(ROOT / "alliance").rglob("*.py"), *(ROOT / "surveys").rglob("*.py")]
    assert len(modules) > 10
    own = {module.name: own_transactions(module.read_text(encoding="utf-8")) for module in modules}
    assert {name for name, calls in own.items() if calls} <= {"migrations.py"}


@pytest.mark.parametrize("breach", ["with db.atomic(): pass", "conn.commit()", "conn.executescript('')"])
def test_a_breach_would_be_noticed(breach: str) -> None:
    assert own_transactions(breach)

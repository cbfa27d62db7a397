"""The ledger as rows: it only grows, its words are sealed, and what was noted before there was one is in it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alliance.domain.ledger import OPEN, AlertStatus, Kind, Refusal, Step, state_of
from alliance.storage import alerts, ledger, migrations, sqlite
from alliance.storage.database import Connection, Database, IntegrityError
from alliance.storage.keyring import Keyring, KeyringFault
from tests.storage.rows import ONE_OF_EACH, insert, insert_one_of_each

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alert_step SET kind = 'later'",
        "UPDATE alert_step SET words = x'00' WHERE words IS NULL",
        "UPDATE alert_step SET number = coalesce(number, 0) + 1",
        "INSERT OR REPLACE INTO alert_step (alert_id, turn, kind, at, staff_id) VALUES (1, 1, 'later', 'x', 1)",
    ],
)
def test_a_ledger_only_grows(db: Database, statement: str) -> None:
    with closing(sqlite.connect(db.path, "schema")) as conn:
        insert_one_of_each(conn)
        with pytest.raises(IntegrityError, match="a ledger can only grow"):
            conn.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        {"staff_id": None},
        {"kind": "repaired"},
        {"kind": "talked"},
        {"kind": "talked", "how": "asked"},
        {"how": "asked"},
        {"kind": "ordinary"},
        {"kind": "ordinary", "reason": "other"},
        {"reason": "left"},
        {"kind": "vanished"},
    ],
)
def test_the_database_refuses_a_step_without_what_it_has_to_say(
    db: Database, change: dict[str, object]
) -> None:
    with db.write() as conn:
        insert_one_of_each(conn)
    with pytest.raises(IntegrityError, match="CHECK"), db.write() as conn:
        insert(conn, "alert_step", ONE_OF_EACH["alert_step"] | {"turn": 2} | change)


def test_queries_and_the_index_mean_by_open_what_the_rules_mean(db: Database) -> None:
    listed = ", ".join(f"'{status.value}'" for status in AlertStatus if status in OPEN)
    assert f"({listed})" == alerts.OPEN
    with db.read() as conn:
        index = conn.execute("SELECT sql FROM sqlite_schema WHERE name = 'alert_open'").fetchone()["sql"]
    assert f"WHERE status IN {alerts.OPEN}" in index


def test_words_are_sealed_where_they_stand(db: Database) -> None:
    with db.write() as conn:
        insert_one_of_each(conn)
        alert = alerts.get(conn, 1)
        assert alert is not None
        step = Step(Kind.TALKED, AT, 1, 1, AT.date(), "asked", "between")
        taken = ledger.take(conn, alert, step, db.keyring, "What I said.")
        assert taken == alerts.get(conn, 1)
        assert ledger.words_of(conn, db.keyring, [1]) == {(1, 2): "What I said."}
        kept = conn.execute("SELECT words FROM alert_step WHERE turn = 2").fetchone()[0]
        assert b"What I said" not in kept
        with pytest.raises(KeyringFault):
            db.keyring.open(kept, ledger.where_words(1, 3))


def test_a_step_that_may_not_follow_leaves_nothing(db: Database) -> None:
    with db.write() as conn:
        insert_one_of_each(conn)
        alert = alerts.get(conn, 1)
        assert alert is not None
        with pytest.raises(Refusal):
            ledger.take(conn, alert, Step(Kind.REOPENED, AT, 1))
        assert alerts.get(conn, 1) == alert


def test_a_clock_that_was_set_back_moves_no_step_before_another(db: Database) -> None:
    with db.write() as conn:
        insert_one_of_each(conn)
        alert = alerts.get(conn, 1)
        assert alert is not None
        first = ledger.take(conn, alert, Step(Kind.LATER, AT, 1))
        second = ledger.take(conn, first, Step(Kind.LATER, datetime(2020, 1, 1, tzinfo=UTC), 1))
        assert second.steps[-1].at == first.steps[-1].at


BEFORE = [name for name in migrations.names() if name < "0019"]
OLD = [
    ({"status": "new"}, []),
    ({"status": "seen", "seen_at": "2026-03-03T09:00:00.000000Z"}, ["seen"]),
    ({"status": "later", "seen_at": "2026-03-03T09:00:00.000000Z"}, ["seen", "later"]),
    (
        {"status": "talked", "seen_at": "2026-03-03T09:00:00.000000Z", "talked_number": 1, "confirmed": 1},
        ["seen", "talked"],
    ),
    ({"status": "talked", "seen_at": "2026-03-03T09:00:00.000000Z"}, ["seen", "talked"]),
    (
        {
            "status": "repaired",
            "seen_at": "2026-03-03T09:00:00.000000Z",
            "talked_number": 1,
            "confirmed": 1,
            "closed_at": "2026-03-20T09:00:00.000000Z",
        },
        ["seen", "talked", "repaired"],
    ),
    (
        {
            "status": "ordinary",
            "seen_at": "2026-03-03T09:00:00.000000Z",
            "confirmed": 0,
            "closed_at": "2026-03-04T09:00:00.000000Z",
        },
        ["seen", "ordinary"],
    ),
    ({"status": "raised", "closed_at": "2026-03-09T09:00:00.000000Z"}, ["raised"]),
    ({"status": "withdrawn", "closed_at": "2026-03-09T09:00:00.000000Z"}, ["withdrawn"]),
]


@pytest.mark.parametrize(("was", "kinds"), OLD)
def test_what_was_noted_before_there_was_a_ledger_is_in_it(
    path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch, was: dict[str, object], kinds: list[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", migrations.read(migrations.SCHEMA, len(BEFORE)))
        db = Database.create(path, keyring)
        with db.write() as conn:
            _one_old(conn, was)
        db.close()
    db = Database.open(path, keyring)
    with db.read() as conn:
        steps = ledger.of(conn, 1)
        row = conn.execute("SELECT status FROM alert").fetchone()
        experience = alerts.experience(conn)
        kept, anew = (
            [tuple(one) for one in conn.execute(f"SELECT * FROM {name} ORDER BY dyad_id, month")]
            for name in ("course_month", "course_month_anew")
        )
        assert kept == anew != []
    db.close()
    assert [step.kind.value for step in steps] == kinds
    assert state_of(steps) is AlertStatus(row["status"]) is AlertStatus(str(was["status"]))
    assert (experience.confirmed, experience.refused) == (
        was.get("confirmed") == 1,
        was.get("confirmed") == 0,
    )
    for step in steps:
        if step.kind is Kind.TALKED:
            assert (step.how, step.number) == ("unsaid", was.get("talked_number"))
            assert (step.on is not None) == (step.number is not None)


def _one_old(conn: Connection, was: dict[str, object]) -> None:
    for table in ("staff", "patient", "dyad", "therapy_session"):
        insert(conn, table, ONE_OF_EACH[table])
    raised = {"raised_at": "2026-03-02T18:00:00.000000Z"}
    insert(conn, "alert", ONE_OF_EACH["alert"] | raised | was)

"""What goes by itself goes after its time, not a second before, and takes nothing else along."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from alliance.domain.retention import RULES, Rule, years_after, years_before
from alliance.storage import retention
from alliance.storage.database import Connection, Database
from tests.storage.rows import HASH, NOW, contents, insert, insert_one_of_each

AT = datetime.fromisoformat(NOW)
OTHER = bytes(reversed(HASH))
SECOND = timedelta(seconds=1)

# What each rule may touch, and from when on the rows of `prepared` have served their end.
TOUCHES: dict[str, tuple[set[str], datetime]] = {
    "web sessions": ({"web_session"}, AT),
    "welcome links": ({"staff_invitation"}, AT),
    "tablet codes": ({"kiosk_code"}, AT),
    "wrong codes": ({"kiosk_wrong"}, AT),
    "page marks": ({"session_form"}, AT),
    "set aside": ({"attempt", "follow_up", "digest"}, AT),
    "half typed": ({"paper_entry"}, AT),
    "shown cases": ({"share"}, datetime(2026, 4, 1, 23, 59, 59, tzinfo=UTC)),
    "mails": ({"mail"}, AT),
    "old addresses": ({"contact"}, AT),
    "moves": ({"caseload_change", "caseload_change_read"}, datetime(2026, 4, 1, 23, 59, 59, tzinfo=UTC)),
}


def prepared(conn: Connection) -> None:
    """One of each, and beside what stays something that has served its end."""
    insert_one_of_each(conn)
    attempt = {"invitation_id": 1, "received_at": NOW, "body": b"sealed", "counted": 0}
    insert(conn, "attempt", {"id": "z" * 22, **attempt})
    insert(
        conn,
        "follow_up",
        {
            "id": 2, "response_id": 1, "kind": "checklist", "attempt_id": "g" * 22, "received_at": NOW,
            "body": b"sealed", "counted": 0,
        },
    )  # fmt: skip
    insert(
        conn,
        "staff_invitation",
        {"id": 2, "staff_id": 1, "token_hash": OTHER, "created_at": NOW, "expires_at": NOW},
    )
    insert(
        conn,
        "contact",
        {
            "id": 2, "dyad_id": 1, "reminders": 0, "asked_on": "2026-03-01", "ended_at": NOW,
            "ended_by": "asked again",
        },
    )  # fmt: skip


def test_every_rule_is_carried_out_and_no_other() -> None:
    assert [rule.name for rule in RULES] == list(TOUCHES)
    assert {*retention.STATEMENTS, "set aside"} == set(TOUCHES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_takes_what_it_says_after_its_time(db: Database, rule: Rule) -> None:
    touches, end = TOUCHES[rule.name]
    with db.write() as conn:
        prepared(conn)
        before = contents(conn)
        assert retention.sweep(conn, rule.name, end - SECOND) == 0
        assert contents(conn) == before
        assert retention.sweep(conn, rule.name, end + SECOND) == len(touches - {"digest"})
        after = contents(conn)
        assert {name for name in after if after[name] != before[name]} == touches
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        assert retention.sweep(conn, rule.name, end + SECOND) == 0


def test_what_was_answered_stays_whatever_happens(db: Database) -> None:
    """A hundred years on, everything a patient sent in that counts is still there, and everything said about it."""
    touched = set().union(*(tables for tables, _ in TOUCHES.values()))
    with db.write() as conn:
        prepared(conn)
        before = contents(conn)
        for rule in RULES:
            retention.sweep(conn, rule.name, AT + timedelta(days=36_500))
        after = contents(conn)
    for name in set(before) - touched:
        assert after[name] == before[name], name
    assert [row[0] for row in after["attempt"]] == ["a" * 22]
    assert [row[0] for row in after["follow_up"]] == [1]
    assert [row[0] for row in after["contact"]] == [1]  # the one that still holds
    assert [row[0] for row in after["staff_invitation"]] == [2]  # the newest says who was invited


def test_whose_therapies_all_ended_is_asked_about(db: Database) -> None:
    with db.write() as conn:
        insert_one_of_each(conn)
        assert retention.closed_before(conn, date(2999, 1, 1)) == []
        conn.execute("UPDATE dyad SET ends_on = '2026-05-01'")
        assert retention.closed_before(conn, date(2026, 5, 1)) == []  # an erasure is asked for already
        conn.execute("UPDATE erasure SET stopped_at = ?, stopped_by = 1", (NOW,))
        assert retention.closed_before(conn, date(2026, 4, 30)) == []
        [one] = retention.closed_before(conn, date(2026, 5, 1))
        assert (one.patient_id, one.code, one.ended_on) == (1, "P-001", date(2026, 5, 1))
        insert(conn, "dyad", {"id": 2, "patient_id": 1, "therapist_id": 2, "starts_on": "2026-06-01"})
        assert retention.closed_before(conn, date(2999, 1, 1)) == []  # goes on with somebody else


@pytest.mark.parametrize(
    ("ended", "years", "due"),
    [
        (date(2016, 5, 1), 10, date(2026, 5, 1)),
        (date(2016, 2, 29), 10, date(2026, 3, 1)),
        (date(2016, 2, 29), 8, date(2024, 2, 29)),
    ],
)
def test_years_are_counted_by_the_calendar(ended: date, years: int, due: date) -> None:
    assert years_after(ended, years) == due
    assert years_before(due, years) >= ended > years_before(due - timedelta(days=1), years)

"""The summary is at every moment what the answers add up to, whatever happens to them and in whatever order."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.domain.figures import Counts
from alliance.storage import summaries
from alliance.storage.database import Connection, Database
from tests.storage.rows import ONE_OF_EACH, contents, insert

MONTHS = ("2026-01-31", "2026-02-01", "2026-02-28")


class Clinic:
    """Two therapists with a patient each, and the acts that change what is summed up, as bare rows."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.numbers = itertools.count(1)
        insert(conn, "staff", ONE_OF_EACH["staff"])
        insert(conn, "staff", ONE_OF_EACH["staff"] | {"id": 2, "email": "ole@clinic.example"})
        for one in (1, 2):
            insert(conn, "patient", ONE_OF_EACH["patient"] | {"id": one, "code": f"P-{one}"})
            insert(conn, "dyad", ONE_OF_EACH["dyad"] | {"id": one, "patient_id": one, "therapist_id": one})

    def ids(self, table: str) -> list[int]:
        return [row["id"] for row in self.conn.execute(f"SELECT id FROM {table} ORDER BY id")]

    def pick(self, table: str, which: int) -> int | None:
        there = self.ids(table)
        return there[which % len(there)] if there else None

    def hold(self, which: int, _value: int) -> None:
        dyad = self.pick("dyad", which)
        if dyad is None:
            return
        row = self.conn.execute(
            "SELECT max(number) FROM therapy_session WHERE dyad_id = ?", (dyad,)
        ).fetchone()
        self.session(dyad, (row[0] or 0) + 1, MONTHS[which % 3])

    def session(self, dyad: int, number: int, held_on: str) -> int:
        row = ONE_OF_EACH["therapy_session"] | {"id": next(self.numbers), "dyad_id": dyad, "number": number}
        insert(self.conn, "therapy_session", row | {"held_on": held_on})
        return int(str(row["id"]))

    def offer(self, which: int, _value: int) -> None:
        if (session := self.pick("therapy_session", which)) is not None:
            self.invitation(session)

    def invitation(self, session: int) -> int:
        number = next(self.numbers)
        row = {"id": number, "session_id": session, "token_hash": number.to_bytes(32, "big")}
        insert(self.conn, "invitation", ONE_OF_EACH["invitation"] | row)
        return number

    def answer(self, which: int, value: int) -> None:
        row = self.conn.execute(
            "SELECT i.id, i.session_id FROM invitation AS i WHERE NOT EXISTS"
            " (SELECT 1 FROM response AS r WHERE r.session_id = i.session_id) ORDER BY i.id"
        ).fetchall()
        if row:
            invitation, session = row[which % len(row)]
            self.response(invitation, session, None if value % 7 == 0 else value % 10_001 / 100.0)

    def response(self, invitation: int, session: int, score: float | None) -> None:
        number = next(self.numbers)
        attempt = f"{number:022d}"
        insert(self.conn, "attempt", ONE_OF_EACH["attempt"] | {"id": attempt, "invitation_id": invitation})
        ids = {"id": number, "session_id": session, "invitation_id": invitation, "attempt_id": attempt}
        audience = "supervisor" if number % 3 == 0 else "both"
        insert(self.conn, "response", ONE_OF_EACH["response"] | ids | {"audience": audience})
        reason = "too few scales" if score is None else None
        insert(self.conn, "score", {"response_id": number, "scale": "safety", "value": 50.0})
        insert(
            self.conn, "score", {"response_id": number, "scale": "alliance", "value": score, "reason": reason}
        )

    def correct(self, which: int, value: int) -> None:
        if (response := self.pick("response", which)) is not None:
            known = value % 5 != 0
            self.conn.execute(
                "UPDATE score SET value = ?, reason = ? WHERE response_id = ? AND scale = 'alliance'",
                (value % 101 if known else None, None if known else "not answered", response),
            )

    def forget_answer(self, which: int, _value: int) -> None:
        if (response := self.pick("response", which)) is not None:
            self.conn.execute("DELETE FROM score WHERE response_id = ?", (response,))
            self.conn.execute("DELETE FROM response WHERE id = ?", (response,))

    def take_back(self, which: int, _value: int) -> None:
        row = self.conn.execute(
            "SELECT id FROM invitation WHERE id NOT IN (SELECT invitation_id FROM attempt)"
        ).fetchall()
        if row:
            self.conn.execute("DELETE FROM invitation WHERE id = ?", (row[which % len(row)][0],))

    def release(self, which: int, _value: int) -> None:
        self.conn.execute(
            "UPDATE response SET audience = 'both' WHERE id = ?", (self.pick("response", which),)
        )

    def ask(self, which: int, value: int) -> None:
        session = self.pick("therapy_session", which)
        audience = "supervisor" if value % 4 == 0 else "both"
        there = self.conn.execute(
            "SELECT 1 FROM alert WHERE session_id = ? AND audience = ?", (session, audience)
        ).fetchone()
        if session is None or there:
            return
        dyad = self.conn.execute("SELECT dyad_id FROM therapy_session WHERE id = ?", (session,)).fetchone()[0]
        row = {"id": next(self.numbers), "dyad_id": dyad, "session_id": session, "audience": audience}
        insert(self.conn, "alert", ONE_OF_EACH["alert"] | row | {"raised_at": "2026-02-01T09:00:00+00:00"})

    def move(self, which: int, value: int) -> None:
        statuses = ("new", "seen", "later", "talked", "ordinary", "raised", "repaired", "withdrawn", "closed")
        alert = self.pick("alert", which)
        if alert is None:
            return
        if value % 2:
            self.talk(alert, value % 4 + 1)
        self.conn.execute("UPDATE alert SET status = ? WHERE id = ?", (statuses[value % 9], alert))

    def talk(self, alert: int, number: int) -> None:
        """One more step of a ledger, told of a talk in some session."""
        known = self.conn.execute(
            "SELECT held_on FROM therapy_session WHERE number = ? ORDER BY id", (number,)
        ).fetchone()
        turn = self.conn.execute(
            "SELECT count(*) + 1 FROM alert_step WHERE alert_id = ?", (alert,)
        ).fetchone()[0]
        told = {"kind": "talked", "how": "asked", "found": "between", "number": number}
        step = {"alert_id": alert, "turn": turn, "happened_on": known[0] if known else None}
        insert(self.conn, "alert_step", ONE_OF_EACH["alert_step"] | told | step)

    def drop_question(self, which: int, _value: int) -> None:
        alert = self.pick("alert", which)
        self.conn.execute("DELETE FROM alert_step WHERE alert_id = ?", (alert,))
        self.conn.execute("DELETE FROM alert WHERE id = ?", (alert,))

    def redate(self, which: int, value: int) -> None:
        self.conn.execute(
            "UPDATE therapy_session SET held_on = ? WHERE id = ?",
            (MONTHS[value % 3], self.pick("therapy_session", which)),
        )

    def transfer(self, which: int, value: int) -> None:
        self.conn.execute(
            "UPDATE dyad SET therapist_id = ? WHERE id = ?", (value % 2 + 1, self.pick("dyad", which))
        )

    def erase(self, which: int, value: int) -> None:
        """A whole dyad, children first, as foreign keys ask."""
        dyad = self.pick("dyad", which)
        if dyad is None or value % 6:
            return
        held = "SELECT id FROM therapy_session WHERE dyad_id = ?"
        forms = f"SELECT id FROM invitation WHERE session_id IN ({held})"
        for statement in (
            "DELETE FROM alert_step WHERE alert_id IN (SELECT id FROM alert WHERE dyad_id = ?)",
            "DELETE FROM alert WHERE dyad_id = ?",
            f"DELETE FROM score WHERE response_id IN (SELECT id FROM response WHERE session_id IN ({held}))",
            f"DELETE FROM response WHERE session_id IN ({held})",
            f"DELETE FROM attempt WHERE invitation_id IN ({forms})",
            f"DELETE FROM invitation WHERE session_id IN ({held})",
            "DELETE FROM therapy_session WHERE dyad_id = ?",
            "DELETE FROM dyad WHERE id = ?",
        ):
            self.conn.execute(statement, (dyad,))


ACTS = (
    *("hold", "hold", "offer", "offer", "answer", "answer", "ask", "move", "correct", "release", "redate"),
    *("forget_answer", "take_back", "drop_question", "transfer", "erase"),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 40), st.integers(0, 10_000)), max_size=60)
)
def test_whatever_happens_the_summary_is_what_the_answers_add_up_to(
    db: Database, acts: list[tuple[str, int, int]]
) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone), db.write() as conn:
        clinic = Clinic(conn)
        for act, which, value in [
            ("hold", 0, 0),
            ("hold", 1, 0),
            ("offer", 0, 0),
            ("answer", 0, 8_050),
            *acts,
        ]:
            getattr(clinic, act)(which, value)
            assert summaries.out_of_step(conn) == [], act
        raise Undone


def filled(conn: Connection) -> Clinic:
    clinic = Clinic(conn)
    for number, held_on in enumerate((*MONTHS, "2026-02-15"), start=1):
        session = clinic.session(1, number, held_on)
        if number != 3:
            clinic.response(clinic.invitation(session), session, 80.0 + number)
    clinic.ask(1, 1)
    clinic.talk(conn.execute("SELECT id FROM alert").fetchone()[0], 4)
    clinic.conn.execute("UPDATE alert SET status = 'talked'")
    return clinic


def test_what_is_summed_up(db: Database) -> None:
    with db.write() as conn:
        filled(conn)
        rows = [tuple(row) for row in conn.execute("SELECT * FROM course_month")]
        assert rows == [
            (1, "2026-01", 1, 1, 1, 1, 8_100, 8_100**2, 0, 0, 0, 0, 0, 0, 0, 0),
            (1, "2026-02", 3, 2, 2, 2, 16_600, 8_200**2 + 8_400**2, 1, 0, 1, 1, 14, 0, 1, 0),
        ]
        told = summaries.counts(conn, [1, 2], "2026-01")
        assert told == {
            1: Counts(sessions=4, offered=3, back=3, asked=1, talked=1, timed=1, talk_days=14, waiting=1)
        }
        assert summaries.counts(conn, [1], "2026-02")[1].sessions == 3
        found = sorted(summaries.cells(conn, "2026-01", "2026-02"))
        assert found == [(1, 1, "2026-01", 1, 81.0, 6_561.0), (1, 1, "2026-02", 2, 166.0, 82.0**2 + 84.0**2)]
        assert summaries.caseloads(conn, [1, 2], date(2026, 3, 1)) == {1: 1, 2: 1}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (
            "UPDATE course_month SET back = back + 1 WHERE month = '2026-02'",
            {"course_month", "therapist_month"},
        ),
        ("UPDATE course_month SET points = points - 1 WHERE month = '2026-02'", {"course_month"}),
        ("UPDATE therapist_month SET asked = 7 WHERE month = '2026-02'", {"therapist_month"}),
        ("DELETE FROM therapist_month WHERE month = '2026-02'", {"therapist_month"}),
        ("DELETE FROM course_month WHERE month = '2026-02'", {"course_month", "therapist_month"}),
    ],
)
def test_what_is_not_is_named(db: Database, change: str, wrong: set[str]) -> None:
    with db.write() as conn:
        filled(conn)
        assert summaries.out_of_step(conn) == []
        conn.execute(change)
        found = summaries.out_of_step(conn)
    assert {table for table, _, _ in found} == wrong
    assert {(whose, month) for _, whose, month in found} == {(1, "2026-02")}


def test_a_failed_submission_leaves_the_summary_as_it_was(db: Database) -> None:
    with db.write() as conn:
        clinic = filled(conn)
        before = contents(conn)
    with pytest.raises(RuntimeError), db.write() as conn:
        clinic.conn = conn
        session = clinic.session(1, 5, "2026-02-20")
        clinic.response(clinic.invitation(session), session, 20.0)
        raise RuntimeError
    with db.read() as conn:
        assert contents(conn) == before


def test_settled_once_and_for_good(db: Database) -> None:
    with db.write() as conn:
        Clinic(conn)
        row = summaries.SettledRow(1, 5, 12, 81.0, 30.0)
        at = datetime(2026, 3, 8, tzinfo=UTC)
        assert summaries.settle(conn, "2026-02", (140.0, 45.0), [row], at)
        assert not summaries.settle(conn, "2026-02", (1.0, 1.0), [row._replace(mean=10.0)], at)
        assert summaries.settled_months(conn, "2026-01") == {(1, "2026-02"): row}
        assert summaries.newest_settled(conn) == "2026-02"

"""An examination finds nothing in a clinic that is whole, and names every answer that is not as it was acknowledged."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from alliance.actions import clinic as clinics
from alliance.actions import following_up, releasing, tickets
from alliance.actions.clinic import Clinic
from alliance.actions.outcomes import AlreadyAnswered
from alliance.actions.passwords import Passwords
from alliance.actions.verifying import verify
from alliance.domain.verifying import Finding
from alliance.storage import chain, digest_check, erasing, examining
from alliance.storage.keyring import Keyring
from tests.actions.stories import course
from tests.cast import NOW, Cast, answer
from tests.conftest import Models
from tests.faults.rounds import rounds
from tests.storage import cells

FLIPS = rounds(300, 3000)
ATTEMPT = "a-page-of-ticks-that-came"


def live(cast: Cast) -> None:
    """Everything that may happen to an answer: ticks, one more over the same link, a release, an erasure."""
    low = course(cast, "Elm 3", [8, 8, 8, 3, 2], last={"comment": "Something was off – “so”."})
    told = course(cast, "Ash 4", [7, 8, 2], last={"comment": "Only for her", "audience": "supervisor"})
    gone = course(cast, "Fir 5", [7, 6])
    with pytest.raises(AlreadyAnswered):
        answer(cast.clinic, low.tokens[-1], NOW + timedelta(hours=1), 9)
    with cast.clinic.db.write() as conn:
        erasing.erase_patient(conn, gone.id)
    releasing.release(cast.clinic, cast.viewer("miriam"), told.sessions[-1], NOW, said_so=True)
    with cast.clinic.db.read() as conn:
        [attempt] = conn.execute(
            "SELECT attempt_id FROM response WHERE session_id = ?", (low.sessions[-1],)
        ).fetchone()
        receipt = tickets.receipt_of(cast.clinic, conn, attempt, NOW + timedelta(minutes=30))
    assert receipt is not None
    assert receipt.more is not None
    form = MultiDict([("attempt", ATTEMPT), ("happened", "judged")])
    at = NOW + timedelta(minutes=31)
    following_up.tick(cast.clinic, receipt.more, attempt=ATTEMPT, body=b"happened=judged", form=form, now=at)


@pytest.fixture(scope="module")
def folder(models: Models, passwords: Passwords, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic’s folder in which much has happened; nobody serves it."""
    place = tmp_path_factory.mktemp("lived") / "clinic"
    shutil.copytree(models.staged, place)
    with clinics.open_clinic(place, passwords=passwords) as opened:
        live(Cast(clinic=opened, ids=dict(models.cast.ids), stories=models.cast.stories))
    return place


class Copy:
    """A copy of that clinic, in the hands of somebody with another tool."""

    def __init__(self, folder: Path) -> None:
        self.database, self.keyring = folder / "clinic.db", Keyring.load(folder / "keyring.json")
        self.conn = sqlite3.connect(self.database, isolation_level=None)
        for (name,) in self.conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            self.conn.execute(f"DROP TRIGGER {name}")

    @contextmanager
    def attacked(self, *statements: str) -> Iterator[list[Finding]]:
        self.conn.execute("BEGIN")
        for statement in statements:
            assert self.conn.execute(statement).rowcount > 0, statement
        yield list(examining.answers(self.conn, self.keyring, lambda rows, *_: rows))  # type: ignore[arg-type]
        self.conn.execute("ROLLBACK")


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Iterator[Copy]:
    shutil.copytree(folder, tmp_path / "copy")
    found = Copy(tmp_path / "copy")
    yield found
    found.conn.close()


def test_nothing_is_found_in_a_clinic_that_is_whole(folder: Path) -> None:
    keyring = Keyring.load(folder / "keyring.json")
    before = (folder / "clinic.db").read_bytes()
    report = verify(folder / "clinic.db", keyring)
    assert report.findings == []
    assert report.ok
    assert report.counts["response"] > 8
    assert report.counts["follow_up"] == 1
    assert (folder / "clinic.db").read_bytes() == before


def test_it_may_be_served_meanwhile(clinic: Clinic, cast: Cast) -> None:
    course(cast, "Elm 3", [8, 3])
    report = verify(clinic.config.database, clinic.keyring)
    assert report.ok, report.findings


CHANGES = [
    ("UPDATE answer SET value = value - 1 WHERE response_id = 1 AND item = 'safe'", ("changed", 1)),
    ("DELETE FROM answer WHERE response_id = 1 AND item = 'safe'", ("changed", 1)),
    ("UPDATE score SET value = value + 0.1 WHERE response_id = 2 AND scale = 'alliance'", ("changed", 2)),
    ("UPDATE response SET talked = 'helped' WHERE id = 3", ("changed", 3)),
    ("UPDATE response SET received_at = '2026-01-01T00:00:00.000000Z' WHERE id = 3", ("changed", 3)),
    ("UPDATE response SET audience = 'supervisor' WHERE id = 3", ("changed", 3)),
    ("UPDATE attempt SET counted = 0 WHERE id = (SELECT attempt_id FROM response WHERE id = 4)", ("changed", 4)),
    ("UPDATE therapy_session SET number = number + 40", ("changed", 4)),
    ("UPDATE released_response SET released_by = 3 - released_by % 2", ("changed", None)),
    ("DELETE FROM released_response", ("changed", None)),
    ("UPDATE response SET comment = NULL WHERE comment IS NOT NULL", ("changed", None)),
    ("DELETE FROM response WHERE id = 2", ("missing", 2)),
    ("DELETE FROM digest WHERE kind = 'response' AND record = 2", ("added", 2)),
    ("UPDATE digest SET proof = randomblob(32) WHERE kind = 'response' AND record = 2", ("changed", 2)),
    ("UPDATE response SET id = 90 WHERE id = 2", ("added", 90)),
    ("DELETE FROM follow_up_tick", ("changed", 1)),
    ("DELETE FROM follow_up", ("missing", 1)),
    ("DELETE FROM attempt WHERE counted = 0", ("changed", None)),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "named"), CHANGES)
def test_an_answer_that_was_changed_is_named(
    copy: Copy, statement: str, named: tuple[str, int | None]
) -> None:
    kind, number = named
    with copy.attacked(statement) as findings:
        found = {one.numbers for one in findings if one.kind == kind}
        assert found, findings
        assert number is None or any(first <= number <= last for first, last in found)


@pytest.mark.control(68)
def test_an_answer_that_is_gone_with_its_proof_is_named(copy: Copy) -> None:
    last = copy.conn.execute("SELECT max(id) FROM response").fetchone()[0]
    for number in (2, 3, last):
        gone = [f"DELETE FROM {table} WHERE response_id = {number}" for table in ("answer", "score")]
        with copy.attacked(
            *gone,
            f"DELETE FROM response WHERE id = {number}",
            f"DELETE FROM digest WHERE kind = 'response' AND record = {number}",
        ) as findings:
            assert (number, number) in {one.numbers for one in findings if one.kind == "missing"}
    with copy.attacked("DELETE FROM follow_up", "DELETE FROM digest WHERE kind = 'follow_up'") as findings:
        assert [(one.kind, one.numbers) for one in findings] == [("missing", (1, 1))]


def test_nobody_else_can_erase(copy: Copy) -> None:
    """The note that something was erased needs the key; that of another answer does not fit."""
    [other] = copy.conn.execute("SELECT record FROM digest WHERE erased = 1 LIMIT 1").fetchone()
    with copy.attacked(
        "DELETE FROM response WHERE id = 2",
        "UPDATE digest SET erased = 1, proof = (SELECT proof FROM digest WHERE kind = 'response' AND"
        f" record = {other}) WHERE kind = 'response' AND record = 2",
    ) as findings:
        assert [(one.kind, one.numbers) for one in findings] == [("missing", (2, 2))]


def test_damage_is_not_covered_up_by_a_rightful_change(clinic: Clinic, cast: Cast) -> None:
    told = course(cast, "Ash 4", [7, 2], last={"audience": "supervisor"})
    with cast.clinic.db.write() as conn:
        conn.execute("UPDATE response SET talked = 'helped' WHERE session_id = ?", (told.sessions[-1],))
    releasing.release(cast.clinic, cast.viewer("miriam"), told.sessions[-1], NOW, said_so=True)
    with clinic.db.read() as conn:
        [found] = digest_check.examine(conn, clinic.keyring, "response")
        [number] = conn.execute("SELECT max(id) FROM response").fetchone()
    assert (found.kind, found.numbers) == ("changed", (number, number))


def test_every_other_part_is_looked_at(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    database, keyring = tmp_path / "copy" / "clinic.db", Keyring.load(folder / "keyring.json")
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute("UPDATE baseline SET state = replace(state, '1', '2')")
        conn.execute("UPDATE therapist_month SET back = back + 1")
        conn.execute("UPDATE attempt SET body = zeroblob(60) WHERE counted = 0")
        conn.execute("DROP TRIGGER audit_no_update")
        conn.execute("UPDATE audit SET action = 'look away' WHERE id = 9")
        conn.execute("DELETE FROM staff_role")
        conn.execute("UPDATE dyad SET therapist_id = 99 WHERE id = 2")
    report = verify(database, keyring)
    assert not report.ok
    parts = {one.part for one in report.findings}
    assert parts == {"file", "trail", "answers", "seals", "states", "summary"}
    assert [one.numbers for one in report.of("trail")] == [(9, 9)]
    assert {one.kind for one in report.of("file")} == {"refused", "points nowhere"}
    assert "the trigger audit_no_update is missing" in report.findings[0].sentence


def test_ends_that_were_kept_elsewhere(clinic: Clinic, cast: Cast) -> None:
    with clinic.db.read() as conn:
        head = chain.head(conn)
    course(cast, "Elm 3", [8, 3])
    assert verify(clinic.config.database, clinic.keyring, heads=[head]).ok
    with clinic.db.read() as conn:
        later = chain.head(conn)
    assert later.sequence > head.sequence
    assert later.at == NOW + timedelta(minutes=30)


@pytest.mark.control(68)
def test_every_flipped_bit_in_an_answer_is_reported(
    folder: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    database, keyring = tmp_path / "copy" / "clinic.db", Keyring.load(folder / "keyring.json")
    raw = database.read_bytes()
    with closing(sqlite3.connect(database)) as conn:
        rows = [
            row
            for table in ("response", "answer", "score", "attempt")
            for row in cells.of_table(conn, raw, table)
        ]
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    dice, reported, by_sqlite = random.Random(4), 0, 0
    for _ in range(FLIPS):
        place, bit = dice.choice(dice.choice(rows)), dice.randrange(8)
        with database.open("rb+") as file:
            file.seek(place)
            file.write(bytes((raw[place] ^ 1 << bit,)))
        told = [*_parts(database, keyring)]
        reported += bool(told)
        by_sqlite += any(one.part == "file" for one in told)
        with database.open("rb+") as file:
            file.seek(place)
            file.write(raw[place : place + 1])
    assert database.read_bytes() == raw
    record_property(
        "figures", f"flipped bits of answers reported: {reported} of {FLIPS} (by SQLite alone: {by_sqlite})"
    )
    assert reported == FLIPS


def _parts(database: Path, keyring: Keyring) -> Iterator[Finding]:
    with examining.opened(database) as conn:
        yield from examining.each(conn, "file", lambda: examining.file(conn))
        yield from examining.each(
            conn, "answers", lambda: examining.answers(conn, keyring, lambda rows, *_: rows)
        )

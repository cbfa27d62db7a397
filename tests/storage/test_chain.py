"""Whatever is done to the trail from outside is found, and the line is named."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.domain.audit import Head
from alliance.domain.verifying import Finding, runs
from alliance.storage import audit, chain, chain_check, keyfile, migrations, sqlite
from alliance.storage.database import Database
from alliance.storage.keyring import Keyring
from alliance.storage.proofs import canonical

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINES = 60
TIMES = 1000
Noted = Callable[[str, object], None]
GUARDS = ("audit_no_", "audit_chain_no_", "audit_head_no_")


def write(db: Database, number: int, action: str = "open patient") -> None:
    with db.write() as conn:
        audit.record(
            conn,
            at=START + timedelta(minutes=number),
            actor="staff",
            actor_id=number % 5 or None,
            action=action,
            subject="patient" if number % 3 else None,
            subject_id=number % 7,
            detail={"before": number} if number % 2 else None,
        )


class Stolen:
    """A copy of the file in somebody’s hands: no trigger, no authorizer, every earlier mark at the end of the trail."""

    def __init__(self, path: Path, keyring: Keyring, marks: dict[int, bytes], head: Head) -> None:
        self.conn = sqlite3.connect(path, isolation_level=None)
        for (name,) in self.conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            if name.startswith(GUARDS):
                self.conn.execute(f"DROP TRIGGER {name}")
        self.keyring, self.marks, self.head = keyring, marks, head

    @contextmanager
    def attacked(self) -> Iterator[sqlite3.Connection]:
        self.conn.execute("BEGIN")
        yield self.conn
        self.conn.execute("ROLLBACK")

    def findings(self, *heads: Head) -> list[Finding]:
        return list(chain_check.examine(self.conn, self.keyring.proofs, heads))  # type: ignore[arg-type]

    def named(self, kind: str, *heads: Head) -> list[tuple[int, ...]]:
        return [found.numbers for found in self.findings(*heads) if found.kind == kind]


@pytest.fixture(scope="module")
def stolen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stolen]:
    folder = tmp_path_factory.mktemp("trail")
    keyring = Keyring.create(folder / "keyring.json")
    marks = {}
    with closing(Database.create(folder / "clinic.db", keyring)) as db:
        for number in range(1, LINES + 1):
            write(db, number)
            with db.read() as conn:
                marks[number] = conn.execute("SELECT proof FROM audit_head").fetchone()[0]
                head = chain.head(conn)
    found = Stolen(folder / "clinic.db", keyring, marks, head)
    assert found.findings(head) == []
    yield found
    found.conn.close()


OTHERWISE: dict[str, object] = {
    "at": "2026-03-02T09:00:00.000001Z",
    "actor": "system",
    "actor_id": 77,
    "action": "look away",
    "subject": "alert",
    "subject_id": 99,
    "detail": '{"before": "x"}',
}


def swap(conn: sqlite3.Connection, table: str, key: str, one: int, other: int) -> None:
    for was, will in ((one, -1), (other, one), (-1, other)):
        conn.execute(f"UPDATE {table} SET {key} = ? WHERE {key} = ?", (will, was))


@pytest.mark.control(65)
def test_a_thousand_edits(stolen: Stolen, record_property: Noted) -> None:
    dice, found = random.Random(1), 0
    for _ in range(TIMES):
        line, column = dice.randint(1, LINES), dice.choice([*OTHERWISE, "proof"])
        with stolen.attacked() as conn:
            if column == "proof":
                conn.execute("UPDATE audit_chain SET proof = ? WHERE line = ?", (dice.randbytes(32), line))
            else:
                conn.execute(f"UPDATE audit SET {column} = ? WHERE id = ?", (OTHERWISE[column], line))
            changed = {number for one in stolen.named("changed") for number in range(one[0], one[-1] + 1)}
            found += line in changed and changed <= {line, line + 1}
    record_property("figures", f"edits found and named: {found} of {TIMES}")
    assert found == TIMES


@pytest.mark.control(65)
def test_a_thousand_deletions(stolen: Stolen, record_property: Noted) -> None:
    dice, found = random.Random(2), 0
    for _ in range(TIMES):
        line, both = dice.randint(1, LINES - 1), dice.random() < 0.5
        with stolen.attacked() as conn:
            conn.execute("DELETE FROM audit WHERE id = ?", (line,))
            if both:
                conn.execute("DELETE FROM audit_chain WHERE line = ?", (line,))
            found += [one.numbers for one in stolen.findings()] == [(line, line)]
    record_property("figures", f"deletions found and named: {found} of {TIMES}")
    assert found == TIMES


@pytest.mark.control(65)
def test_a_thousand_swaps(stolen: Stolen, record_property: Noted) -> None:
    dice, found = random.Random(3), 0
    for _ in range(TIMES):
        one, other = sorted(dice.sample(range(1, LINES + 1), 2))
        which = dice.choice(["lines", "proofs", "both"])
        with stolen.attacked() as conn:
            if which != "proofs":
                swap(conn, "audit", "id", one, other)
            if which != "lines":
                swap(conn, "audit_chain", "line", one, other)
            if which == "proofs":
                changed = {n for run in stolen.named("changed") for n in range(run[0], run[-1] + 1)}
                found += {one, other} <= changed <= {one, one + 1, other, other + 1}
            else:
                found += stolen.named("swapped") == [(one, other)] and stolen.named("changed") == []
    record_property("figures", f"swaps found and named: {found} of {TIMES}")
    assert found == TIMES


@pytest.mark.control(65)
@pytest.mark.parametrize("left", ["the proofs", "the mark", "nothing", "an earlier mark"])
def test_a_thousand_truncations(stolen: Stolen, left: str, record_property: Noted) -> None:
    """Whoever has an older copy of the mark can cut the end off: then it shows against what is kept elsewhere."""
    dice, found, times = random.Random(left), 0, TIMES // 4
    for _ in range(times):
        last = dice.randint(1, LINES - 1)
        with stolen.attacked() as conn:
            conn.execute("DELETE FROM audit WHERE id > ?", (last,))
            if left != "the proofs":
                conn.execute("DELETE FROM audit_chain WHERE line > ?", (last,))
            if left == "nothing":
                conn.execute("DELETE FROM audit_head")
            if left == "an earlier mark":
                conn.execute("UPDATE audit_head SET line = ?, proof = ?", (last, stolen.marks[last]))
            inside = {one.kind for one in stolen.findings()}
            gone = [(last + 1, LINES)]
            if left == "an earlier mark":
                found += inside == set() and stolen.named("cut off", stolen.head) == gone
            elif left == "nothing":
                found += inside == {"head"} and stolen.named("cut off", stolen.head) == gone
            else:
                found += stolen.named("missing") == gone
    record_property("figures", f"truncations found and named, {left} left behind: {found} of {times}")
    assert found == times


@pytest.mark.control(65)
def test_lines_put_in(stolen: Stolen) -> None:
    for line in (-3, 0, LINES + 1, LINES + 2):
        with stolen.attacked() as conn:
            conn.execute("INSERT INTO audit (id, at, actor, action) VALUES (?, 'x', 'system', 'y')", (line,))
            assert (line, line) in stolen.named("unchained")
    with stolen.attacked() as conn:
        conn.execute("UPDATE audit SET id = -id WHERE id > 40")
        conn.execute("UPDATE audit SET id = 1 - id WHERE id < 0")
        conn.execute("INSERT INTO audit (id, at, actor, action) VALUES (41, 'x', 'system', 'y')")
        assert stolen.named("changed") == [(41, LINES)]
        assert stolen.named("unchained") == [(LINES + 1, LINES + 1)]


@pytest.mark.control(65)
def test_a_trail_that_was_written_anew_from_its_beginning(stolen: Stolen, tmp_path: Path) -> None:
    """Even by somebody who has the key: an end that was kept elsewhere is not in it."""
    other = Keyring.create(tmp_path / "keyring.json")
    with closing(Database.create(tmp_path / "clinic.db", other)) as db:
        write(db, 1, "make clinic")
        with db.read() as conn:
            head = chain.head(conn)
    findings = stolen.findings(head)
    assert [(one.kind, one.numbers) for one in findings] == [("anchor", (1,))]


def test_what_was_cut_off_is_not_covered_by_what_comes_after(tmp_path: Path) -> None:
    """Lines that are written later do not make an end that does not fit into one that does."""
    keyring = Keyring.create(tmp_path / "keyring.json")
    with closing(Database.create(tmp_path / "clinic.db", keyring)) as db:
        for number in range(1, 10):
            write(db, number)
        with closing(sqlite.connect(db.path, "schema")) as conn:
            conn.execute("DROP TRIGGER audit_no_delete")
            conn.execute("DROP TRIGGER audit_chain_no_delete")
            conn.execute("DELETE FROM audit WHERE id > 6")
            conn.execute("DELETE FROM audit_chain WHERE line > 6")
        for number in range(7, 13):
            write(db, number, "later")
        with db.read() as conn:
            findings = list(chain_check.examine(conn, keyring.proofs))
    assert [one.kind for one in findings] == ["head"]


def test_the_chain_is_kept_by_a_connection_that_knows_the_keys_alone(tmp_path: Path) -> None:
    keyring = Keyring.create(tmp_path / "keyring.json")
    with (
        closing(Database.create(tmp_path / "clinic.db", keyring)) as db,
        closing(sqlite.connect(db.path, "write")) as conn,
        pytest.raises(RuntimeError, match="without the key ring"),
    ):
        audit.record(conn, at=START, actor="system", actor_id=None, action="x")


plain = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()
rows = st.lists(plain | st.lists(plain, max_size=3), max_size=6)


def exactly(value: object) -> object:
    """Equal only to a value of the same type: 1, 1.0 and −0.0 differ from one another."""
    if isinstance(value, list):
        return ("list", *map(exactly, value))
    return (type(value).__name__, repr(value))


@given(rows, rows)
def test_no_two_rows_have_the_same_bytes(one: list[object], other: list[object]) -> None:
    assert (canonical(one) == canonical(other)) == (exactly(one) == exactly(other))


@given(st.lists(st.text(alphabet='",[]{}\\nul1.0e:"bytes', max_size=12), max_size=4), st.data())
def test_no_text_ends_where_another_begins(texts: list[str], data: st.DataObject) -> None:
    joined = "".join(texts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(joined)), min_size=len(texts), max_size=len(texts))))
    other = [joined[a:b] for a, b in zip([0, *cuts], [*cuts, len(joined)], strict=True)]
    assert (canonical(texts) == canonical(other)) == (texts == other)


@given(st.sets(st.integers(0, 60)))
def test_runs_are_the_numbers(numbers: set[int]) -> None:
    found = runs(numbers)
    assert {n for first, last in found for n in range(first, last + 1)} == numbers
    assert all(after[0] > before[1] + 1 for before, after in pairwise(found))


@given(
    st.integers(0, 10**9),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.binary(min_size=32, max_size=32),
)
def test_a_head_is_read_as_it_was_written(number: int, at: datetime | None, proof: bytes) -> None:
    head = Head(number, at, proof.hex())
    assert Head.read(head.line()) == head


def test_lines_from_before_there_was_a_chain_are_chained(
    path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = migrations.read(migrations.SCHEMA, 14)
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "migrations", before)
        Database.create(path, keyring).close()
        with closing(sqlite.connect(path, "write")) as conn:
            for number in range(1, 6):
                conn.execute(
                    "INSERT INTO audit (at, actor, action) VALUES ('x', 'system', ?)", (f"{number}",)
                )
    with closing(Database.open(path, keyring)) as db:
        write(db, 6)
        with db.read() as conn:
            assert chain.head(conn).sequence == 6
            assert list(chain_check.examine(conn, keyring.proofs)) == []
    with closing(sqlite.connect(path, "schema")) as conn:
        conn.execute("DROP TRIGGER audit_no_update")
        conn.execute("UPDATE audit SET action = '4½' WHERE id = 4")
        assert [one.numbers for one in chain_check.examine(conn, keyring.proofs)] == [(4, 4)]


def test_a_key_ring_from_before_there_was_a_chain_proves_it_too(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    Keyring.create(path)
    content = json.loads(path.read_text())
    del content["chain_key"]
    path.write_text(json.dumps(content | {"version": 1}))
    old = Keyring.load(path)
    assert old.proofs.line(chain.START, (1,)) == Keyring.load(path).proofs.line(chain.START, (1,))
    with closing(Database.create(tmp_path / "clinic.db", old)) as db:
        write(db, 1)
    keyfile.put(path, old.keys.text().encode())  # as the next change of keys writes it
    with closing(Database.open(tmp_path / "clinic.db", Keyring.load(path))) as db:
        write(db, 2)
        with db.read() as conn:
            assert list(chain_check.examine(conn, db.keyring.proofs)) == []

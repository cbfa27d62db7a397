"""What it costs to prove a whole clinic, as a multiple of a plain read of the rows that are proved.

The proof is all of “alliance verify”: the file’s own check, the trail, every answer with what belongs to it, every
seal, the detector’s states and the summary. The plain read fetches every row of the tables that the trail and the
answers are in, as bare tuples in the order of their keys, and does nothing with them; what is sealed stays sealed.

`ALLIANCE_BENCHMARK=full` takes 1,000,000 responses. Cost is processor time of this thread; for that many, of one round.
"""

from __future__ import annotations

import os
import statistics
from collections import deque
from pathlib import Path

import pytest

from alliance.actions.verifying import verify
from alliance.storage import audit, digests
from alliance.storage.database import Connection, Database
from tests.benchmarks.filled import AT, filled
from tests.benchmarks.measuring import spent

pytestmark = pytest.mark.benchmark

FULL = os.environ.get("ALLIANCE_BENCHMARK") == "full"
RESPONSES, ROUNDS = (1_000_000, 1) if FULL else (int(os.environ.get("ALLIANCE_RESPONSES", "4000")), 3)
ITEMS = 9
BODY = b"attempt=0000000000000000000000&form=after-session+1.0&" + b"safe=7&" * ITEMS
MOST = 12.0
READ = ("response", "answer", "score", "attempt", "digest", "audit", "audit_chain")


def as_it_comes(database: Database) -> None:
    """Bodies that are sealed, the answers to the items, a line in the trail for each, and the proofs."""
    keyring = database.keyring
    with database.in_bulk(), database.write() as conn:
        conn.execute("DELETE FROM digest")
        ids = [row[0] for row in conn.execute("SELECT id FROM attempt").fetchall()]
        conn.executemany(
            "UPDATE attempt SET body = ? WHERE id = ?",
            ((keyring.seal(BODY, f"attempt|{each}|body"), each) for each in ids),
        )
        conn.execute(
            "WITH RECURSIVE item(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM item WHERE n < ?)"
            " INSERT INTO answer (response_id, item, value) SELECT r.id, 'item-' || n, 7 FROM response AS r, item",
            (ITEMS,),
        )
        for number in range(1, len(ids) + 1):
            audit.record(
                conn, at=AT, actor="patient", actor_id=None, action="answer", subject="response",
                subject_id=number, detail={"channel": "link", "unknown fields": 0},
            )  # fmt: skip
        digests.begin(conn, keyring)


def read_plainly(conn: Connection) -> None:
    """Every row fetched, one table after the other."""
    cursor = conn.cursor()
    cursor.row_factory = None
    for table in READ:
        deque(cursor.execute(f"SELECT * FROM {table}"), maxlen=0)


def test_a_proof_costs_a_few_times_a_plain_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = filled(tmp_path / "clinic.db", RESPONSES)
    as_it_comes(database)
    report = verify(database.path, database.keyring)
    assert report.findings == []
    assert report.counts["audit"] == report.counts["response"] == RESPONSES
    with database.read() as conn:
        rounds = [
            (spent(lambda: read_plainly(conn)), spent(lambda: verify(database.path, database.keyring)))
            for _ in range(ROUNDS)
        ]
    database.close()
    plain, proof = (statistics.median(costs) for costs in zip(*rounds, strict=True))
    ratio = statistics.median(made / read for read, made in rounds)
    with capsys.disabled():
        print(  # noqa: T201 (a benchmark is read)
            f"\n{RESPONSES:,} answers and lines of the trail: a plain read takes {plain:.2f} s, the proof"
            f" {proof:.2f} s: {ratio:.2f} times the plain read ({1e6 * proof / RESPONSES:.0f} µs an answer)"
        )
    assert ratio <= MOST

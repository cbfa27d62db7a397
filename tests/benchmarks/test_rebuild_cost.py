"""What it costs to make every dyad's state anew from the answers, as a multiple of a plain read of the same rows.

The rebuild is the whole of what an audit does: every session read in order, every state made by the odds filter,
written as JSON and compared with the one that is kept. The plain read fetches the rows that it needs, every
session, response and score, ordered by dyad and session, over the same connection as bare tuples (cheaper than the
rows with names that it hands out otherwise), takes each apart, and does nothing with them. For comparison the
rows are also read as the rebuild asks for them: one for each session, the scores side by side.

`ALLIANCE_BENCHMARK=full` takes 1,000,000 responses. Cost is processor time of this thread; medians count.
"""

from __future__ import annotations

import os
import statistics
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pytest

from alliance.actions.rebuilding import out_of_step
from alliance.storage import responses
from alliance.storage.database import Connection
from tests.benchmarks.filled import fill

pytestmark = pytest.mark.benchmark

FULL = os.environ.get("ALLIANCE_BENCHMARK") == "full"
RESPONSES, ROUNDS = (1_000_000, 3) if FULL else (20_000, 5)
MOST = 6.0

PLAIN = """
    SELECT s.dyad_id, s.number, r.id, r.audience, c.scale, c.value
    FROM therapy_session AS s
    LEFT JOIN response AS r ON r.session_id = s.id
    LEFT JOIN score AS c ON c.response_id = r.id
    ORDER BY s.dyad_id, s.number"""


def read_plainly(conn: Connection) -> int:
    """How many scores there are, every row fetched and taken apart on the way."""
    cursor = conn.cursor()
    cursor.row_factory = None
    found = 0
    for _dyad, _number, _response, _audience, _scale, value in cursor.execute(PLAIN):
        found += value is not None
    return found


def spent(act: Callable[[], object]) -> float:
    """Processor time of one act, seconds."""
    before = time.thread_time()
    act()
    return time.thread_time() - before


def test_a_rebuild_costs_a_few_times_a_plain_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = fill(tmp_path / "clinic.db", RESPONSES)
    with database.read() as conn:
        assert read_plainly(conn) == 5 * RESPONSES
        assert out_of_step(conn, "shared") == []
        (sessions,) = conn.execute("SELECT count(*) FROM reading").fetchone()
        rounds = [
            (
                spent(lambda: read_plainly(conn)),
                spent(lambda: deque(responses.read_so_far(conn, "shared"), maxlen=0)),
                spent(lambda: out_of_step(conn, "shared")),
            )
            for _ in range(ROUNDS)
        ]
    database.close()
    plain, asked, rebuild = (statistics.median(costs) for costs in zip(*rounds, strict=True))
    ratios = [made / read for read, _, made in rounds]
    ratio = statistics.median(ratios)
    with capsys.disabled():
        print(  # noqa: T201 (a benchmark is read)
            f"\n{RESPONSES:,} responses in {sessions:,} sessions: a plain read takes {plain:.2f} s, as the detector "
            f"asks {asked:.2f} s, a rebuild {rebuild:.2f} s: {ratio:.2f} times the plain read "
            f"({min(ratios):.2f}–{max(ratios):.2f}), {ROUNDS} rounds; {rebuild / sessions * 1e6:.1f} µs a session"
        )
    assert ratio <= MOST

"""What a supervisor’s overview of very many therapists costs: against reading every answer, and as answers grow.

The page’s work is all that the route of the overview does, what is open and waits included.
The full scan fetches what the same figures need: for each patient and month of the last year sessions, forms and the
sums of scores, and for each therapist what came of questions. Nothing is made of its rows, so the ratio is on the
safe side.

`ALLIANCE_BENCHMARK=full` takes 1,000 therapists and 1,000,000 responses. Cost is processor time of this thread.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from collections import deque
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import g

from alliance.actions import clinic as clinics
from alliance.actions import overviews, settling
from alliance.actions.passwords import Passwords
from alliance.actions.rebuilding import summary_out_of_step
from alliance.app import create_app
from alliance.domain.people import Role, Viewer
from alliance.web import supervisor
from tests.benchmarks.crowded import crowd
from tests.cast import NOW
from tests.conftest import SETTINGS
from tests.storage.rows import ONE_OF_EACH, insert

pytestmark = pytest.mark.benchmark

FULL = os.environ.get("ALLIANCE_BENCHMARK") == "full"
THERAPISTS, WEEKS = (1_000, (12, 94)) if FULL else (100, (12, 60))
ROUNDS = 5 if FULL else 9
LEAST_RATIO = 20.0 if FULL else 3.0  # the page costs what it costs; a scan of fewer answers costs less
MOST_EXPONENT = 0.1

SCAN = """
    SELECT d.therapist_id, d.patient_id, substr(s.held_on, 1, 7) AS month, count(*),
      sum(EXISTS (SELECT 1 FROM invitation AS i WHERE i.session_id = s.id)), count(r.id), count(c.value),
      sum(c.value), sum(c.value * c.value)
    FROM therapy_session AS s JOIN dyad AS d ON d.id = s.dyad_id
      LEFT JOIN response AS r ON r.session_id = s.id
      LEFT JOIN score AS c ON c.response_id = r.id AND c.scale = 'alliance'
    WHERE s.held_on >= '2025-11-01' GROUP BY 1, 2, 3"""

QUESTIONS = """
    SELECT d.therapist_id, count(*), sum(a.status = 'ordinary'), sum(t.alert_id IS NOT NULL),
      sum(julianday(t.happened_on) - julianday(substr(a.raised_at, 1, 10))), sum(a.status = 'repaired')
    FROM alert AS a JOIN therapy_session AS s ON s.id = a.session_id JOIN dyad AS d ON d.id = a.dyad_id
      LEFT JOIN alert_step AS t ON t.alert_id = a.id AND t.kind = 'talked'
    WHERE s.held_on >= '2025-12-01' GROUP BY 1"""


class Measured:
    """A clinic whose therapists have answers of so many weeks."""

    def __init__(self, folder: Path, weeks: int, passwords: Passwords) -> None:
        self.clinic = clinics.create(
            folder,
            settings_at_start=SETTINGS,
            public_url="https://alliance.example",
            now=NOW,
            passwords=passwords,
        )
        with self.clinic.db.write() as conn:
            insert(conn, "staff", ONE_OF_EACH["staff"])
            insert(conn, "staff_role", {"staff_id": 1, "role": "supervisor"})
        self.responses = crowd(self.clinic.db, 1, THERAPISTS, weeks, date(2026, 11, 16))
        settling.settle(self.clinic, NOW)
        self.viewer = Viewer(1, "Mara Lind", frozenset({Role.SUPERVISOR}))
        self.app = create_app(self.clinic, testing=True)

    def page(self) -> str:
        """The overview as its route makes it."""
        with self.app.test_request_context("/supervision", base_url="https://alliance.example"):
            g.viewer, g.now = self.viewer, NOW
            return supervisor.overview()

    def scan(self) -> None:
        with self.clinic.db.read() as conn:
            cursor = conn.cursor()
            cursor.row_factory = None
            for query in (SCAN, QUESTIONS):
                deque(cursor.execute(query), maxlen=0)


def spent(act: Callable[[], object]) -> float:
    before = time.thread_time()
    act()
    return time.thread_time() - before


def test_an_overview_costs_little_however_many_answers_there_are(
    tmp_path: Path, passwords: Passwords, capsys: pytest.CaptureFixture[str]
) -> None:
    few, many = (Measured(tmp_path / str(weeks), weeks, passwords) for weeks in WEEKS)
    with many.clinic.db.read() as conn:
        assert summary_out_of_step(conn) == []
    for one in (few, many):
        page = one.page()
        assert page.count("Within what chance alone would give") + page.count("Outside what") > 0.9 * min(
            THERAPISTS, overviews.PART
        )
    rounds = [(spent(few.page), spent(many.page), spent(many.scan)) for _ in range(ROUNDS)]
    small, large, scan = (statistics.median(costs) for costs in zip(*rounds, strict=True))
    ratio = statistics.median(full / page for _, page, full in rounds)
    least = [min(costs) for costs in zip(*rounds, strict=True)]  # what others do on the machine only adds
    exponent = math.log(least[1] / least[0]) / math.log(many.responses / few.responses)
    with capsys.disabled():
        print(  # noqa: T201 (a benchmark is read)
            f"\n{THERAPISTS:,} therapists: the overview takes {small * 1e3:.1f} ms at {few.responses:,} responses and "
            f"{large * 1e3:.1f} ms at {many.responses:,} (exponent {exponent:.3f}); a full scan {scan * 1e3:.0f} ms: "
            f"{ratio:.0f} times the page"
        )
    for one in (few, many):
        one.clinic.close()
    assert exponent <= MOST_EXPONENT
    assert ratio >= LEAST_RATIO

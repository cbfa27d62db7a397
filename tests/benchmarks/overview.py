"""P7 to P10: what a therapist’s caseload and a supervisor’s overview cost, and how little that grows.

Two clinics have as many therapists; in one they have few answers, in the other very many. One therapist more has the
same caseload in both. Costs are processor time; each is compared with what the database alone takes for it:

* the caseload with one statement for every session on it, with its day, its score and its usual range;
* the overview with a scan that fetches what the same figures need: for each patient and month of the last year
  sessions, forms and the sums of scores, and for each therapist what came of questions. Nothing is made of its rows.
"""

from __future__ import annotations

import gzip
import math
import statistics
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

import time_machine
from flask import g

from alliance.actions import overviews, settling
from alliance.actions.rebuilding import summary_out_of_step
from alliance.domain.people import Role, Viewer
from alliance.web import supervisor
from tests.benchmarks import caseload
from tests.benchmarks.crowd import stored
from tests.benchmarks.crowded import crowd
from tests.benchmarks.measuring import COUNTED, PROCESSOR, Plan, Result, call, calmly, spent
from tests.benchmarks.settings import app_of, cookie_of, new_clinic, opened
from tests.cast import NOW
from tests.storage.rows import ONE_OF_EACH, insert

SUPERVISOR, THERAPIST = 1, 2
END = date(2026, 11, 16)

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


def crowded_clinic(size: Size, folder: Path) -> None:
    """So many therapists with answers of so many weeks, and one besides with a known caseload, if any."""
    with new_clinic(folder) as clinic:
        with clinic.db.write() as conn:
            insert(conn, "staff", ONE_OF_EACH["staff"])
            insert(conn, "staff_role", {"staff_id": SUPERVISOR, "role": "supervisor"})
            therapist = {**ONE_OF_EACH["staff"], "id": THERAPIST, "email": "jonas@clinic.example"}
            insert(conn, "staff", therapist)
            insert(conn, "staff_role", {"staff_id": THERAPIST, "role": "therapist"})
        crowd(clinic.db, SUPERVISOR, size.therapists, size.weeks, END)
        if size.patients:
            caseload.fill(clinic.db, THERAPIST, size.patients, size.sessions)
        settling.settle(clinic, NOW)


class Size(NamedTuple):
    """How much there is of a clinic; `patients` and `sessions` are of the one therapist’s caseload."""

    therapists: int
    weeks: int
    patients: int = 0
    sessions: int = 0


class Crowded:
    """Such a clinic at work."""

    def __init__(self, plan: Plan, size: Size) -> None:
        name = f"{size.therapists:,} therapists, {size.weeks} weeks, {size.patients} × {size.sessions}"
        self.clinic = opened(plan.made(name, partial(crowded_clinic, size)))
        self.therapists = size.therapists
        self.responses = stored(self.clinic) - round(size.patients * size.sessions * 8 / 9)
        self.viewer = Viewer(SUPERVISOR, "Mara Lind", frozenset({Role.SUPERVISOR}))
        self.app = app_of(self.clinic)
        self.cookie = cookie_of(self.app, THERAPIST, NOW)

    def prove(self) -> None:
        """That the summary is what the answers add up to, and that the overview shows it."""
        with self.clinic.db.read() as conn:
            assert summary_out_of_step(conn) == []
        page = self.overview()
        told = page.count("Within what chance alone would give") + page.count("Outside what")
        assert told > 0.9 * min(self.therapists, overviews.PART)

    def caseload(self) -> bytes:
        """The caseload as the server makes it, sign-in and all."""
        status, page = call(self.app, "/caseload", cookie=self.cookie)
        assert status == "200 OK", status
        return page

    def fetch(self) -> int:
        """The caseload’s bare fetch."""
        with self.clinic.db.read() as conn:
            return len(conn.execute(caseload.FETCH, (THERAPIST,)).fetchall())

    def overview(self) -> str:
        """The overview as its route makes it, what is open and waits included."""
        with self.app.test_request_context("/supervision", base_url="https://alliance.example"):
            g.viewer, g.now = self.viewer, NOW
            return supervisor.overview()

    def scan(self) -> None:
        with self.clinic.db.read() as conn:
            cursor = conn.cursor()
            cursor.row_factory = None
            for query in (SCAN, QUESTIONS):
                deque(cursor.execute(query), maxlen=0)


def measure(plan: Plan) -> Iterator[Result]:
    """The whole of it; in quick runs with a tenth of the therapists and fewer weeks."""
    sizes = (
        (Size(100, 2, 20, 60), Size(100, 60, 20, 60), Size(100, 12))
        if plan.quick
        # With so few weeks that hardly anybody is shown yet, less is drawn than later: P10 begins with a quarter.
        else (Size(1_000, 1, 60, 100), Size(1_000, 94, 60, 100), Size(1_000, 12))
    )
    with time_machine.travel(NOW, tick=False):
        few, many, quarter = (Crowded(plan, size) for size in sizes)
        many.prove()
        quarter.prove()
        yield from calmly(partial(caseloads, few, many, plan.rounds))
        yield from calmly(partial(overview_costs, quarter, many, plan.rounds))
        for one in (few, many, quarter):
            one.clinic.close()


def caseloads(few: Crowded, many: Crowded, rounds: int) -> Sequence[Result]:
    """P7 and P8."""
    page = many.caseload()
    assert many.fetch() == few.fetch() > 500
    # Each figure is the middle of a few: they are short.
    costs = [
        [
            statistics.median(values)
            for values in zip(
                *((spent(few.caseload), spent(many.caseload), spent(many.fetch)) for _ in range(5)),
                strict=True,
            )
        ]
        for _ in range(rounds)
    ]
    growths = tuple(exponent(few, many, small, large) for small, large, _ in costs)
    fetches = tuple(1e3 * fetch for _, _, fetch in costs)
    told = f"{few.responses:,} and {many.responses:,} answers besides"
    return (
        Result("P7", tuple(large / fetch for _, large, fetch in costs), PROCESSOR, fetches, "ms"),
        Result("P8 page", (len(gzip.compress(page, 6)) / 1000,), COUNTED),
        Result("P8 growth", growths, PROCESSOR, tuple(1e3 * small for small, _, _ in costs), "ms", told),
    )


def overview_costs(few: Crowded, many: Crowded, rounds: int) -> Sequence[Result]:
    """P9 and P10."""
    costs = [(spent(few.overview), spent(many.overview), spent(many.scan)) for _ in range(rounds)]
    pages = tuple(1e3 * large for _, large, _ in costs)
    growths = tuple(exponent(few, many, small, large) for small, large, _ in costs)
    told = f"{few.responses:,} and {many.responses:,} answers"
    return (
        Result(
            "P9",
            tuple(scan / large for _, large, scan in costs),
            PROCESSOR,
            pages,
            "ms",
            f"{many.responses:,} answers",
        ),
        Result("P10", growths, PROCESSOR, tuple(1e3 * small for small, _, _ in costs), "ms", told),
    )


def exponent(few: Crowded, many: Crowded, small: float, large: float) -> float:
    """With which power of the number of answers a cost grew."""
    return math.log(large / small) / math.log(many.responses / few.responses)

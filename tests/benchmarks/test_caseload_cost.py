"""What a therapist's caseload costs, as a multiple of the bare fetch of its courses in the same run, and its weight.

The fetch is one statement for every session of the caseload, with its day, its score and its usual range: less than
the page has to know. Cost is processor time of this process; the two alternate, and medians count.
"""

from __future__ import annotations

import gzip
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from alliance.analysis.prior import DEFAULT
from alliance.analysis.state import Held
from alliance.analysis.track import replay
from alliance.storage import readings
from tests.benchmarks.filled import INSERTS, SCALES
from tests.cast import NOW, Cast, signed_in
from tests.page import PageClient

pytestmark = pytest.mark.benchmark

MOST, MOST_BYTES = 12.0, 40 * 1024
# The whole of it with ALLIANCE_CASELOAD=60x100; the ordinary run is smaller.
PATIENTS, SESSIONS = (int(part) for part in os.environ.get("ALLIANCE_CASELOAD", "20x60").split("x"))
ROUNDS = 9
FIRST_ID = 10_000
FETCH = (
    "SELECT s.dyad_id, s.number, s.held_on, sc.value, g.low, g.high FROM dyad AS d"
    " JOIN therapy_session AS s ON s.dyad_id = d.id LEFT JOIN response AS r ON r.session_id = s.id"
    " LEFT JOIN score AS sc ON sc.response_id = r.id AND sc.scale = 'alliance'"
    " LEFT JOIN reading AS g ON g.dyad_id = s.dyad_id AND g.track = 'shared' AND g.number = s.number"
    " WHERE d.therapist_id = ? ORDER BY s.dyad_id, s.number"
)


def fill(cast: Cast, patients: int, sessions: int) -> None:
    """So many patients of Jonas's with weekly sessions up to now, one in nine without a form, all of them read."""
    chance = random.Random(60)
    stamp = NOW.isoformat()
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in INSERTS}
    session = FIRST_ID
    courses: dict[int, list[Held]] = {}
    dyads = []
    for place in range(patients):
        dyad = FIRST_ID + place
        rows["patient"].append((dyad, f"Fern {place:02d}", stamp))
        day = (NOW + timedelta(days=place % 7)).date().isoformat()
        dyads.append((dyad, dyad, cast.ids["jonas"], "2024-01-01", day))
        courses[dyad] = []
        level = chance.gauss(80, 8)
        for number in range(1, sessions + 1):
            session += 1
            held_on = (NOW - timedelta(weeks=sessions - number)).date().isoformat()
            rows["therapy_session"].append((session, dyad, number, stamp))
            told = None
            if chance.random() > 1 / 9:
                here = min(100.0, max(0.0, chance.gauss(level - 25 * (number % 40 in (38, 39)), 6)))
                told = (round(here, 1),) * 3
                token = session.to_bytes(32, "big")
                rows["invitation"].append((session, session, token, stamp, stamp))
                rows["attempt"].append((f"{session:022d}", session, stamp, b"sealed"))
                rows["response"].append((session, session, session, f"{session:022d}", stamp, "both"))
                values = (*told, 12.0, told[0])
                rows["score"] += [
                    (session, scale, value, None) for scale, value in zip(SCALES, values, strict=True)
                ]
            courses[dyad].append(Held(number, told is not None, *((told, 12.0) if told else ())))
            rows.setdefault("days", []).append((held_on, session))
    with cast.clinic.db.write() as conn:
        conn.executemany(INSERTS["patient"], rows["patient"])
        conn.executemany(
            "INSERT INTO dyad (id, patient_id, therapist_id, starts_on, next_on) VALUES (?, ?, ?, ?, ?)",
            dyads,
        )
        for table in ("therapy_session", "invitation", "attempt", "response", "score"):
            conn.executemany(INSERTS[table], rows[table])
        conn.executemany("UPDATE therapy_session SET held_on = ? WHERE id = ?", rows["days"])
        for dyad, held in courses.items():
            track, made = replay(DEFAULT, held)
            readings.save(conn, dyad, "shared", track, made, lambda _: None, NOW)
            newest = FIRST_ID + (dyad - FIRST_ID + 1) * sessions
            for reading in made[-30:]:
                if reading.alert:
                    conn.execute(
                        "INSERT INTO alert (dyad_id, session_id, audience, level, rules, factors, sentence, status,"
                        " raised_at) VALUES (?, ?, 'both', ?, '[\"ratings\"]', '[]', 'Lower than usual.', ?, ?)",
                        (
                            dyad,
                            newest - sessions + reading.number,
                            reading.level.value,
                            "new" if reading.number > sessions - 5 else "repaired",
                            stamp,
                        ),
                    )


def spent(act: Callable[[], object]) -> float:
    """Processor time of one act, in milliseconds."""
    before = time.thread_time()
    act()
    return (time.thread_time() - before) * 1e3


def bare_fetch(cast: Cast) -> int:
    with cast.clinic.db.read() as conn:
        return len(conn.execute(FETCH, (cast.ids["jonas"],)).fetchall())


@pytest.fixture
def full(cast: Cast, app: Flask) -> PageClient:
    fill(cast, PATIENTS, SESSIONS)
    return signed_in(app, "jonas")


def test_a_large_caseload_comes_without_a_wait(
    cast: Cast, app: Flask, full: PageClient, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor = app.test_client()
    visitor._cookies = full._cookies  # the same sign-in, at a client that does not look at every page
    assert bare_fetch(cast) >= PATIENTS * SESSIONS
    page = visitor.get("/caseload")
    assert page.status_code == 200 and page.text.count("Fern ") >= PATIENTS
    pages, fetches = [], []
    for _ in range(ROUNDS):
        pages.append(spent(lambda: visitor.get("/caseload")))
        fetches.append(spent(lambda: bare_fetch(cast)))
    times = statistics.median(pages) / statistics.median(fetches)
    weight = len(gzip.compress(page.get_data(), 6))
    with capsys.disabled():
        print(  # noqa: T201 (a benchmark is read)
            f"\ncaseload of {PATIENTS} × {SESSIONS}: {times:.1f} times its bare fetch"
            f" ({statistics.median(pages):.1f} and {statistics.median(fetches):.1f} ms), {weight / 1024:.1f} kB"
        )
    assert times <= MOST
    assert weight <= MOST_BYTES

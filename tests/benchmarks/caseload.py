"""A therapist with a large caseload: so many patients, each with a long course that the detector has read."""

from __future__ import annotations

import random
from datetime import timedelta

from alliance.analysis.prior import DEFAULT
from alliance.analysis.state import Held
from alliance.analysis.track import replay
from alliance.storage import readings
from alliance.storage.database import Database
from tests.benchmarks.filled import INSERTS, SCALES
from tests.cast import NOW

FIRST = 10_000_000
"""The first id of what is made here, far from everything else’s."""
FETCH = (
    "SELECT s.dyad_id, s.number, s.held_on, sc.value, g.low, g.high FROM dyad AS d"
    " JOIN therapy_session AS s ON s.dyad_id = d.id LEFT JOIN response AS r ON r.session_id = s.id"
    " LEFT JOIN score AS sc ON sc.response_id = r.id AND sc.scale = 'alliance'"
    " LEFT JOIN reading AS g ON g.dyad_id = s.dyad_id AND g.track = 'shared' AND g.number = s.number"
    " WHERE d.therapist_id = ? ORDER BY s.dyad_id, s.number"
)


def fill(database: Database, therapist: int, patients: int, sessions: int) -> None:
    """So many patients of this therapist, with weekly sessions up to now, one in nine without a form, all read."""
    chance = random.Random(60)
    stamp = NOW.isoformat()
    rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in INSERTS}
    session = FIRST
    courses: dict[int, list[Held]] = {}
    dyads = []
    for place in range(patients):
        dyad = FIRST + place
        rows["patient"].append((dyad, f"Fern {place:02d}", stamp))
        day = (NOW + timedelta(days=place % 7)).date().isoformat()
        dyads.append((dyad, dyad, therapist, "2024-01-01", day))
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
    with database.write() as conn:
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
            newest = FIRST + (dyad - FIRST + 1) * sessions
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
